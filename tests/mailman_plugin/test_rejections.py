"""Who is told that his mail was not passed on, and who never is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from publisher import lists
from publisher.errors import MailmanError
from publisher.lists import names, texts
from publisher.model.settings import Rejections
from tests import builders
from tests.keys import Key
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import Server

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]

ANSWERING = dataclasses.replace(hosts.EN, rejections=Rejections.BOUNCE)
SILENT = hosts.JA


@pytest.fixture(scope="module")
def host(team_key: Key) -> Iterator[Server]:
    with hosts.running(team_key, plugin=True) as running:
        for each in (ANSWERING, SILENT):
            running.apply(each)
        yield running


def mailed(host: Server, sender: str, **headers: str) -> bytes:
    message_id = f"<{host.new_id()}@home.example>"
    return hosts.message(
        ANSWERING, b"Hello\n", message_id, sender=f"Me <{sender}>", **headers
    )


def member(host: Server, name: str) -> str:
    address = f"{name}@home.example"
    host.subscribe(ANSWERING, address)
    return address


def test_a_subscriber_is_told_once_however_much_he_writes(
    host: Server,
) -> None:
    address = member(host, "eager")

    for _ in range(3):
        host.mail(ANSWERING, mailed(host, address), address)

    [answer] = host.host.messages(address)
    assert answer["auto-submitted"] == "auto-replied"
    assert answer["return-path"] == f"<{ANSWERING.sub_address('bounces')}>"
    assert host.asked() == 0


def test_a_list_is_silent_unless_it_is_declared_to_answer(
    host: Server,
) -> None:
    address = "quiet@home.example"
    host.subscribe(SILENT, address)

    host.mail(SILENT, mailed(host, address), address)

    assert host.count(address) == 0


def test_who_is_no_subscriber_is_told_nothing(host: Server) -> None:
    address = "stranger@home.example"

    host.mail(ANSWERING, mailed(host, address), address)

    assert host.count(address) == 0


def test_a_from_that_the_envelope_does_not_bear_out_is_not_answered(
    host: Server,
) -> None:
    address = member(host, "victim")

    for envelope in ("", "mallory@evil.example"):
        host.mail(ANSWERING, mailed(host, address), envelope)
    twice = mailed(host, address).replace(b"From: ", b"From: x@evil.example,")
    host.mail(ANSWERING, twice, address)

    assert host.count(address) == host.count("mallory@evil.example") == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied (vacation)"),
        ("Precedence", "bulk"),
        ("List-Id", "<club.home.example>"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Loop", "me"),
    ],
)
def test_a_program_is_not_answered(host: Server, name: str, value: str) -> None:
    address = member(host, f"robot-{name.lower()}")
    mail = mailed(host, address, **{name.replace("-", "_"): value})

    host.mail(ANSWERING, mail, address)

    assert host.count(address) == 0


def test_who_gets_no_mail_any_more_gets_no_answer(host: Server) -> None:
    address = member(host, "dead")
    found = host.rest.call(
        "members/find", {"subscriber": address, "list_id": ANSWERING.list_id}
    )[1]
    path = f"members/{found['entries'][0]['member_id']}/preferences"
    # Not by bounces: of that, Mailman would warn.
    host.rest.call(path, {"delivery_status": "by_user"}, method="PATCH")

    host.mail(ANSWERING, mailed(host, address), address)

    assert host.count(address) == 0


def test_what_the_program_hands_over_is_refused_without_an_answer(
    host: Server,
) -> None:
    before = host.asked()
    host.subscribe(ANSWERING, hosts.OWNER)
    key = hosts.edition_key(host.new_id(), "en")

    with pytest.raises(MailmanError):
        host.lists.post(hosts.announcement(ANSWERING, key, b"unsigned\n"))

    host.host.settle()
    assert host.asked() == before


def test_the_text_is_empty_unless_the_list_answers() -> None:
    name = names.notice(texts.REJECTED)
    presentation = builders.presentation()

    assert lists.notices(hosts.EN, presentation)[name] == ""
    assert "was not passed on" in lists.notices(ANSWERING, presentation)[name]
