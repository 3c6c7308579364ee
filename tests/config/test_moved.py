"""`redirects.toml`."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher import config
from publisher.config import moved
from publisher.errors import SettingsError

DECLARED = """\
# The archive of another time.
"/at/2025/at250001.html" = "ADV-2025-0001"

'/rss/all.rdf' = "/ja/feed.rdf"
"""


def test_each_line_is_an_old_address(tmp_path: Path) -> None:
    (tmp_path / "redirects.toml").write_text(DECLARED)

    first, second = config.redirects(tmp_path)

    assert (first.old, first.target) == ("/at/2025/at250001.html", "ADV-2025-0001")
    assert (second.old, second.target) == ("/rss/all.rdf", "/ja/feed.rdf")
    assert (first.place, second.place) == ("redirects.toml:2", "redirects.toml:4")


def test_a_project_needs_none(tmp_path: Path) -> None:
    assert config.redirects(tmp_path) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"a.html" = "/"', "redirects.toml:1: 'a.html' is no path such as"),
        ('"/../a.html" = "/"', "redirects.toml:1: '/../a.html' is no path such as"),
        ('"//evil.example/" = "/"', "redirects.toml:1: '//evil.example/' is no path"),
        ('"/a?id=1" = "/"', "redirects.toml:1: '/a?id=1' is no path such as"),
        ('"/a%20b" = "/"', "redirects.toml:1: '/a%20b' is no path such as"),
        ('"/.git/" = "/"', "redirects.toml:1: '/.git/' is no path such as"),
        ('"/a.html" = "//evil.example/"', "redirects.toml:1: '//evil.example/' is no"),
        ('"/a.html" = "https://evil.example/"', "redirects.toml:1: 'https://evil.exa"),
        ('"/a.html" = "/x/../../b"', "redirects.toml:1: '/x/../../b' is no path"),
        ('"/a.html" = "ADV-1"', "redirects.toml:1: 'ADV-1' is no advisory id"),
        ('"/a.html" = 1', "redirects.toml:1: /a.html leads to 1: write a path of"),
        ('"/" = "/ja/"', "redirects.toml:1: / is the site's own: take the line away"),
        ('"/api/x" = "/ja/"', "redirects.toml:1: /api/x is the site's own"),
        (
            '\n"/a" = "/b"\n"/b" = "/a"',
            "redirects.toml:2: /a leads to /b leads to /a: this never ends",
        ),
        ('"/a" = "/a"', "redirects.toml:1: /a leads to /a: this never ends"),
        ('"/a" = "/b"\n"/a" = "/c"', "redirects.toml: is no valid TOML: Cannot overwr"),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        moved.parse(text)

    assert str(caught.value).startswith(message)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "redirects.toml").write_bytes(b"\xff")

    with pytest.raises(SettingsError, match=r"redirects\.toml: is no valid TOML"):
        config.redirects(tmp_path)
