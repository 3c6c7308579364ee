"""What the adapter makes of a server that is down, silent, broken or somebody else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from publisher.adapters.mailman import MailmanLists
from publisher.errors import MailmanError
from publisher.lists import names
from publisher.model.chain import Announcement
from publisher.model.settings import Mailman
from tests import builders
from tests.adapters.announcements import ANNOUNCEMENT
from tests.keys import Key
from tests.mailman_plugin import hosts

pytestmark = pytest.mark.enable_socket

HANG = b""
DROP = b"drop"


def answer(status: str, body: str = "{}", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", body]).encode()


NOT_FOUND = answer("404 Not Found")
OK = answer("200 OK")
READY = (NOT_FOUND, OK, OK, OK, OK)
"""No plugin, nobody who chose digests, nothing put aside: next, the mail goes."""


@contextmanager
def server(*answers: bytes) -> Iterator[Mailman]:
    """Serve one of `answers` to each connection, the last one to all that follow."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []
    left = list(answers)

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            client.recv(65536)
            answer = left.pop(0) if len(left) > 1 else left[0]
            if answer == HANG:
                held.append(client)
                continue
            if answer != DROP:
                client.sendall(answer)
            client.close()

    thread = threading.Thread(target=serve)
    thread.start()
    port = listener.getsockname()[1]
    try:
        yield Mailman(f"http://127.0.0.1:{port}/3.1", "restadmin", timeout=0.3)
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for client in held:
            client.close()


def failure(
    settings: Mailman, mail: Announcement = ANNOUNCEMENT, password: str = "secret"
) -> MailmanError:
    """Return what a post ends with."""
    with pytest.raises(MailmanError) as caught:
        MailmanLists(settings, password).post(mail)
    return caught.value


def test_a_server_that_is_down_has_taken_nothing() -> None:
    with server(HANG) as settings:
        pass

    error = failure(settings)

    assert error.certain
    assert str(error) == (
        "the list server (mailman.url) cannot be reached: nothing listens at "
        f"{urlsplit(settings.url).netloc}: see that it runs, and the port in "
        "mailman.url, then try again"
    )


def test_a_server_that_takes_no_more_connections_has_taken_nothing() -> None:
    with socket.socket() as listener, ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        for _ in range(4):
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))

        error = failure(Mailman(f"http://127.0.0.1:{port}/3.1", "x", timeout=0.3))

    assert error.certain
    assert "cannot be reached" in str(error)


def test_of_a_server_that_takes_the_mail_and_says_nothing_nothing_is_known() -> None:
    with server(*READY, HANG) as settings:
        error = failure(settings)

    assert not error.certain
    assert "did not answer within 0.3 s" in str(error)


def test_a_server_that_is_silent_before_the_mail_has_not_taken_it() -> None:
    with server(NOT_FOUND, OK, HANG) as settings:
        error = failure(settings)

    assert error.certain
    assert "did not answer within 0.3 s" in str(error)


def test_of_a_connection_that_breaks_nothing_is_known() -> None:
    with server(*READY, DROP) as settings:
        error = failure(settings)

    assert not error.certain
    assert "closed the connection before it had answered" in str(error)


def test_of_a_server_that_fails_nothing_is_known() -> None:
    with server(*READY, answer("500 Internal Server Error")) as settings:
        error = failure(settings)

    assert not error.certain
    assert "failed (500, POST queues/pipeline): its log mailman.log says" in str(error)


def test_a_server_that_says_no_has_taken_nothing_and_its_reason_is_shown() -> None:
    reason = '{"title": "400 Bad Request", "description": "No such list:\\n x"}'
    with server(*READY, answer("400 Bad Request", reason)) as settings:
        error = failure(settings)

    assert error.certain
    assert "refuses this (400, POST queues/pipeline): No such list: x" in str(error)


def test_a_conflict_is_a_refusal() -> None:
    with server(*READY, answer("409 Conflict")) as settings:
        error = failure(settings)

    assert error.certain


