"""Invariants 2, 3 and 4: the signed bytes, once, and after the page."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from publisher.errors import MailmanError, TrustError, WebError
from publisher.model.chain import Announcement
from publisher.model.settings import MailingList
from publisher.pipeline import pushing
from publisher.pipeline.pushing import Result
from publisher.ports import Outcome
from publisher.render import mail
from publisher.sign import cleartext
from tests.fakes import FakeLists
from tests.projects import ID, Workplace

pytestmark = pytest.mark.gpg

REVISION = "  - {date: 2026-11-21T10:00:00+09:00, summary: More}\nvulnerabilities:"


def results(pushed: list) -> list[Result]:  # type: ignore[type-arg]
    return [each.result for each in pushed]


def test_the_mail_carries_what_git_keeps_and_the_site_serves(
    workplace: Workplace,
) -> None:
    for announcement in workplace.published():
        name = announcement.key.filename
        kept = (workplace.folder() / name).read_bytes()
        served = workplace.site / "advisories/2026/ADV-2026-0007" / name

        assert mail.body(announcement.message) == kept == served.read_bytes()


def test_each_list_gets_its_language_once(workplace: Workplace) -> None:
    workplace.published()

    assert workplace.push() == []
    sent = [(m.key.language, m.mailing_list.name) for m in workplace.lists.mails]
    assert sorted(sent) == [("en", "announce-en"), ("ja", "announce-ja")]


def date_of(announcement: Announcement) -> datetime:
    message = message_from_bytes(announcement.message, policy=policy.default)
    found: datetime = message["Date"].datetime
    return found


def test_a_mail_is_dated_when_it_is_handed_over_and_a_retry_repeats_it(
    workplace: Workplace,
) -> None:
    workplace.now = datetime.now(UTC).replace(microsecond=0) + timedelta(days=6)
    workplace.lists.failures = [MailmanError("connection lost")]
    with pytest.raises(MailmanError):
        workplace.published()
    lost = workplace.lists.mails.pop()
    handed_over, workplace.now = workplace.now, workplace.now + timedelta(hours=1)

    workplace.push()

    again = [m for m in workplace.lists.mails if m.message_id == lost.message_id]
    other = [m for m in workplace.lists.mails if m.message_id != lost.message_id]
    assert again == [lost]
    assert date_of(lost) == handed_over
    assert [date_of(each) for each in other] == [workplace.now]


def test_an_update_is_sent_and_nothing_else(workplace: Workplace) -> None:
    workplace.published()
    workplace.write(
        ("vulnerabilities:", REVISION),
        ("translates: 2", "translates: 3"),
        ("  - 悪用を確認\n", "  - 悪用を確認\n  - 追記\n"),
    )

    workplace.published()

    revisions = [m.key.revision for m in workplace.lists.mails]
    assert revisions == [2, 2, 3, 3]
    header = workplace.lists.mails[-1].message.partition(b"\n\n")[0]
    assert b"\nIn-Reply-To: <ADV-2026-0007.r2.en." in header


def test_no_mail_goes_out_before_the_page_is_up(workplace: Workplace) -> None:
    workplace.apply_lists()
    workplace.sign()
    workplace.web.live = workplace.root / "nowhere"

    with pytest.raises(WebError, match="404"):
        workplace.push()

    assert workplace.lists.mails == []
    assert workplace.project.journal.outcomes() == {}


def test_no_mail_goes_out_while_the_public_sees_an_old_page(
    workplace: Workplace,
) -> None:
    workplace.apply_lists()
    workplace.sign()
    workplace.build()
    live = workplace.root / "live"
    shutil.copytree(workplace.site, live)
    page = live / "advisories/2026/ADV-2026-0007/en.html"
    page.write_text("yesterday's page")
    workplace.web.live = live

    with pytest.raises(WebError, match="something else than was built"):
        workplace.push()

    assert workplace.lists.mails == []


def test_the_page_the_signed_text_and_the_feeds_are_all_fetched(
    workplace: Workplace,
) -> None:
    workplace.published()

    base = "https://www.cert.example/advisories/2026/ADV-2026-0007"
    index = "https://www.cert.example/record/index.json"
    site = "https://www.cert.example"
    assert set(workplace.web.fetched) - {index} == {
        f"{base}/{name}"
        for name in ("en.html", "ja.html", "r2.en.txt.asc", "r2.ja.txt.asc")
    } | {
        f"{site}/{language}/{name}"
        for language in ("en", "ja")
        for name in ("feed.xml", "atom.xml", "feed.json", "feed.rdf", "alert/feed.xml")
    }


def test_a_crash_after_the_server_took_the_mail_does_not_double_it(
    workplace: Workplace,
) -> None:
    workplace.apply_lists()
    workplace.sign()
    workplace.lists.failures = [MailmanError("connection lost")]

    with pytest.raises(MailmanError):
        workplace.push()
    pushed = workplace.push()

    assert results(pushed) == [Result.FOUND, Result.SENT]
    assert len(workplace.lists.mails) == 2


def test_a_crash_before_the_server_took_the_mail_does_not_lose_it(
    workplace: Workplace,
) -> None:
    workplace.apply_lists()
    workplace.sign()
    workplace.lists.failures = [MailmanError("connection lost")]
    with pytest.raises(MailmanError):
        workplace.push()
    workplace.lists.mails.clear()

    pushed = workplace.push()

    assert results(pushed) == [Result.SENT, Result.SENT]
    assert len(workplace.lists.mails) == 2


def test_a_refused_mail_is_told_and_tried_again(workplace: Workplace) -> None:
    workplace.apply_lists()
    workplace.sign()
    workplace.lists.failures = [MailmanError("no room", certain=True)]

    first = workplace.push()
    second = workplace.push()

    assert results(first) == [Result.REFUSED, Result.SENT]
    assert first[0].reason == "no room"
    assert results(second) == [Result.SENT]
    assert len(workplace.lists.mails) == 2


def test_without_the_plugin_an_unknown_outcome_is_never_sent_again(
    workplace: Workplace,
) -> None:
    workplace.without_plugin()
    workplace.apply_lists()
    workplace.sign()
    workplace.lists.failures = [MailmanError("connection lost")]
    with pytest.raises(MailmanError):
        workplace.push()

    pushed = workplace.push()

    assert results(pushed) == [Result.UNKNOWN, Result.SENT]
    assert "publisher settle" in pushed[0].reason
    assert results(workplace.push()) == [Result.UNKNOWN]


def test_what_an_operator_settles_is_believed(workplace: Workplace) -> None:
    workplace.without_plugin()
    workplace.apply_lists()
    workplace.sign()
    workplace.lists.failures = [MailmanError("connection lost")]
    with pytest.raises(MailmanError):
        workplace.push()
    unknown = workplace.push()[0].announcement.message_id

    workplace.project.journal.settle(unknown, Outcome.REFUSED, workplace.moment)

    assert results(workplace.push()) == [Result.SENT]


def test_another_clone_sends_nothing_again(workplace: Workplace) -> None:
    workplace.published()
    workplace.project.journal.close()
    (workplace.root / ".publisher" / "journal.sqlite").unlink()
    del workplace.project.__dict__["journal"]

    workplace.push()

    assert len(workplace.lists.mails) == 2


def test_nothing_is_sent_to_a_list_that_is_not_as_declared(
    workplace: Workplace,
) -> None:
    workplace.sign()

    with pytest.raises(MailmanError, match="lists apply") as caught:
        workplace.push()

    assert caught.value.certain
    assert workplace.lists.mails == []


def test_a_text_that_changes_between_build_and_push_is_not_sent(
    workplace: Workplace,
) -> None:
    workplace.apply_lists()
    workplace.sign()
    workplace.build()
    file = workplace.folder() / "r2.en.txt.asc"
    file.write_bytes(
        workplace.key.clearsign("another text\n", "--digest-algo", "SHA512")
    )

    with pytest.raises(TrustError):
        workplace.push()

    assert workplace.lists.mails == []
    assert str(ID) in str(workplace.folder())


def test_the_same_text_signed_anew_is_not_what_the_site_serves(
    workplace: Workplace,
) -> None:
    workplace.sign()
    workplace.now = datetime(2027, 1, 1, tzinfo=UTC)
    tools = workplace.tools()
    summaries = workplace.build().summaries
    file = workplace.folder() / "r2.en.txt.asc"
    text = cleartext.payload(file.read_bytes())
    file.write_bytes(
        workplace.key.clearsign(
            text, "--digest-algo", "SHA512", "--faked-system-time", "20261231T000000!"
        )
    )

    with pytest.raises(TrustError, match="differs from what the site serves"):
        pushing.announcements(tools, summaries, {})


def test_a_server_that_does_not_do_what_it_is_told_is_named(
    workplace: Workplace,
) -> None:
    class Deaf(FakeLists):
        def update(
            self, mailing_list: MailingList, changes: Mapping[str, object]
        ) -> None:
            """Say yes and do nothing."""

    workplace.lists = Deaf(fingerprints=(workplace.key.fingerprint,))

    with pytest.raises(MailmanError, match="still differs from what is declared"):
        workplace.apply_lists()


def test_a_description_that_differs_does_not_hold_up_an_alert(
    workplace: Workplace,
) -> None:
    workplace.apply_lists()
    workplace.sign()
    for settings in workplace.lists.settings.values():
        settings["description"] = "another one"

    workplace.push()

    assert len(workplace.lists.mails) == 2


def another_clone(workplace: Workplace, folder: Path) -> Workplace:
    """Return a project with the same sources and lists, and no signature yet."""
    other = Workplace(folder, workplace.key, lists=workplace.lists)
    other.write()
    # Signatures tell the second in which they were made.
    other.now = workplace.moment + timedelta(seconds=30)
    return other


def test_of_two_clones_that_signed_the_second_is_told_what_was_mailed(
    workplace: Workplace, tmp_path: Path
) -> None:
    workplace.apply_lists()
    workplace.sign()
    workplace.lists.mails.clear()
    workplace.push()
    mailed = list(workplace.lists.mails)
    with contextlib.closing(another_clone(workplace, tmp_path / "other")) as other:
        other.sign()
        while signed_alike(workplace, other):
            sign_anew(other)

        with pytest.raises(TrustError, match="got another text"):
            other.push()
        mails = pushing.announcements(other.tools(), other.build().summaries, {})
        with pytest.raises(TrustError, match="got another text"):
            list(pushing.push(other.tools(), mails, other))

        outcomes = other.project.journal.outcomes()
        assert workplace.lists.mails == mailed
        # Nothing more is sent after the first one.
        assert list(outcomes.values()) == [Outcome.REFUSED]


def signed_alike(one: Workplace, other: Workplace) -> bool:
    name = "r2.ja.txt.asc"
    texts = [(each.folder() / name).read_bytes() for each in (one, other)]
    return texts[0] == texts[1]


def sign_anew(place: Workplace) -> None:
    """Sign again, a second later than before."""
    time.sleep(1)
    for file in (*place.folder().glob("*.asc"), *place.root.glob("record/*")):
        file.unlink()
    place.sign()


def test_a_list_server_that_cannot_tell_does_not_hold_the_site_back(
    workplace: Workplace,
) -> None:
    class Down(FakeLists):
        def taken(self, announcement: Announcement) -> bool | None:
            raise MailmanError(f"it is down: {announcement.key}", certain=True)

    workplace.apply_lists()
    workplace.sign()
    workplace.lists = Down(settings=workplace.lists.settings)
    mails = pushing.announcements(workplace.tools(), workplace.build().summaries, {})

    pushing.require_ours(mails, workplace)

    assert len(mails) == 2


def test_an_unknown_outcome_comes_with_where_the_mail_may_be(
    workplace: Workplace,
) -> None:
    workplace.without_plugin()
    workplace.apply_lists()
    workplace.sign()
    workplace.lists.failures = [MailmanError("connection lost")]
    with pytest.raises(MailmanError):
        workplace.push()
    message_id = workplace.lists.mails[0].message_id
    workplace.lists.held = [message_id]

    held, sent = workplace.push()
    workplace.lists.held = []
    [nowhere] = workplace.push()

    assert results([held, sent, nowhere]) == [
        Result.UNKNOWN,
        Result.SENT,
        Result.UNKNOWN,
    ]
    assert held.reason.startswith("it is held for a moderator of announce-ja@")
    assert nowhere.reason.startswith("no queue of the list server holds it")
    for each in ("--sent", "--not-sent"):
        assert f"`publisher settle '{message_id}' {each}`" in nowhere.reason
