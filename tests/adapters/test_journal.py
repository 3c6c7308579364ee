"""The journal survives whatever happens to the process, and knows its own age."""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby
from pathlib import Path

import pytest

from publisher.adapters.clone import Marks
from publisher.adapters.journal import STEPS, SqliteJournal
from publisher.errors import ForeignError, OperatorError, WorldError
from publisher.model.chain import Announcement, EditionKey
from publisher.model.ids import AdvisoryId
from publisher.ports import Act, Outcome
from tests.builders import EN, settings

AT = datetime(2026, 11, 20, tzinfo=UTC)
LATER = AT + timedelta(seconds=4)
ANNOUNCEMENT = Announcement(
    EditionKey(AdvisoryId("ADV", 2026, 7), 1, EN),
    settings().lists[1],
    "<a@b>",
    b"",
    "r1.en.txt.asc",
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with closing(SqliteJournal(tmp_path / "journal")) as made:
        yield made


def test_the_last_outcome_is_kept_across_runs(tmp_path: Path) -> None:
    with closing(SqliteJournal(tmp_path / "journal")) as journal:
        journal.record(ANNOUNCEMENT, Outcome.INTENDED, AT)
        journal.record(ANNOUNCEMENT, Outcome.ACCEPTED, LATER)

    with closing(SqliteJournal(tmp_path / "journal")) as reopened:
        assert reopened.outcomes() == {"<a@b>": Outcome.ACCEPTED}


def test_all_that_was_known_of_a_mail_is_told_in_order(journal: SqliteJournal) -> None:
    journal.record(ANNOUNCEMENT, Outcome.INTENDED, AT)
    journal.record(ANNOUNCEMENT, Outcome.REFUSED, LATER, "the list is closed")

    told = journal.records("<a@b>")

    assert [(each.outcome, each.at, each.detail) for each in told] == [
        (Outcome.INTENDED, AT, ""),
        (Outcome.REFUSED, LATER, "the list is closed"),
    ]
    assert journal.records("<other@b>") == []


def test_an_operator_settles_only_what_is_known(journal: SqliteJournal) -> None:
    journal.record(ANNOUNCEMENT, Outcome.INTENDED, AT)

    assert journal.settle("<a@b>", Outcome.REFUSED, AT)
    assert not journal.settle("<other@b>", Outcome.REFUSED, AT)
    assert journal.outcomes() == {"<a@b>": Outcome.REFUSED}


def test_an_act_that_was_cut_short_has_no_end(journal: SqliteJournal) -> None:
    assert journal.last("site") is None
    journal.end(journal.begin("site", "/srv/old", AT), LATER)

    journal.begin("site", "/srv/www", LATER)

    assert journal.last("site") == Act("/srv/www", LATER, None, "")


def test_an_act_that_failed_says_why(journal: SqliteJournal) -> None:
    number = journal.begin("site", "/srv/www", AT)

    journal.end(number, LATER, "the disk is full")

    assert journal.last("site") == Act("/srv/www", AT, LATER, "the disk is full")


def test_a_journal_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    with closing(sqlite3.connect(file)) as database, database:
        for statement in STEPS[0]:
            database.execute(statement)
        database.execute(
            "INSERT INTO record VALUES (1, '<a@b>', 'accepted', ?, 'ADV-2026-0007',"
            " 1, 'en', 'announce-en@lists.cert.example')",
            (AT.isoformat(),),
        )
        database.execute("PRAGMA user_version = 1")

    with closing(SqliteJournal(file)) as journal:
        journal.begin("site", "/srv/www", LATER)

        assert journal.outcomes() == {"<a@b>": Outcome.ACCEPTED}
        assert journal.records("<a@b>")[0].detail == ""


def test_many_may_open_a_new_journal_at_once(tmp_path: Path) -> None:
    def note(number: int) -> None:
        with closing(SqliteJournal(tmp_path / "journal")) as journal:
            journal.begin("site", str(number), AT)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(note, range(24)))

    with closing(sqlite3.connect(tmp_path / "journal")) as database:
        (count,) = database.execute("SELECT count(*) FROM act").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
    assert (count, version) == (24, len(STEPS))


