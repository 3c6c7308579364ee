"""Two operators who publish at once, from two clones of one repository."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from tests.faults.judge import RUNS, Verdict, judge
from tests.faults.warm import Driver, Ran
from tests.faults.world import Desk, World
from tests.mailman_plugin import hosts

_GIT = {
    "GIT_AUTHOR_NAME": "Hanako",
    "GIT_AUTHOR_EMAIL": "hanako@cert.example",
    "GIT_COMMITTER_NAME": "Hanako",
    "GIT_COMMITTER_EMAIL": "hanako@cert.example",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def race(
    world: World, delay: float, *, killed: int = -1, after: float = 0.0
) -> Verdict:
    """Let two clones with the same signed texts publish; `delay` is the second's.

    The one of number `killed` is killed `after` some seconds.
    """
    desk = world.desk()
    assert world.driver.run(desk.root, "sign", "--yes").code == 0
    first, second = _clones(desk, world.other)
    rans = _at_once((first, second), delay, killed, after)
    verdict = Verdict("race", f"delay {delay:.2f}, killed {killed} after {after:.2f}")
    for number, each in enumerate((first, second)):
        _finish(each, rans[number], verdict)
        judge(world, each, verdict)
    return verdict


def signed_by_both(world: World, delay: float) -> Verdict:
    """Let two clones sign the same revisions, each for itself, and publish them.

    Of each text one is mailed. Whoever has the other one is told so, takes the one that
    was mailed, and publishes again.
    """
    desk = world.desk()
    clones = _clones(desk, world.other)
    for each in clones:
        assert each.driver.run(each.root, "sign", "--yes").code == 0
        # Signatures tell the second in which they were made.
        time.sleep(1.1)
    rans = _at_once(clones, delay, -1, 0.0)
    verdict = Verdict("both sign", f"delay {delay:.2f}")
    if all(ran.code == 0 for ran in rans):
        verdict.wrong = True
        verdict.problems.append("both were told that all is well")
    _take_theirs(world, clones)
    for each in clones:
        _finish(each, each.publish(), verdict)
        judge(world, each, verdict)
    return verdict


def in_one_clone(world: World, number: int) -> Verdict | None:
    """Let a timer and an operator publish at once, in one clone."""
    dice = random.Random(number)
    desk = world.desk()
    other = Desk(desk.root, world.other, desk.advisories)
    delay, after = dice.random(), 2 * dice.random()
    killed = number % 3 - 1
    rans = _at_once((desk, other), delay, killed, after)
    verdict = Verdict("one clone", f"delay {delay:.2f}, killed {killed} {after:.2f}")
    for ran in rans:
        verdict.heard(ran)
    _finish(desk, rans[0] if rans[0].code else rans[1], verdict)
    judge(world, desk, verdict)
    return verdict


def _clones(desk: Desk, others: Driver) -> tuple[Desk, Desk]:
    _git(desk.root, "init", "--quiet")
    (desk.root / ".gitignore").write_text(".publisher/\nsite/\n")
    _git(desk.root, "add", ".")
    _git(desk.root, "commit", "--quiet", "--message", "Sign")
    made = []
    for name, driver in (("first", desk.driver), ("second", others)):
        root = desk.root.parent / f"{desk.root.name}-{name}"
        _git(desk.root, "clone", "--quiet", str(desk.root), str(root))
        shutil.copytree(desk.root / ".publisher" / "gnupg", root / ".publisher/gnupg")
        (root / ".publisher").chmod(0o700)
        made.append(_Clone(root, driver, desk.advisories, desk.live))
    return made[0], made[1]


class _Clone(Desk):
    """A clone; all clones put their site up in one place."""

    def __init__(
        self, root: Path, driver: Driver, advisories: Sequence[object], live: Path
    ) -> None:
        super().__init__(root, driver, advisories)  # type: ignore[arg-type]
        self._live = live

    @property
    def live(self) -> Path:
        return self._live


def _at_once(
    desks: Sequence[Desk], delay: float, killed: int, after: float
) -> list[Ran]:
    rans: dict[int, Ran] = {}

    def publish(number: int) -> None:
        time.sleep(delay * number)
        driver = desks[number].driver
        process = driver.start(desks[number].root, "publish", "--yes")
        limit = after if number == killed else 60.0
        timer = threading.Timer(limit, _kill, (process,))
        timer.start()
        rans[number] = driver.end()
        timer.cancel()

    threads = [threading.Thread(target=publish, args=(n,)) for n in range(len(desks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [rans[number] for number in range(len(desks))]


def _kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _finish(desk: Desk, ran: Ran, verdict: Verdict) -> None:
    runs = 0
    verdict.heard(ran)
    while ran.code != 0 and runs < RUNS:
        ran, runs = desk.publish(), runs + 1
        verdict.heard(ran)
    if ran.code != 0:
        verdict.stuck = True
        verdict.problems.append(ran.output[-600:])


def _take_theirs(world: World, clones: Sequence[Desk]) -> None:
    """Give each clone what was mailed, as `git pull` does."""
    posted = _posted(world, clones[0])
    for own, other in (clones, clones[::-1]):
        digests = {n: sha256((own.root / n).read_bytes()).hexdigest() for n in posted}
        if any(digest and digest != digests[n] for n, digest in posted.items()):
            for name in ("advisories", "record"):
                shutil.rmtree(own.root / name)
                shutil.copytree(other.root / name, own.root / name)
            return


def _posted(world: World, desk: Desk) -> Mapping[str, str]:
    """Return the digest of each text that was mailed, by the name of its file."""
    server = hosts.Server(world.host, world.key, plugin=True)
    found = {}
    for advisory in desk.advisories:
        for each in (hosts.JA, hosts.EN):
            place = f"{each.list_id}/{advisory}/{each.language}/2"
            told = server.rest.call(f"plugins/publisher/posts/{place}")[1]
            name = f"advisories/{advisory.year}/{advisory}/r2.{each.language}.txt.asc"
            found[name] = str(told.get("sha256", ""))
    return found


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**os.environ, **_GIT},
        check=True,
        capture_output=True,
    )


def at_once(world: World, number: int) -> Verdict | None:
    return race(world, random.Random(number).random())


def race_and_kill(world: World, number: int) -> Verdict | None:
    dice = random.Random(number)
    delay, after = dice.random(), 3 * dice.random()
    return race(world, delay, killed=number % 2, after=after)


def both_sign(world: World, number: int) -> Verdict | None:
    return signed_by_both(world, 1.5 * random.Random(number).random())
