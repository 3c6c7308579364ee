"""What every implementation of `publisher.ports.Inbox` does, fake or real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from publisher.ports import Inbox

ARRIVED = datetime(2026, 11, 20, 10, tzinfo=UTC)
"""In whole seconds, as IMAP tells them."""
MINUTE = timedelta(minutes=1)


def mail(message_id: str, text: str = "Hello.\n", name: str = "Message-ID") -> bytes:
    head = f"From: team@cert.example\nSubject: An alert\n{name}: {message_id}\n"
    return f"{head}\n{text}".encode()


@dataclass(frozen=True)
class Box:
    """A mailbox, and the way in which mail gets there."""

    inbox: Inbox
    put: Callable[[bytes, datetime], None]
    state: Callable[[], object]
    """Tells all that could be changed in the mailbox by a look into it."""


class InboxContract:
    """Subclass it in a test module, with a fixture `box`."""

    def test_an_empty_mailbox_has_nothing(self, box: Box) -> None:
        assert box.inbox.find(["<a@lists.cert.example>"]) == {}
        assert box.inbox.find([]) == {}

    def test_a_mail_is_found_as_it_is_and_when_it_came(self, box: Box) -> None:
        data = mail("<a@lists.cert.example>", "Café\n—\n")
        box.put(mail("<other@lists.cert.example>"), ARRIVED)
        box.put(data, ARRIVED + MINUTE)

        found = box.inbox.find(["<a@lists.cert.example>", "<b@lists.cert.example>"])

        assert list(found) == ["<a@lists.cert.example>"]
        (copy,) = found["<a@lists.cert.example>"]
        assert copy.data.replace(b"\r\n", b"\n") == data
        assert copy.at == ARRIVED + MINUTE

    @pytest.mark.parametrize("name", ["Message-ID", "message-id", "MESSAGE-ID"])
    def test_the_case_of_the_header_does_not_matter(self, box: Box, name: str) -> None:
        box.put(mail("<a@lists.cert.example>", name=name), ARRIVED)

        assert box.inbox.find(["<a@lists.cert.example>"])

    def test_a_folded_header_is_read(self, box: Box) -> None:
        box.put(mail("\n <a@lists.cert.example>"), ARRIVED)

        assert box.inbox.find(["<a@lists.cert.example>"])

    def test_all_copies_are_found_the_oldest_first(self, box: Box) -> None:
        for number, text in enumerate(["one\n", "two\n"]):
            data = mail("<a@lists.cert.example>", text)
            box.put(data, ARRIVED + number * MINUTE)

        found = box.inbox.find(["<a@lists.cert.example>"], ARRIVED - MINUTE)

        copies = found["<a@lists.cert.example>"]
        assert [copy.data.split()[-1] for copy in copies] == [b"one", b"two"]

    def test_a_longer_message_id_or_one_in_the_text_is_another_mail(
        self, box: Box
    ) -> None:
        box.put(mail("<xx<a@lists.cert.example>>"), ARRIVED)
        box.put(mail("<aa@lists.cert.example>", "Message-ID: <a@b>\n"), ARRIVED)

        assert box.inbox.find(["<a@lists.cert.example>", "<a@b>"]) == {}

    def test_what_comes_later_is_found_by_the_next_look(self, box: Box) -> None:
        wanted = ["<a@lists.cert.example>"]
        before = box.inbox.find(wanted, ARRIVED)
        box.put(mail(wanted[0]), ARRIVED)

        assert before == {}
        assert list(box.inbox.find(wanted, ARRIVED)) == wanted

    def test_a_clock_that_was_set_back_hides_nothing(self, box: Box) -> None:
        box.put(mail("<a@lists.cert.example>"), ARRIVED - timedelta(days=400))

        assert box.inbox.find(["<a@lists.cert.example>"], ARRIVED)

    def test_many_are_looked_for_at_once(self, box: Box) -> None:
        wanted = [f"<ADV-2026-{n:04}.r1.ja@lists.cert.example>" for n in range(45)]
        for message_id in wanted:
            box.put(mail(message_id), ARRIVED)

        assert sorted(box.inbox.find(wanted, ARRIVED)) == wanted

    def test_a_look_changes_nothing(self, box: Box) -> None:
        box.put(mail("<a@lists.cert.example>"), ARRIVED)
        box.inbox.find(["<a@lists.cert.example>"])
        before = box.state()

        box.inbox.find(["<a@lists.cert.example>"])

        assert box.state() == before
