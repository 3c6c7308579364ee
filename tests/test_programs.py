"""Other programs end in time, and leave nothing behind."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from publisher import programs
from publisher.errors import ProgramError


def shell(script: str, **options: object) -> programs.Done:
    return programs.run(["sh", "-c", script], seconds=20, **options)  # type: ignore[arg-type]


def is_gone(process: int) -> bool:
    for _ in range(200):
        try:
            os.kill(process, 0)
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state.split()[0] == "Z":
            return True
        time.sleep(0.01)
    return False


def test_what_a_program_writes_comes_back_with_its_code(tmp_path: Path) -> None:
    done = shell("pwd; echo $WHO >&2; exit 3", folder=tmp_path, environment={
        "WHO": "Hanako", "PATH": os.environ["PATH"],
    })  # fmt: skip

    assert done == programs.Done(3, f"{tmp_path}\n".encode(), b"Hanako\n")


def test_much_goes_in_and_out_at_the_same_time() -> None:
    given = b"0123456789abcdef" * 2**17

    assert shell("cat; cat /dev/null >&2", given=given).output == given


def test_one_that_takes_nothing_of_what_it_is_given_is_judged_by_its_code() -> None:
    assert shell("exit 4", given=b"x" * 2**21).code == 4


def test_the_signal_that_ended_it_is_known() -> None:
    assert shell("kill -9 $$").code == -signal.SIGKILL


@pytest.mark.parametrize(
    "script",
    [
        "sleep 1000 & echo $! $$ > {pids}; sleep 1000",
        # All outputs closed: there is nothing to read that would tell.
        "sleep 1000 >&- 2>&- & echo $! $$ > {pids}; exec >&- 2>&-; sleep 1000",
        # One that is asked to end, and does not.
        "trap '' TERM INT; echo $$ $$ > {pids}; while :; do sleep 1; done",
    ],
)
def test_one_that_hangs_is_ended_with_all_that_it_started(
    script: str, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"

    with pytest.raises(ProgramError, match=r"'sh' did not end within 0\.3 s, and was"):
        programs.run(["sh", "-c", script.format(pids=pids)], seconds=0.3)

    assert [is_gone(int(each)) for each in pids.read_text().split()] == [True, True]


def test_what_a_program_leaves_in_the_background_ends_with_it(tmp_path: Path) -> None:
    pids = tmp_path / "pids"

    done = shell(f"sleep 1000 & echo $! > {pids}; echo ready")

    assert done.output == b"ready\n"
    assert is_gone(int(pids.read_text()))


def test_output_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "LIMIT", 2**20)

    with pytest.raises(ProgramError, match="'yes' writes more than 1 MiB"):
        programs.run(["yes"], seconds=20)


def test_a_program_that_is_not_there_is_told_as_the_system_does() -> None:
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        programs.run(["no-such-program"], seconds=1)


_KILLED = """\
import sys
from publisher import programs
programs.run(["sh", "-c", f"echo $$ > {sys.argv[1]}; sleep 1000"], seconds=1000)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_ends_when_this_program_does(number: int, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    root = str(Path(programs.__file__).parents[1])
    process = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(pids)],
        env={**os.environ, "PYTHONPATH": root},
        stderr=subprocess.DEVNULL,
        # Whoever runs the tests in the background has it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    while not (pids.exists() and pids.read_text()):
        assert process.poll() is None
        time.sleep(0.01)

    process.send_signal(number)
    process.wait()

    assert is_gone(int(pids.read_text()))


def test_a_command_of_the_operators_is_shown_or_captured(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    argv = ["sh", "-c", "echo out; echo err >&2; exit 2"]

    shown = programs.attended(argv, seconds=20, folder=tmp_path, captured=False)
    captured = programs.attended(argv, seconds=20, folder=tmp_path, captured=True)

    assert shown == programs.Done(2, b"", b"")
    assert captured == programs.Done(2, b"out\n", b"")
    assert capfd.readouterr() == ("out\n", "err\nerr\n")


_ASKS = """\
from pathlib import Path
from publisher import programs
argv = ["sh", "-c", "read word </dev/tty; echo got $word; exit 5"]
done = programs.attended(argv, seconds=20, folder=Path("/"), captured=False)
print("code", done.code, input("and you? "))
"""


def test_a_command_of_the_operators_may_ask_at_the_terminal() -> None:
    root = str(Path(programs.__file__).parents[1])
    process, terminal = pty.fork()
    if process == 0:
        os.environ["PYTHONPATH"] = root
        os.execv(sys.executable, [sys.executable, "-c", _ASKS])
    os.write(terminal, b"word\nme\n")
    said = b""
    try:
        while part := os.read(terminal, 1024):
            said += part
    except OSError:
        # The terminal's other end is closed.
        pass
    os.close(terminal)

    assert os.waitpid(process, 0)[1] == 0
    assert b"got word" in said
    assert b"code 5 me" in said
