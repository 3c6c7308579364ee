"""Linkinator walks the served site: every link, style and place in a page is there."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from publisher import webserver
from tests import readers

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

SITE = "https://www.cert.example"


def walked(site: Path) -> list[dict[str, Any]]:
    """Return all links that can be found from the front page, with their state."""
    command = readers.linkinator()
    with webserver.serving(site) as url:
        # Addresses of the public site are those of this one; no others are asked.
        command += [url, "--recurse", "--check-css", "--check-fragments"]
        command += ["--redirects", "error", "--format", "json"]
        command += ["--skip", f"^(?!{url}|{SITE})", "--concurrency", "8"]
        command += ["--url-rewrite-search", SITE]
        command += ["--url-rewrite-replace", url.rstrip("/")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("{"), done.stderr
    links: list[dict[str, Any]] = json.loads(done.stdout)["links"]
    return links


def broken(links: list[dict[str, Any]]) -> list[str]:
    return [
        f"{each.get('parent')}: {each['url']}: {each['status']}"
        for each in links
        if each["state"] == "BROKEN"
    ]


def test_every_link_of_the_site_leads_to_something(site: Path) -> None:
    links = walked(site)

    assert sum(each["state"] == "OK" for each in links) > 300
    assert broken(links) == []


def test_a_dead_link_and_a_missing_place_are_found(tmp_path: Path) -> None:
    page = '<!doctype html><title>x</title><a href="gone.html">a</a><a href="#b">b</a>'
    (tmp_path / "index.html").write_text(page)

    found = broken(walked(tmp_path))

    assert len(found) == 2
    assert any("gone.html: 404" in each for each in found)
    assert any("#b" in each for each in found)
