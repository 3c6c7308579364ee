"""Runs commands of the program, each in a process that is forked from this warm one.

What it reads and writes are lines of JSON: a command and its fault in, what became of
it out. Nothing has to be imported anew, so that hundreds of runs take minutes.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import select
import signal
import sys
import traceback
from typing import Any, NoReturn

import publisher
from tests.faults import clocks
from tests.faults.points import Points

_SKIPPED = ("publisher.mailman_plugin", "publisher.templates", "publisher.__main__")


def main() -> None:
    """Serve one command after the other."""
    for found in pkgutil.walk_packages(publisher.__path__, "publisher."):
        if not found.name.startswith(_SKIPPED):
            importlib.import_module(found.name)
    _say({"ready": True})
    for line in sys.stdin:
        _serve(json.loads(line))


def _serve(job: dict[str, Any]) -> None:
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _run(job, writing)
    os.close(writing)
    _say({"process": process})
    output, ended = b"", None
    # Not to the pipe's end: gpg's agent may keep it open.
    while ended is None:
        if select.select([reading], [], [], 0.01)[0]:
            output += os.read(reading, 1 << 16)
        done, status = os.waitpid(process, os.WNOHANG)
        ended = status if done else None
    while select.select([reading], [], [], 0)[0] and (more := os.read(reading, 65536)):
        output += more
    os.close(reading)
    code = os.waitstatus_to_exitcode(ended)
    _say({"code": code, "output": output.decode(errors="replace")})


def _run(job: dict[str, Any], writing: int) -> NoReturn:
    code = 70
    points = Points(0, "kill")
    try:
        null = os.open(os.devnull, os.O_RDONLY)
        for given, number in ((null, 0), (writing, 1), (writing, 2)):
            os.dup2(given, number)
        # Those of the parent are bound to what its pipes can do.
        sys.stdin, sys.stdout, sys.stderr = (
            open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            for number, mode in ((0, "r"), (1, "w"), (2, "w"))
        )
        os.environ.update(job["environment"])
        os.chdir(job["project"])
        sys.argv = ["publisher", *job["arguments"]]
        told = f"{job['told']}"

        def tell(number: int, what: str) -> None:
            fd = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.write(fd, f"{number} {what}".encode())
            os.close(fd)

        points.told = tell
        clocks.install(job.get("clock", []))
        clocks.hurry(job.get("patience", 0.0))
        points.install()
        points.at, points.act = job.get("at", 0), job.get("act", "kill")
        code = _command(points, tell)
    except BaseException:  # noqa: BLE001  (it is shown to the test)
        traceback.print_exc()
    finally:
        points.lift()
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            os._exit(code)
        finally:
            # Where that is somebody else's, and fails: never to be a second driver.
            os.kill(os.getpid(), signal.SIGKILL)


def _command(points: Points, tell: Any) -> int:
    from publisher.cli import main as run

    try:
        run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if points.act == "list":
            tell(points.count, json.dumps(points.all))
        return code
    return 0


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
