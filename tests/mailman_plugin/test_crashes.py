"""What Mailman takes up again after a crash is posted once; on a real Mailman.

A crash is staged on a Mailman that is down: the message that a runner was working on
lies in the queue as a `.bak` file, and the ledger says how far it had come.
"""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from hashlib import sha256
from pathlib import Path

import pytest
from mailman.email.message import Message
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from publisher.adapters.mailman import MailmanLists
from publisher.mailman_plugin import copies as sent
from publisher.mailman_plugin.ledger import Ledger
from publisher.model.chain import Announcement
from publisher.render.mail import body
from tests.keys import Key
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import EN, Server, edition_key

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]

READER = "reader-en@home.example"


@pytest.fixture
def mail(team_key: Key, tmp_path: Path) -> Announcement:
    """A mail that is not posted, for a Mailman in `tmp_path` that is not running."""
    with hosts.running(team_key, plugin=True, directory=tmp_path) as server:
        server.apply(EN)
        server.subscribe(EN, READER)
        key = edition_key(server.new_id(), "en")
        data = server.key.clearsign(hosts.text(key))
        return hosts.announcement(EN, key, data)


@contextmanager
def ledger(directory: Path) -> Iterator[Ledger]:
    [file] = directory.rglob("mailman.db")
    engine = create_engine(f"sqlite:///{file}")
    with Session(engine) as session:
        yield Ledger(session, EN.list_id)
    engine.dispose()


def leave_behind(
    directory: Path, mail: Announcement, queue: str = "in", suffix: str = ".bak"
) -> None:
    """Leave a message as a runner does that dies while it works on it."""
    message = message_from_bytes(mail.message, Message)
    metadata = {"listid": EN.list_id, "version": 3, "_parsemsg": False}
    data = pickle.dumps(message) + pickle.dumps(metadata)
    [folder] = directory.rglob(f"queue/{queue}")
    name = "a" if suffix == ".bak" else "b"
    (folder / f"1760000000.0+{name * 40}{suffix}").write_bytes(data)


def claim(posts: Ledger, mail: Announcement) -> None:
    digest = sha256(body(mail.message)).hexdigest()
    posts.claim(mail.key, mail.message_id, digest)


def copies(server: Server, mail: Announcement) -> int:
    server.host.settle()
    got = [message["message-id"] for message in server.host.messages(READER)]
    return got.count(mail.message_id)


def test_a_crash_before_the_claim_posts_it_at_the_next_start(
    mail: Announcement, team_key: Key, tmp_path: Path
) -> None:
    leave_behind(tmp_path, mail)

    with hosts.running(team_key, plugin=True, directory=tmp_path) as server:
        assert copies(server, mail) == 1
        assert server.lists.taken(mail) is True


def test_a_crash_after_the_claim_posts_it_at_the_next_start_and_a_retry_does_not(
    mail: Announcement, team_key: Key, tmp_path: Path
) -> None:
    leave_behind(tmp_path, mail)
    with ledger(tmp_path) as posts:
        claim(posts, mail)

    with hosts.running(team_key, plugin=True, directory=tmp_path) as server:
        server.inject(EN, mail.message)

        assert copies(server, mail) == 1
        assert server.lists.taken(mail) is True


def test_a_crash_after_the_record_posts_nothing(
    mail: Announcement, team_key: Key, tmp_path: Path
) -> None:
    leave_behind(tmp_path, mail)
    with ledger(tmp_path) as posts:
        claim(posts, mail)
        posts.accept(mail.key, mail.message_id)

    with hosts.running(team_key, plugin=True, directory=tmp_path) as server:
        assert copies(server, mail) == 0


def test_a_crash_after_the_queue_and_before_the_record_posts_it_once(
    mail: Announcement, team_key: Key, tmp_path: Path
) -> None:
    leave_behind(tmp_path, mail)
    leave_behind(tmp_path, mail, "pipeline", ".pck")
    with ledger(tmp_path) as posts:
        claim(posts, mail)

    with hosts.running(team_key, plugin=True, directory=tmp_path) as server:
        assert copies(server, mail) == 1
        assert server.lists.taken(mail) is True
        assert "a second copy of <" in server.log()


def test_a_crash_between_two_queues_posts_it_once(
    mail: Announcement, team_key: Key, tmp_path: Path
) -> None:
    leave_behind(tmp_path, mail, "pipeline", ".bak")
    leave_behind(tmp_path, mail, "pipeline", ".pck")
    with ledger(tmp_path) as posts:
        claim(posts, mail)
        posts.accept(mail.key, mail.message_id)

    with hosts.running(team_key, plugin=True, directory=tmp_path) as server:
        assert copies(server, mail) == 1


def test_a_claim_whose_message_is_lost_is_given_up(
    mail: Announcement, team_key: Key, tmp_path: Path
) -> None:
    with ledger(tmp_path) as posts:
        claim(posts, mail)

    with hosts.running(team_key, plugin=True, directory=tmp_path) as server:
        before = server.lists.taken(mail)
        server.lists.post(mail)

        assert before is False
        assert copies(server, mail) == 1
        assert server.lists.taken(mail) is True


def test_a_claim_from_before_the_digests_waits_for_a_person(
    mail: Announcement, team_key: Key, tmp_path: Path
) -> None:
    with ledger(tmp_path) as posts:
        posts.claim(mail.key, mail.message_id)

    with hosts.running(team_key, plugin=True, directory=tmp_path) as server:
        server.inject(EN, mail.message)

        assert copies(server, mail) == 0


def test_a_claim_of_another_text_is_not_taken_over_after_a_crash(
    mail: Announcement, team_key: Key, tmp_path: Path
) -> None:
    leave_behind(tmp_path, mail)
    leave_behind(tmp_path, mail, "shunt", ".pck")
    with ledger(tmp_path) as posts:
        posts.claim(mail.key, mail.message_id, "0" * 64)

    with hosts.running(team_key, plugin=True, directory=tmp_path) as server:
        assert copies(server, mail) == 0


def test_a_claim_of_which_a_copy_was_sent_is_not_given_up(
    mail: Announcement, team_key: Key, tmp_path: Path
) -> None:
    with ledger(tmp_path) as posts:
        claim(posts, mail)
        session = posts._session
        assert sent.owns(session, EN.list_id, mail.message_id, sent.name())

    with hosts.running(team_key, plugin=True, directory=tmp_path) as server:
        server.inject(EN, mail.message)

        assert copies(server, mail) == 0
        assert server.lists.taken(mail) is True


@pytest.mark.parametrize("queue", ["bad", "shunt"])
def test_a_claim_whose_message_was_put_aside_waits_for_a_person(
    mail: Announcement, team_key: Key, tmp_path: Path, queue: str
) -> None:
    leave_behind(tmp_path, mail, queue, ".psv" if queue == "bad" else ".pck")
    with ledger(tmp_path) as posts:
        claim(posts, mail)

    with hosts.running(team_key, plugin=True, directory=tmp_path) as server:
        server.inject(EN, mail.message)

        assert copies(server, mail) == 0
        # So long, the adapter would wait for Mailman.
        hasty = dataclasses.replace(server.mailman, wait=0.0)
        lists = MailmanLists(hasty, server.host.rest_password)
        assert lists.taken(mail) is None
        assert any(f"queue `{queue}`" in each for each in lists.traces(mail))
