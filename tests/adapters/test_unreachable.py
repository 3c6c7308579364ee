"""What an operator reads of each server that cannot be reached, on real sockets.

One plain sentence: who, where and by which setting, why, and what to do next.
"""

from __future__ import annotations

import errno
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from publisher import connection
from publisher.adapters.deploy import s3
from publisher.adapters.inboxes.imap import ImapInbox
from publisher.adapters.leaving import Leaving
from publisher.adapters.links import HttpLinks
from publisher.adapters.mailman.server import Server
from publisher.adapters.web import HttpWeb
from publisher.connection import Fault, Peer
from publisher.errors import PublisherError
from publisher.mailhost import submission
from publisher.mailhost.errors import MailHostError
from publisher.mailman_plugin import smtp
from publisher.model.settings import BucketTarget, Mailman, RsyncTarget
from tests import moody, sshd
from tests.adapters.contract_target import FIRST, Stage

pytestmark = pytest.mark.enable_socket

SOON = 0.3
"""Seconds that an answer is waited for here."""
TECHNICAL = re.compile(
    r"Errno|HTTPConnectionPool|Caused by|urllib3|requests\.|object at 0x|Traceback"
    r"|Max retries|ssl\.c|\[SSL|Error\(|b'|b\"|\n"
)
"""What nobody wants to read at night."""
REFUSED, NO_HOST = "refused", "no host"


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "_WAITS", ())
    monkeypatch.setattr(s3, "_TIMEOUT", (SOON, SOON))
    monkeypatch.setattr(submission, "_TIMEOUT", SOON)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return moody.self_signed(tmp_path_factory.mktemp("tls"))


@contextmanager
def place(how: moody.Act | str, certificate: Path | None = None) -> Iterator[str]:
    """Yield host and port of a server that fails in this way."""
    if how == REFUSED:
        yield f"{moody.HOST}:{moody.refused()}"
    elif isinstance(how, str):
        yield f"{moody.NO_HOST}:8001"
    else:
        with moody.serving(how, certificate) as port:
            yield f"{moody.HOST}:{port}"


def web(scheme: str, at: str) -> None:
    session = HttpWeb(SOON)
    try:
        session.fetch(f"{scheme}://{at}/en/index.html")
    finally:
        session.close()


def rest(scheme: str, at: str) -> None:
    settings = Mailman(f"{scheme}://{at}/3.1", "restadmin", timeout=SOON)
    Server(settings, "s3cret").get("system/versions")


def leave(scheme: str, at: str) -> None:
    settings = Mailman(f"{scheme}://{at}/3.1", "restadmin", timeout=SOON)
    Leaving(settings, "s3cret").leave("announce.lists.cert.example", "0" * 32, "x")


def bucket(scheme: str, at: str) -> None:
    settings = BucketTarget(f"{scheme}://{at}", "www", "", "r", "KEY")
    store = s3.Store(settings, "s3cret")
    try:
        list(store.listing(""))
    finally:
        store.close()


def imap(scheme: str, at: str) -> None:
    secure = "imaps" if scheme == "https" else "imap"
    ImapInbox(f"{secure}://canary@{at}/INBOX", lambda: "s3cret", SOON).find(["<a@b>"])


def link(scheme: str, at: str) -> None:
    url = f"{scheme}://{at}/page"
    reply = HttpLinks("https://www.cert.example", private=True).ask([url], SOON)[url]
    # Whoever shows it says which link it is.
    raise PublisherError(f"{url} {reply.reason}")


Ask = Callable[[str, str], None]
SETTINGS: dict[Ask, str] = {
    web: "",
    rest: "(mailman.url)",
    leave: "(mailman.url)",
    bucket: "(deploy.endpoint)",
    imap: "(canary.imap)",
}
"""Who asks, and the setting that is named; whoever fetches pages adds it above."""
WEBS = (web, rest, leave, bucket)


def message(ask: Ask, at: str, scheme: str = "http") -> str:
    """Return what is told, which is one sentence in plain words."""
    with pytest.raises(PublisherError) as caught:
        ask(scheme, at)
    told = str(caught.value)
    assert not TECHNICAL.search(told), told
    assert "s3cret" not in told
    assert at.removesuffix(":8001") in told
    return told


