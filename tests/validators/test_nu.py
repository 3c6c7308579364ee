"""The Nu Html Checker of the W3C and the WHATWG reads every page and style sheet."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from publisher.leave.pages import Face, Pages
from tests import builders, readers

pytestmark = pytest.mark.browser

# It reads files, whose origin is none, so nothing is the page's own to it. That the
# policy lets through what it should is tried with a browser.
_NOT_HERE = "Resource violates Content Security Policy (meta tag)"


def messages(*arguments: str | Path) -> list[str]:
    """Return what the checker says, warnings too."""
    command = [*readers.vnu(), "--format", "json", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = json.loads(done.stderr)["messages"]
    return [
        f"{Path(each.get('url', '')).name}:{each.get('lastLine')}: {each['message']}"
        for each in said
        if not each["message"].startswith(_NOT_HERE)
    ]


def test_every_page_is_valid_html(site: Path) -> None:
    assert len(list(site.rglob("*.html"))) > 100
    assert messages("--skip-non-html", site) == []


def test_every_page_on_which_subscribers_leave_is_valid_html(tmp_path: Path) -> None:
    look = builders.presentation()
    for face in Face:
        mailing_list = None if face is Face.WRONG else look.settings.lists[0]
        page = Pages(look).render(face, mailing_list)
        (tmp_path / f"{face}.html").write_bytes(page)

    assert messages("--skip-non-html", tmp_path) == []


def test_every_style_sheet_is_valid_css(site: Path) -> None:
    leave = readers.ROOT / "templates/leave/style.css"

    assert messages("--css", site / "style.css", leave) == []


def test_the_icon_is_valid_svg(site: Path) -> None:
    assert messages("--svg", site / "favicon.svg") == []


def test_the_checker_finds_what_is_wrong(tmp_path: Path) -> None:
    page = "<!doctype html><html lang=en><title>x</title><p><div id=a></p><b id=a>"
    (tmp_path / "wrong.html").write_text(page)
    (tmp_path / "wrong.css").write_text("p { colour: red }")

    assert len(messages("--skip-non-html", tmp_path / "wrong.html")) > 1
    assert len(messages("--css", tmp_path / "wrong.css")) == 1
