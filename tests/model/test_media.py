"""Media types and headers: the table that every web server follows."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from publisher.model import headers, media


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("ja/feed.xml", "application/rss+xml; charset=utf-8"),
        ("ja/alert/atom.xml", "application/atom+xml; charset=utf-8"),
        ("atom.xml", "application/atom+xml; charset=utf-8"),
        ("ja/feed.json", "application/feed+json"),
        ("ja/feed.rdf", "application/rdf+xml; charset=utf-8"),
        ("ja/feeds.opml", "text/x-opml; charset=utf-8"),
        ("sitemap/2026.xml", "application/xml; charset=utf-8"),
        ("ja/notfeed.xml", "application/xml; charset=utf-8"),
        ("api/v1/index.json", "application/json"),
        ("api/v1/schema/common.json", "application/schema+json"),
        ("record/2026.jsonl", "application/jsonl"),
        ("advisories/2026/ADV-2026-0007/r1.ja.txt.asc", "text/plain; charset=utf-8"),
        (".well-known/security.txt", "text/plain; charset=utf-8"),
        (".well-known/openpgpkey/policy", "text/plain; charset=utf-8"),
        (".well-known/openpgpkey/hu/iy9q119e", "application/octet-stream"),
        (".well-known/openpgpkey/cert.example/hu/x.txt", "application/octet-stream"),
        ("verify.py", "text/x-python; charset=utf-8"),
        ("STYLE.CSS", "text/css; charset=utf-8"),
        ("what.ever", "application/octet-stream"),
        ("nothing", "application/octet-stream"),
    ],
)
def test_each_file_has_its_type(path: str, expected: str) -> None:
    assert media.media_type(PurePosixPath(path)) == expected


def test_pages_run_no_script_but_the_one_for_searching() -> None:
    page = headers.headers("ja/index.html")["Content-Security-Policy"]
    search = headers.headers("ja/search.html")["Content-Security-Policy"]

    assert page.startswith("default-src 'none'; ")
    assert "script" not in page
    assert "script-src 'self'; connect-src 'self'" in search
    assert "unsafe" not in page + search
    assert "frame-ancestors 'none'" in page


@pytest.mark.parametrize(
    ("path", "shared"),
    [
        ("ja/feed.xml", True),
        ("api/v1/index.json", True),
        ("verify.py", True),
        (".well-known/openpgpkey/hu/iy9q119e", True),
        ("keys/A.asc", True),
        ("index.html", False),
        ("style.css", False),
        ("search.js", False),
    ],
)
def test_programs_on_other_sites_read_what_is_for_machines(
    path: str, shared: bool
) -> None:
    assert ("Access-Control-Allow-Origin" in headers.headers(path)) == shared


def test_only_signed_texts_are_kept_for_ever() -> None:
    text = "advisories/2026/ADV-2026-0007/r1.ja.txt.asc"

    assert headers.headers(text)["Cache-Control"] == headers.KEEP
    for path in ("index.html", "keys/A.asc", "ja/feed.xml", "style.css"):
        assert headers.headers(path)["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("ADV-2026-0007", "advisories/2026/ADV-2026-0007/"),
        ("ADV-2026-0007/", "advisories/2026/ADV-2026-0007/"),
        ("ADV-2026-007", None),
        ("ja/ADV-2026-0007", None),
        ("ADV-2026-0007/ja.html", None),
    ],
)
def test_an_id_is_a_short_address(path: str, target: str | None) -> None:
    assert headers.short(path) == target