@pytest.mark.parametrize("ask", SETTINGS)
@pytest.mark.parametrize(
    ("how", "words"),
    [
        (REFUSED, "nothing listens at"),
        (NO_HOST, "there is no host named 'nowhere.invalid'"),
        (moody.silent, "did not answer"),
        (moody.close, "closed the connection before it had answered"),
        (moody.garbage, "does not speak (HTTP|IMAP)"),
    ],
)
def test_each_failure_is_one_plain_sentence(
    ask: Ask, how: moody.Act | str, words: str
) -> None:
    with place(how) as at:
        told = message(ask, at)

    assert re.search(words, told)
    assert SETTINGS[ask] in told


@pytest.mark.parametrize("ask", SETTINGS)
def test_a_certificate_that_nobody_vouches_for_is_named_with_the_remedy(
    ask: Ask, certificate: Path
) -> None:
    with place(moody.silent, certificate) as at:
        told = message(ask, at, "https")

    assert re.search(r"the certificate of .+ is not trusted \(self.signed", told)
    assert ask is web or "_CERT_FILE" in told or "REQUESTS_CA_BUNDLE" in told


@pytest.mark.parametrize("ask", SETTINGS)
def test_a_port_without_tls_is_told(ask: Ask) -> None:
    with place(moody.garbage) as at:
        told = message(ask, at, "https")

    assert "does not speak TLS" in told


@pytest.mark.parametrize("ask", WEBS)
def test_tls_on_a_port_for_plain_http_is_told(ask: Ask, certificate: Path) -> None:
    with place(moody.silent, certificate) as at:
        told = message(ask, at, "http")

    assert re.search("closed the connection|does not speak HTTP", told)


@pytest.mark.parametrize("ask", WEBS)
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "wants a user and a password|does not accept the user|wants a key"),
        (404, "nothing at this address|knows nothing of this|no such bucket"),
        (502, "what stands before it got no good answer from it"),
    ],
)
def test_a_status_is_told_in_words(ask: Ask, status: int, words: str) -> None:
    with place(moody.answer(status)) as at:
        told = message(ask, at)

    assert str(status) in told or status in (401, 404)
    assert re.search(words, told)


@pytest.mark.parametrize("ask", [web, rest, bucket])
def test_half_an_answer_is_told(ask: Ask) -> None:
    with place(moody.answer(200, b"{", length=100)) as at:
        told = message(ask, at)

    assert "broke off in the middle of its answer" in told


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (REFUSED, "its server cannot be reached"),
        (NO_HOST, "there is no such host"),
        (moody.silent, "no answer within 0 seconds|no time to ask"),
        (moody.close, "it closes the connection"),
        (moody.garbage, "makes no sense"),
    ],
)
def test_of_a_link_the_reason_is_told(how: moody.Act | str, words: str) -> None:
    with place(how) as at:
        assert re.search(words, message(link, at))


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (REFUSED, "cannot be reached: nothing listens at"),
        (moody.silent, "did not answer within 0.3 s"),
        (moody.close, "closed the connection before it had answered"),
        (moody.garbage, "does not speak SMTP"),
    ],
)
def test_of_the_mail_server_here_the_reason_is_told(
    how: moody.Act | str, words: str
) -> None:
    with place(how) as at:
        port = int(at.rpartition(":")[2])
        with pytest.raises(MailHostError) as caught:
            submission.submit(port, b"Subject: x\n\nx\n", "a@b.example", "c@d.example")

    told = str(caught.value)
    assert words in told
    assert at in told
    assert not TECHNICAL.search(told)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (REFUSED, "nothing listens at"),
        (NO_HOST, "there is no host named"),
        (moody.silent, "did not answer within 0.3 s"),
        (moody.close, "closed the connection before it had answered"),
        (moody.garbage, "does not speak SMTP"),
    ],
)
def test_of_the_mta_behind_the_lists_the_reason_is_told(
    how: moody.Act | str, words: str
) -> None:
    with place(how) as at:
        host, _, port = at.rpartition(":")
        peer = Peer("the MTA", host, int(port), "[mta]", "SMTP", SOON)
        client = smtp.Client(lambda: smtplib.SMTP(host, int(port), timeout=SOON), peer)
        refused = client.send([smtp.Envelope("a@b.example", ["c@d.example"], b".")])

    assert words in refused["c@d.example"][1]
    assert not TECHNICAL.search(refused["c@d.example"][1])


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (REFUSED, "nothing listens there"),
        (NO_HOST, "there is no such host: mend `deploy.rsync`"),
        (moody.silent, "does not answer in time"),
        (moody.close, "the server closes the connection"),
        (moody.garbage, "does not speak SSH|the server closes the connection"),
    ],
)
def test_of_rsyncs_server_the_reason_is_told(
    how: moody.Act | str, words: str, tmp_path: Path
) -> None:
    sshd.need()
    with place(how) as at:
        host, _, port = at.rpartition(":")
        ssh = ("ssh", "-F", "none", "-p", port, "-o", "ConnectTimeout=1")
        settings = RsyncTarget(f"web@{host}:/srv/www", ssh)
        stage = Stage(tmp_path, Nowhere(settings))
        stage.build(FIRST)
        with pytest.raises(PublisherError) as caught:
            stage.put_up()

    told = str(caught.value)
    assert re.search(words, told), told
    assert host in told
    assert not re.search(r"rsync error|unexpectedly closed|\n", told)


