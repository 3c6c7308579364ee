"""Every template's page in both schemes: axe-core, the keyboard, and little motion.

axe-core checks what of WCAG 2.2 AA a program can check.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from publisher.leave.pages import Face, Pages
from tests import builders, readers
from tests.browser.visitor import DESKTOP, PHONE, Scheme, Visitor, visiting

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

RULES = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await axe.run(document, {
    runOnly: { type: "tag", values: [...tags, "best-practice"] },
    rules: { "target-size": { enabled: true } },
  });
  return violations.map(({ id, help, nodes }) =>
    `${id} (${help}): ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}"""
FOCUSED = """() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    name: element.getAttribute("aria-label") || element.textContent.trim(),
    tag: element.localName,
    part: element.closest("header, main, footer")?.localName || "",
    visible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
      && box.width > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}"""
PATHS = (
    "{language}/index.html",
    "{language}/2026/index.html",
    "{language}/alert/index.html",
    "{language}/search.html?q=2026",
    "{language}/search.html?q=nothing-of-the-kind",
    "{language}/subscribe.html",
    "{language}/verify.html",
    "{language}/feeds.html",
    "advisories/2026/ADV-2026-0011/{language}.html",
    "advisories/2026/ADV-2026-0004/{language}.html",
    "advisories/2026/ADV-2026-0005/{language}.html",
    "advisories/2025/ADV-2025-0002/{language}.html",
    "advisories/2026/ADV-2026-0001/{language}.html",
    "advisories/2026/ADV-2026-0009/{language}.html",
    "advisories/2026/ADV-2026-0010/{language}.html",
    "advisories/2026/ADV-2026-0004/r1-r2.{language}.html",
    "advisories/2026/ADV-2026-0004/index.html",
    "404.html",
)


@pytest.fixture(scope="module", params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Scheme:
    chosen: Scheme = request.param
    return chosen


def violations(visitor: Visitor, path: str, axe: str) -> list[str]:
    visitor.go(path)
    if "search.html" in path:
        visitor.found()
    visitor.page.evaluate(axe)
    found: list[str] = visitor.page.evaluate(RULES)
    return [f"{path}: {each}" for each in found]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_any_page(
    browser: Browser,
    address: str,
    site: Path,
    language: str,
    scheme: Scheme,
    size: tuple[int, int],
) -> None:
    script = readers.axe()
    known = [path.format(language=language) for path in PATHS]
    # One page of each list that there is, whatever lists there are.
    folders = {
        str(file.parent.parent): file for file in site.glob(f"{language}/**/*.html")
    }
    more = [str(file.relative_to(site)) for file in sorted(folders.values())]
    with visiting(browser, address, scheme, size) as visitor:
        found = []
        for path in dict.fromkeys((*known, *more)):
            assert (site / path.split("?")[0]).is_file(), path
            found += violations(visitor, path, script)
            visitor.look("any")

    assert found == []
    assert visitor.faults == []


@pytest.fixture(scope="module")
def leaving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages on which subscribers leave, as files."""
    look = builders.presentation()
    folder = tmp_path_factory.mktemp("leave")
    pages = Pages(look)
    for face in Face:
        mailing_list = None if face is Face.WRONG else look.settings.lists[0]
        (folder / f"{face}.html").write_bytes(pages.render(face, mailing_list))
    return folder


def test_axe_finds_nothing_where_subscribers_leave(
    browser: Browser, leaving: Path, scheme: Scheme
) -> None:
    script = readers.axe()
    with visiting(browser, f"file://{leaving}", scheme, PHONE) as visitor:
        found = []
        for face in Face:
            found += violations(visitor, f"{face}.html", script)
            visitor.look(f"leave-{face}")

    assert found == []


@pytest.mark.parametrize(
    "path",
    [
        "en/index.html",
        "ja/search.html",
        "en/verify.html",
        "ja/subscribe.html",
        "advisories/2026/ADV-2026-0004/en.html",
        "404.html",
    ],
)
def test_the_tab_key_reaches_everything_in_order_and_shows_where_it_is(
    browser: Browser, address: str, scheme: Scheme, path: str
) -> None:
    with visiting(browser, address, scheme) as visitor:
        page = visitor.page
        visitor.go(path)
        reachable = page.locator(
            "a[href]:visible, button:visible, input:visible, select:visible,"
            " summary:visible, [tabindex='0']:visible"
        ).count()
        stops = []
        for _ in range(reachable):
            page.keyboard.press("Tab")
            stops.append(page.evaluate(FOCUSED))

    parts = [stop["part"] for stop in stops]
    assert [stop["name"] for stop in stops if not stop["visible"]] == []
    assert parts[0] == ""
    assert parts[1:] == sorted(parts[1:], key=["header", "main", "footer"].index)
    assert {"header", "main", "footer"} <= set(parts)


def test_the_first_key_skips_to_the_text(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visitor:
        page = visitor.page
        visitor.go("en/index.html")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")

        assert page.evaluate(FOCUSED)["part"] == "main"


def test_nothing_moves_for_those_who_asked_for_little_motion(
    browser: Browser, address: str
) -> None:
    moving = """() => [...document.querySelectorAll("*")].filter((element) => {
      const style = getComputedStyle(element);
      return parseFloat(style.transitionDuration) > 0.01
        || parseFloat(style.animationDuration) > 0.01
        || style.scrollBehavior === "smooth";
    }).length"""
    with visiting(browser, address, reduced_motion="reduce") as visitor:
        for path in ("en/index.html", "advisories/2026/ADV-2026-0004/en.html"):
            visitor.go(path)

            assert visitor.page.evaluate(moving) == 0
