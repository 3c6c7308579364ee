"""One browser and one built site for all tests in here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from publisher import webserver
from tests import readers


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; nothing is downloaded."""
    program = readers.chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=program,
            # Root has no sandbox, and in CI everybody is root.
            args=["--no-sandbox", "--disable-background-networking"],
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The site of the samples."""
    with readers.samples(tmp_path_factory.mktemp("samples")) as built:
        yield built


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where that site is served, with the headers that it has in public."""
    with webserver.serving(site) as url:
        yield url
