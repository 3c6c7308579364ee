from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from publisher.adapters import lock
from publisher.errors import OperatorError, WorldError

HOLD = """
import sys, time
from pathlib import Path
from publisher.adapters import lock
with lock.held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_process_is_told_who_works(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdout=subprocess.PIPE
    ) as other:
        try:
            assert other.stdout is not None
            other.stdout.readline()

            with (
                pytest.raises(OperatorError, match=rf"process {other.pid}\)"),
                lock.held(file),
            ):
                pytest.fail("two processes hold it")
        finally:
            other.kill()

    # Whoever was killed holds nothing.
    with lock.held(file):
        pass


def test_it_can_be_held_again_after_an_error(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with pytest.raises(ValueError, match="inside"), lock.held(file):
        raise ValueError("inside")

    with lock.held(file):
        assert file.read_text().strip().isdigit()


def test_a_lock_that_cannot_be_made_is_an_error_that_says_so(tmp_path: Path) -> None:
    with (
        pytest.raises(WorldError, match="cannot be written: No such file"),
        lock.held(tmp_path / "nowhere" / "lock"),
    ):
        pass


@pytest.mark.parametrize("text", ["", "\0\0", "-1", "0", "9" * 40, "\x1b[2J", "x"])
def test_whatever_stands_in_it_it_can_be_held_and_asked(
    text: str, tmp_path: Path
) -> None:
    file = tmp_path / "lock"
    file.write_text(text)

    assert not lock.is_held(file)
    with lock.held(file):
        assert lock.is_held(file)


def test_a_folder_in_its_place_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()

    with lock.held(tmp_path / "lock"):
        assert lock.is_held(tmp_path / "lock")
