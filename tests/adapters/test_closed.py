from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from publisher.adapters import closed
from publisher.errors import WorldError


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    assert mode(closed.folder(tmp_path / "state")) == 0o700


def test_a_place_that_cannot_be_written_is_told_with_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(WorldError, match=r"state: cannot .*Read-only .*in a copy"):
        closed.folder(tmp_path / "state")


@pytest.mark.parametrize(
    ("before", "after"),
    [(0o755, 0o700), (0o770, 0o700), (0o701, 0o700), (0o500, 0o500)],
)
def test_a_folder_that_was_open_is_closed(
    tmp_path: Path, before: int, after: int
) -> None:
    tmp_path.chmod(before)

    assert mode(closed.folder(tmp_path)) == after

    tmp_path.chmod(0o700)


def test_a_folder_of_somebody_else_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o755)
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)

    assert mode(closed.folder(tmp_path)) == 0o755
