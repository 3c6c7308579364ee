from dataclasses import replace
from datetime import UTC, datetime

import pytest

from publisher.model.advisory import Kind
from publisher.model.chain import EditionKey
from publisher.model.ids import AdvisoryId
from publisher.model.settings import MailingList
from publisher.model.summary import Change, Summary, TextSummary
from publisher.ports import Outcome
from publisher.push import due
from publisher.push.due import State
from tests import builders
from tests.builders import EN, JA, settings

ID = AdvisoryId("ADV", 2026, 7)
JA_LIST, EN_LIST = settings().lists


def change(revision: int, *, notify: bool = True) -> Change:
    date = datetime(2026, 11, revision, tzinfo=UTC)
    return Change(revision, date, f"change {revision}", notify)


def summary(*changes: Change, languages: tuple[str, ...] = ("en",)) -> Summary:
    texts = tuple(
        TextSummary(
            {"en": EN, "ja": JA}[tag], len(changes), "T", "L", changes, "0" * 64
        )
        for tag in languages
    )
    return Summary(
        id=ID,
        kind=Kind.ALERT,
        first_published=changes[0].date,
        last_updated=changes[-1].date,
        revision=len(changes),
        severity=None,
        score=None,
        cves=(),
        affected=(),
        withdrawn=False,
        superseded_by=None,
        texts=texts,
    )


def message_id(revision: int) -> str:
    return due.message_id(EditionKey(ID, revision, EN), EN_LIST)


def only(what: Summary, outcomes: dict[str, Outcome]) -> due.Delivery:
    (delivery,) = due.deliveries([what], settings(), outcomes)
    return delivery


def test_a_first_release_is_due_to_the_list_of_its_language() -> None:
    delivery = only(summary(change(1)), {})

    assert delivery.state is State.DUE
    assert delivery.mailing_list == EN_LIST
    assert delivery.key == EditionKey(ID, 1, EN)
    assert not delivery.update


def test_each_language_goes_to_its_own_list() -> None:
    found = due.deliveries([summary(change(1), languages=("en", "ja"))], settings(), {})

    assert {(d.key.language, d.mailing_list.address) for d in found} == {
        ("en", EN_LIST.address),
        ("ja", JA_LIST.address),
    }


def test_what_was_accepted_is_not_due_again() -> None:
    delivery = only(summary(change(1)), {message_id(1): Outcome.ACCEPTED})

    assert delivery.state is State.SENT


def test_what_was_refused_is_due_again() -> None:
    delivery = only(summary(change(1)), {message_id(1): Outcome.REFUSED})

    assert delivery.state is State.DUE


def test_an_intent_without_an_outcome_is_unknown() -> None:
    delivery = only(summary(change(1)), {message_id(1): Outcome.INTENDED})

    assert delivery.state is State.UNKNOWN


def test_a_notified_update_is_due_and_threads_under_the_first_mail() -> None:
    delivery = only(summary(change(1), change(2)), {message_id(1): Outcome.ACCEPTED})

    assert delivery.state is State.DUE
    assert delivery.update
    assert delivery.earlier == (EditionKey(ID, 1, EN),)


def test_a_mended_typo_is_not_mailed() -> None:
    what = summary(change(1), change(2, notify=False))

    delivery = only(what, {message_id(1): Outcome.ACCEPTED})

    assert delivery.state is State.SENT
    assert delivery.key.revision == 1


def test_a_typo_that_was_mended_before_the_first_mail_is_mailed_mended() -> None:
    delivery = only(summary(change(1), change(2, notify=False)), {})

    assert delivery.state is State.DUE
    assert delivery.key.revision == 2
    assert not delivery.update


def test_the_mended_first_mail_counts_as_sent() -> None:
    what = summary(change(1), change(2, notify=False))

    delivery = only(what, {message_id(2): Outcome.ACCEPTED})

    assert delivery.state is State.SENT


def test_an_imported_archive_stays_quiet() -> None:
    later = replace(settings(), announce_since=datetime(2026, 11, 2, tzinfo=UTC))

    (delivery,) = due.deliveries([summary(change(1))], later, {})

    assert delivery.state is State.OLD


def test_a_list_hears_only_of_its_kinds() -> None:
    quarterly = replace(EN_LIST, kinds=(Kind.REPORT,))

    found = list(
        due.deliveries(
            [summary(change(1))], replace(settings(), lists=(quarterly,)), {}
        )
    )

    assert found == []


def test_nothing_is_mailed_if_no_revision_notifies() -> None:
    assert (
        list(due.deliveries([summary(change(1, notify=False))], settings(), {})) == []
    )


def test_what_is_urgent_goes_out_first_and_of_equals_the_oldest() -> None:
    told = {
        "note": replace(summary(change(1)), kind=Kind.NOTE),
        "newer": replace(summary(change(2))),
        "older": replace(summary(change(1))),
        "severe": replace(summary(change(3)), severity="critical"),
        "emergency": replace(summary(change(4)), kind=Kind.EMERGENCY),
    }
    by_id = {AdvisoryId("ADV", 2026, n): name for n, name in enumerate(told, start=1)}
    summaries = [replace(told[name], id=each) for each, name in by_id.items()]
    every = replace(EN_LIST, kinds=tuple(Kind))

    found = due.deliveries(summaries, replace(settings(), lists=(every,)), {})

    order = [by_id[each.key.id] for each in found]
    assert order == ["emergency", "severe", "older", "newer", "note"]


@pytest.mark.parametrize(
    ("lists", "changes", "last", "reason"),
    [
        ((JA_LIST, EN_LIST), (), 1, ""),
        ((), (), 1, ""),
        ((JA_LIST,), (), 1, "no list is in 'en'"),
        (
            (replace(EN_LIST, kinds=(Kind.REPORT,)),),
            (),
            1,
            "no list in 'en' takes the kind 'alert'",
        ),
        (
            (EN_LIST,),
            (("observed}", "observed, notify: false}"),),
            1,
            "what is new in it says `notify: false`",
        ),
        # The first one was never signed in this language: it is news here.
        ((EN_LIST,), (("observed}", "observed, notify: false}"),), 0, ""),
    ],
)
def test_a_text_that_will_not_be_mailed_says_why(
    lists: tuple[MailingList, ...],
    changes: tuple[tuple[str, str], ...],
    last: int,
    reason: str,
) -> None:
    advisory = builders.advisory(*changes)
    text = advisory.text(EN)
    assert text is not None
    settings_ = replace(settings(), lists=lists)

    assert due.unannounced(advisory, text, last, settings_) == reason


def test_an_archive_that_is_too_old_to_be_mailed_names_the_setting() -> None:
    advisory = builders.advisory()
    later = replace(settings(), announce_since=datetime(2027, 1, 1, tzinfo=UTC))

    reason = due.unannounced(advisory, advisory.original, 0, later)

    assert "before 2027-01-01T00:00:00+00:00 (`announce_since`" in reason


def test_message_ids_differ_by_advisory_revision_language_and_list() -> None:
    keys = [
        EditionKey(AdvisoryId("ADV", 2026, number), revision, language)
        for number in (7, 8)
        for revision in (1, 2)
        for language in (EN, JA)
    ]

    found = {due.message_id(key, each) for key in keys for each in (JA_LIST, EN_LIST)}

    assert len(found) == 2 * len(keys)
