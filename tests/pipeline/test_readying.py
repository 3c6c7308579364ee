from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

import pytest

from publisher import parse
from publisher.errors import AuthorError, FindingsError
from publisher.model.moment import UNDATED
from publisher.model.state import Standing
from publisher.pipeline import checking, readying, signing
from tests.projects import ID, Workplace

pytestmark = pytest.mark.gpg
LAST = "2026-11-21T09:00:00+09:00"
WANTED = datetime(2026, 11, 30, 9, tzinfo=UTC)


def ready(workplace: Workplace, wanted: datetime | None = None) -> str:
    """Return the original that `ready` writes."""
    return readying.ready(workplace.tools(), ID, wanted).data.decode()


def dates(source: str) -> list[datetime]:
    found, findings = parse.advisory(
        PurePosixPath(f"advisories/2026/{ID}"), {"en.md": source.encode()}
    )
    assert found is not None, findings
    return [each.date for each in found.history]


def test_only_the_date_and_the_draft_change(workplace: Workplace) -> None:
    workplace.write(("tlp: CLEAR", "tlp: CLEAR\ndraft: true"), (LAST, "FIXME"))
    before = (workplace.folder() / "en.md").read_text(encoding="utf-8")

    made = readying.ready(workplace.tools(), ID, None)

    there = made.date.isoformat()
    wanted = before.replace("draft: true\n", "").replace(
        "date: FIXME", f"date: {there}"
    )
    assert made.data.decode() == wanted
    assert abs(made.date - workplace.moment) < timedelta(seconds=30)
    assert there.endswith("+09:00")
    assert made.was_draft
    assert made.revision == 2


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ('  - {date: "FIXME", summary: a}', "  - {date: @, summary: a}"),
        ("  - date: FIXME\n    summary: a", "  - date: @\n    summary: a"),
        ("  - date:\n     FIXME\n    summary: a", "  - date:\n     @\n    summary: a"),
        ("  - {summary: 'FIXME é 日本 😀', date: FIXME}",
         "  - {summary: 'FIXME é 日本 😀', date: @}"),
        ("  # date: FIXME\n  - {date: FIXME, summary: a}",
         "  # date: FIXME\n  - {date: @, summary: a}"),
        ("  - ? date\n    : FIXME\n    summary: a",
         "  - ? date\n    : @\n    summary: a"),
    ],
)  # fmt: skip
def test_the_date_is_found_however_it_is_written(
    workplace: Workplace, written: str, mended: str
) -> None:
    workplace.write(japanese=None)
    source = workplace.folder() / "en.md"
    text = source.read_text(encoding="utf-8")
    entry = next(line for line in text.split("\n") if LAST in line)
    source.write_text(text.replace(entry, written), encoding="utf-8")

    told = ready(workplace, WANTED)

    assert told == text.replace(entry, mended.replace("@", "2026-11-30T18:00:00+09:00"))


def test_a_withdrawal_keeps_the_date_of_its_revision(workplace: Workplace) -> None:
    workplace.write(
        (LAST, "FIXME"),
        ("tlp: CLEAR", "tlp: CLEAR\nwithdrawn: {date: FIXME, reason: It was wrong}"),
        japanese=None,
    )

    told = ready(workplace, WANTED)

    assert told.count("2026-11-30T18:00:00+09:00") == 2
    assert "FIXME" not in told


def test_an_embargo_ends_neither_with_a_draft_nor_by_mistake(
    workplace: Workplace,
) -> None:
    later = (workplace.moment + timedelta(days=9)).replace(microsecond=0).isoformat()
    workplace.write((LAST, later), japanese=None)

    assert dates(ready(workplace))[-1].isoformat() == later
    assert dates(ready(workplace, WANTED))[-1] == WANTED


