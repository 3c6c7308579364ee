"""The canary's mailbox on a real Dovecot, and on servers that do what none should."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from publisher.adapters import inboxes
from publisher.adapters.inboxes import imap, utf7
from publisher.adapters.inboxes.imap import ImapInbox
from publisher.errors import InboxError, SettingsError
from publisher.model.settings import Canary
from publisher.ports import Received
from tests import dovecot
from tests.adapters.contract_inbox import ARRIVED, MINUTE, Box, InboxContract, mail
from tests.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.enable_socket

ID = "<a@lists.cert.example>"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot.running() as running:
        yield running


@pytest.fixture(autouse=True)
def trusted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the authority of the server, where one is asked for."""
    if "server" in request.fixturenames:
        running: Dovecot = request.getfixturevalue("server")
        monkeypatch.setenv("SSL_CERT_FILE", str(running.authority))


def stored(server: Dovecot, folder: str, data: bytes, at: datetime = ARRIVED) -> Path:
    """Put a mail into a folder of the mailbox."""
    place = server.maildir / ("" if folder == "INBOX" else f".{utf7.encoded(folder)}")
    for part in ("tmp", "new", "cur"):
        (place / part).mkdir(parents=True, exist_ok=True)
    file = place / "tmp" / f"{next(_numbers)}.host"
    file.write_bytes(data)
    os.utime(file, (at.timestamp(),) * 2)
    for each in (place, *(place / part for part in ("tmp", "new", "cur")), file):
        server.own(each)
    return file.rename(place / "new" / file.name)


def opened(
    server: Dovecot,
    folder: str = "INBOX",
    password: str = PASSWORD,
    *,
    tls: bool = True,
) -> ImapInbox:
    return ImapInbox(server.url(folder, tls=tls), lambda: password)


class TestImapInbox(InboxContract):
    @pytest.fixture(params=[True, False], ids=["imaps", "imap"])
    def box(self, server: Dovecot, request: pytest.FixtureRequest) -> Iterator[Box]:
        folder = f"Box{next(_numbers)}"
        for part in ("tmp", "new", "cur"):
            (server.maildir / f".{folder}" / part).mkdir(parents=True)
            server.own(server.maildir / f".{folder}" / part)
        server.own(server.maildir / f".{folder}")
        inbox = opened(server, folder, tls=request.param)

        def put(data: bytes, at: datetime) -> None:
            stored(server, folder, data, at)

        def state() -> object:
            return sorted((server.maildir / f".{folder}" / "cur").iterdir())

        yield Box(inbox, put, state)
        inbox.close()


@pytest.mark.parametrize("name", ["警報と注意", "R&D", "Entwürfe/Prüfung", 'a "b" \\c'])
def test_a_folder_may_be_called_anything(server: Dovecot, name: str) -> None:
    inside = name.replace("/", ".")
    stored(server, inside, mail(ID))

    with_slash = inside if "/" in name else name
    inbox = opened(server, "".join(f"%{b:02X}" for b in with_slash.encode()))

    assert inbox.find([ID])
    inbox.close()


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("INBOX", "INBOX"),
        ("R&D", "R&-D"),
        # RFC 3501, section 5.1.3.
        ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ("😀", "&2D3eAA-"),
        ("a\r\nb", "a&AA0ACg-b"),
    ],
)
def test_folder_names_are_written_in_modified_utf_7(name: str, wire: str) -> None:
    assert utf7.encoded(name) == wire


def test_flags_stay_as_they_are(server: Dovecot) -> None:
    stored(server, "Flags", mail(ID))
    inbox = opened(server, "Flags")

    inbox.find([ID])
    inbox.close()

    (file,) = (server.maildir / ".Flags").glob("[nc][eu][wr]/*")
    assert "S" not in file.name.partition(":")[2]


def test_the_connection_is_kept_and_made_anew_when_it_was_lost(
    server: Dovecot,
) -> None:
    stored(server, "Kept", mail(ID))
    inbox = opened(server, "Kept")
    inbox.find([ID])
    first = inbox._session

    inbox.find([ID])
    kept = inbox._session
    server.kick()
    again = inbox.find([ID])

    assert kept is first
    assert again
    assert inbox._session is not first
    inbox.close()