def test_a_redirect_is_not_followed_as_it_would_turn_the_post_into_a_look() -> None:
    moved = answer("301 Moved", "{}", "Location: https://lists.cert.example/3.1")
    with server(*READY, moved, answer("200 OK")) as settings:
        error = failure(settings)

    assert error.certain
    assert "redirects elsewhere: put the final address into mailman.url" in str(error)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("200 OK", "<html>Welcome</html>"),
        ("200 OK", "[]"),
        ("200 OK", '"yes"'),
        ("404 Not Found", "[]"),
    ],
)
def test_something_that_is_not_mailman_is_named_so(status: str, body: str) -> None:
    with server(answer(status, body)) as settings:
        error = failure(settings)

    assert error.certain
    assert "is not Mailman's REST interface: mend mailman.url" in str(error)


def test_a_wrong_address_below_the_server_is_explained() -> None:
    with server(*READY, NOT_FOUND) as settings:
        error = failure(settings)

    assert error.certain
    assert "knows nothing of this (POST queues/pipeline): see that mailman.url" in str(
        error
    )


def test_every_call_has_a_time_limit() -> None:
    lists = builders.settings().lists
    with server(HANG) as settings:
        adapter = MailmanLists(settings, "secret")

        for call in (
            adapter.plugin_version,
            lambda: adapter.live(lists[0]),
            lambda: adapter.create(lists[0]),
            lambda: adapter.update(lists[0], {"subject_prefix": ""}),
            lambda: adapter.taken(ANNOUNCEMENT),
            lambda: adapter.post(ANNOUNCEMENT),
            adapter.addresses,
            lambda: adapter.backlog(lists),
        ):
            with pytest.raises(MailmanError, match="did not answer within"):
                call()


@pytest.mark.mailman
@pytest.mark.gpg
def test_a_wrong_password_is_told_apart_from_all_else(team_key: Key) -> None:
    with hosts.running(team_key, plugin=True) as running:
        settings = running.mailman

        error = failure(settings)
        other = failure(replace(settings, user="nobody"))

    assert error.certain
    assert "does not accept the user 'restadmin' with this password" in str(error)
    assert "secret" not in str(error).replace("the secret that it names", "")
    assert "does not accept the user 'nobody'" in str(other)


@pytest.mark.mailman
@pytest.mark.gpg
def test_a_mail_that_stays_in_the_queue_is_not_reported_as_posted(
    team_key: Key,
) -> None:
    with hosts.running(team_key, plugin=True) as running:
        running.apply(hosts.EN)
        key = hosts.edition_key(hosts.ADVISORY, "en")
        mail = hosts.announcement(hosts.EN, key, team_key.clearsign(hosts.text(key)))
        with running.paused("in"):
            error = failure(
                replace(running.mailman, wait=0.5), mail, running.host.rest_password
            )

        running.host.settle()
        assert running.lists.taken(mail) is True
    assert not error.certain
    assert "did not post it within 0.5 s: see that its runners run" in str(error)


def test_a_server_that_falls_silent_after_it_took_the_mail_has_taken_it() -> None:
    taken = answer(
        "201 Created", "", "Location: http://lists.example/queues/pipeline/1"
    )
    with server(*READY, taken, HANG) as settings:
        MailmanLists(settings, "secret").post(ANNOUNCEMENT)


def test_of_a_plugin_that_falls_silent_after_it_took_the_mail_nothing_is_known() -> (
    None
):
    version = answer("200 OK", '{"version": "0"}')
    chain = answer("200 OK", f'{{"posting_chain": "{names.CHAIN}"}}')
    unknown = answer("200 OK", '{"state": "unknown"}')
    created = answer("201 Created", "")
    before = (version, chain, unknown, OK, OK, created)
    for silence in (HANG, DROP, answer("401 Unauthorized"), NOT_FOUND):
        with server(*before, silence) as settings:
            error = failure(settings)

        assert not error.certain