class Nowhere:
    """A place that nothing reaches: what a test would do there fails it."""

    def __init__(self, settings: RsyncTarget) -> None:
        self.settings = settings

    def public(self) -> Mapping[str, bytes]:
        return {}

    def add(self, path: str, data: bytes) -> None:
        raise NotImplementedError

    def spoil(self) -> None:
        raise NotImplementedError

    def mend(self) -> None:
        raise NotImplementedError


def test_whatever_a_server_is_called_nothing_of_it_reaches_a_terminal() -> None:
    error = OSError(99999, "\x1b[31mno\n")

    told = connection.told(error, Peer("it", "h", 1, "x"))

    assert told.startswith("it (x) cannot be reached: the connection to h:1 failed (")
    assert "\x1b" not in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (socket.gaierror(socket.EAI_AGAIN, "later"), Fault.LOOKUP),
        (OSError(errno.EHOSTUNREACH, "No route to host"), Fault.ROUTE),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), Fault.ROUTE),
        (ConnectionResetError(), Fault.CLOSED),
        (BrokenPipeError(), Fault.CLOSED),
        (ssl.SSLEOFError(), Fault.CLOSED),
        (requests.exceptions.ContentDecodingError(), Fault.CUT),
        (requests.exceptions.InvalidURL(), Fault.ADDRESS),
        (UnicodeError("label too long"), Fault.ADDRESS),
        (smtplib.SMTPHeloError(500, b"what"), Fault.FOREIGN),
        (OSError(errno.EIO, "Input/output error"), Fault.OTHER),
        (RuntimeError(), Fault.OTHER),
    ],
)
def test_what_a_failure_is_called(error: Exception, fault: Fault) -> None:
    found = connection.told(error, Peer("it", "h.example", 1, "x.y"))

    assert connection.fault(error) is fault
    assert found.count("\n") == 0
    assert not TECHNICAL.search(found)


def test_a_proxy_that_is_down_is_not_taken_for_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", f"http://{moody.HOST}:{moody.refused()}")

    told = message(web, "www.cert.example:80")

    assert "the proxy that the environment names does not lead to" in told


def test_a_page_for_browsers_is_not_shown_as_a_reason() -> None:
    page = b"<html>" + b"<p>no</p>\n" * 10_000
    with place(moody.answer(403, page)) as at:
        told = message(rest, at)

    assert told.endswith("it refuses access")


def test_a_circle_of_causes_has_an_end() -> None:
    one, two = OSError("a"), OSError("b")
    one.__cause__, two.__cause__ = two, one

    assert connection.fault(one) is Fault.OTHER


def test_a_cause_deep_below_a_thousand_others_takes_no_time() -> None:
    error: BaseException = ConnectionRefusedError()
    for _ in range(10_000):
        outer = RuntimeError()
        outer.__cause__ = error
        error = outer

    assert connection.fault(error) is Fault.OTHER


def test_a_url_that_is_none_shows_no_password() -> None:
    peer = Peer.at("http://u:s3cret@[", "the store", "deploy.endpoint")

    told = connection.told(ValueError(), peer)

    assert "s3cret" not in told
    assert "'[' is no address that can be used" in told


def test_every_fault_has_words_and_a_remedy() -> None:
    found = {each for each, _ in connection._TESTS} | {Fault.OTHER}

    assert found == set(Fault)