def test_what_is_odd_and_can_be_read_can_be_dated(workplace: Workplace) -> None:
    # One loader takes a tab there, another does not.
    workplace.write(("tlp: CLEAR", "tlp: CLEAR\ndraft:\ttrue"), (LAST, "FIXME"))

    assert dates(ready(workplace, WANTED))[-1] == WANTED
    with pytest.raises(AuthorError, match="2199-01-01T09:00:00"):
        ready(workplace, datetime(2199, 1, 1, tzinfo=UTC))


def test_a_date_that_is_still_to_be_written_is_no_year() -> None:
    assert str(Standing.embargoed(UNDATED)) == "without a date"
    assert Standing.embargoed(UNDATED).to_json() == {"state": "embargoed"}
    assert "until" in Standing.embargoed(WANTED).to_json()


def test_what_is_signed_keeps_its_date(workplace: Workplace) -> None:
    workplace.sign()

    with pytest.raises(AuthorError, match="revision 2 is signed: what is new needs an"):
        ready(workplace)


def test_a_source_that_cannot_be_read_is_left(workplace: Workplace) -> None:
    workplace.write(("kind: alert", "knid: alert"))

    with pytest.raises(FindingsError, match="unknown key 'knid'"):
        ready(workplace)


def test_a_draft_without_a_line_of_its_own_is_named(workplace: Workplace) -> None:
    workplace.write(("tlp: CLEAR", "tlp: CLEAR\ndraft:\n  true"))

    with pytest.raises(AuthorError, match=r"en\.md: 'draft' has no line of its own"):
        ready(workplace)


def test_what_has_no_date_is_never_due(workplace: Workplace) -> None:
    workplace.write((LAST, "FIXME"), japanese=None)
    source = (workplace.folder() / "en.md").read_text(encoding="utf-8")
    tools = workplace.tools()

    (loaded,) = checking.load(tools, [ID], {})

    assert dates(source)[-1] == UNDATED
    assert loaded.checked is None
    assert [finding.code for finding in loaded.findings] == ["L315"]
    assert f"`publisher ready {ID}`" in str(loaded.findings[0])


def stale(workplace: Workplace) -> set[str]:
    tools = workplace.tools()
    plan = signing.plan(tools, checking.load(tools, [ID], {}))
    return {each.stale for each in plan.texts if each.key}


def test_a_signer_is_told_of_a_date_that_is_long_over(workplace: Workplace) -> None:
    moment = datetime.fromisoformat(LAST)

    workplace.now = moment + timedelta(minutes=59)
    assert stale(workplace) == {""}
    workplace.now = moment + timedelta(minutes=61)
    assert stale(workplace) == {"2026-11-21T09:00+09:00"}
    workplace.now = moment - timedelta(days=1)
    workplace.write((LAST, (moment + timedelta(days=9)).isoformat()))
    # Under embargo, or not within lint: neither is long over.
    assert stale(workplace) <= {""}


def test_of_a_translation_that_comes_later_nobody_is_told(workplace: Workplace) -> None:
    (workplace.folder() / "ja.md").unlink()
    workplace.sign()
    workplace.write()

    assert stale(workplace) == {""}


def test_years_may_turn_while_a_text_is_written(workplace: Workplace) -> None:
    def codes(date: str) -> list[str]:
        workplace.now = datetime(2027, 1, 2, tzinfo=UTC)
        workplace.write(
            ("2026-11-20T10:00:00+09:00", date),
            (LAST, "2027-01-02T00:10:00+09:00"),
            japanese=None,
        )
        (loaded,) = checking.load(workplace.tools(), [ID], {})
        return [each.code for each in loaded.findings if re.match("L20", each.code)]

    assert codes("2027-01-01T00:10:00+09:00") == []
    assert codes("2025-12-31T23:50:00+09:00") != []
    # Also an embargo may end in the next year, but hardly a year ahead.
    assert codes("2027-03-30T00:10:00+09:00") == ["L205"]
    assert "L204" in codes("2027-04-30T00:10:00+09:00")
