"""Links on real servers: who is alive, who is dead, and who is never asked."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from publisher.adapters import links
from publisher.adapters.links import HttpLinks
from publisher.ports import Life, Reply
from tests import serving

pytestmark = pytest.mark.enable_socket
ASKED: list[tuple[str, str, str | None, str | None]] = []
RELEASED = threading.Event()


class Moody(BaseHTTPRequestHandler):
    """Answers by the path that it is asked for."""

    def do_HEAD(self) -> None:
        agent, secret = self.headers["User-Agent"], self.headers["Authorization"]
        ASKED.append((self.command, self.path, agent, secret))
        part = self.path[1:]
        if part == "slow":
            RELEASED.wait(5)
            return
        if part == "rude":
            return
        if part == "get-only":
            self.send_response(405 if self.command == "HEAD" else 206)
        elif part in LOCATIONS:
            self.send_response(302)
            self.send_header("Location", LOCATIONS[part])
        else:
            self.send_response(int(part or 200))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


LOCATIONS = {
    "moved": "/200",
    "round": "/round",
    "away": "ftp://vendor.example/",
    "lost": "/404",
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Moody)
    server.daemon_threads = True
    with serving.started(server) as address:
        yield address
        RELEASED.set()


@pytest.fixture
def asker(monkeypatch: pytest.MonkeyPatch) -> HttpLinks:
    monkeypatch.setattr(links, "_TIMEOUT", 0.5)
    ASKED.clear()
    return HttpLinks("https://www.cert.example", private=True)


def one(asker: HttpLinks, url: str) -> Reply:
    return asker.ask([url], 20)[url]


@pytest.mark.parametrize("path", ["", "200", "204", "416", "moved", "get-only"])
def test_a_page_that_is_there_is_alive(asker: HttpLinks, url: str, path: str) -> None:
    assert one(asker, f"{url}/{path}") == Reply(Life.ALIVE)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("404", "answers 404"),
        ("410", "answers 410"),
        ("lost", "answers 404"),
        ("round", "more than 5 times"),
        ("away", "no web page"),
        ("slow", "no answer within"),
        ("rude", "cannot be reached"),
    ],
)
def test_a_page_that_is_gone_is_dead(
    asker: HttpLinks, url: str, path: str, reason: str
) -> None:
    reply = one(asker, f"{url}/{path}")

    assert reply.life is Life.DEAD
    assert reason in reply.reason


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_of_a_page_that_is_not_shown_nothing_is_known(
    asker: HttpLinks, url: str, status: int
) -> None:
    assert one(asker, f"{url}/{status}") == Reply(
        Life.UNKNOWN, f"its server answers {status}"
    )


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "http://[", "x://y/"])
def test_a_server_that_is_not_there_is_dead(asker: HttpLinks, address: str) -> None:
    assert one(asker, address).life is Life.DEAD


@pytest.mark.parametrize(
    ("number", "life"),
    [(socket.EAI_NONAME, Life.DEAD), (socket.EAI_AGAIN, Life.UNKNOWN)],
)
def test_a_name_that_there_is_not_is_told_from_a_network_that_fails(
    monkeypatch: pytest.MonkeyPatch, number: int, life: Life
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(number, "no")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for is_private in (True, False):
        asker = HttpLinks("https://www.cert.example", private=is_private)

        assert one(asker, "https://vendor.example/").life is life


def test_a_certificate_that_nobody_vouches_for_is_dead(
    asker: HttpLinks, tmp_path: Path
) -> None:
    pem = tmp_path / "pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x", "-keyout", pem,
         "-out", tmp_path / "crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "crt", pem)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Moody)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    with serving.started(server):
        reply = one(asker, f"https://127.0.0.1:{server.server_port}/")

    assert reply == Reply(Life.DEAD, "its server's certificate does not hold")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_nothing_of_this_machine_is_asked(url: str, host: str) -> None:
    ASKED.clear()
    asker = HttpLinks("https://www.cert.example")

    reply = one(asker, f"{url}/200".replace("127.0.0.1", host))

    assert reply.life is Life.UNKNOWN
    assert "public Internet" in reply.reason
    assert ASKED == []


def test_a_redirect_does_not_lead_into_this_machine(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first server passes for a public one, the one that it leads to does not."""
    ASKED.clear()
    port = int(url.rpartition(":")[2])
    monkeypatch.setattr(links, "is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setitem(LOCATIONS, "inside", f"http://127.0.0.2:{port}/200")

    reply = one(HttpLinks("https://www.cert.example"), f"{url}/inside")

    assert "public Internet" in reply.reason
    assert [path for _, path, _, _ in ASKED] == ["/inside"]


def test_the_connection_goes_to_the_address_that_was_looked_at(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name whose address changes in between is looked up once only."""
    lookups: list[str] = []
    look_up = socket.getaddrinfo

    def counted(host: str, *rest: object, **named: object) -> object:
        lookups.append(host)
        here = "127.0.0.1" if host == "vendor.example" else host
        return look_up(here, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", counted)
    monkeypatch.setattr(links, "is_public", lambda _: True)
    asker = HttpLinks("https://www.cert.example")

    reply = one(asker, f"{url}/200".replace("127.0.0.1", "vendor.example"))

    assert reply.life is Life.ALIVE
    assert lookups.count("vendor.example") == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::",
        "fe80::1%1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
        "ff02::1",
    ],
)  # fmt: skip
def test_these_addresses_are_not_public(address: str) -> None:
    assert not links.is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_these_addresses_are_public(address: str) -> None:
    assert links.is_public(address)


def test_the_server_learns_whose_program_asks_and_no_more(
    asker: HttpLinks, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine")
    monkeypatch.setenv("NETRC", str(netrc))

    one(asker, f"{url}/200")

    ((_, _, agent, secret),) = ASKED
    assert agent is not None
    assert agent.endswith("(link check; +https://www.cert.example)")
    assert secret is None


def test_all_are_asked_once_and_in_time(asker: HttpLinks, url: str) -> None:
    urls = [f"{url}/20{n % 7}" for n in range(20)]

    replies = asker.ask(urls, 20)

    assert replies.keys() == set(urls)
    assert len(ASKED) == 7


def test_when_the_time_is_over_the_rest_is_not_known(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = HttpLinks("https://www.cert.example", private=True)
    held = threading.Event()
    monkeypatch.setattr(asker, "_asked", lambda *_: held.wait(5) and Reply(Life.ALIVE))

    replies = asker.ask([f"{url}/{n}" for n in range(9)], 0.2)
    held.set()

    late = Reply(Life.UNKNOWN, "there was no time to ask it")
    assert set(replies.values()) == {late}


def test_what_makes_no_sense_is_dead(
    asker: HttpLinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd(*_: object) -> Reply:
        raise requests.exceptions.ContentDecodingError

    monkeypatch.setattr(asker, "_asked", odd)

    assert "makes no sense" in one(asker, "https://vendor.example/").reason
