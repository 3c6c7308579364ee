from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from publisher import webserver
from publisher.adapters.web import HttpWeb
from publisher.adapters.web import _next as follow
from publisher.errors import WebError
from publisher.ports import Page
from tests import serving

pytestmark = pytest.mark.enable_socket


ASKED: list[str] = []
LOCATIONS = {
    "/away": "http://localhost:{port}/page",
    "/scheme": "ftp://127.0.0.1/page",
    "/odd": "http://[",
    "/moved": "page?moved",
    "/round": "/round",
    **{f"/{number}": f"/{number - 1}" for number in range(2, 8)},
    "/1": "/page",
}


class Moody(BaseHTTPRequestHandler):
    """Answers by the path that it is asked for."""

    def do_HEAD(self) -> None:
        self.send_response_only(404)
        dates = {"/none": "", "/odd": "yesterday"}
        date = dates.get(self.path.partition("/?")[0], "Thu, 26 Nov 2026 12:00:00 GMT")
        if date:
            self.send_header("Date", date)
        if "/cached" in self.path:
            self.send_header("X-Cache", "HIT from a cache")
        self.end_headers()

    def do_GET(self) -> None:
        if self.path == "/slow":
            threading.Event().wait(2)
            return
        ASKED.append(self.path)
        if self.path in LOCATIONS:
            port = self.server.server_port  # type: ignore[attr-defined]
            self.send_response(302)
            self.send_header("Location", LOCATIONS[self.path].format(port=port))
            self.end_headers()
            return
        if self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            for _ in range(20):
                self.wfile.write(b"." * 2**16)
                threading.Event().wait(0.05)
            return
        self.send_response({"/broken": 500, "/gone": 410}.get(self.path, 200))
        if self.path == "/gone":
            self.send_header("CF-Cache-Status", "HIT")
        if self.path == "/text":
            self.send_header("Content-Type", "Text/Plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"x" * 5000 if self.path == "/long" else b"page")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Moody)
    server.daemon_threads = True
    with serving.started(server) as address:
        yield address


@pytest.fixture
def web() -> Iterator[HttpWeb]:
    opened = HttpWeb(timeout=0.5)
    yield opened
    opened.close()


def test_a_page_is_fetched(url: str, web: HttpWeb) -> None:
    assert web.fetch(f"{url}/page") == b"page"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/broken", "answers 500"),
        ("/slow", "cannot be fetched"),
        ("/away", "another host, http://localhost"),
        ("/scheme", "another host, ftp:"),
        ("/odd", "cannot be fetched"),
        ("/round", "more than 5 times"),
        ("/6", "more than 5 times"),
        ("/gone", r"not 200 \(a cache answered: CF-Cache-Status: HIT\)"),
    ],
)
def test_what_is_no_page_is_an_error(
    url: str, web: HttpWeb, path: str, reason: str
) -> None:
    with pytest.raises(WebError, match=reason):
        web.fetch(url + path)


def test_a_server_that_is_down_is_an_error(web: HttpWeb) -> None:
    with pytest.raises(WebError, match="cannot be fetched"):
        web.fetch("http://127.0.0.1:9/")


def test_the_site_is_served_with_the_types_that_readers_expect(tmp_path: Path) -> None:
    (tmp_path / "r1.ja.txt.asc").write_bytes("日本語".encode())

    with webserver.serving(tmp_path) as url:
        web = HttpWeb()
        served = web.fetch(f"{url}/r1.ja.txt.asc")
        with pytest.raises(WebError, match="404"):
            web.fetch(f"{url}/../{tmp_path.name}.txt")
        web.close()

    assert served.decode() == "日本語"


@pytest.mark.parametrize(("path", "missing"), [("/gone", True), ("/broken", False)])
def test_what_is_gone_is_told_from_what_fails(
    url: str, web: HttpWeb, path: str, missing: bool
) -> None:
    with pytest.raises(WebError) as raised:
        web.fetch(url + path)

    assert raised.value.missing is missing