def test_writes_are_on_disk_before_they_return(journal: SqliteJournal) -> None:
    (synchronous,) = journal._database.execute("PRAGMA synchronous").fetchone()
    (mode,) = journal._database.execute("PRAGMA journal_mode").fetchone()

    # 3 is EXTRA: https://www.sqlite.org/pragma.html#pragma_synchronous
    assert (synchronous, mode) == (3, "delete")


_TRACED = """\
import sys
from datetime import UTC, datetime
from pathlib import Path
from publisher.adapters.journal import SqliteJournal
journal = SqliteJournal(Path(sys.argv[1]))
print("begin", flush=True)
journal.begin("site", "/srv/www", datetime.now(UTC))
print("done", flush=True)
"""


def test_the_order_of_writes_holds_through_a_power_cut(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    log = tmp_path / "strace"
    calls = "fsync,fdatasync,unlink,pwrite64,write,openat"
    argv = ["strace", "-f", "-y", "-o", str(log), "-e", f"trace={calls}"]
    argv += [sys.executable, "-c", _TRACED, str(tmp_path / "journal")]
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        argv, env={**os.environ, "PYTHONPATH": root}, capture_output=True, check=False
    )
    if done.returncode and b"ptrace" in done.stderr:
        pytest.skip("nothing may be traced here")
    assert done.returncode == 0, done.stderr

    text = log.read_text().partition('"begin')[2].partition('"done')[0]
    seen = re.findall(
        rf"(f(?:data)?sync|unlink|pwrite64)\((?:\d+<)?\"?{tmp_path}(/[a-z-]*)?", text
    )
    order = [(call.replace("fdata", "f"), name or "/") for call, name in seen]
    without_repeats = [each for each, _ in groupby(order)]

    # What was before is on the disk before it is changed, the change before the mark
    # of the commit, and the folder without that mark before the method returns.
    rollback, database = "/journal-journal", "/journal"
    assert without_repeats[-5:] == [
        ("fsync", rollback),
        ("pwrite64", database),
        ("fsync", database),
        ("unlink", rollback),
        ("fsync", "/"),
    ]
    assert ("fsync", "/") in without_repeats[:-5]


def test_a_full_disk_leaves_what_was_written(journal: SqliteJournal) -> None:
    journal.record(ANNOUNCEMENT, Outcome.INTENDED, AT)
    (pages,) = journal._database.execute("PRAGMA page_count").fetchone()
    journal._database.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(WorldError, match="full; nothing is sent without it"):
        journal.record(ANNOUNCEMENT, Outcome.ACCEPTED, AT, "x" * 2**20)
    journal._database.execute("PRAGMA max_page_count = 100000")

    journal.record(ANNOUNCEMENT, Outcome.DELIVERED, LATER)
    told = [each.outcome for each in journal.records("<a@b>")]
    assert told == [Outcome.INTENDED, Outcome.DELIVERED]


