"""Somebody who visits the site with a browser, and sees what goes wrong."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, Response

Scheme = Literal["light", "dark"]
DESKTOP, PHONE = (1280, 900), (360, 740)
_TOO_WIDE = """(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth - clientWidth;
})()"""
_REPORTING = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`);
});
"""
SCREENSHOTS = os.environ.get("PUBLISHER_SCREENSHOTS", "")
"""A folder for pictures of what the tests see; empty: none are made."""


@dataclass
class Visitor:
    """A page of the browser, and whatever should not have happened in it."""

    page: Page
    address: str
    name: str
    """Begins the names of the pictures."""
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(f"{self.address}/{path}")

    def search(self, words: str) -> list[str]:
        """Type words where the page has its search, and return the titles found."""
        self.page.get_by_role("searchbox").fill(words)
        self.page.keyboard.press("Enter")
        return self.found()

    def found(self) -> list[str]:
        """Return the titles that are found, once the search is over."""
        self.page.wait_for_selector("#_found[aria-busy=false]", state="attached")
        return self.page.locator("#_found .title").all_inner_texts()

    def look(self, what: str) -> None:
        """Note whether the page is too wide, and take a picture of it."""
        width = self.page.evaluate(_TOO_WIDE)
        if width > 0:
            self.faults.append(f"{self.page.url} is {width} pixels too wide")
        if SCREENSHOTS:
            file = Path(SCREENSHOTS) / f"{self.name}-{what}.png"
            self.page.screenshot(path=file, full_page=True)


@contextlib.contextmanager
def visiting(
    browser: Browser,
    address: str,
    scheme: Scheme = "light",
    size: tuple[int, int] = DESKTOP,
    **options: object,
) -> Iterator[Visitor]:
    """Open a page of its own for as long as the context lasts."""
    context = browser.new_context(
        color_scheme=scheme,
        viewport={"width": size[0], "height": size[1]},
        is_mobile=size == PHONE,
        has_touch=size == PHONE,
        timezone_id="Asia/Tokyo",
        **options,  # type: ignore[arg-type]
    )
    context.set_default_timeout(10_000)
    context.add_init_script(_REPORTING)
    shape = "phone" if size == PHONE else "desktop"
    visitor = Visitor(context.new_page(), address, f"{shape}-{scheme}")
    _watch(visitor)
    try:
        yield visitor
    finally:
        context.close()


def _watch(visitor: Visitor) -> None:
    faults = visitor.faults

    def asked(dialog: Dialog) -> None:
        faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page = visitor.page
    page.on("console", lambda message: faults.extend(_told(message)))
    page.on("dialog", asked)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("requestfailed", lambda request: faults.extend(_failed(request)))
    page.on("response", lambda each: faults.extend(_answered(each, visitor.address)))


def _told(message: ConsoleMessage) -> Iterator[str]:
    yield f"{message.type}: {message.text}"


def _failed(request: Request) -> Iterator[str]:
    # What was left before its icon was there.
    if request.failure != "net::ERR_ABORTED":
        yield f"{request.url}: {request.failure}"


def _answered(response: Response, address: str) -> Iterator[str]:
    if response.status >= HTTPStatus.BAD_REQUEST:
        yield f"{response.url} answers {response.status}"
    if not response.url.startswith((address, "data:")):
        yield f"{response.url} is somebody else's"
