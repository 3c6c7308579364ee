"""The recipients of a post are those that stock Mailman finds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from email import message_from_string
from typing import Any

import pytest

from tests.mailman_plugin import crowd, inside
from tests.mailman_plugin.inside import Mailman

pytestmark = [pytest.mark.mailman, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def mailman() -> Iterator[Mailman]:
    with inside.mailman() as running:
        yield running


def of_all_kinds(name: str, seed: int) -> Any:
    """Return a list with members who prefer all kinds of things at all levels."""
    from mailman.config import config
    from mailman.interfaces.member import DeliveryMode, DeliveryStatus, MemberRole
    from mailman.interfaces.usermanager import IUserManager
    from mailman.utilities.datetime import now
    from zope.component import getUtility

    chosen = random.Random(seed)
    mlist = inside.new_list(name)
    users = getUtility(IUserManager)
    for number in range(60):
        email = f"{name}-{number}@Home.example"
        user = users.create_user(email, "")
        [address] = user.addresses
        if chosen.random() < 0.8:
            address.verified_on = now()
            user.preferred_address = address
        role = chosen.choices(list(MemberRole), (1, 8, 1, 1))[0]
        by_user = user.preferred_address is not None and chosen.random() < 0.5
        member = mlist.subscribe(user if by_user else address, role)
        for owner in (member, address, user):
            preferences = owner.preferences
            modes, states = [None, *DeliveryMode], [None, *DeliveryStatus]
            preferences.delivery_mode = chosen.choices(modes, (40, 9, 1, 1, 1))[0]
            weights = (40, 9, *(1 for _ in states[2:]))
            preferences.delivery_status = chosen.choices(states, weights)[0]
            preferences.receive_own_postings = chosen.choice([None, True, False])
        if by_user and chosen.random() < 0.3:
            # Another address of the same person, and the first one as well.
            users.create_address(f"{name}-{number}-b@home.example", "")
            mlist.subscribe(address, MemberRole.nonmember)
    config.db.commit()
    return mlist


def found_by(handler: str, mlist: Any, sender: str) -> set[str]:
    from mailman.config import config
    from mailman.email.message import Message

    message = message_from_string(f"From: {sender}\n\nwords\n", Message)
    metadata: dict[str, Any] = {}
    config.handlers[handler].process(mlist, message, metadata)
    return set(metadata["recipients"])


def both(seed: int) -> list[tuple[set[str], set[str]]]:
    name = f"kinds{seed}"
    mlist = of_all_kinds(name, seed)
    senders = ["stranger@home.example", f"{name}-3@home.example", ""]
    senders += [f"{name}-{number}@home.example" for number in range(10, 20)]
    return [
        (
            found_by("member-recipients", mlist, sender),
            found_by("publisher-recipients", mlist, sender),
        )
        for sender in senders
    ]


@pytest.mark.parametrize("seed", range(4))
def test_they_are_the_same_whatever_members_prefer(mailman: Mailman, seed: int) -> None:
    results = mailman.run(both, seed)

    assert all(stock == ours for stock, ours in results)
    assert 2 < len(results[0][0]) < 50


def without_an_address() -> tuple[set[str], set[str]]:
    from mailman.config import config
    from mailman.interfaces.member import MemberRole
    from mailman.interfaces.usermanager import IUserManager
    from mailman.utilities.datetime import now
    from zope.component import getUtility

    mlist = inside.new_list("gone")
    for name in ("stays", "goes"):
        user = getUtility(IUserManager).create_user(f"{name}@home.example", "")
        [address] = user.addresses
        address.verified_on = now()
        user.preferred_address = address
        mlist.subscribe(user, MemberRole.member)
        if name == "goes":
            del user.preferred_address
    config.db.commit()
    found = found_by("publisher-recipients", mlist, "a@cert.example")
    known = {"recipients": {"x@home.example"}}
    config.handlers["publisher-recipients"].process(mlist, None, known)
    return found, known["recipients"]


def test_a_member_without_an_address_does_not_stop_the_others(mailman: Mailman) -> None:
    found, known = mailman.run(without_an_address)

    assert found == {"stays@home.example"}
    assert known == {"x@home.example"}


def many(count: int) -> tuple[int, list[str], int, bool]:
    from mailman.config import config
    from sqlalchemy import event

    from publisher.mailman_plugin import recipients

    mlist = inside.new_list("many")
    addresses = [f"m{number}@home.example" for number in range(count)]
    with config.db.engine.begin() as connection:
        crowd.subscribe(connection, mlist.list_id, addresses)
    statements: list[str] = []
    event.listen(
        config.db.engine,
        "before_cursor_execute",
        lambda _c, _u, statement, *_: statements.append(statement),
    )
    store = config.db.store
    found = recipients.regular(store, mlist.list_id)
    queries = list(statements)
    all_ids = recipients.memberships(store, mlist.list_id, addresses)
    some = recipients.memberships(
        store, mlist.list_id, [*addresses[:700], "no@x.example"]
    )
    same = some == {each: all_ids[each] for each in addresses[:700]}
    return len(found), queries, len(set(all_ids.values())), same


def test_ten_thousand_members_are_found_with_one_query(mailman: Mailman) -> None:
    found, queries, ids, same = mailman.run(many, 10_000)

    assert found == 10_000
    assert len(queries) == 1
    assert ids == 10_000
    assert same
