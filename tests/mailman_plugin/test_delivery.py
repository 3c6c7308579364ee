"""Delivery of posts, called as Mailman's runner calls it."""

from __future__ import annotations

import email
import os
import re
import signal
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from publisher.model.settings import MailingList
from tests.keys import Key
from tests.mailman_plugin import hosts, inside, smtpd
from tests.mailman_plugin.inside import Mailman
from tests.mailman_plugin.smtpd import Script, Transaction

pytestmark = [pytest.mark.mailman, pytest.mark.enable_socket]

PAGE = "https://lists.cert.example/leave"
READERS = [f"reader-{number:02d}@home.example" for number in range(12)]
BODY = b"Here:\n.\n..two\n- --dashes =\n" + "脆弱性\n".encode() + b"\n.end\n"


@pytest.fixture(scope="module")
def mailman() -> Iterator[Mailman]:
    with inside.mailman() as running:
        yield running


def a_list(name: str, *, one_click: bool = True) -> Any:
    """Make a list with members; for functions that run inside."""
    from mailman.config import config

    from publisher.mailman_plugin import leaving
    from tests.mailman_plugin import crowd

    made = inside.new_list(name)
    leaving.set_page(config.db.store, made.list_id, PAGE if one_click else "")
    config.db.commit()
    with config.db.engine.begin() as connection:
        crowd.subscribe(
            connection, made.list_id, [f"{name}-{each}" for each in READERS]
        )
    return made


def a_post(
    mlist: Any, body: bytes = BODY, **metadata: Any
) -> tuple[Any, dict[str, Any]]:
    """Return a post as the pipeline hands it on."""
    from mailman.config import config
    from mailman.core.pipelines import process
    from mailman.email.message import Message

    declared = MailingList(
        mlist.posting_address, hosts.EN.language, hosts.EN.kinds, "List", "List"
    )
    wire = hosts.message(declared, body, f"<{mlist.list_name}@cert.example>")
    process(mlist, message_from_bytes(wire, Message), {}, "publisher-posting-pipeline")
    queue = config.switchboards["out"]
    [file] = queue.files
    msg, msgdata = queue.dequeue(file)
    queue.finish(file)
    return msg, {"verp": False, **msgdata, **metadata}


def sent_by(
    deliver: Any, mlist: Any, msg: Any, msgdata: Any, server: smtpd.Server
) -> tuple[list[str], list[tuple[str, int, str]]]:
    """Deliver to `server`; return who is deferred and who is refused."""
    from mailman.config import config
    from mailman.interfaces.mta import SomeRecipientsFailed

    settings = f"[mta]\nsmtp_host: 127.0.0.1\nsmtp_port: {server.port}\n"
    config.push("server", settings)
    try:
        deliver(mlist, msg, msgdata)
    except SomeRecipientsFailed as error:
        return sorted(error.temporary_failures), sorted(error.permanent_failures)
    finally:
        config.pop("server")
    return [], []


def ours() -> Any:
    from publisher.mailman_plugin.delivery import deliver

    return deliver


def stock() -> Any:
    from mailman.mta.deliver import deliver

    return deliver


def mails(
    name: str, stock_too: bool, one_click: bool, pipelining: bool, verp: bool
) -> tuple[list[Transaction], list[Transaction]]:
    mlist = a_list(name, one_click=one_click)
    msg, msgdata = a_post(mlist, verp=verp)
    before = msg.as_bytes()
    found = []
    for deliver in (stock(), ours()) if stock_too else (ours(),):
        with smtpd.running(pipelining=pipelining) as server:
            assert sent_by(deliver, mlist, msg, dict(msgdata), server) == ([], [])
        found.append(server.taken)
    assert msg.as_bytes() == before
    return found[0], found[-1]


def head_and_body(mail: Transaction) -> tuple[bytes, bytes]:
    head, _, body = mail.content.partition(b"\r\n\r\n")
    return head, body


def text(mail: Transaction) -> bytes:
    """Return the body as a reader has it."""
    unstuffed = re.sub(rb"(?m)^\.", b"", mail.content)
    payload = message_from_bytes(unstuffed).get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.replace(b"\r\n", b"\n")


@pytest.mark.parametrize("pipelining", [True, False])
def test_without_one_click_the_mail_is_the_one_that_stock_mailman_sends(
    mailman: Mailman, pipelining: bool
) -> None:
    theirs, own = mailman.run(
        mails, f"bulk{pipelining:d}", True, False, pipelining, False
    )

    everybody = sorted(r for mail in theirs for r in mail.recipients)
    assert sorted(r for mail in own for r in mail.recipients) == everybody
    assert len(own) == 2
    assert {mail.content for mail in own} == {mail.content for mail in theirs}
    assert {mail.sender for mail in own} == {mail.sender for mail in theirs}


