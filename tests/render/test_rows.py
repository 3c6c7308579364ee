"""What a list shows of an advisory."""

from dataclasses import replace
from datetime import timedelta

from publisher.model.advisory import Kind
from publisher.model.ids import AdvisoryId
from publisher.model.summary import Summary
from publisher.render import rows
from tests.builders import EN, JA
from tests.render import samples


def test_a_row_names_the_newest_news() -> None:
    summary = samples.summary(7)

    (entry,) = rows.entries([summary], JA)

    row = entry.row
    assert row.title == "Example Server における任意のコード実行の脆弱性"
    assert row.first_published == summary.first_published
    assert row.last_news == summary.last_updated
    assert row.update == 2
    assert row.advisory == summary.id


def test_a_mended_typo_is_no_news() -> None:
    quiet = ("Exploitation observed}", "Exploitation observed, notify: false}")
    summary = samples.summary(7, quiet)

    (entry,) = rows.entries([summary], EN)

    assert entry.row.last_news == summary.first_published
    assert entry.row.update is None


def test_an_advisory_of_which_nobody_was_told_is_listed_by_its_first_date() -> None:
    changes = [
        ("Initial release}", "Initial release, notify: false}"),
        ("Exploitation observed}", "Exploitation observed, notify: false}"),
    ]
    summary = samples.summary(7, *changes)

    (entry,) = rows.entries([summary], EN)

    assert entry.row.last_news == summary.first_published


def test_an_advisory_in_another_language_is_listed_under_its_own_title() -> None:
    summary = samples.summary(7)
    english = replace(summary, texts=summary.texts[:1])

    (entry,) = rows.entries([english], JA)

    assert entry.row.language == EN
    assert entry.row.title == "Remote code execution in Example Server"


def test_the_newest_are_ordered_by_their_news_and_then_by_their_ids() -> None:
    summaries = [
        samples.moved(samples.summary(7), timedelta(days=1)),
        samples.summary(8),
        samples.summary(10),
        samples.moved(samples.summary(9), timedelta(days=-1)),
    ]

    found = rows.newest(rows.entries(summaries, EN), 3)

    assert [entry.id.number for entry in found] == [7, 10, 8]


def test_the_most_severe_come_first_while_they_hold_and_are_recent() -> None:
    summary = samples.summary(1)

    def numbered(number: int) -> Summary:
        return replace(summary, id=AdvisoryId("ADV", 2026, number))

    summaries = [
        replace(numbered(2), severity="high"),
        replace(numbered(3), severity="medium"),
        replace(numbered(4), withdrawn=True),
        replace(
            numbered(5),
            superseded_by=AdvisoryId("A", 2026, 1),
        ),
        # An older one comes before what is critical, too.
        samples.moved(
            replace(numbered(6), kind=Kind.EMERGENCY, severity=None),
            timedelta(days=-3),
        ),
        samples.moved(numbered(7), timedelta(days=-61)),
        samples.moved(numbered(8), timedelta(days=-60)),
        summary,
    ]

    found = rows.urgent(rows.entries(summaries, EN), 5)

    assert [entry.id.number for entry in found] == [6, 1, 8, 2]


def test_without_advisories_nothing_is_urgent() -> None:
    assert rows.urgent([], 5) == []
