"""What the canary's mailbox says of mails, and what is looked for in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from publisher.errors import InboxError, MailmanError
from publisher.model.chain import Announcement
from publisher.pipeline import awaiting
from publisher.pipeline.confirming import Confirmed
from publisher.pipeline.pushing import Pushed, Result
from publisher.ports import Outcome, Received
from tests.fakes import FakeInbox
from tests.projects import Workplace

pytestmark = pytest.mark.gpg

CANARY = "canary@cert.example"
SECOND = timedelta(seconds=1)


def passed_on(mail: Announcement) -> bytes:
    """Return a mail as a list passes it on."""
    listed = mail.mailing_list
    leave = f"<mailto:{listed.sub_address('leave')}>"
    head = f"List-Id: {listed.title} <{listed.list_id}>\nList-Unsubscribe: {leave}\n"
    return head.encode() + mail.message


@dataclass
class Delivered(FakeInbox):
    """A mailbox that gets what a list server posts, once it is looked into."""

    place: Workplace = field(kw_only=True)
    change: Callable[[Announcement], bytes] = passed_on
    after: timedelta = 1.5 * SECOND
    late: float = 0.0
    """It comes when so many seconds were waited."""
    times: int = 1
    lost: bool = False

    def find(
        self, message_ids: Sequence[str], since: datetime | None = None
    ) -> Mapping[str, Sequence[Received]]:
        known = {message_id for message_id, _ in self.copies}
        for mail in self.place.lists.mails:
            if mail.message_id not in known and self._is_here():
                at = self.place.moment + self.after
                copy = Received(self.change(mail), at)
                self.copies += [(mail.message_id, copy)] * self.times
        return super().find(message_ids, since)

    def _is_here(self) -> bool:
        return not self.lost and self.place.slept >= self.late


@pytest.fixture
def place(workplace: Workplace) -> Workplace:
    """All is signed, and the canary is subscribed."""
    file = workplace.root / "publisher.toml"
    text = file.read_text(encoding="utf-8")
    table = f'[canary]\naddress = "{CANARY}"\nmaildir = "canary"\n\n[mailman]'
    file.write_text(text.replace("[mailman]", table), encoding="utf-8")
    workplace.lists.canary = CANARY
    workplace.now = datetime.now(UTC) + timedelta(hours=1)
    workplace.inbox = Delivered(place=workplace)
    workplace.apply_lists()
    workplace.sign()
    return workplace


@pytest.fixture
def inbox(place: Workplace) -> Delivered:
    assert isinstance(place.inbox, Delivered)
    return place.inbox


def confirmed(place: Workplace) -> list[Confirmed]:
    return [each for each in place.release() if isinstance(each, Confirmed)]


def again(place: Workplace, wait: float = 0) -> list[Confirmed]:
    """Look again, as `publisher confirm` does."""
    summaries = place.build().summaries
    return list(awaiting.look(place.tools(), summaries, place, wait=wait, fresh=None))


def later(place: Workplace, **time: float) -> None:
    place.now = place.moment + timedelta(**time)


def outcomes(seen: Sequence[Confirmed]) -> list[Outcome]:
    return [each.outcome for each in seen]


def test_what_arrives_as_signed_is_delivered_and_the_time_is_kept(
    place: Workplace,
) -> None:
    seen = confirmed(place)

    assert outcomes(seen) == [Outcome.DELIVERED] * 2
    assert [each.seconds for each in seen] == [1.5, 1.5]
    last = place.journal.records(seen[0].announcement.message_id)[-1]
    assert (last.outcome, last.seconds, last.detail) == (Outcome.DELIVERED, 1.5, "")


def test_what_was_delivered_is_not_looked_for_again(
    place: Workplace, inbox: Delivered
) -> None:
    confirmed(place)
    inbox.looks = 0

    assert confirmed(place) == []
    assert inbox.looks == 0


def test_mails_of_this_run_are_waited_for(place: Workplace, inbox: Delivered) -> None:
    inbox.late = 30

    assert outcomes(confirmed(place)) == [Outcome.DELIVERED] * 2
    assert place.slept < 40
    # The pauses grow, so that a server is not asked all the time.
    assert inbox.looks < 50


def test_what_does_not_come_in_time_is_missing_and_found_by_the_next_run(
    place: Workplace, inbox: Delivered
) -> None:
    inbox.lost = True
    first = confirmed(place)
    waited = place.slept

    second = confirmed(place)
    at_once = place.slept
    inbox.lost = False
    third = confirmed(place)

    assert outcomes(first) == outcomes(second) == [Outcome.ACCEPTED] * 2
    assert first[0].note == "not in the canary's mailbox"
    assert waited == pytest.approx(300)
    assert at_once == waited
    assert outcomes(third) == [Outcome.DELIVERED] * 2
    assert len(place.lists.mails) == 2


def test_the_wait_can_be_given(place: Workplace, inbox: Delivered) -> None:
    inbox.lost = True
    place.release()
    before = place.slept

    again(place, wait=20)

    assert place.slept - before == pytest.approx(20)


def test_after_a_week_it_is_not_looked_for_any_more(
    place: Workplace, inbox: Delivered
) -> None:
    inbox.lost = True
    confirmed(place)

    later(place, days=6)
    assert len(confirmed(place)) == 2
    later(place, days=2)
    assert confirmed(place) == again(place) == []


def test_what_was_posted_before_there_was_a_canary_is_not_expected(
    place: Workplace, inbox: Delivered
) -> None:
    place.inbox = None
    confirmed(place)
    place.inbox = inbox
    inbox.lost = True
    later(place, minutes=1)

    assert confirmed(place) == again(place) == []


def test_what_was_posted_before_it_was_subscribed_is_missing_once(
    place: Workplace, inbox: Delivered
) -> None:
    inbox.lost = True
    place.lists.canary = ""
    for settings in place.lists.settings.values():
        settings["canary"] = ""

    first = confirmed(place)

    assert outcomes(first) == [Outcome.ACCEPTED] * 2
    assert first[0].note == (
        "the canary is not subscribed: run `publisher lists apply`"
    )
    assert place.slept == 0
    place.lists.canary = CANARY
    place.apply_lists()
    assert confirmed(place) == []


def test_a_canary_that_gets_no_mail_any_more_is_named(
    place: Workplace, inbox: Delivered
) -> None:
    inbox.lost = True
    confirmed(place)
    for settings in place.lists.settings.values():
        settings["canary"] = f"{CANARY} (by_bounces)"

    assert again(place)[0].note == (
        f"the canary gets no mail, {CANARY} (by_bounces): run `publisher lists apply`"
    )


def test_a_list_server_that_is_down_does_not_hide_that_a_mail_is_missing(
    place: Workplace, inbox: Delivered, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.lost = True
    confirmed(place)

    def down(*_: object) -> None:
        raise MailmanError("no answer")

    monkeypatch.setattr(place.lists, "live", down)

    assert again(place)[0].note == "not in the canary's mailbox"


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (
            lambda mail: passed_on(mail) + b"-- \nfooter\n",
            "text stands behind the signed block, which nobody signed: "
            r"'-- \nfooter'",
        ),
        (lambda mail: mail.message, "List-Id is missing: readers filter on it; "
         "List-Unsubscribe is missing: readers leave by it"),
        (lambda mail: b"Reply-To: x@y.example\n" + passed_on(mail),
         "Reply-To was added ('<x@y.example>')"),
    ],
)  # fmt: skip
def test_a_damaged_copy_raises_the_alarm_and_names_the_difference(
    place: Workplace,
    inbox: Delivered,
    change: Callable[[Announcement], bytes],
    difference: str,
) -> None:
    inbox.change = change

    seen = confirmed(place)

    assert outcomes(seen) == [Outcome.DAMAGED] * 2
    assert seen[0].difference == difference
    last = place.journal.records(seen[0].announcement.message_id)[-1]
    assert (last.outcome, last.detail) == (Outcome.DAMAGED, difference)
    # Once is enough in the way of releases; who asks is told again.
    assert confirmed(place) == []
    assert outcomes(again(place)) == [Outcome.DAMAGED] * 2


def test_a_mail_that_arrived_twice_raises_the_alarm(
    place: Workplace, inbox: Delivered
) -> None:
    inbox.times = 2

    seen = confirmed(place)

    assert outcomes(seen) == [Outcome.DAMAGED] * 2
    assert seen[0].difference == "it arrived 2 times"


def test_a_second_copy_that_comes_after_the_first_raises_the_alarm(
    place: Workplace, inbox: Delivered
) -> None:
    seen = confirmed(place)
    inbox.copies.append(inbox.copies[0])

    (only,) = again(place)

    assert outcomes(seen) == [Outcome.DELIVERED] * 2
    assert (only.outcome, only.difference) == (Outcome.DAMAGED, "it arrived 2 times")
    records = place.journal.records(only.announcement.message_id)
    assert [each.outcome for each in records[-2:]] == [
        Outcome.DELIVERED,
        Outcome.DAMAGED,
    ]


def test_a_second_copy_that_comes_at_once_is_seen_by_the_same_run(
    place: Workplace, inbox: Delivered, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(seconds: float) -> None:
        place.slept += seconds
        inbox.copies += inbox.copies[:1]

    monkeypatch.setattr(place, "sleep", sleep)

    assert outcomes(confirmed(place)) == [
        Outcome.DELIVERED,
        Outcome.DELIVERED,
        Outcome.DAMAGED,
    ]


def test_a_key_that_is_not_pinned_any_more_is_a_doubt(
    place: Workplace, inbox: Delivered, monkeypatch: pytest.MonkeyPatch
) -> None:
    from publisher.errors import TrustError
    from publisher.pipeline import verifying

    inbox.lost = True
    confirmed(place)
    inbox.lost = False
    monkeypatch.setattr(
        verifying,
        "decided",
        lambda _, texts: [TrustError("it was revoked")] * len(texts),
    )

    seen = again(place)

    assert outcomes(seen) == [Outcome.DAMAGED] * 2
    assert seen[0].difference == "it was revoked"


@pytest.mark.parametrize(
    ("after", "note"),
    [
        (-3600 * SECOND, "it was there before it was handed over here: "),
        (3600 * SECOND, "when it came lies in the future: "),
    ],
)
def test_a_clock_that_differs_is_said_and_no_time_is_shown(
    place: Workplace, inbox: Delivered, after: timedelta, note: str
) -> None:
    inbox.after = after

    seen = confirmed(place)

    assert outcomes(seen) == [Outcome.DELIVERED] * 2
    assert [each.seconds for each in seen] == [None, None]
    assert seen[0].note.startswith(note)
    assert seen[0].note.endswith("the mailbox's clock differs")


def test_a_mailbox_that_tells_whole_seconds_is_never_early(
    place: Workplace, inbox: Delivered
) -> None:
    inbox.after = -0.9 * SECOND

    assert [each.seconds for each in confirmed(place)] == [0.0, 0.0]


def test_a_mailbox_that_cannot_be_read_for_a_while_is_asked_again(
    place: Workplace, inbox: Delivered
) -> None:
    inbox.failures = [InboxError("no answer")] * 5

    assert outcomes(confirmed(place)) == [Outcome.DELIVERED] * 2


def test_a_mailbox_that_cannot_be_read_in_all_the_time_ends_it(
    place: Workplace, inbox: Delivered
) -> None:
    inbox.failures = [InboxError("no answer")] * 1000

    with pytest.raises(InboxError, match="no answer"):
        confirmed(place)

    assert place.slept == pytest.approx(300)
    inbox.failures.clear()
    assert outcomes(confirmed(place)) == [Outcome.DELIVERED] * 2
    assert len(place.lists.mails) == 2


def test_a_wrong_password_is_not_tried_again(
    place: Workplace, inbox: Delivered
) -> None:
    inbox.failures = [InboxError("wrong password", lasting=True)]

    with pytest.raises(InboxError, match="wrong password"):
        confirmed(place)

    assert (place.slept, inbox.looks) == (0, 1)


def test_without_the_plugin_a_mail_in_the_mailbox_is_not_sent_again(
    place: Workplace,
) -> None:
    lose_the_answer(place)

    events = place.release()

    assert results(events) == [Result.FOUND, Result.SENT]
    assert len(place.lists.mails) == 2
    seen = [each for each in events if isinstance(each, Confirmed)]
    assert outcomes(seen) == [Outcome.DELIVERED] * 2


def test_a_forged_mail_with_the_message_id_proves_nothing(
    place: Workplace, inbox: Delivered
) -> None:
    inbox.change = lambda mail: f"Message-ID: {mail.message_id}\n\nspam\n".encode()
    lose_the_answer(place)

    events = place.release()

    assert results(events)[0] is Result.UNKNOWN


def test_a_mailbox_that_cannot_be_read_holds_up_no_other_mail(
    place: Workplace, inbox: Delivered
) -> None:
    lose_the_answer(place)
    inbox.failures = [InboxError("the mailbox is gone")]

    events = place.release()

    assert results(events) == [Result.UNKNOWN, Result.SENT]
    pushed = next(each for each in events if isinstance(each, Pushed))
    assert pushed.reason.startswith("the mailbox is gone; ")


def test_a_title_that_changed_since_is_no_alarm(
    place: Workplace, inbox: Delivered
) -> None:
    inbox.lost = True
    confirmed(place)
    place.write(
        ("title: Remote", "title: Unauthenticated remote"),
        ("vulnerabilities:", "  - {date: 2026-11-21T10:00:00+09:00, summary: Title, "
         "notify: false}\nvulnerabilities:"),
        ("translates: 2", "translates: 3"),
        ("  - 悪用を確認\n", "  - 悪用を確認\n  - 題名\n"),
    )  # fmt: skip
    place.sign()
    inbox.lost = False

    assert outcomes(confirmed(place)) == [Outcome.DELIVERED] * 2


def lose_the_answer(place: Workplace) -> None:
    """Have the first mail posted, and the answer lost, by a server without plugin."""
    file = place.root / "publisher.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[mailman]\n", "[mailman]\nplugin = false\n"))
    place.lists.plugin = False
    del place.project.__dict__["settings"], place.project.__dict__["presentation"]
    place.lists.settings.clear()
    place.apply_lists()
    place.lists.failures = [MailmanError("connection lost")]
    with pytest.raises(MailmanError):
        place.release()


def results(events: Sequence[object]) -> list[Result]:
    return [each.result for each in events if isinstance(each, Pushed)]
