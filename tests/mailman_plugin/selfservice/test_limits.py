"""How much is answered, and what waits for an answer, in both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, inspect, select
from sqlalchemy.orm import Session

from publisher.errors import SettingsError
from publisher.mailman_plugin import schema
from publisher.mailman_plugin.selfservice import limits, waiting
from publisher.mailman_plugin.selfservice.limits import Bound, Counted, Limits, Rate
from publisher.mailman_plugin.selfservice.origin import Source
from publisher.mailman_plugin.selfservice.tables import COUNTS, QUESTIONS
from publisher.mailman_plugin.selfservice.waiting import Kind, Request

NOW = datetime(2026, 11, 20, 10, 0, 30, tzinfo=UTC)
LIST = "announce.lists.cert.example"
FEW = Limits(Rate(2, 86400), Rate(4, 3600), Rate(15, 60))
JOIN = Request(Kind.JOIN, LIST, "a@home.example")


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    schema.prepare(database)
    with Session(database) as made:
        yield made


def passed(session: Session, requests: list[Counted], now: datetime = NOW) -> int:
    return bounds(session, requests, now).count(None)


def bounds(
    session: Session, requests: list[Counted], now: datetime = NOW
) -> list[Bound | None]:
    found = [limits.permits(session, FEW, each, now) for each in requests]
    return [None if full is None else full.bound for full in found]


def counted(
    address: str, host: str = "192.0.2.1", kind: str = "join", network: str = ""
) -> Counted:
    source = Source(host, network or f"net of {host}")
    return Counted(kind, f"{address}@home.example", source, LIST)


def test_one_address_is_answered_so_often(session: Session) -> None:
    assert passed(session, [counted("a")] * 5) == 2


def test_one_source_is_answered_so_often(session: Session) -> None:
    assert passed(session, [counted(f"a{number}") for number in range(9)]) == 4


def test_one_list_answers_so_often(session: Session) -> None:
    many = [counted(f"a{number}", f"192.0.2.{number}") for number in range(20)]

    assert bounds(session, many) == [None] * 15 + [Bound.LIST] * 5


def test_one_network_gets_a_third_of_what_a_list_answers(session: Session) -> None:
    many = [counted(f"a{n}", f"2001:db8:0:{n}::", network="x") for n in range(9)]

    assert bounds(session, many) == [None] * 5 + [Bound.NETWORK] * 4
    assert passed(session, [counted("other", "198.51.100.1")]) == 1


@pytest.mark.parametrize("number", [1, 2, 3, 4, 60, 999_999_999])
def test_no_limit_lets_one_network_use_up_a_list(number: int) -> None:
    share = Limits(source=Rate(999_999_999, 60), mailing_list=Rate(number, 60)).share

    assert share.number == 1 or share.number * 3 <= number
    assert share.seconds == 60


def test_a_source_gets_far_less_than_a_list_answers_by_default() -> None:
    usual = Limits()
    an_hour = usual.mailing_list.number * 3600 // usual.mailing_list.seconds

    assert usual.source.seconds == 3600
    assert usual.source.number * 100 < an_hour
    assert usual.share.number * 3 == usual.mailing_list.number


def test_a_refusal_names_the_first_limit_and_its_end_and_counts_nothing(
    session: Session,
) -> None:
    passed(session, [counted("a")] * 2)

    full = limits.permits(session, FEW, counted("a"), NOW)

    assert full is not None
    assert (full.bound, full.until) == (Bound.ADDRESS, 1763683200 + 365 * 86400)
    assert bounds(session, [counted("b"), counted("b"), counted("c")])[2] is Bound.HOST


def test_many_requests_for_one_address_leave_the_others_theirs(
    session: Session,
) -> None:
    passed(session, [counted("a")] * 9)

    assert passed(session, [counted("b"), counted("c")]) == 2


def test_requests_of_one_kind_leave_the_others_theirs(session: Session) -> None:
    passed(session, [counted("a")] * 9)

    assert passed(session, [counted("a", kind="leave")]) == 1


def test_a_new_day_begins_anew(session: Session) -> None:
    passed(session, [counted("a")] * 9)

    assert passed(session, [counted("a")] * 9, NOW + timedelta(days=1)) == 2


def test_what_is_over_is_dropped(session: Session) -> None:
    passed(session, [counted("a")])

    limits.prune(session, NOW + timedelta(hours=1))
    after_an_hour = session.scalar(select(func.count()).select_from(COUNTS))
    limits.prune(session, NOW + timedelta(days=1))

    assert after_an_hour == 1
    assert session.scalar(select(func.count()).select_from(COUNTS)) == 0


def test_the_table_holds_no_addresses(session: Session) -> None:
    passed(session, [counted("a")])

    assert "home.example" not in str(session.execute(COUNTS.select()).all())


def test_several_runners_count_together(database: Engine) -> None:
    schema.prepare(database)

    def ask(_: int) -> int:
        with Session(database) as session:
            return passed(session, [counted("a")])

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(ask, range(12))) == 2


def test_limits_can_be_set() -> None:
    set_ = Limits.read({"limit_address": "5 / day", "limit_list": "7/minute"})

    assert set_ == Limits(Rate(5, 86400), Rate(30, 3600), Rate(7, 60))


@pytest.mark.parametrize("text", ["", "many", "0/day", "3/week", "-1/day", "3"])
def test_a_limit_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="3/day, 30/hour or 60/minute"):
        Limits.read({"limit_source": text})


def test_a_request_waits_for_three_days(session: Session) -> None:
    token = waiting.add(session, JOIN, NOW)

    late = NOW + waiting.LIFETIME
    assert waiting.find(session, LIST, token, late - timedelta(seconds=1)) == JOIN
    assert waiting.find(session, LIST, token, late) is None
    assert waiting.find(session, "other.lists.cert.example", token, NOW) is None


def test_a_change_can_be_undone_for_seven_days(session: Session) -> None:
    undo = Request(Kind.UNDO, LIST, "a@home.example", "b@home.example", moved=(LIST,))
    token = waiting.add(session, undo, NOW)

    late = NOW + timedelta(days=7)
    assert waiting.find(session, LIST, token, late - timedelta(seconds=1)) == undo
    assert waiting.find(session, LIST, token, late) is None


def test_the_same_request_is_fresh_for_a_day(session: Session) -> None:
    other = Request(Kind.JOIN, LIST, "b@home.example")
    waiting.add(session, JOIN, NOW)

    assert waiting.is_fresh(session, JOIN, NOW + timedelta(hours=23))
    assert not waiting.is_fresh(session, JOIN, NOW + timedelta(hours=25))
    assert not waiting.is_fresh(session, other, NOW)
    # Or the clock was a year ahead.
    assert not waiting.is_fresh(session, JOIN, NOW - timedelta(days=365))


@pytest.mark.parametrize(
    "other",
    [
        JOIN,
        Request(Kind.CHANGE, LIST, "a@home.example", "mallory@evil.example"),
        Request(Kind.CHANGE, LIST, "a@home.example", "old@home.example", True),
        Request(Kind.LANGUAGE, LIST, "a@home.example", "other.lists.cert.example"),
        Request(Kind.UNDO, LIST, "a@home.example", "b@home.example", moved=("x",)),
        Request(Kind.UNDO, LIST, "a@home.example", "c@home.example", moved=(LIST,)),
    ],
)
def test_no_request_ends_another(session: Session, other: Request) -> None:
    requests = [
        JOIN,
        Request(Kind.CHANGE, LIST, "a@home.example", "old@home.example"),
        Request(Kind.LANGUAGE, LIST, "a@home.example", "ja.lists.cert.example"),
        Request(Kind.UNDO, LIST, "a@home.example", "b@home.example", moved=(LIST,)),
    ]
    tokens = [waiting.add(session, each, NOW) for each in requests]

    mallorys = waiting.add(session, other, NOW + timedelta(days=2))

    later = NOW + timedelta(days=2, hours=1)
    assert [waiting.find(session, LIST, each, later) for each in tokens] == requests
    assert waiting.find(session, LIST, mallorys, later) == other


def test_the_same_that_was_asked_twice_is_done_once(session: Session) -> None:
    tokens = [waiting.add(session, JOIN, NOW) for _ in range(2)]
    leave = waiting.add(session, Request(Kind.LEAVE, LIST, JOIN.email), NOW)

    waiting.drop(session, JOIN)

    assert [waiting.find(session, LIST, each, NOW) for each in tokens] == [None, None]
    assert waiting.find(session, LIST, leave, NOW) is not None


def test_a_token_counts_once(session: Session) -> None:
    token = waiting.add(session, JOIN, NOW)
    waiting.drop(session, JOIN)

    assert waiting.find(session, LIST, token, NOW) is None


def test_what_nobody_answered_is_dropped(session: Session) -> None:
    waiting.add(session, JOIN, NOW)

    waiting.prune(session, NOW + waiting.LIFETIME)

    assert session.scalar(select(func.count()).select_from(QUESTIONS)) == 0


def test_what_waited_before_the_tables_changed_waits_on(database: Engine) -> None:
    schema.prepare(database, schema.STEPS[:6])
    change = Request(Kind.CHANGE, LIST, "new@home.example", "old@home.example")
    values = (LIST, "change", change.email, "0123", change.details, 0, 2**33)
    with database.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO publisher_request VALUES {values!r}".replace("\\", "")
        )

    schema.prepare(database)

    with Session(database) as session:
        assert waiting.find(session, LIST, "0123", NOW) == change
    assert not inspect(database).has_table("publisher_request")
