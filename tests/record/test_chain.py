from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import TrustError
from publisher.model.ids import AdvisoryId
from publisher.record import Record, state
from tests.record.records import DATE, NAME, entry, lines, record

FIRST = entry(1)
SECOND = entry(2, [FIRST.digest])
SIBLING = entry(3, [FIRST.digest])
THIRD = entry(4, [SECOND.digest, SIBLING.digest])


def test_an_empty_record_has_the_state_of_nothing() -> None:
    assert Record.parse({}) == Record.parse({NAME: b""}) == Record({})
    assert Record({}).state == state(()) == sha256(b"").hexdigest()


def test_heads_are_what_no_entry_names() -> None:
    assert record(FIRST).heads == (FIRST.digest,)
    assert record(FIRST, SECOND).heads == (SECOND.digest,)
    both = tuple(sorted((SECOND.digest, SIBLING.digest)))
    assert record(FIRST, SECOND, SIBLING).heads == both
    assert record(FIRST, SECOND, SIBLING, THIRD).heads == (THIRD.digest,)


def test_the_state_is_that_of_the_heads_whatever_their_order() -> None:
    one, other = sorted((SECOND.digest, SIBLING.digest))

    expected = sha256(f"{one}\n{other}\n".encode()).hexdigest()

    assert record(FIRST, SECOND, SIBLING).state == expected
    assert record(SIBLING, FIRST, SECOND).state == expected
    assert state([other, one]) == expected


def test_the_heads_of_each_earlier_state_are_known() -> None:
    made = record(FIRST, SECOND, SIBLING, THIRD)

    assert made.states == {
        state(()): (),
        state([FIRST.digest]): (FIRST.digest,),
        state(THIRD.after): THIRD.after,
        made.state: (THIRD.digest,),
    }


def test_entries_of_an_advisory_come_by_revision_language_and_signature() -> None:
    mixed = [
        entry(7, revision=2, data=b"4"),
        entry(7, language="ja", data=b"3"),
        entry(7, signature=2, data=b"2"),
        entry(7, data=b"1"),
        entry(5, data=b"0"),
    ]

    by_advisory = record(*mixed).by_advisory

    assert [str(each) for each in by_advisory] == ["ADV-2026-0005", "ADV-2026-0007"]
    assert [e.filename for e in by_advisory[AdvisoryId("ADV", 2026, 7)]] == [
        "r1.en.txt.asc",
        "r1.en.txt.2.asc",
        "r1.ja.txt.asc",
        "r2.en.txt.asc",
    ]


def test_a_line_that_a_merge_doubled_counts_once() -> None:
    assert record(FIRST, SECOND, FIRST, SECOND) == record(FIRST, SECOND)


def test_lines_may_stand_in_any_order_and_file() -> None:
    old = entry(1, year=2025)
    new = entry(2, [old.digest])

    made = Record.parse({NAME: lines(new), "record/2025.jsonl": lines(old)})

    assert made.heads == (new.digest,)


def test_an_embargoed_entry_is_not_public_before_its_date() -> None:
    hidden = entry(9, [FIRST.digest], date=DATE + timedelta(days=1))
    made = record(FIRST, hidden)

    assert made.heads == (hidden.digest,)
    assert made.public(DATE).heads == (FIRST.digest,)
    assert made.public(DATE - timedelta(seconds=1)).entries == {}
    assert made.public(hidden.date - timedelta(seconds=1)) == record(FIRST)
    assert made.public(hidden.date) == made


def test_what_is_public_hangs_together() -> None:
    """Nobody names an entry under embargo, so nothing public can lack one."""
    hidden = entry(9, [FIRST.digest], date=DATE + timedelta(days=2))
    meanwhile = entry(2, [FIRST.digest], date=DATE + timedelta(days=1))
    made = record(FIRST, hidden, meanwhile)

    for moment in (DATE, meanwhile.date, hidden.date):
        public = made.public(moment)
        assert Record.parse({NAME: lines(*public.entries.values())}) == public


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (lines(SECOND), rf"^{NAME}:1: the entry before it, {FIRST.digest}, is missing"),
        (lines(FIRST, THIRD), f"{NAME}:2: .* is missing: an entry was"),
        (lines(entry(1, data=b"changed"), SECOND), f"{NAME}:2: .* is missing"),
        (lines(FIRST, entry(1, data=b"another")),
         f"{NAME}:2: ADV-2026-0001/r1.en.txt.asc is recorded otherwise in {NAME}:1"),
        (lines(FIRST)[:-1], f"{NAME}:1: the last line is cut off"),
        (lines(FIRST, SECOND)[:-30], f"{NAME}:2: the last line is cut off"),
        (b"<<<<<<< HEAD\n" + lines(FIRST), f"{NAME}:1: .*a merge left it"),
        (lines(FIRST) + b"=======\n", f"{NAME}:2: .*a merge left it"),
        (lines(FIRST) + b">>>>>>> b\n", f"{NAME}:2: .*a merge left it"),
        (lines(FIRST) + b"\n", f"{NAME}:2: "),
        (lines(FIRST).replace(b"\n", b"\r\n"), f"{NAME}:1: .*one spelling"),
        (lines(FIRST) + "é\n".encode(), f"{NAME}:2: holds something else than ASCII"),
        (lines(entry(1, year=2025)), f"{NAME}:1: .*-0001 belongs to another year"),
        (b'{"after":[]}\n', f"{NAME}:1: has other fields than"),
    ],
)  # fmt: skip
def test_a_record_in_doubt_is_none(data: bytes, reason: str) -> None:
    with pytest.raises(TrustError, match=reason):
        Record.parse({NAME: data})


def test_all_doubts_are_told_at_once() -> None:
    data = lines(SECOND, entry(1, data=b"1"), entry(1, data=b"2")) + b"?\n"

    with pytest.raises(TrustError) as raised:
        Record.parse({NAME: data})

    assert len(str(raised.value).split("\n")) == 3


def test_of_very_many_doubts_some_are_told_and_the_rest_counted() -> None:
    with pytest.raises(TrustError) as raised:
        Record.parse({NAME: b"?\n" * 100_000})

    told = str(raised.value).split("\n")
    assert len(told) == 101
    assert told[-1] == "… and 99900 doubts more"


@given(st.binary())
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    for noise in (data, lines(FIRST) + data, data + lines(FIRST)):
        try:
            made = Record.parse({NAME: noise})
        except TrustError:
            continue
        assert made in (Record({}), record(FIRST))
