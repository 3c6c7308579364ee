"""The printed settings, in the web servers that they are for."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from benchmarks import weight
from publisher.model import headers, media
from publisher.model.redirect import Redirect
from tests import builders, readers, servers
from tests.render import samples
from tests.webservers import running
from tests.webservers.running import Running

pytestmark = pytest.mark.enable_socket

SIGNED = "advisories/2026/ADV-2026-0007/r2.ja.txt.asc"
RESIGNED = "advisories/2026/ADV-2026-0007/r2.ja.txt.2.asc"
PAGE = "advisories/2026/ADV-2026-0007/ja.html"
FILES = {
    path: f"{path}\n".encode() * 50
    for path in (
        "404.html",
        "index.html",
        "ja/index.html",
        "ja/feed.xml",
        "ja/atom.xml",
        "ja/alert/feed.json",
        "ja/feed.rdf",
        "ja/feeds.opml",
        "ja/search.html",
        "search.js",
        "style.css",
        "favicon.svg",
        "robots.txt",
        "sitemap.xml",
        "sitemap/2026.xml",
        "verify.py",
        "keys/0123456789ABCDEF0123456789ABCDEF01234567.asc",
        "record/2026.jsonl",
        "record/index.json",
        "api/v1/index.json",
        "api/v1/schema/advisory.json",
        "api/v1/advisories/ADV-2026-0007.json",
        "advisories/2026/ADV-2026-0007/index.html",
        PAGE,
        SIGNED,
        RESIGNED,
        ".well-known/security.txt",
        ".well-known/openpgpkey/policy",
        ".well-known/openpgpkey/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q",
        ".well-known/openpgpkey/cert.example/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q",
        "old/index.html",
        ".hidden.123",
        "ja/.feed.xml.123",
        "product/~~c++/a_b/feed.xml",
    )
}
# What readers load for a page, as it is made.
FILES |= {
    PAGE: (readers.ROOT / "tests/golden/site/advisory.ja.html").read_bytes(),
    **{name: samples.site([])[name] for name in weight.FRAME},
}
NEVER = {"404.html", "old/index.html", ".hidden.123", "ja/.feed.xml.123"}
"""Files of that path's own are not served: another answer is at their address."""
SERVED = [path for path in FILES if path not in NEVER]
MOVED = (
    Redirect("/at/2025/at250001.html", "ADV-2026-0007", "redirects.toml:1"),
    Redirect("/rss/c++.rdf", "/ja/feed.rdf", "redirects.toml:2"),
    Redirect("/chain", "/rss/c++.rdf", "redirects.toml:3"),
    Redirect("/old/", "/ja/", "redirects.toml:4"),
)


@pytest.fixture(scope="module", params=list(running.PROGRAMS))
def web(request: pytest.FixtureRequest) -> Iterator[Running]:
    name: str = request.param
    servers.need(name, (running.PROGRAMS[name], "openssl"))
    with running.serving(name, FILES, MOVED, builders.presentation()) as server:
        yield server


@pytest.mark.parametrize("path", SERVED)
def test_a_file_has_the_type_that_is_right_for_it(web: Running, path: str) -> None:
    answer = web.get(f"/{path}".removesuffix("index.html"))

    assert (answer.status, answer.body) == (200, FILES[path])
    assert answer.headers["content-type"] == media.media_type(PurePosixPath(path))


@pytest.mark.parametrize("path", [*SERVED, "nothing.html", "ja/nothing/feed.xml"])
def test_every_answer_has_the_headers_of_the_table(web: Running, path: str) -> None:
    answer = web.get(f"/{path}".removesuffix("index.html"))

    is_there = path in FILES
    expected = {
        "Strict-Transport-Security": headers.TRANSPORT,
        **headers.headers(path if is_there else "404.html"),
    }
    if not is_there:
        expected.pop("Access-Control-Allow-Origin", None)
    for name, value in expected.items():
        assert answer.headers[name.lower()] == value, name
    if is_there:
        shared = "access-control-allow-origin" in answer.headers
        assert shared == ("Access-Control-Allow-Origin" in expected)