def owners(name: str, senders: list[str]) -> list[str | None]:
    """Return whose token each sender has, as the runner for bounces finds out."""
    from mailman.utilities.datetime import now

    from publisher.mailman_plugin.bounces import who
    from publisher.mailman_plugin.selfservice import membership

    mlist = membership.by_id(f"{name}.{inside.DOMAIN}")
    assert mlist is not None
    start, end = f"{name}-bounces+", f"@{inside.DOMAIN}"
    tokens = [each.removeprefix(start).removesuffix(end) for each in senders]
    found = [who.by_token(mlist, token, now().date()) for token in tokens]
    return [None if each is None else each.address.email for each in found]


@pytest.mark.parametrize("way", ["verp", "click"])
def test_each_copy_comes_back_to_an_address_of_its_own(
    mailman: Mailman, way: str
) -> None:
    name = f"returns{way}"
    theirs, own = mailman.run(mails, name, True, way == "click", True, way == "verp")

    assert len({mail.sender for mail in own}) == len(own) == len(READERS)
    came_from = [mail.sender for mail in own]
    assert [[each] for each in mailman.run(owners, name, came_from)] == [
        mail.recipients for mail in own
    ]
    assert all(len(mail.sender.partition("@")[0]) <= 64 for mail in own)
    if way == "verp":
        assert {mail.content for mail in own} == {mail.content for mail in theirs}


def answer_to(reader: str) -> list[Transaction]:
    """Send what is no post, as Mailman does where it writes VERP addresses."""
    from mailman.email.message import UserNotification

    mlist = inside.new_list("answers")
    mail = UserNotification(reader, mlist.request_address, "An answer", "words\n")
    mail["Message-ID"] = "<answer@cert.example>"
    own = {"recipients": {reader}, "nodecorate": True, "verp": True}
    with smtpd.running() as server:
        assert sent_by(ours(), mlist, mail, own, server) == ([], [])
    return server.taken


def test_what_is_no_post_has_no_address_that_is_too_long(mailman: Mailman) -> None:
    [sent] = mailman.run(answer_to, f"{'a' * 50}@home.example")

    assert sent.sender == "answers-bounces@lists.cert.example"


def test_one_click_changes_two_fields_and_nothing_else(mailman: Mailman) -> None:
    theirs, own = mailman.run(mails, "click", True, True, True, False)

    [(head, body)] = {head_and_body(mail) for mail in theirs}
    assert len(own) == len(READERS)
    assert {head_and_body(mail)[1] for mail in own} == {body}
    assert len({mail.content for mail in own}) == len(READERS)
    for mail in own:
        mine, base = (
            [
                field
                for field in email.message_from_bytes(each).items()
                if not field[0].startswith("List-Unsubscribe")
            ]
            for each in (mail.content, head)
        )
        assert mine == base


def test_one_click_headers_are_those_of_rfc_8058(mailman: Mailman) -> None:
    _, own = mailman.run(mails, "fields", False, True, True, False)

    for mail in own:
        read = message_from_bytes(mail.content, policy=default)
        assert isinstance(read, EmailMessage)
        assert read.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]
        [field] = read.get_all("List-Unsubscribe", [])
        web, mailto = str(field).split(", ")
        assert web.startswith(f"<{PAGE}?list=fields.lists.cert.example&member=")
        assert mailto == "<mailto:fields-leave@lists.cert.example>"
        assert text(mail) == BODY
        assert max(map(len, mail.content.split(b"\r\n"))) < 998
        assert mail.content.isascii()


def answered(name: str, script: Script | str) -> Any:
    """Deliver to a server that answers so; return what was told, sent and counted."""
    from mailman.config import config

    from publisher.mailman_plugin import deliveries

    mlist = a_list(name)
    msg, msgdata = a_post(mlist)
    own = SCRIPTS[script]() if isinstance(script, str) else script
    with smtpd.running(own) as server:
        failures = sent_by(ours(), mlist, msg, msgdata, server)
    counts = deliveries.counts(config.db.store, mlist.list_id, msg["message-id"])
    return failures, server.recipients, counts


def mixed() -> Script:
    answers = {
        "00": b"450 4.2.2 full",
        "01": b"550 5.1.1 gone",
        "02": b"552 5.2.2 full",
    }

    def script(command: str) -> bytes | None:
        found = [answers[n] for n in answers if f"reader-{n}@" in command]
        return found[0] if found and command.startswith("RCPT") else None

    return script


