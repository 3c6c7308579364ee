"""What the chain does when posting fails or is disturbed half-way."""

from __future__ import annotations

import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from publisher.errors import TrustError
from publisher.mailman_plugin import schema
from publisher.mailman_plugin.gate import Admitted, State
from publisher.mailman_plugin.ledger import Ledger
from tests.mailman_plugin import hosts

with warnings.catch_warnings():
    # Mailman uses what its libraries would rather not have used any more.
    warnings.simplefilter("ignore")
    from mailman.config import config

    from publisher.mailman_plugin.chains import announce
    from publisher.mailman_plugin.rules import signed

KEY = hosts.edition_key(hosts.ADVISORY, "ja", 2)
MESSAGE_ID = "<m@cert.example>"


@dataclass
class Queue:
    """The queue from which Mailman sends; `then` happens once a message is in it."""

    then: Callable[[], None]
    messages: list[Message] = field(default_factory=list)

    def enqueue(self, message: Message, metadata: object) -> None:
        del metadata
        self.messages.append(message)
        self.then()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{tmp_path}/mailman.db", poolclass=NullPool)
    schema.prepare(made)
    yield made
    made.dispose()


@pytest.fixture
def posts(engine: Engine) -> Iterator[Ledger]:
    with Session(engine) as session:
        yield Ledger(session, hosts.JA.list_id)


def recorded(engine: Engine) -> list[State]:
    """Return what other processes see, and what a crash would leave."""
    with Session(engine) as session:
        found = Ledger(session, hosts.JA.list_id).posts(KEY.id, KEY.language)
        return [post.state for post in found]


def post(posts: Ledger, *, claimed: bool = False) -> None:
    metadata = {signed.SHA256: "0" * 64}
    with announce._undisturbed():
        announce._post(posts, Admitted(KEY, MESSAGE_ID, claimed), Message(), metadata)


def use(monkeypatch: pytest.MonkeyPatch, then: Callable[[], None]) -> Queue:
    queue = Queue(then)
    monkeypatch.setitem(config.switchboards, "pipeline", queue)
    return queue


def test_the_claim_is_on_disk_before_the_message_is_in_the_queue(
    posts: Ledger, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[State]] = []
    queue = use(monkeypatch, lambda: seen.append(recorded(engine)))

    post(posts)

    assert seen == [[State.CLAIMED]]
    assert recorded(engine) == [State.ACCEPTED]
    assert len(queue.messages) == 1


def test_a_message_that_its_own_claim_waits_for_is_posted(
    posts: Ledger, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts.claim(KEY, MESSAGE_ID)
    use(monkeypatch, lambda: None)

    post(posts, claimed=True)

    assert recorded(engine) == [State.ACCEPTED]


def test_a_queue_that_cannot_be_written_leaves_no_claim(
    posts: Ledger, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    use(monkeypatch, full)

    with pytest.raises(OSError, match="No space left"):
        post(posts)

    assert recorded(engine) == []


def test_of_two_runners_with_the_same_text_one_posts_it(
    posts: Ledger, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = use(monkeypatch, lambda: None)
    with Session(engine) as session:
        Ledger(session, hosts.JA.list_id).claim(KEY, "<other@cert.example>")

    with pytest.raises(TrustError, match="is being posted right now"):
        post(posts)

    assert queue.messages == []
    assert recorded(engine) == [State.CLAIMED]


def test_a_signal_to_stop_waits_until_the_post_is_recorded(
    posts: Ledger, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[State]] = []
    before = signal.signal(signal.SIGUSR1, lambda *_: seen.append(recorded(engine)))
    # To this thread: others, of servers that other tests run, hold nothing back.
    me = threading.get_ident()
    use(monkeypatch, lambda: signal.pthread_kill(me, signal.SIGUSR1))

    try:
        post(posts)
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert seen == [[State.ACCEPTED]]