def test_a_damaged_journal_stops_everything(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    data = b"no database at all, and long enough to be read as one" * 20
    file.write_bytes(data)

    with pytest.raises(OperatorError, match=r"is damaged \(file is not a database\)"):
        SqliteJournal(file)
    assert file.read_bytes() == data


def told(file: Path) -> str:
    """Return all that a journal tells, or that it is damaged."""
    try:
        with closing(SqliteJournal(file)) as journal:
            return repr([journal.records(f"<{n}@b>") for n in range(8)])
    except (OperatorError, WorldError) as error:
        return str(error)


def test_a_byte_that_was_flipped_is_found(tmp_path: Path) -> None:
    with closing(SqliteJournal(tmp_path / "journal")) as journal:
        for number in range(8):
            mail = replace(ANNOUNCEMENT, message_id=f"<{number}@b>")
            journal.record(mail, Outcome.INTENDED, AT)
            journal.record(mail, Outcome.ACCEPTED, LATER, "found")
        journal.end(journal.begin("site", "/srv/www", AT), LATER)
    whole, right = (tmp_path / "journal").read_bytes(), told(tmp_path / "journal")
    dice = random.Random(1)
    found = 0

    for number in range(80):
        file = tmp_path / f"journal{number}"
        data = bytearray(whole)
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        file.write_bytes(data)
        if (said := told(file)) != right:
            assert "damaged" in said or "newer version" in said
            # It is left as it is.
            assert file.read_bytes() == data
            found += 1

    assert found > 4


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE record SET outcome = 'refused' WHERE number = 2",
        "UPDATE record SET message_id = '<x@b>'",
        "UPDATE record SET number = 3 WHERE number = 2",
        "DELETE FROM record WHERE number = 1",
        "UPDATE act SET ended = NULL",
        "UPDATE act SET seal = ''",
        "UPDATE record SET detail = CAST(x'ff' AS TEXT)",
        "DROP TABLE act",
        "PRAGMA user_version = 2",
        "PRAGMA user_version = 0",
    ],
)
def test_what_is_not_as_it_was_written_is_told(change: str, tmp_path: Path) -> None:
    file = tmp_path / "journal"
    with closing(SqliteJournal(file)) as journal:
        journal.record(ANNOUNCEMENT, Outcome.INTENDED, AT)
        journal.record(ANNOUNCEMENT, Outcome.ACCEPTED, LATER)
        journal.end(journal.begin("site", "/srv/www", AT), LATER)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(change)

    with pytest.raises(OperatorError, match=r"is damaged .*: nothing is sent with it"):
        SqliteJournal(file)


def test_a_folder_in_its_place_is_not_taken_away(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()

    with pytest.raises(WorldError, match="nothing is sent"):
        SqliteJournal(tmp_path / "journal")
    assert (tmp_path / "journal").is_dir()


def test_of_a_journal_that_was_not_marked_yet_the_advice_is_right(
    tmp_path: Path,
) -> None:
    file = tmp_path / "journal.sqlite"
    with closing(sqlite3.connect(file)) as database:
        for statement in STEPS[0]:
            database.execute(statement)
        row = "(1, '<a@b>', 'accepted', '2026-11-01T00:00:00+00:00', 'A', 1, 'ja', 'l')"
        database.execute(f"INSERT INTO record VALUES {row}")
        database.execute("PRAGMA user_version = 1")
        database.commit()
    marks = Marks("ours")

    with pytest.raises(ForeignError, match=r"an earlier version .*publisher adopt"):
        SqliteJournal(file, marks)
    SqliteJournal(file, marks, adopt=True).close()
    with closing(SqliteJournal(file, marks)) as opened:
        assert opened.outcomes() == {"<a@b>": Outcome.ACCEPTED}


def test_a_journal_of_a_newer_program_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA user_version = 99")

    with pytest.raises(OperatorError, match="newer version"):
        SqliteJournal(file)


def test_how_long_a_mail_took_can_be_read_back(journal: SqliteJournal) -> None:
    journal.record(ANNOUNCEMENT, Outcome.INTENDED, AT)
    journal.record(ANNOUNCEMENT, Outcome.DELIVERED, LATER, seconds=1.25)

    assert [each.seconds for each in journal.records("<a@b>")] == [None, 1.25]


def test_the_mails_of_the_last_days_are_told_with_all_that_was_known_of_them(
    journal: SqliteJournal,
) -> None:
    old = replace(ANNOUNCEMENT, message_id="<old@b>")
    journal.record(old, Outcome.ACCEPTED, AT - timedelta(days=9))
    journal.record(ANNOUNCEMENT, Outcome.INTENDED, AT - timedelta(days=8))
    # Of another zone, whose texts sort otherwise.
    zone = timezone(timedelta(hours=-11))
    journal.record(ANNOUNCEMENT, Outcome.ACCEPTED, AT.astimezone(zone))

    recent = journal.recent(AT - timedelta(seconds=1))

    assert {name: [each.outcome for each in recent[name]] for name in recent} == {
        "<a@b>": [Outcome.INTENDED, Outcome.ACCEPTED]
    }
    assert journal.recent(LATER) == {}
