"""The style sheet: small, our own, and readable in light and dark."""

import re

import pytest

from publisher.render.indexes import rest
from tests import builders
from tests.render import samples

TEXT = ("ink", "soft", "link", "accent", "stop")
BADGES = ("critical", "high", "medium", "low", "none")


def css() -> str:
    """Return the style sheet as the site serves it."""
    return samples.site([])["style.css"].decode()


def colours(scheme: str) -> dict[str, str]:
    """Return the colours of a scheme by their names."""
    blocks = re.findall(r":root\{(.*?)\}", css(), re.DOTALL)
    named = [dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", block)) for block in blocks]
    light, dark = named[0], named[0] | named[1]
    return light if scheme == "light" else dark


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2, contrast ratio)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_the_contrast_of_wcag_aa(scheme: str) -> None:
    named = colours(scheme)

    pairs = [
        *((text, paper) for text in TEXT for paper in ("paper", "wash")),
        *(("on-badge", badge) for badge in BADGES),
        ("ink", "note-wash"),
        ("link", "note-wash"),
        ("ink", "stop-wash"),
        ("link", "stop-wash"),
        ("stop", "stop-wash"),
        ("paper", "accent"),
        ("ink", "added-wash"),
        ("soft", "stop-wash"),
        ("soft", "note-wash"),
    ]
    weak = {p: contrast(named[p[0]], named[p[1]]) for p in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


def test_what_is_left_out_of_a_style_sheet_means_nothing() -> None:
    sheet = """
/* A comment. */
a, b > c {
  margin: 0.5rem -0.25em 10.5px;
  color: rgb(0 0 0 / 0.5);
}
q { content: " 0.5, x: y; "; quotes: none; }
@media (max-width: 40rem) {
  p { margin: 0; }
}
"""

    assert rest.compact(sheet) == (
        "a,b>c{margin:.5rem -0.25em 10.5px;color:rgb(0 0 0 / .5)}\n"
        'q { content: " 0.5, x: y; "; quotes: none; }\n'
        "@media (max-width:40rem){p{margin:0}\n}\n"
    )


def test_japanese_heads_of_tables_do_not_break_within_a_word() -> None:
    sheet = css()

    assert "th{overflow-wrap:normal}" in sheet
    assert re.search(r"th:lang\(ja\)\{word-break:keep-all\}", sheet)


def test_the_style_sheet_fetches_nothing_and_is_small() -> None:
    sheet = css()

    assert "url(" not in sheet
    assert "@import" not in sheet
    assert len(sheet.encode()) < 16_384


def test_every_class_of_the_style_sheet_is_used() -> None:
    look = builders.presentation()
    loader = look.environment.loader
    assert loader is not None
    names = [n for n in loader.list_templates() if re.fullmatch(r"site/.*\.html", n)]
    pages = "".join(loader.get_source(look.environment, name)[0] for name in names)

    classes = set(re.findall(r"\.([a-z][a-z-]*)(?=[\s,:.{>])", css()))
    unused = {name for name in classes if not re.search(rf'[" }}]{name}[" {{]', pages)}
    assert unused <= {
        *("critical", "high", "medium", "low", "right", "center", "parenthesis")
    }