def test_a_wrong_password_is_told_and_not_shown(server: Dovecot) -> None:
    with pytest.raises(InboxError, match=r"refuses the login: .*canary\.password") as e:
        opened(server, password="a wrong one").find([ID])

    assert e.value.lasting
    assert "a wrong one" not in str(e.value)
    assert "nothing is sent again" in str(e.value)


def test_a_folder_that_is_not_there_is_told(server: Dovecot) -> None:
    with pytest.raises(InboxError, match=r"has no folder 'Nowhere'.*canary\.imap") as e:
        opened(server, "Nowhere").find([ID])

    assert e.value.lasting


def test_a_certificate_has_to_be_trusted(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(InboxError, match=r"not trusted .*SSL_CERT_FILE") as caught:
        opened(server).find([ID])

    assert caught.value.lasting


def test_a_certificate_has_to_be_for_the_host(server: Dovecot) -> None:
    inbox = ImapInbox(server.url(host="127.0.0.1"), lambda: PASSWORD)

    with pytest.raises(InboxError, match=r"not trusted .*127\.0\.0\.1"):
        inbox.find([ID])


def test_no_password_is_sent_where_the_server_takes_none() -> None:
    with (
        said("* CAPABILITY IMAP4rev1 LOGINDISABLED") as (url, heard),
        pytest.raises(InboxError, match="it takes no password here"),
    ):
        ask(url, lambda: "s3cret")

    assert not any("s3cret" in line for line in heard)


def test_a_server_with_the_old_login_only_is_used() -> None:
    with said("* CAPABILITY IMAP4rev1") as (url, heard):
        assert ask(url, lambda: 'pa"ss') == {}

    assert any(line.endswith('LOGIN "canary" "pa\\"ss"') for line in heard)


def test_of_a_large_mailbox_only_what_is_new_is_searched(server: Dovecot) -> None:
    old = ARRIVED - timedelta(days=300)
    for number in range(imap._ALWAYS + 5):
        stored(server, "Large", mail(f"<{number}@lists.cert.example>"), old)
    stored(server, "Large", mail(ID))
    inbox = opened(server, "Large")
    wanted = [ID, "<0@lists.cert.example>", "<900@lists.cert.example>"]

    limited = inbox.find(wanted, ARRIVED - MINUTE)
    everything = inbox.find(wanted)
    inbox.close()

    assert sorted(limited) == sorted([ID, "<900@lists.cert.example>"])
    assert sorted(everything) == sorted(wanted)


def test_the_settings_name_it_and_the_password_is_asked_for_when_it_is_needed(
    tmp_path: Path,
) -> None:
    def missing() -> str:
        raise SettingsError("canary.password: no such file")

    settings = Canary("canary@cert.example", imap="imap://canary@127.0.0.1:9/INBOX")
    made = inboxes.inbox(settings, tmp_path, missing)

    assert made is not None
    assert made.name == settings.imap
    assert "missing" not in repr(made)


# Servers of another kind.


def ask(
    url: str, password: Callable[[], str] = str, since: datetime | None = None
) -> Mapping[str, Sequence[Received]]:
    with contextlib.closing(ImapInbox(url, password)) as inbox:
        return inbox.find([ID], since)


_GREETING = "* OK ready"


@contextmanager
def said(
    capability: str = "* CAPABILITY IMAP4rev1 AUTH=PLAIN",
    answers: Sequence[tuple[str, Sequence[str]]] = (),
    greeting: str = _GREETING,
) -> Iterator[tuple[str, list[str]]]:
    """Run a server that answers commands by their names, and yield what it heard.

    In answers, `TAG` is the tag of the command. An answer `DROP` ends the connection,
    `WAIT` lets it stand.
    """
    heard: list[str] = []
    replies: dict[str, list[Sequence[str]]] = {}
    for name, lines in answers:
        replies.setdefault(name, []).append(lines)
    stopped = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def serve() -> None:
            while not stopped.is_set():
                try:
                    connection = listener.accept()[0]
                except OSError:
                    return
                with connection:
                    _talk(connection, greeting, capability, replies, heard, stopped)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"imap://canary@127.0.0.1:{port}/INBOX", heard
        finally:
            stopped.set()
            # Closing alone does not wake up whoever waits in accept.
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def _talk(
    connection: socket.socket,
    greeting: str,
    capability: str,
    replies: dict[str, list[Sequence[str]]],
    heard: list[str],
    stopped: threading.Event,
) -> None:
    def write(line: str) -> None:
        connection.sendall(f"{line}\r\n".encode())

    usual = {
        "CAPABILITY": (capability, "TAG OK done"),
        "LOGIN": ("TAG OK in",),
        "EXAMINE": ("* 1 EXISTS", "TAG OK [READ-ONLY] done"),
        "UID SEARCH": ("* SEARCH", "TAG OK done"),
    }
    try:
        write(greeting)
        lines = connection.makefile("rb")
        while raw := lines.readline():
            line = raw.decode(errors="replace").rstrip()
            heard.append(line)
            tag, _, command = line.partition(" ")
            name = next((n for n in _NAMES if command.upper().startswith(n)), "")
            if name == "AUTHENTICATE":
                write("+ ")
                lines.readline()
            waiting = replies.get(name)
            for each in (
                waiting.pop(0) if waiting else usual.get(name, ("TAG OK done",))
            ):
                if each == "DROP":
                    return
                if each == "WAIT":
                    stopped.wait(20)
                    return
                write(each.replace("TAG", tag))
    except OSError:
        return


_NAMES = ("CAPABILITY", "AUTHENTICATE", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH")
_FOUND = ("UID SEARCH", ("* SEARCH 5", "TAG OK done"))


def fetched(*, before: str = "", after: str = "", uid: int = 5) -> list[str]:
    text = mail(ID).decode().replace("\n", "\r\n")
    head = f"* 1 FETCH (UID {uid}{before} BODY[]<0> {{{len(text)}}}"
    return [f"{head}\r\n{text}{after})", "TAG OK done"]


DATE = ' INTERNALDATE "20-Nov-2026 19:00:00 +0900"'


@pytest.mark.parametrize(("before", "after"), [(DATE, ""), ("", DATE)])
def test_the_date_may_stand_before_the_text_or_behind_it(
    before: str, after: str
) -> None:
    answer = fetched(before=before, after=after)
    stray = ["* 3 FETCH (FLAGS (\\Seen) UID 9)", *answer]
    with said(answers=[_FOUND, ("UID FETCH", stray)]) as (url, _):
        (copy,) = ask(url)[ID]

    assert copy.at == ARRIVED


def test_a_mail_that_was_removed_before_it_is_read_is_not_there() -> None:
    with said(answers=[_FOUND, ("UID FETCH", ["TAG OK done"])]) as (url, _):
        assert ask(url) == {}


def test_what_was_not_asked_for_is_left_out() -> None:
    answer = fetched(before=DATE, uid=6)
    with said(answers=[_FOUND, ("UID FETCH", answer)]) as (url, _):
        assert ask(url) == {}


@pytest.mark.parametrize(
    ("answers", "match"),
    [
        ([("UID SEARCH", ["TAG NO server busy"])], "not do what it is asked.*busy"),
        ([("UID SEARCH", ["TAG BAD what?"])], "not do what it is asked.*what"),
        ([_FOUND, ("UID FETCH", ["TAG NO gone"])], "not do what it is asked.*gone"),
        ([("EXAMINE", ["TAG NO no such folder"])], "has no folder 'INBOX'"),
        ([("AUTHENTICATE", ["TAG NO [ALERT] locked"])], "refuses the login.*locked"),
        ([("CAPABILITY", ["* BYE too many", "TAG OK"])], r"ended .*\(too many\)"),
        ([("EXAMINE", ["* BYE full", "TAG OK"])], r"ended the connection \(full\)"),
        ([("EXAMINE", ["DROP"])], "closed the connection before it had answered"),
        ([_FOUND, ("UID FETCH", ["* 1 FETCH (UID 5 BODY[] {99}", "DROP"])], "closed"),
        ([("UID SEARCH", ["garbage"])], "does not speak IMAP"),
        ([("UID SEARCH", ["* SEARCH x y", "TAG OK"])], "does not speak IMAP"),
    ],
)
def test_whatever_a_server_answers_is_an_error_that_says_what_to_do(
    answers: list[tuple[str, Sequence[str]]], match: str
) -> None:
    with said(answers=answers) as (url, _):
        inbox = ImapInbox(url, lambda: "s3cret", timeout=1)
        with pytest.raises(InboxError, match=match) as caught:
            inbox.find([ID])

    assert "nothing is sent again" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_server_that_repeats_the_password_does_not_get_it_shown() -> None:
    answers = [("AUTHENTICATE", ["TAG NO canary/s3cret is wrong"])]
    with (
        said(answers=answers) as (url, _),
        pytest.raises(InboxError, match="its answer is not shown") as caught,
    ):
        ask(url, lambda: "s3cret")

    assert "s3cret" not in str(caught.value)


def test_a_password_that_the_old_login_cannot_take_is_told_and_not_shown() -> None:
    with (
        said("* CAPABILITY IMAP4rev1") as (url, heard),
        pytest.raises(InboxError, match="refuses the login") as caught,
    ):
        ask(url, lambda: "geheim-ä")

    assert "geheim" not in str(caught.value) + "".join(heard)


def test_a_server_that_does_not_answer_is_not_waited_for_long() -> None:
    with (
        said(answers=[("EXAMINE", ["WAIT"])]) as (url, _),
        pytest.raises(InboxError, match=r"did not answer within 0\.2 s"),
    ):
        ImapInbox(url, str, timeout=0.2).find([ID])


def test_a_connection_that_breaks_while_it_is_kept_is_made_anew_once() -> None:
    usual = ["* 1 EXISTS", "TAG OK done"]
    answers = [("EXAMINE", usual), ("EXAMINE", ["DROP"]), ("EXAMINE", usual)]
    with said(answers=answers) as (url, heard):
        inbox = ImapInbox(url, str)
        inbox.find([ID])

        assert inbox.find([ID]) == {}
        inbox.close()

    assert sum("AUTHENTICATE" in line for line in heard) == 2


def test_a_server_that_stays_away_is_not_asked_a_third_time() -> None:
    usual = ["* 1 EXISTS", "TAG OK done"]
    answers = [("EXAMINE", usual), ("EXAMINE", ["DROP"]), ("EXAMINE", ["DROP"])]
    with said(answers=answers) as (url, heard):
        inbox = ImapInbox(url, str)
        inbox.find([ID])

        with pytest.raises(InboxError, match="closed the connection"):
            inbox.find([ID])

    assert inbox._session is None
    assert sum("EXAMINE" in line for line in heard) == 3


@pytest.mark.parametrize(
    ("url", "match"),
    [
        ("imap://canary@127.0.0.1:1/INBOX", r"nothing listens at 127\.0\.0\.1:1"),
        ("imaps://canary@no-such-host.invalid/INBOX", "no host named 'no-such-host"),
    ],
)
def test_a_server_that_is_not_there_is_told(url: str, match: str) -> None:
    with pytest.raises(InboxError, match=match) as caught:
        ImapInbox(url, str, timeout=5).find([ID])

    assert not caught.value.lasting


def test_something_else_that_answers_is_told() -> None:
    with (
        said(greeting="HTTP/1.1 400 Bad Request") as (url, _),
        pytest.raises(InboxError, match="does not speak IMAP"),
    ):
        ImapInbox(url, str, timeout=1).find([ID])


def test_all_commands_are_harmless() -> None:
    with said(answers=[_FOUND, ("UID FETCH", fetched(before=DATE))]) as (url, heard):
        ask(url, since=ARRIVED)

    commands = {line.partition(" ")[2].partition(" ")[0] for line in heard}
    assert commands == {"CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID"}
    assert any("BODY.PEEK[]" in line for line in heard)
