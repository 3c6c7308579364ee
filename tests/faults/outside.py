"""Faults of what the program depends on: disk, list server, clock, web, mailbox."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.crashes import Inject
from tests.faults.judge import Verdict, settled
from tests.faults.world import World


def small_disk(world: World, number: int) -> Verdict | None:
    """Publish on a file system that is too small; then let it grow."""
    desk = world.desk()
    mount = [desk.root / "site", desk.root / ".publisher"][number % 2]
    size = 20 + 60 * (number // 2)
    if os.geteuid() != 0:
        # Nobody else may mount one.
        return None
    with _mounted(mount, size) as grow:
        ran = desk.publish()
        grow()
        return settled(world, desk, "small disk", ran, f"{size} KiB for {mount.name}")


@contextmanager
def _mounted(place: Path, size: int) -> Iterator[Callable[[], None]]:
    """Mount one with so many KiB of free space; give what makes it large."""
    aside = place.with_name(f"{place.name}.aside")
    place.mkdir(exist_ok=True, mode=0o700)
    place.rename(aside)
    place.mkdir(mode=0o700)

    def mount(options: str) -> None:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        subprocess.run(command, check=True, capture_output=True)

    mount("size=64m,mode=0700")
    shutil.copytree(aside, place, dirs_exist_ok=True)
    used = os.statvfs(place)
    full = (used.f_blocks - used.f_bfree) * used.f_bsize // 1024
    mount(f"remount,size={full + size}k")
    try:
        yield lambda: mount("remount,size=64m")
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def rest(fault: str, *, reached: bool, only: str = "") -> Inject:
    def inject(world: World, number: int) -> Verdict | None:
        desk = world.desk(timeout=2)
        world.proxy.only = only
        world.proxy.arm(fault, number, reached=reached)
        try:
            ran = desk.publish()
        finally:
            hit = world.proxy.hit
            world.proxy.arm()
        where = "after" if reached else "before"
        told = f"{fault} {where} {number}: {hit}"
        return settled(world, desk, "rest", ran, told) if hit else None

    return inject


_OFF = (-7200, 7200, -86400, 600, -600)
"""Seconds."""


def clock(world: World, number: int) -> Verdict | None:
    desk = world.desk()
    seconds = _OFF[number % len(_OFF)]
    after = number // len(_OFF) * 3
    ran = desk.publish(clock=[[after, seconds]])
    told = f"{seconds} s off after {after} looks"
    return settled(world, desk, "clock", ran, told)


def clock_and_kill(world: World, number: int) -> Verdict | None:
    desk = world.desk()
    seconds = _OFF[number % len(_OFF)]
    ran = desk.publish(clock=[[number % 11, seconds]], at=number)
    told = f"{seconds} s off, then killed at {ran.fault}"
    return settled(world, desk, "clock and kill", ran, told) if ran.fault else None


_HALF_WAY = """\
import pathlib, shutil, sys
site, live, mark = (pathlib.Path(each) for each in sys.argv[1:4])
files = sorted(file for file in site.rglob("*") if file.is_file())
part = int(sys.argv[4]) if not mark.exists() else 100
mark.touch()
for file in files[: len(files) * part // 100]:
    to = live / file.relative_to(site)
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, to)
sys.exit(part < 100)
"""


def deploy(world: World, number: int) -> Verdict | None:
    """Put the site up by a command that fails when it has done a part of it."""
    script = world.folder / "half_way.py"
    script.write_text(_HALF_WAY)
    part = number * 10 % 100
    desk = world.desk(deploy="command = []")
    live, mark = desk.live / "current", desk.root.parent / f"{desk.root.name}.mark"
    argv = [sys.executable, script, desk.root / "site", live, mark, part]
    file = desk.root / "publisher.toml"
    words = json.dumps([str(each) for each in argv])
    file.write_text(file.read_text().replace("command = []", f"command = {words}"))
    ran = desk.publish()
    return settled(world, desk, "deploy", ran, f"fails after {part} %")


def canary(world: World, number: int) -> Verdict | None:
    """Let the canary's mailbox be none that can be read, or none at all."""
    names = ["no-such-folder", "publisher.toml", "keys"]
    desk = world.desk()
    file = desk.root / "publisher.toml"
    right = file.read_text()
    wrong = re.sub(r"(?m)^maildir = .*$", f'maildir = "{names[number % 3]}"', right)
    file.write_text(wrong.replace("wait = 20\n\n[[", "wait = 1\n\n[["))
    ran = desk.publish()
    said = ran.code
    file.write_text(right)
    verdict = settled(world, desk, "canary", ran, names[number % 3])
    if said == 0:
        verdict.wrong = True
        verdict.problems.append("it said that all is well")
    return verdict