def lost() -> Script:
    texts = iter(range(1000))

    def script(command: str) -> bytes | None:
        return smtpd.LOST if command == smtpd.TEXT and next(texts) == 5 else None

    return script


SCRIPTS = {"mixed": mixed, "lost": lost}


def test_deferred_and_refused_are_told_to_mailman_and_counted(mailman: Mailman) -> None:
    (deferred, refused), sent, counts = mailman.run(answered, "mixed", "mixed")

    # 552 is temporary (RFC 5321, section 4.5.3.1.10), as for stock Mailman.
    assert deferred == [f"mixed-{READERS[0]}", f"mixed-{READERS[2]}"]
    assert refused == [(f"mixed-{READERS[1]}", 550, "5.1.1 gone")]
    assert len(sent) == len(READERS) - 3
    assert (counts.delivered, counts.deferred, counts.refused) == (9, 2, 1)


def test_a_lost_connection_defers_one_and_the_others_get_theirs(
    mailman: Mailman,
) -> None:
    (deferred, refused), sent, counts = mailman.run(answered, "lost", "lost")

    assert len(deferred) == 1
    assert refused == []
    assert sorted([*deferred, *sent]) == [f"lost-{each}" for each in READERS]
    assert (counts.delivered, counts.deferred, counts.refused) == (11, 1, 0)


def retried(name: str) -> Any:
    from mailman.config import config

    from publisher.mailman_plugin import deliveries

    mlist = a_list(name)
    msg, msgdata = a_post(mlist)
    seen = []
    for script in (mixed(), smtpd.friendly):
        with smtpd.running(script) as server:
            deferred, _ = sent_by(ours(), mlist, msg, msgdata, server)
        counts = deliveries.counts(config.db.store, mlist.list_id, msg["message-id"])
        seen.append((sorted(server.recipients), counts))
        # As the runner does it.
        msgdata = {**msgdata, "recipients": deferred}
    return seen


def test_a_second_attempt_goes_to_the_deferred_alone_and_is_added_up(
    mailman: Mailman,
) -> None:
    (_, first), (again, second) = mailman.run(retried, "again")

    assert (first.delivered, first.deferred, first.refused) == (9, 2, 1)
    assert again == [f"again-{READERS[0]}", f"again-{READERS[2]}"]
    assert (second.delivered, second.deferred, second.refused) == (11, 0, 1)


def killed(name: str, members: int) -> Any:
    """Die in the middle, and be called again with the same message."""
    from mailman.config import config

    from publisher.mailman_plugin import deliveries
    from tests.mailman_plugin import crowd

    mlist = inside.new_list(name)
    with config.db.engine.begin() as connection:
        addresses = [f"{name}-{number:05d}@home.example" for number in range(members)]
        crowd.subscribe(connection, mlist.list_id, addresses)
    msg, msgdata = a_post(mlist, verp=True)

    class Killed(BaseException):
        pass

    def dies(command: str) -> bytes | None:
        if f"{name}-00003@" in command and command.startswith("RCPT"):
            return b"450 later"
        return None

    from publisher.mailman_plugin import smtp

    whole = smtp.Client.send
    parts = iter(range(100))

    def send(client: smtp.Client, envelopes: Any) -> Any:
        if next(parts) == 2:
            raise Killed
        return whole(client, envelopes)

    with smtpd.running(dies) as first:
        smtp.Client.send = send  # type: ignore[assignment,method-assign]
        try:
            sent_by(ours(), mlist, msg, dict(msgdata), first)
        except Killed:
            config.db.abort()
        finally:
            smtp.Client.send = whole  # type: ignore[method-assign]
    with smtpd.running() as second:
        failures = sent_by(ours(), mlist, msg, dict(msgdata), second)
    with smtpd.running() as third:
        again = sent_by(ours(), mlist, msg, dict(msgdata), third)
    counts = deliveries.counts(config.db.store, mlist.list_id, msg["message-id"])
    sent = [*first.recipients, *second.recipients]
    return failures, again, sent, third.recipients, addresses, counts


def test_after_a_crash_nobody_gets_again_what_was_recorded(mailman: Mailman) -> None:
    failures, again, sent, third, addresses, counts = mailman.run(
        killed, "killed", 1800
    )

    missing = "killed-00003@home.example"
    assert failures == again == ([missing], [])
    assert sorted([*sent, missing]) == addresses
    assert third == []
    assert (counts.delivered, counts.deferred, counts.refused) == (1799, 1, 0)


