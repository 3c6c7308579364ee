"""Faults of the programs that are run: gpg that lies, hangs or ends by half; rsync."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from publisher.model.settings import BucketTarget
from tests import s3store
from tests.faults.crashes import Inject
from tests.faults.judge import Verdict, settled
from tests.faults.world import World

_WRAPPED = """\
#!/bin/sh
number=$(( $(cat "$0.count" 2>/dev/null || echo 0) + 1 ))
echo $number > "$0.count"
[ $number = "$FAULTS_AT" ] || exec "$FAULTS_REAL" "$@"
echo "$*" > "$0.hit"
{way}
"""
WAYS: Mapping[str, str] = {
    "says nothing": "exit 0",
    "fails": "exit 2",
    "is killed": "kill -9 $$",
    "ends by half": '"$FAULTS_REAL" "$@" > "$0.out" 2> "$0.err"\n'
    'head -c $(( $(wc -c < "$0.out") / 2 )) "$0.out"\n'
    'head -c $(( $(wc -c < "$0.err") / 2 )) "$0.err" >&2\n'
    "exit 0",
    "talks nonsense": "head -c 20000 /dev/urandom; head -c 2000 /dev/urandom >&2",
    "calls good bad": '"$FAULTS_REAL" "$@" | sed "s/GOODSIG/BADSIG/"',
    "tells of other files": '"$FAULTS_REAL" "$@" | sed "s/[0-9].asc/9.asc/"',
}
"""What gpg does in place of its work, once."""
_HANGS = 'sleep 1000 & echo $! >> "$0.left"; echo $$ >> "$0.left"; wait'
_PATIENCE = 2.0
_SSH = """\
#!/bin/sh
number=$(( $(cat "$0.count" 2>/dev/null || echo 0) + 1 ))
echo $number > "$0.count"
while [ "$1" = -o ]; do shift 2; done
shift
[ $number = "$FAULTS_AT" ] || exec sh -c "$*"
echo "$*" > "$0.hit"
{way}
"""
LINES: Mapping[str, str] = {
    "is refused": "exit 255",
    "breaks": 'head -c 3000 | sh -c "$*"; exit 255',
    "hangs": "exec sleep 1000",
    "kills publish": 'kill -9 $(cut -d" " -f4 /proc/$PPID/stat); exec sh -c "$*"',
}
"""What the connection of this number does."""


def gpg(world: World, number: int) -> Verdict | None:
    """Have gpg fail in one of the ways at one of its calls."""
    call, way = divmod(number - 1, len(WAYS))
    name = [*WAYS][way]
    return _wrapped(world, call + 1, f"gpg {name}", WAYS[name])


def hung(world: World, number: int) -> Verdict | None:
    """Have gpg hang at one of its calls."""
    return _wrapped(world, number, "gpg hangs", _HANGS)


def _wrapped(world: World, call: int, what: str, way: str) -> Verdict | None:
    desk = world.desk()
    script = desk.root.parent / f"{desk.root.name}.bin" / "gpg"
    script.parent.mkdir()
    _write(script, _WRAPPED.format(way=way))
    ran = desk.publish(
        environment={
            "PATH": f"{script.parent}{os.pathsep}{os.environ['PATH']}",
            "FAULTS_AT": str(call),
            "FAULTS_REAL": shutil.which("gpg") or "",
        },
        patience=_PATIENCE,
    )
    hit = script.with_name("gpg.hit")
    if not hit.exists():
        return None
    verdict = settled(world, desk, "gpg", ran, f"{what} at call {call}")
    _require_ended(script.with_name("gpg.left"), verdict)
    return verdict


def _require_ended(left: Path, verdict: Verdict) -> None:
    """See that nothing goes on of what hung."""
    for pid in left.read_text().split() if left.exists() else ():
        state = Path("/proc", pid, "stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z":
            verdict.wrong = True
            verdict.problems.append(f"process {pid} goes on")


def command(world: World, number: int) -> Verdict | None:
    """Have the command that puts the site up hang, after a part of it is up."""
    desk = world.desk(deploy="command = []")
    live, mark = desk.live / "current", desk.root.parent / f"{desk.root.name}.mark"
    script = mark.with_suffix(".sh")
    _write(
        script,
        f"#!/bin/sh\nset -e\nmkdir -p {live}\n"
        f"if [ ! -e {mark} ]; then touch {mark}; "
        f"cp -r {desk.root}/site/{'aej'[number % 3]}* {live}/; sleep 1000; fi\n"
        f"cp -r {desk.root}/site/. {live}/\n",
    )
    file = desk.root / "publisher.toml"
    words = json.dumps([str(script)])
    file.write_text(file.read_text().replace("command = []", f"command = {words}"))
    ran = desk.publish(patience=_PATIENCE)
    return settled(world, desk, "hung command", ran, f"hangs, {number}")


def line(world: World, number: int) -> Verdict | None:
    """Put the site up by rsync, over a line that fails at one of its connections."""
    connection, way = divmod(number - 1, len(LINES))
    name = [*LINES][way]
    script = world.folder / f"ssh-{number}"
    _write(script, _SSH.format(way=LINES[name]))
    desk = world.desk(
        deploy=f'rsync = "web:LIVE/current"\nssh = ["{script}"]',
    )
    ran = desk.publish(
        environment={"FAULTS_AT": str(connection + 1)}, patience=_PATIENCE
    )
    if not script.with_name(f"{script.name}.hit").exists():
        return None
    return settled(world, desk, "rsync", ran, f"connection {connection + 1} {name}")


def bucket(how: str) -> Inject:
    """Return what puts the site up in a bucket; the store or the program is stopped."""

    def inject(world: World, number: int) -> Verdict | None:
        server = world.store
        settings = server.bucket(f"site{next(world.numbers)}")
        desk = world.desk(
            deploy=f'bucket = "{settings.bucket}"\nendpoint = "{server.endpoint}"\n'
            f'access_key = "{settings.access_key}"\n'
            'secret = { env = "FAULTS_BUCKET_SECRET" }',
        )
        desk.live.mkdir()
        (desk.live / "current").symlink_to(server.folder / "data" / settings.bucket)
        if how == "kill":
            ran = desk.publish(at=number, act="kill", patience=_PATIENCE)
            if not ran.fault:
                return None
            return settled(world, desk, "bucket", ran)
        with _stopping(server, settings, 25 * (number - 1)):
            ran = desk.publish(patience=_PATIENCE)
        told = f"the store stops when it has {25 * (number - 1)} objects"
        return settled(world, desk, "bucket", ran, told)

    return inject


@contextmanager
def _stopping(
    server: s3store.Server, settings: BucketTarget, most: int
) -> Iterator[None]:
    """Stop the store once it has so many objects; it is there again afterwards."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.01):
            names = (server.folder / "data" / settings.bucket).rglob("*.*")
            if sum(1 for _ in names) >= most:
                server.stop()
                return

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        server.stop()
        server.start()


def _write(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o755)