@pytest.mark.parametrize("path", ["/", f"/{PAGE}", "/ja/feed.xml", f"/{SIGNED}"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_did_not_change_is_not_sent_again(
    web: Running, path: str, encoding: str
) -> None:
    first = web.get(path, Accept_Encoding=encoding)
    tag, since = first.headers["etag"], first.headers["last-modified"]

    by_tag = web.get(path, Accept_Encoding=encoding, If_None_Match=tag)
    by_date = web.get(path, Accept_Encoding=encoding, If_Modified_Since=since)
    other = web.get(path, Accept_Encoding=encoding, If_None_Match='"another"')

    assert (by_tag.status, by_tag.body) == (304, b"")
    assert (by_date.status, by_date.body) == (304, b"")
    assert (other.status, other.body) == (200, first.body)
    assert by_tag.headers["content-security-policy"] == headers.POLICY


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/ja/nothing.html", "/keys/", "/.hidden.123", "/ja/.feed.xml.123"],
)
def test_what_is_not_there_is_answered_with_the_sites_own_page(
    web: Running, path: str
) -> None:
    answer = web.get(path)

    assert (answer.status, answer.body) == (404, FILES["404.html"])
    assert answer.headers["content-type"] == media.HTML
    assert answer.headers["cache-control"] == headers.REVALIDATE


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/at/2025/at250001.html", "/advisories/2026/ADV-2026-0007/"),
        ("/rss/c++.rdf", "/ja/feed.rdf"),
        ("/chain", "/ja/feed.rdf"),
        ("/old/", "/ja/"),
        ("/ADV-2026-0007", "/advisories/2026/ADV-2026-0007/"),
        ("/ADV-2026-0007/", "/advisories/2026/ADV-2026-0007/"),
        ("/ja", "/ja/"),
    ],
)
def test_an_old_or_short_address_leads_on(web: Running, path: str, target: str) -> None:
    answer = web.get(path)

    site = f"https://{running.HOST}"
    found = answer.headers["location"].replace(f"{site}:{web.secure}", site)
    assert answer.status in (301, 308)
    assert found.removeprefix(site) == target
    assert answer.headers["strict-transport-security"] == headers.TRANSPORT


@pytest.mark.parametrize("path", ["/at/2025/at250001xhtml", "/ADV-26-1", "/older/"])
def test_nothing_else_leads_anywhere(web: Running, path: str) -> None:
    assert web.get(path).status == 404


def test_a_language_in_a_files_name_is_none_of_its_headers(web: Running) -> None:
    answer = web.get(f"/{SIGNED}")

    assert "content-language" not in answer.headers
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("secure", [True, False], ids=["https", "http"])
def test_no_answer_says_what_version_a_server_is(web: Running, secure: bool) -> None:
    host = f"Host: {running.HOST}\r\nConnection: close\r\n\r\n".encode()
    for request in (
        b"GET / HTTP/1.1\r\n" + host,
        b"GET /nothing HTTP/1.1\r\n" + host,
        b"DELETE / HTTP/1.1\r\n" + host,
        b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /%00%zz HTTP/1.1\r\n" + host,
        b"nonsense\r\n\r\n",
    ):
        answer = web.say(request, secure=secure)

        assert answer or web.name == "caddy", request
        assert re.findall(rb"(?i)(?:nginx|caddy|apache|openssl)/[0-9]", answer) == []


def test_what_is_text_is_sent_compressed(web: Running) -> None:
    plain = []
    for path in SERVED:
        at = f"/{path}".removesuffix("index.html")
        answer = web.get(at, Accept_Encoding="gzip, br")
        if answer.headers.get("content-encoding") == "gzip":
            assert gzip.decompress(answer.body) == FILES[path], path
            assert "accept-encoding" in answer.headers["vary"].lower(), path
        else:
            plain.append(path)
            assert answer.body == FILES[path]

    binary = (path for path in SERVED if not media.is_text(_type(path)))
    assert plain == list(binary)


def _type(path: str) -> str:
    return media.media_type(PurePosixPath(path))


def test_a_page_fits_into_what_a_connection_sends_at_once(web: Running) -> None:
    sent = [
        len(web.get(f"/{path}", Accept_Encoding="gzip").body)
        for path in (PAGE, *weight.FRAME)
    ]

    assert sum(sent) <= weight.SENT
    assert sum(sent) < sum(len(FILES[path]) for path in (PAGE, *weight.FRAME)) / 3


def test_browsers_get_http_2(web: Running) -> None:
    assert web.protocol() == "h2"


def test_the_icon_is_there_where_browsers_ask_for_it(web: Running) -> None:
    answer = web.get("/favicon.ico")

    assert (answer.status, answer.body) == (200, FILES["favicon.svg"])
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_head_request_has_no_body(web: Running) -> None:
    answer = web.get(f"/{PAGE}", "HEAD")

    assert (answer.status, answer.body) == (200, b"")


def test_plain_http_leads_to_https(web: Running) -> None:
    if web.name == "caddy":
        pytest.skip("Caddy does it by itself, for the usual ports")
    answer = web.get_plain("/ja/feed.xml?x=1")

    assert answer.status == 301
    assert answer.headers["location"] == f"https://{running.HOST}/ja/feed.xml?x=1"
    assert "strict-transport-security" not in answer.headers
