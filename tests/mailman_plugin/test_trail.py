"""What is noted of a delivery that goes on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from publisher.mailman_plugin.trail import Trail


def test_what_was_noted_is_known_to_the_next_process(tmp_path: Path) -> None:
    trail = Trail(tmp_path / "trails" / "one")
    trail.begin()
    trail.note(["a@home.example", "b@home.example"])
    trail.note(["c@home.example"])

    again = Trail(tmp_path / "trails" / "one")

    assert again.taken == {"a@home.example", "b@home.example", "c@home.example"}
    trail.end()
    assert Trail(tmp_path / "trails" / "one").taken == set()


def test_half_a_line_is_not_believed(tmp_path: Path) -> None:
    file = tmp_path / "one"
    file.write_bytes(b"a@home.example\nb@home.exa")

    assert Trail(file).taken == {"a@home.example"}


def test_nobody_else_can_read_the_addresses(tmp_path: Path) -> None:
    trail = Trail(tmp_path / "trails" / "one")
    trail.begin()
    trail.close()

    assert (tmp_path / "trails" / "one").stat().st_mode & 0o077 == 0
    assert (tmp_path / "trails").stat().st_mode & 0o077 == 0


def test_what_was_given_up_a_week_ago_is_removed(tmp_path: Path) -> None:
    old = tmp_path / "trails" / "old"
    old.parent.mkdir()
    old.write_bytes(b"a@home.example\n")
    os.utime(old, (0, 0))

    trail = Trail(tmp_path / "trails" / "new")
    trail.begin()
    trail.end()

    assert list(old.parent.iterdir()) == []


def test_a_mail_goes_out_although_it_cannot_be_noted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "trails").write_bytes(b"a file, not a folder")
    trail = Trail(tmp_path / "trails" / "one")

    trail.begin()
    trail.note(["a@home.example"])

    assert "what is sent is not noted" in caplog.text
    assert trail.taken == set()