def killed_within_a_part(name: str) -> Any:
    """Die when five readers have their mail, and be called again."""
    from publisher.mailman_plugin import configuration, trail

    mlist = a_list(name)
    msg, msgdata = a_post(mlist)

    class Killed(BaseException):
        pass

    whole = trail.Trail.note
    notes = iter(range(1, 100))

    def note(own: trail.Trail, recipients: Any) -> None:
        whole(own, recipients)
        if next(notes) == 5:
            raise Killed

    with smtpd.running() as first:
        trail.Trail.note = note  # type: ignore[assignment,method-assign]
        try:
            sent_by(ours(), mlist, msg, dict(msgdata), first)
        except Killed:
            pass
        finally:
            trail.Trail.note = whole  # type: ignore[method-assign]
    with smtpd.running() as second:
        failures = sent_by(ours(), mlist, msg, dict(msgdata), second)
    left = list((configuration.home() / "trails").iterdir())
    return failures, first.recipients, second.recipients, left


def test_within_a_part_those_get_it_after_a_crash_who_have_not(
    mailman: Mailman,
) -> None:
    failures, first, second, left = mailman.run(killed_within_a_part, "within")

    assert failures == ([], [])
    assert len(first) == 5
    assert sorted([*first, *second]) == [f"within-{each}" for each in READERS]
    assert left == []


def second_copy(name: str) -> Any:
    """Send a post, and then what a crash between two queues has left of it."""
    from publisher.mailman_plugin import copies

    mlist = a_list(name)
    msg, msgdata = a_post(mlist)
    other = {**msgdata, copies.COPY: copies.name(), "recipients": {READERS[0]}}
    counts = []
    for metadata in (msgdata, other, msgdata):
        with smtpd.running() as server:
            assert sent_by(ours(), mlist, msg, dict(metadata), server) == ([], [])
        counts.append(len(server.recipients))
    return counts


def test_of_two_copies_of_a_post_one_is_sent(mailman: Mailman) -> None:
    assert mailman.run(second_copy, "copies") == [len(READERS), 0, 0]


def without_a_database(name: str) -> Any:
    from sqlalchemy.exc import OperationalError

    from publisher.mailman_plugin import copies

    mlist = a_list(name)
    msg, msgdata = a_post(mlist)

    def broken(*arguments: Any) -> bool:
        raise OperationalError("SELECT", arguments, Exception("database is locked"))

    whole = copies.owns
    copies.owns = broken  # type: ignore[assignment]
    with smtpd.running() as server:
        try:
            told = sent_by(ours(), mlist, msg, dict(msgdata), server)
        finally:
            copies.owns = whole
    return told, server.recipients


def test_a_post_waits_while_nobody_knows_whether_it_is_the_one(
    mailman: Mailman,
) -> None:
    told, sent = mailman.run(without_a_database, "locked")

    assert told == ([f"locked-{each}" for each in READERS], [])
    assert sent == []


def other_addresses(name: str) -> Any:
    """Send to an address that stock delivery has to write, twice."""
    from mailman.config import config

    from tests.mailman_plugin import crowd

    mlist = a_list(name)
    odd = '"two words"@home.example'
    with config.db.engine.begin() as connection:
        crowd.subscribe(connection, mlist.list_id, [odd])
    msg, msgdata = a_post(mlist)
    recipients = {**msgdata, "recipients": {odd, f"{name}-{READERS[0]}"}}
    counts = []
    senders: list[str] = []
    for _ in range(2):
        with smtpd.running() as server:
            assert sent_by(ours(), mlist, msg, dict(recipients), server) == ([], [])
        counts.append(len(server.recipients))
        senders += [mail.sender for mail in server.taken]
    return counts, owners(name, senders)


def test_what_stock_delivery_has_sent_is_not_sent_again_either(
    mailman: Mailman,
) -> None:
    counts, owned = mailman.run(other_addresses, "others")

    assert counts == [2, 0]
    assert sorted(owned) == ['"two words"@home.example', f"others-{READERS[0]}"]


def unreachable(name: str) -> Any:
    mlist = a_list(name)
    msg, msgdata = a_post(mlist)
    with smtpd.running() as server:
        pass
    told = [sent_by(ours(), mlist, msg, dict(msgdata), server) for _ in range(2)]
    with smtpd.running() as server:
        told.append(sent_by(ours(), mlist, msg, dict(msgdata), server))
    return told, server.recipients


def test_while_the_mta_is_away_all_are_deferred_and_get_it_later(
    mailman: Mailman,
) -> None:
    told, sent = mailman.run(unreachable, "away")

    everybody = [f"away-{each}" for each in READERS]
    assert told == [(everybody, []), (everybody, []), ([], [])]
    assert sorted(sent) == everybody


