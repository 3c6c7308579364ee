"""The ledger, in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from publisher.errors import TrustError
from publisher.mailman_plugin import ledger, schema
from publisher.mailman_plugin.gate import State
from publisher.mailman_plugin.ledger import Ledger
from publisher.model.chain import EditionKey
from tests.mailman_plugin import hosts

KEY = hosts.edition_key(hosts.ADVISORY, "ja", 2)
MESSAGE_ID = "<m@cert.example>"


@pytest.fixture
def engine(database: Engine) -> Engine:
    schema.prepare(database)
    return database


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


@pytest.fixture
def posts(session: Session) -> Ledger:
    return Ledger(session, "announce-ja.lists.cert.example")


def states(posts: Ledger, key: EditionKey = KEY) -> list[tuple[int, State]]:
    found = posts.posts(key.id, key.language)
    return [(post.key.revision, post.state) for post in found]


def test_what_was_accepted_is_remembered(posts: Ledger) -> None:
    posts.claim(KEY, MESSAGE_ID)
    posts.accept(KEY, MESSAGE_ID)

    [post] = posts.posts(KEY.id, KEY.language)

    assert (post.key, post.message_id, post.state) == (KEY, MESSAGE_ID, State.ACCEPTED)
    assert post.at.endswith("+00:00")


def test_revisions_stand_in_order(posts: Ledger) -> None:
    for revision in (10, 9, 1):
        posts.claim(EditionKey(KEY.id, revision, KEY.language), MESSAGE_ID)

    assert states(posts) == [(n, State.CLAIMED) for n in (1, 9, 10)]


def test_a_second_claim_is_refused_and_changes_nothing(
    engine: Engine, posts: Ledger
) -> None:
    posts.claim(KEY, MESSAGE_ID)
    posts.accept(KEY, MESSAGE_ID)

    with Session(engine) as session:
        other = Ledger(session, "announce-ja.lists.cert.example")
        with pytest.raises(TrustError, match="is being posted right now"):
            other.claim(KEY, "<other@cert.example>")
        after = states(other)

    assert after == [(2, State.ACCEPTED)]


def test_a_withdrawn_claim_can_be_made_again(posts: Ledger) -> None:
    posts.claim(KEY, MESSAGE_ID)
    posts.withdraw(KEY)
    before = states(posts)

    posts.claim(KEY, MESSAGE_ID)

    assert before == []
    assert states(posts) == [(2, State.CLAIMED)]


def test_each_list_has_posts_of_its_own(session: Session, posts: Ledger) -> None:
    other = Ledger(session, "announce-en.lists.cert.example")
    posts.claim(KEY, MESSAGE_ID)

    other.claim(KEY, MESSAGE_ID)
    other.withdraw(KEY)

    assert states(posts) == [(2, State.CLAIMED)]
    assert states(other) == []


def test_the_last_refusal_is_remembered_until_it_is_accepted(posts: Ledger) -> None:
    name = ledger.digest(MESSAGE_ID)
    posts.refuse(MESSAGE_ID, "first")
    posts.refuse(MESSAGE_ID, "x" * 600)
    found = posts.refusal(name)

    posts.claim(KEY, MESSAGE_ID)
    posts.accept(KEY, MESSAGE_ID)

    assert found is not None
    assert found[0] == "x" * 500
    assert posts.refusal(name) is None
