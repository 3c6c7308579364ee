from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from publisher import webserver
from publisher.errors import WorldError
from publisher.model import headers

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "ja").mkdir()
    (tmp_path / "keys").mkdir()
    (tmp_path / "index.html").write_text("<p>表紙</p>", encoding="utf-8")
    (tmp_path / "ja" / "index.html").write_text("<p>目次</p>", encoding="utf-8")
    (tmp_path / "favicon.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "ja" / "feed.xml").write_text("<rss/>", encoding="utf-8")
    (tmp_path / "404.html").write_text("<p>ありません</p>", encoding="utf-8")
    (tmp_path / "keys" / "team.asc").write_text("-----", encoding="utf-8")
    known = tmp_path / ".well-known"
    (known / "openpgpkey" / "hu").mkdir(parents=True)
    (known / "security.txt").write_text("Contact: …", encoding="utf-8")
    (known / "openpgpkey" / "hu" / "iy9q119e").write_text("key", encoding="utf-8")
    return tmp_path


@pytest.fixture
def url(site: Path) -> Iterator[str]:
    with webserver.serving(site) as address:
        yield address


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("/", "<p>表紙</p>", "text/html; charset=utf-8"),
        ("/ja/", "<p>目次</p>", "text/html; charset=utf-8"),
        ("/ja", "<p>目次</p>", "text/html; charset=utf-8"),
        ("/ja/feed.xml", "<rss/>", "application/rss+xml; charset=utf-8"),
        ("/favicon.ico", "<svg/>", "image/svg+xml"),
        ("/keys/team.asc", "-----", "text/plain; charset=utf-8"),
        ("/.well-known/security.txt", "Contact: …", "text/plain; charset=utf-8"),
        ("/.well-known/openpgpkey/hu/iy9q119e", "key", "application/octet-stream"),
    ],
)
def test_files_are_served_with_the_types_that_readers_expect(
    url: str, path: str, text: str, kind: str
) -> None:
    with urlopen(f"{url}{path}", timeout=10) as answer:
        assert answer.read().decode() == text
        assert answer.headers["Content-Type"] == kind


@pytest.mark.parametrize("path", ["/nothing.html", "/keys/", "/../etc/passwd"])
def test_what_is_not_there_is_answered_with_the_sites_own_page(
    url: str, path: str
) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{url}{path}", timeout=10)

    with caught.value as answer:
        assert answer.code == 404
        assert answer.read().decode() == "<p>ありません</p>"


def test_a_site_without_such_a_page_answers_all_the_same(site: Path, url: str) -> None:
    (site / "404.html").unlink()

    with pytest.raises(HTTPError) as caught:
        urlopen(f"{url}/nothing.html", timeout=10)

    with caught.value as answer:
        assert answer.code == 404
        answer.read()


def test_a_head_request_has_no_body(url: str) -> None:
    connection = HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.request("HEAD", "/nothing.html")
    answer = connection.getresponse()

    assert answer.status == 404
    assert answer.read() == b""
    connection.close()


def test_it_is_on_this_machine_only(url: str) -> None:
    assert url.startswith("http://127.0.0.1:")


def test_a_port_that_is_taken_is_named(site: Path, url: str) -> None:
    port = int(url.rpartition(":")[2])

    with (
        pytest.raises(WorldError, match=f"port {port} cannot be used: Address"),
        webserver.serving(site, port),
    ):
        pass


def test_it_serves_until_ctrl_c(site: Path) -> None:
    told: list[str] = []
    main = threading.get_ident()

    def say(text: str) -> None:
        told.append(text)
        threading.Timer(0.1, signal.pthread_kill, [main, signal.SIGINT]).start()

    webserver.forever(site, 0, say)

    assert told[0].startswith(f"serving {site} at http://127.0.0.1:")


def answered(url: str, path: str, **known: str) -> tuple[int, Message, bytes]:
    """Ask for `path`, and return the status, the headers and the body."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=10)
    named = {name.replace("_", "-"): value for name, value in known.items()}
    connection.request("GET", path, headers=named)
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


@pytest.mark.parametrize("path", ["index.html", "ja/feed.xml", "keys/team.asc"])
def test_every_answer_has_the_headers_of_the_table(url: str, path: str) -> None:
    status, found, _ = answered(url, f"/{path}")

    assert status == 200
    for name, value in headers.headers(path).items():
        assert found[name] == value
    assert "Strict-Transport-Security" not in found


def test_what_did_not_change_is_not_sent_again(url: str) -> None:
    _, first, body = answered(url, "/ja/feed.xml")
    tag, since = first["ETag"], first["Last-Modified"]

    assert answered(url, "/ja/feed.xml", If_None_Match=tag)[::2] == (304, b"")
    assert answered(url, "/ja/feed.xml", If_None_Match=f'"x", W/{tag}')[0] == 304
    assert answered(url, "/ja/feed.xml", If_None_Match="*")[0] == 304
    assert answered(url, "/ja/feed.xml", If_Modified_Since=since)[::2] == (304, b"")
    assert answered(url, "/ja/feed.xml", If_None_Match='"x"')[::2] == (200, body)
    # The tag says more than the date does.
    both = answered(url, "/ja/feed.xml", If_None_Match='"x"', If_Modified_Since=since)
    assert both[0] == 200


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/ja", "/ja/"),
        ("/%2Fja", "/ja/"),
        ("/ADV-2026-0007", "/advisories/2026/ADV-2026-0007/"),
    ],
)
def test_some_addresses_lead_on(url: str, path: str, target: str) -> None:
    status, found, _ = answered(url, path)

    assert (status, found["Location"]) == (301, target)


def test_what_is_being_written_is_not_served(site: Path, url: str) -> None:
    (site / ".index.html.123").write_text("half", encoding="utf-8")

    assert answered(url, "/.index.html.123")[0] == 404


def test_a_reader_who_goes_away_is_no_news(
    site: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (site / "large.txt").write_bytes(b"x" * 2**24)

    with webserver.serving(site) as url:
        answer = urlopen(f"{url}/large.txt")
        answer.read(10)
        answer.close()
        assert urlopen(f"{url}/index.html").read() == b"<p>\xe8\xa1\xa8\xe7\xb4\x99</p>"

    assert capfd.readouterr().err == ""
