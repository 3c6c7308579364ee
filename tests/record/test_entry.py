from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.chain import EditionKey
from publisher.model.ids import AdvisoryId
from publisher.record import Entry
from tests.builders import EN, JA
from tests.record.records import entry

LINE = (
    f'{{"after":["{"a" * 64}"],"date":"2026-11-20T01:00:00Z",'
    '"first":"2026-11-20T01:00:00Z","id":"ADV-2026-0007","language":"en",'
    f'"revision":1,"sha256":"{sha256(b"signed").hexdigest()}","signature":1}}'
)

DIGESTS = st.binary(max_size=4).map(lambda data: sha256(data).hexdigest())
TIMES = st.integers(0, 2**33).map(lambda second: datetime.fromtimestamp(second, UTC))
KEYS = st.builds(
    EditionKey,
    st.builds(
        AdvisoryId, st.just("ADV"), st.integers(1000, 2999), st.integers(1, 9999999)
    ),
    st.integers(1, 9999),
    st.sampled_from((EN, JA)),
)
ENTRIES = st.builds(
    Entry,
    key=KEYS,
    signature=st.integers(1, 9999),
    sha256=DIGESTS,
    date=TIMES,
    first=TIMES,
    after=st.sets(DIGESTS, max_size=3).map(lambda digests: tuple(sorted(digests))),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


def test_an_entry_is_one_line_of_json() -> None:
    assert str(entry(after=["a" * 64])) == LINE
    assert Entry.parse(LINE) == entry(after=["a" * 64])


def test_an_entry_is_known_by_the_digest_of_its_line() -> None:
    assert Entry.parse(LINE).digest == sha256(LINE.encode()).hexdigest()


@pytest.mark.parametrize("version", ["2", '"1"', "null", "1.5", "[]"])
def test_an_entry_of_a_version_to_come_is_called_so(version: str) -> None:
    line = LINE.replace('"signature":1', f'"signature":1,"version":{version}')

    with pytest.raises(ValueError, match="newer version of this program"):
        Entry.parse(line)


def test_version_1_is_not_written() -> None:
    line = LINE.replace('"signature":1', '"signature":1,"version":1')

    with pytest.raises(ValueError, match="has other fields than"):
        Entry.parse(line)


def test_an_entry_names_its_file() -> None:
    assert entry(revision=3, language="ja").filename == "r3.ja.txt.asc"
    assert entry(signature=2).filename == "r1.en.txt.2.asc"


@given(ENTRIES)
def test_what_is_written_is_read_again(made: Entry) -> None:
    assert Entry.parse(str(made)) == made


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('":', '": ', "one spelling"),
        ('{"after', ' {"after', "one spelling"),
        ("ADV-2026-0007", "ADV-2026-00007", "one spelling"),
        ('"en"', '"\\u0065n"', "one spelling"),
        ("T01:00:00Z", "T1:00:00Z", "isoformat"),
        ("T01:00:00Z", "T01:00:00+00:00", "one spelling"),
        ("T01:00:00Z", "T01:00:00", "one spelling"),
        ("T01:00:00Z", "T010000Z", "one spelling"),
        ("T01:00:00Z", "T01:00:00.5Z", "one spelling"),
        ("-20T01:00:00Z", "-20", "one spelling"),
        ("T01:00:00Z", "T25:00:00Z", "hour must be"),
        ("ADV-2026", "ADV-26", "is no advisory id"),
        ('"en"', '"EN"', "is no language tag"),
        ('"en"', "1", "is no entry"),
        ('"ADV-2026-0007"', "7", "is no entry"),
        ('"2026-11-20T01:00:00Z","id"', '1,"id"', "is no entry"),
        ('"revision":1', '"revision":0', "no revision from 1"),
        ('"revision":1', '"revision":true', "no revision from 1"),
        ('"revision":1', '"revision":"1"', "no revision from 1"),
        ('"signature":1', '"signature":10000', "no signature from 1"),
        ('"signature":1', '"signature":1.0', "no signature from 1"),
        ('"signature":1', '"signature":1,"tlp":1', "other fields than"),
        (',"signature":1', "", "other fields than"),
        (f'["{"a" * 64}"]', f'["{"a" * 64}","{"a" * 64}"]', "in order"),
        (f'["{"a" * 64}"]', f'["{"b" * 64}","{"a" * 64}"]', "in order"),
        (f'["{"a" * 64}"]', '["a"]', "no SHA-256"),
        (f'["{"a" * 64}"]', f'["{"A" * 64}"]', "no SHA-256"),
        (f'["{"a" * 64}"]', "[[]]", "no SHA-256"),
        (f'["{"a" * 64}"]', '"a"', "no SHA-256"),
        (f'["{"a" * 64}"]', "{}", "in order"),
        (f'["{"a" * 64}"]', "1", "is no entry"),
        (LINE, "[]", "other fields than"),
        (LINE, "{}", "other fields than"),
        (LINE, "", "Expecting value"),
        (LINE, "[" * 100_000, "is no entry"),
        (LINE, "9" * 5000, "integer"),
    ],
)
def test_what_is_not_written_so_is_no_entry(old: str, new: str, reason: str) -> None:
    assert old in LINE

    with pytest.raises(ValueError, match=reason):
        Entry.parse(LINE.replace(old, new, 1))


@given(st.text())
def test_no_text_crashes_the_reader(text: str) -> None:
    with pytest.raises(ValueError, match=r"^."):
        Entry.parse(text)


@given(st.sampled_from(sorted(json.loads(LINE))), JSON)
def test_no_value_crashes_the_reader(field: str, value: object) -> None:
    values = json.loads(LINE) | {field: value}
    line = json.dumps(values, separators=(",", ":"), sort_keys=True)

    try:
        made = Entry.parse(line)
    except ValueError:
        return

    assert str(made) == line