def stopped(name: str) -> Any:
    """Be told to stop in the middle, as by `mailman stop`."""
    from mailman.interfaces.runner import RunnerInterrupt

    mlist = a_list(name)
    msg, msgdata = a_post(mlist)
    heard = []

    def handler(number: int, frame: object) -> None:
        del frame
        heard.append(number)
        raise RunnerInterrupt

    def script(command: str) -> bytes | None:
        if "reader-04@" in command and command.startswith("RCPT"):
            os.kill(os.getpid(), signal.SIGTERM)
        return None

    before = signal.signal(signal.SIGTERM, handler)
    try:
        with smtpd.running(script) as server:
            deferred, _ = sent_by(ours(), mlist, msg, msgdata, server)
    finally:
        signal.signal(signal.SIGTERM, before)
    return heard, server.recipients, deferred


def test_mailman_can_be_stopped_in_the_middle_and_goes_on_later(
    mailman: Mailman,
) -> None:
    heard, sent, deferred = mailman.run(stopped, "stopped")

    assert heard == [signal.SIGTERM]
    assert 4 < len(sent) < len(READERS)
    assert sorted([*sent, *deferred]) == [f"stopped-{each}" for each in READERS]


def left_to_stock(name: str) -> Any:
    """Deliver what is no post of ours, or not of a form that ours can send."""
    from mailman.config import config

    mlist = a_list(name)
    seen = {}

    def send(what: str, msg: Any, msgdata: Any) -> None:
        with smtpd.running() as server:
            told = sent_by(ours(), mlist, msg, msgdata, server)
        contents = {b"One-Click" in mail.content for mail in server.taken}
        seen[what] = (told, len(server.recipients), contents)

    msg, msgdata = a_post(mlist)
    send("notice", msg, {**msgdata, "publisher_announcement": False})
    odd = '"two words"@home.example'
    send("odd", msg, {**msgdata, "recipients": {odd, READERS[0]}})
    eight, _ = a_post(mlist)
    del eight["content-transfer-encoding"]
    eight["Content-Transfer-Encoding"] = "8bit"
    eight.set_payload(BODY.decode("utf-8").encode().decode("ascii", "surrogateescape"))
    send("8bit", eight, dict(msgdata))
    mlist.posting_chain = "default-posting-chain"
    send("other list", msg, dict(msgdata))
    config.db.abort()
    send("nobody", msg, {**msgdata, "recipients": set()})
    return seen


def test_what_is_no_post_of_ours_is_delivered_by_mailman_itself(
    mailman: Mailman,
) -> None:
    seen = mailman.run(left_to_stock, "other")

    count = len(READERS)
    assert seen["notice"] == (([], []), count, {False})
    assert seen["odd"] == (([], []), 2, {False})
    assert seen["8bit"] == (([], []), count, {False})
    assert seen["other list"] == (([], []), count, {False})
    assert seen["nobody"] == (([], []), 0, set())


def without_tables(name: str) -> Any:
    """Deliver while the plugin's tables are gone."""
    from mailman.config import config

    from publisher.mailman_plugin import deliveries, leaving

    mlist = a_list(name)
    msg, msgdata = a_post(mlist)
    for module in (deliveries, leaving):
        module.METADATA.drop_all(config.db.engine)
    try:
        with smtpd.running() as server:
            told = sent_by(ours(), mlist, msg, msgdata, server)
    finally:
        for module in (deliveries, leaving):
            module.METADATA.create_all(config.db.engine)
    return told, sorted(server.recipients)


def test_mail_goes_out_even_if_the_database_fails(mailman: Mailman) -> None:
    told, sent = mailman.run(without_tables, "tables")

    assert told == ([], [])
    assert sent == [f"tables-{each}" for each in READERS]


def signed_post(name: str, data: bytes) -> list[Transaction]:
    mlist = a_list(name)
    msg, msgdata = a_post(mlist, data)
    with smtpd.running() as server:
        sent_by(ours(), mlist, msg, msgdata, server)
    return server.taken


@pytest.mark.gpg
def test_every_copy_of_a_signed_text_is_the_signed_text(
    mailman: Mailman, team_key: Key
) -> None:
    key = hosts.edition_key(hosts.ADVISORY, "ja")
    data = team_key.clearsign(hosts.text(key, ".\n..\nFrom me\n- -x\n"))

    copies = mailman.run(signed_post, "signed", data)

    assert len(copies) == len(READERS)
    assert {text(copy) for copy in copies} == {data}
