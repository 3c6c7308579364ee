"""Whether clocks agree, by what they showed and when they were asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from publisher.model import clocks
from publisher.model.clocks import TOLERANCE, Reading, Verdict

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def site(ahead: timedelta, *, elsewhere: bool = True) -> Reading:
    """Return what the web server shows, if this machine is so much ahead of it."""
    return Reading("the site", NOW - ahead, NOW, NOW, elsewhere=elsewhere)


def server(ahead: timedelta, *, elsewhere: bool = True) -> Reading:
    shown = NOW - ahead
    return Reading("the list", shown, NOW, NOW, refuses=True, elsewhere=elsewhere)


def compare(*readings: Reading, committed: datetime | None = None) -> Verdict:
    return clocks.compare(readings, committed, NOW)


@pytest.mark.parametrize("ahead", [5 * SECOND, -5 * SECOND, TOLERANCE, -TOLERANCE])
def test_a_small_difference_is_none_on_either_side(ahead: timedelta) -> None:
    assert compare(site(ahead), server(ahead), committed=NOW + TOLERANCE) == Verdict()


@pytest.mark.parametrize("ahead", [TOLERANCE + SECOND, -TOLERANCE - SECOND, DAY, -DAY])
def test_a_large_one_is_found_on_either_side(ahead: timedelta) -> None:
    assert len(compare(site(ahead)).wrong) == 1
    assert len(compare(server(ahead)).wrong) == 1
    assert len(compare(site(ahead), server(ahead)).wrong) == 2


def test_it_is_said_which_clock_shows_what_and_how_far_they_are_apart() -> None:
    (ahead,) = compare(site(DAY + 2 * timedelta(hours=1))).wrong
    (behind,) = compare(site(-90 * SECOND)).wrong

    assert ahead == (
        "the site says 2026-11-25 10:00:00 UTC, and the clock here is 1 day 2 hours "
        "ahead of it"
    )
    assert behind.endswith("and the clock here is 1 minute 30 s behind it")


def test_how_long_an_answer_took_is_no_difference() -> None:
    late = NOW + 20 * timedelta(minutes=1)

    asked = Reading("the site", NOW + 60 * SECOND, NOW, late)

    assert asked.ahead == timedelta()
    assert Reading("the site", late + DAY, NOW, late).ahead == -DAY


def test_what_whole_seconds_cut_off_is_no_difference() -> None:
    shown = NOW - TOLERANCE - SECOND

    assert Reading("the site", shown, NOW, NOW, cut=SECOND).agrees
    assert not Reading("the site", shown, NOW, NOW).agrees


def test_nobody_answers_and_nothing_is_wrong() -> None:
    assert compare() == Verdict()
    assert compare(committed=NOW - 400 * DAY) == Verdict()


def test_without_an_answer_the_last_commit_shows_a_clock_that_is_behind() -> None:
    (told,) = compare(committed=NOW + DAY).wrong

    assert told == (
        "the last commit was made at 2026-11-27 12:00:00 UTC, and the clock here is "
        "1 day behind that"
    )


def test_a_commit_from_the_future_stops_nobody_whose_clock_is_proven() -> None:
    verdict = compare(site(timedelta()), committed=NOW + 3650 * DAY)

    assert verdict.wrong == ()
    assert "the last commit was made at 2036" in verdict.odd[0]


def test_one_clock_that_agrees_shows_that_the_other_one_is_wrong() -> None:
    verdict = compare(site(DAY), server(timedelta()))

    assert verdict.wrong == ()
    assert verdict.odd[0].startswith("the site says ")


def test_a_clock_that_may_be_this_very_machines_proves_nothing() -> None:
    here = server(timedelta(), elsewhere=False)

    assert compare(here) == Verdict()
    assert len(compare(site(DAY), here).wrong) == 1


def test_a_list_server_that_would_refuse_the_mail_stops_it_in_any_case() -> None:
    behind = compare(site(timedelta()), server(2 * TOLERANCE))
    ahead = compare(site(timedelta()), server(-2 * TOLERANCE))

    assert behind.wrong[0].startswith("the list says ")
    assert (ahead.wrong, len(ahead.odd)) == ((), 1)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"), (59, "59 s"), (60, "1 minute"), (61, "1 minute 1 s"),
        (3600, "1 hour"), (5400, "1 hour 30 minutes"), (86400, "1 day"),
        (-90000, "1 day 1 hour"), (86400 * 10000, "10000 days"),
    ],
)  # fmt: skip
def test_an_amount_is_written_in_its_largest_two_units(seconds: int, told: str) -> None:
    assert clocks.amount(timedelta(seconds=seconds)) == told
