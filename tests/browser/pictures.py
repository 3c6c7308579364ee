"""Take the pictures of the README: `python -m tests.browser.pictures`.

They show the site of the samples as of a fixed day, so that they differ only when
the site does; fonts are the machine's.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from publisher import webserver
from tests import readers
from tests.browser.visitor import visiting

FOLDER = readers.ROOT / "docs" / "images"
WIDTH = 1060
PICTURES = {
    "home-en.png": ("en/", 800),
    "advisory-ja.png": ("advisories/2026/ADV-2026-0011/ja.html", 600),
}
"""What is on each picture, and its height."""
MOST = 120_000
"""The bytes of a picture that a README should not have more of."""


def take(folder: Path) -> None:
    """Write each picture into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as place,
        readers.samples(Path(place)) as site,
        webserver.serving(site) as url,
        sync_playwright() as playwright,
    ):
        program = readers.chromium()
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        for name, (path, height) in PICTURES.items():
            with visiting(browser, url, size=(WIDTH, height)) as visitor:
                visitor.go(path)
                data = visitor.page.screenshot(path=folder / name)
                assert len(data) <= MOST, name
        browser.close()


if __name__ == "__main__":
    take(FOLDER)
