"""Invariant 5: what was published stays, and the publication record knows it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.errors import TrustError
from publisher.imprint import imprint
from publisher.model.ids import AdvisoryId
from publisher.pipeline import checking, guarding, recording
from publisher.record import Record, state
from publisher.sign import cleartext
from tests.projects import ID, FakeWeb, Workplace

pytestmark = pytest.mark.gpg

OTHER = AdvisoryId("ADV", 2026, 8)
FIRST = "2026-11-20T10:00:00+09:00"
SECOND = "  - {date: 2026-11-21T09:00:00+09:00, summary: Exploitation observed}\n"
ONE_REVISION = (
    (SECOND, ""),
    ("translates: 2", "translates: 1"),
    ("  - 悪用を確認\n", ""),
)


def record(workplace: Workplace) -> Record:
    return recording.current(workplace.tools())


def state_inside(workplace: Workplace, name: str, advisory: AdvisoryId = ID) -> str:
    data = (workplace.folder(advisory) / name).read_bytes()
    return imprint(cleartext.payload(data)).record


def forget(workplace: Workplace) -> None:
    """Lose the local memory, as in a fresh clone."""
    workplace.project.close()
    shutil.rmtree(workplace.root / ".publisher")
    for name in ("cache", "repository", "site", "verifier", "journal"):
        workplace.project.__dict__.pop(name, None)


def test_signing_records_each_text_as_it_is(workplace: Workplace) -> None:
    workplace.sign()

    entries = record(workplace).by_advisory[ID]

    assert [entry.filename for entry in entries] == ["r2.en.txt.asc", "r2.ja.txt.asc"]
    snapshot = workplace.tools().repository.snapshot()[ID]
    assert all(entry.sha256 == snapshot[entry.filename] for entry in entries)
    assert {entry.first.isoformat() for entry in entries} == {
        "2026-11-20T01:00:00+00:00"
    }


def test_each_text_holds_the_state_of_the_record_before_it(
    workplace: Workplace,
) -> None:
    workplace.sign()
    before = record(workplace)
    workplace.write(advisory=OTHER)
    workplace.sign()

    entries = record(workplace).by_advisory[OTHER]

    assert state_inside(workplace, "r2.en.txt.asc") == state(())
    assert state_inside(workplace, "r2.en.txt.asc", OTHER) == before.state
    assert {entry.after for entry in entries} == {before.heads}
    assert len(before.heads) == 2


def test_what_a_crash_cut_off_is_recorded_by_the_next_run(workplace: Workplace) -> None:
    workplace.sign()
    file = workplace.root / "record" / "2026.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole.split(b"\n")[0] + b"\n")

    with pytest.raises(TrustError, match="not in the publication record"):
        workplace.build()
    assert workplace.sign() == []

    assert sorted(file.read_bytes().split(b"\n")) == sorted(whole.split(b"\n"))
    assert workplace.build().summaries


def test_a_signed_text_from_elsewhere_is_not_recorded(workplace: Workplace) -> None:
    workplace.sign()
    workplace.write(advisory=OTHER)
    workplace.sign()
    (workplace.root / "record" / "2026.jsonl").unlink()
    shutil.rmtree(workplace.folder())

    with pytest.raises(TrustError, match="in a state of the publication record that"):
        workplace.sign()


@pytest.mark.parametrize("what", ["folder", "text", "other text"])
def test_a_fresh_clone_does_not_lose_what_was_published(
    what: str, workplace: Workplace
) -> None:
    workplace.write(advisory=OTHER)
    workplace.sign()
    workplace.build()
    forget(workplace)
    shutil.rmtree(workplace.site)
    file = workplace.folder() / "r2.en.txt.asc"
    if what == "folder":
        shutil.rmtree(workplace.folder())
    elif what == "text":
        file.unlink()
    else:
        file.write_bytes((workplace.folder(OTHER) / file.name).read_bytes())

    with pytest.raises(TrustError, match="was published and"):
        workplace.build()

    assert not workplace.site.exists()


def test_a_first_date_does_not_move(workplace: Workplace) -> None:
    workplace.sign()
    workplace.write(
        (FIRST, "2026-11-19T10:00:00+09:00"),
        (SECOND, f"{SECOND}  - {{date: 2026-11-22T09:00:00+09:00, summary: More}}\n"),
        ("translates: 2", "translates: 3"),
        ("  - 悪用を確認\n", "  - 悪用を確認\n  - 追加\n"),
    )

    with pytest.raises(TrustError, match="first published on 2026-11-20"):
        workplace.sign()

    assert not (workplace.folder() / "r3.en.txt.asc").exists()


def test_an_embargoed_text_leaves_no_trace_before_its_minute(
    workplace: Workplace,
) -> None:
    workplace.write(advisory=OTHER)
    release = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    workplace.write((FIRST, release.isoformat()), *ONE_REVISION)
    workplace.sign()
    hidden = [e.digest for e in record(workplace).by_advisory[ID]]
    workplace.build()
    served = (workplace.site / "record" / "2026.jsonl").read_text()
    third = AdvisoryId("ADV", 2026, 9)
    workplace.write(advisory=third)
    workplace.sign()

    after = record(workplace).by_advisory[third][0].after

    assert len(hidden) == 2
    assert str(ID) not in served
    assert not set(after) & set(hidden)
    workplace.now = release
    workplace.build()
    assert str(ID) in (workplace.site / "record" / "2026.jsonl").read_text()


def test_an_embargoed_text_can_be_taken_away_and_signed_again(
    workplace: Workplace,
) -> None:
    release = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    workplace.write((FIRST, release.isoformat()), *ONE_REVISION)
    workplace.sign()
    later = (release + timedelta(days=1)).isoformat()
    for name in ("r1.en.txt.asc", "r1.ja.txt.asc"):
        (workplace.folder() / name).unlink()
    workplace.write((FIRST, later), *ONE_REVISION)

    workplace.sign()

    entries = record(workplace).by_advisory[ID]
    assert {entry.date for entry in entries} == {datetime.fromisoformat(later)}
    assert len(entries) == 2


def test_what_was_signed_as_amber_is_not_served_when_it_becomes_clear(
    workplace: Workplace,
) -> None:
    workplace.write(("tlp: CLEAR", "tlp: AMBER"))
    workplace.sign()
    assert record(workplace).entries == {}
    workplace.write(
        (SECOND, f"{SECOND}  - {{date: 2026-11-22T09:00:00+09:00, summary: More}}\n"),
        ("translates: 2", "translates: 3"),
        ("  - 悪用を確認\n", "  - 悪用を確認\n  - 追加\n"),
    )
    workplace.sign()

    workplace.build()

    names = {file.name for file in workplace.site.rglob("*.asc")}
    assert {"r3.en.txt.asc", "r3.ja.txt.asc"} <= names
    assert not names & {"r2.en.txt.asc", "r2.ja.txt.asc"}


def test_the_site_serves_the_record_with_its_state(workplace: Workplace) -> None:
    workplace.sign()
    workplace.build()
    index = json.loads((workplace.site / "record" / "index.json").read_text())
    (file,) = index["files"]
    data = (workplace.site / file["path"]).read_bytes()

    served = Record.parse({file["path"]: data})

    assert served == record(workplace)
    assert index["state"] == served.state
    assert index["heads"] == list(served.heads)
    assert file["entries"] == 2


def test_a_rolled_back_clone_puts_nothing_up(
    workplace: Workplace, tmp_path: Path
) -> None:
    workplace.sign()
    old = (workplace.root / "record" / "2026.jsonl").read_bytes()
    workplace.write(advisory=OTHER)
    workplace.sign()
    workplace.build()
    shutil.copytree(workplace.site, tmp_path / "live")
    web = FakeWeb(tmp_path / "live")
    assert guarding.require_known(workplace.tools(), web)
    (workplace.root / "record" / "2026.jsonl").write_bytes(old)
    shutil.rmtree(workplace.folder(OTHER))

    with pytest.raises(TrustError, match="2 of the newest published texts"):
        guarding.require_known(workplace.tools(), web)


def test_a_site_that_is_not_up_yet_has_no_record(
    workplace: Workplace, tmp_path: Path
) -> None:
    web = FakeWeb(tmp_path)
    assert not guarding.require_known(workplace.tools(), web)

    (tmp_path / "record").mkdir()
    for data in ("", "[]", "{}", '{"heads": [1]}', "[" * 100_000):
        (tmp_path / "record" / "index.json").write_text(data)
        with pytest.raises(TrustError, match="record"):
            guarding.require_known(workplace.tools(), web)


def test_a_text_that_names_another_state_than_its_entry_stops_the_build(
    workplace: Workplace,
) -> None:
    workplace.sign()
    workplace.write(advisory=OTHER)
    workplace.sign()
    known = record(workplace)
    lines = [
        str(replace(entry, after=()) if entry.key.id == OTHER else entry)
        for entry in known.entries.values()
    ]
    file = workplace.root / "record" / "2026.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines))

    with pytest.raises(TrustError, match="another state of the publication record"):
        workplace.build()


def test_completing_a_whole_record_changes_nothing(workplace: Workplace) -> None:
    workplace.sign()
    before = (workplace.root / "record" / "2026.jsonl").stat()
    tools = workplace.tools()

    made = recording.complete(tools, checking.load(tools, [ID], {}))

    assert made == ()
    assert (workplace.root / "record" / "2026.jsonl").stat() == before
