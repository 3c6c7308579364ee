"""Faults by which a process dies: the program itself, or one of Mailman's."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from publisher.mailhost.maildir import Mailboxes
from tests.faults.judge import Verdict, settled
from tests.faults.world import World

Inject = Callable[[World, int], Verdict | None]
"""Injects the fault of a number into a release; None: there is no such place."""


def at_the_start(kind: str, act: str) -> Inject:
    """Return what injects a fault into the first run in a new clone."""

    def inject(world: World, number: int) -> Verdict | None:
        desk = world.desk(warm=False)
        ran = desk.publish(at=number, act=act)
        return settled(world, desk, kind, ran) if ran.fault else None

    return inject


def at_a_point(kind: str, act: str) -> Inject:
    """Return what injects a fault at one of the points that are worth it."""

    def inject(world: World, number: int) -> Verdict | None:
        points = world.points
        if number > len(points):
            return None
        desk = world.desk()
        ran = desk.publish(at=points[number - 1], act=act)
        return settled(world, desk, kind, ran) if ran.fault else None

    return inject


def runner(world: World, name: str) -> int:
    """Return the process id of one of Mailman's runners."""
    logs = world.host.settings.directory.rglob("*.log")
    text = "\n".join(file.read_text(errors="replace") for file in sorted(logs))
    return int(re.findall(rf"\((\d+)\) {name} runner started", text)[-1])


def runner_at_a_point(name: str) -> Inject:
    def inject(world: World, number: int) -> Verdict | None:
        _keep_restarting(world)
        desk = world.desk()
        armed, fired = world.watched / "armed", world.watched / "fired"
        fired.unlink(missing_ok=True)
        armed.write_text(json.dumps({"process": runner(world, name), "at": number}))
        ran = desk.publish()
        armed.unlink(missing_ok=True)
        if not fired.exists():
            return None
        return settled(world, desk, f"runner {name}", ran, fired.read_text()[:80])

    return inject


def _keep_restarting(world: World, most: int = 8) -> None:
    """Start Mailman anew before it gives a runner up: its master does after ten."""
    world.kills += 1
    if world.kills % most == 0:
        world.restart()


def between_answer_and_record(world: World, number: int) -> Verdict | None:
    """Kill the runner that sends when the MTA has stored a mail and not said so."""
    _keep_restarting(world)
    desk = world.desk()
    whole, count = Mailboxes.store, 0

    def store(boxes: Mailboxes, address: str, message: bytes, mark: str = "") -> Path:
        nonlocal count
        file = whole(boxes, address, message, mark)
        count += b"list-id:" in message.lower()
        if count == number:
            count += 1
            os.kill(runner(world, "out"), signal.SIGKILL)
            time.sleep(0.05)
        return file

    Mailboxes.store = store  # type: ignore[assignment,method-assign]
    try:
        ran = desk.publish()
        world.host.settle()
    finally:
        Mailboxes.store = whole  # type: ignore[method-assign]
    return settled(world, desk, "answer", ran, f"after copy {number}")


def master(world: World, number: int) -> Verdict | None:
    """Kill all of Mailman at a moment of the release, and start it again."""
    desk = world.desk()
    after = 0.05 * number
    pid = int((world.host.settings.directory / "master.pid").read_text())
    timer = threading.Timer(after, os.kill, (pid, signal.SIGKILL))
    timer.start()
    ran = desk.publish()
    timer.join()
    world.restart()
    return settled(world, desk, "mailman", ran, f"after {after:.2f} s")
