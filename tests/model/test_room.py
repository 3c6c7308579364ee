from __future__ import annotations

import errno
import os
import sqlite3

import pytest

from publisher.model import room

_ADVICE = ": make room (`df -h`, `quota`), then run the same again"


def sqlites_own() -> str:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE entry (value)")
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError) as raised:
        database.execute("INSERT INTO entry VALUES (zeroblob(100000))")
    database.close()
    return str(raised.value)


@pytest.mark.parametrize(
    ("words", "called"),
    [
        (os.strerror(errno.ENOSPC), "the disk is full"),
        (os.strerror(errno.EDQUOT), "the disk quota is used up"),
        (sqlites_own(), "the disk is full"),
    ],
)
def test_a_full_disk_is_called_so_and_its_path_stays(words: str, called: str) -> None:
    told = room.named(f"site/en.html: cannot be written: {words}")

    assert told == f"site/en.html: cannot be written: {called} ({words}){_ADVICE}"


def test_the_words_of_gpg_and_git_are_known() -> None:
    gpg = "gpg did not sign with AB: No space left on device; see that it is there"
    git = "git could not say it: unable to write file: Disk quota exceeded"

    assert "the disk is full (No space left on device); see that" in room.named(gpg)
    assert "file: the disk quota is used up (Disk quota exceeded)" in room.named(git)


def test_what_is_about_something_else_stays_as_it_is() -> None:
    assert room.named("the list cannot be reached") == "the list cannot be reached"