def test_an_answer_that_is_too_long_is_cut_off(url: str) -> None:
    web = HttpWeb(limit=4999)

    with pytest.raises(WebError, match="more than 4999 bytes"):
        web.fetch(f"{url}/long")

    web.close()


def test_an_answer_that_drips_is_given_up(url: str) -> None:
    web = HttpWeb(timeout=0.08)

    with pytest.raises(WebError, match=r"too slowly|cannot be fetched"):
        web.fetch(f"{url}/drip")

    web.close()


def test_many_pages_are_fetched_in_their_order(url: str, web: HttpWeb) -> None:
    paths = ["/page", "/gone", "/long", *["/page"] * 20]

    answers = list(web.fetch_all([url + path for path in paths]))

    assert answers[0] == b"page"
    assert isinstance(answers[1], WebError)
    assert answers[2] == b"x" * 5000
    assert answers[3:] == [b"page"] * 20


@pytest.mark.parametrize("url", ["http://[", "http://\udcff/", "ftp://x/", "http:///"])
def test_what_is_no_address_is_an_error(web: HttpWeb, url: str) -> None:
    with pytest.raises(WebError):
        web.fetch(url)


def test_no_other_host_is_asked_before_its_name_is_looked_at(
    url: str, web: HttpWeb
) -> None:
    ASKED.clear()

    with pytest.raises(WebError):
        web.fetch(f"{url}/away")

    assert ASKED == ["/away"]


def test_a_few_redirects_on_the_same_host_are_followed(url: str, web: HttpWeb) -> None:
    assert web.fetch(f"{url}/moved") == b"page"
    assert web.fetch(f"{url}/5") == b"page"


def test_the_time_of_a_server_is_what_it_answers_anything_with(
    url: str, web: HttpWeb
) -> None:
    assert web.date(url) == datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize("path", ["/none", "/odd", "/cached"])
def test_a_server_without_a_clock_and_a_cache_tell_no_time(
    url: str, web: HttpWeb, path: str
) -> None:
    assert web.date(f"{url}{path}") is None


def test_a_server_that_is_down_tells_no_time(web: HttpWeb) -> None:
    assert web.date("http://127.0.0.1:9") is None
    assert web.date("http://[") is None


@pytest.mark.parametrize(
    ("reason", "asked"),
    [
        ("certificate is not yet valid", [True, False]),
        ("certificate has expired", [True, False]),
        ("self-signed certificate", [True]),
    ],
)
def test_a_certificate_whose_time_is_not_now_hides_no_wrong_clock(
    monkeypatch: pytest.MonkeyPatch, web: HttpWeb, reason: str, asked: list[bool]
) -> None:
    seen = []

    def head(_: object, url: str, **options: object) -> requests.Response:
        del url
        seen.append(options["verify"])
        if options["verify"]:
            raise requests.exceptions.SSLError(reason)
        answer = requests.Response()
        answer.headers["Date"] = "Thu, 26 Nov 2026 12:00:00 GMT"
        return answer

    monkeypatch.setattr(requests.Session, "head", head)

    told = web.date("https://www.cert.example")

    assert seen == asked
    assert (told is not None) == (len(asked) == 2)


def test_the_type_is_told_without_its_parameters(url: str, web: HttpWeb) -> None:
    assert web.look(f"{url}/text") == Page(b"page", "text/plain")


def test_no_redirect_leads_from_https_to_http() -> None:
    with pytest.raises(WebError, match=r"from https to http, http://a\.example/y"):
        follow("https://a.example/x", "https://a.example/x", "http://a.example/y")
    assert follow("u", "http://a.example/x", "//a.example/y") == "http://a.example/y"
    assert follow("u", "http://a.example", "https://a.example/") == "https://a.example/"


def test_no_password_of_the_users_is_sent(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, web: HttpWeb
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine")
    monkeypatch.setenv("NETRC", str(netrc))
    seen: list[str | None] = []

    def noted(self: Moody, code: int) -> None:
        seen.append(self.headers["Authorization"])
        BaseHTTPRequestHandler.send_response(self, code)

    monkeypatch.setattr(Moody, "send_response", noted)

    web.fetch(f"{url}/page")

    assert seen == [None]
