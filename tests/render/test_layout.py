"""What all pages share."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher import markup
from publisher.render import layout
from tests import builders
from tests.builders import EN, JA

SITE = "https://www.cert.example/csirt"


def test_a_link_is_relative_to_its_page() -> None:
    page = layout.Page(path="ja/alert/index.html", site=SITE)

    assert page.to("style.css") == "../../style.css"
    assert page.to("ja/verify.html") == "../verify.html"


def test_a_page_without_a_place_has_links_that_begin_at_the_root() -> None:
    page = layout.Page(path="404.html", site=SITE, root=layout.root(SITE))

    assert page.to("style.css") == "/csirt/style.css"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("ja/index.html", f"{SITE}/ja/"),
        ("index.html", f"{SITE}/"),
        ("ja/verify.html", f"{SITE}/ja/verify.html"),
    ],
)
def test_a_folder_is_known_by_its_slash(path: str, expected: str) -> None:
    assert layout.address(SITE, path) == expected


def test_a_page_that_repeats_another_one_is_known_by_its_address() -> None:
    page = layout.Page(path="index.html", site=SITE, canonical="ja/index.html")

    assert page.address == f"{SITE}/ja/"


def test_a_language_is_called_as_its_speakers_call_it() -> None:
    assert layout.autonym(JA) == "日本語"
    assert layout.autonym(EN) == "English"


def test_a_language_is_mostly_spoken_somewhere() -> None:
    assert layout.territorial(JA) == "ja_JP"
    assert layout.territorial(EN) == "en_US"


def test_a_month_is_written_as_in_its_language() -> None:
    moment = datetime(2026, 10, 31, 15, 0, tzinfo=UTC)
    zone = builders.settings().team.timezone

    assert layout.month(moment, JA, zone) == "2026年11月"
    assert layout.month(moment, EN, zone) == "November 2026"


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("short", 5, "short"),
        ("one two three", 9, "one two…"),
        ("one two. three", 9, "one two…"),
        ("更新してください。", 8, "更新して…"),
        (
            "Example Serverには脆弱性があります。更新してください。",
            46,
            "Example Serverには脆弱性があります。更新してく…",
        ),
    ],
)
def test_an_excerpt_ends_where_a_reader_can_stop(
    text: str, columns: int, expected: str
) -> None:
    assert layout.excerpt(text, columns) == expected


@settings(max_examples=100)
@given(st.text(), st.integers(min_value=0, max_value=40))
def test_an_excerpt_is_never_wider_than_asked(text: str, columns: int) -> None:
    found = layout.excerpt(text, columns).removesuffix("…")

    assert sum(2 if markup.is_wide(c) else 1 for c in found) <= max(columns, 0)


def test_a_key_changes_with_the_look_the_template_and_what_is_shown() -> None:
    look = builders.presentation()
    other = replace(look, digest="other")

    keys = {
        layout.key(look, "a", "x", 1),
        layout.key(look, "a", "x", 2),
        layout.key(look, "a", "x", [1]),
        layout.key(look, "b", "x", 1),
        layout.key(other, "a", "x", 1),
    }

    assert len(keys) == 5
    assert layout.key(look, "a", {"b": 1, "a": 2}) == layout.key(
        look, "a", {"a": 2, "b": 1}
    )
