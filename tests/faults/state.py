"""Faults of what a clone knows: bytes that flip, and power that is cut."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.crashes import Inject
from tests.faults.judge import Verdict, settled
from tests.faults.world import Desk, World

FILES = (
    "cache.sqlite",
    "cache.sqlite-wal",
    "cache.sqlite-shm",
    "journal.sqlite",
    "journal.sqlite-journal",
    "site-written",
    "lock",
    "acts.log",
    "gnupg/*/ring.kbx",
    "gnupg/*/sum",
    "gnupg/*/random_seed",
)
"""All that lies below `.publisher/`."""
_HARM = ("one byte", "a page", "half", "nothing left", "a folder")
_MEGABYTES = 40


def flipped(world: World, number: int) -> Verdict | None:
    """Damage a file of the local state in the middle of a release, or after one."""
    dice = random.Random(number)
    name, harm = FILES[number % len(FILES)], _HARM[dice.randrange(len(_HARM))]
    points = world.points
    desk = world.desk()
    # A run that was killed leaves more files than one that ended.
    at = points[len(points) * (2 + number % 7) // 9] if number % 4 else 0
    first = desk.publish(at=at, act="kill")
    found = sorted((desk.root / ".publisher").glob(name))
    if not found:
        return None
    _damage(found[0], harm, dice)
    told = f"{name}: {harm}, {first.fault or 'after a release'}"
    ran = desk.publish()
    if "journal" in ran.output and "damaged" in ran.output:
        _set_aside(desk)
        ran = desk.publish()
    return settled(world, desk, "flipped", ran, told)


def _damage(file: Path, harm: str, dice: random.Random) -> None:
    data = bytearray(file.read_bytes())
    size = len(data)
    if harm == "one byte" and size:
        data[dice.randrange(size)] ^= 1 << dice.randrange(8)
    elif harm == "a page":
        start = dice.randrange(max(1, size // 4096)) * 4096
        data[start : start + 4096] = dice.randbytes(len(data[start : start + 4096]))
    elif harm == "half":
        del data[size // 2 :]
    else:
        data.clear()
    if harm == "a folder" and "journal" not in file.name:
        file.unlink()
        (file / "in the way").mkdir(parents=True)
        return
    file.write_bytes(data)


def _set_aside(desk: Desk) -> None:
    """Do what docs/operating.md says of a journal that is damaged."""
    for file in (desk.root / ".publisher").glob("journal.sqlite*"):
        if file.is_file():
            file.rename(file.with_name(f"{file.name}.damaged"))


def power(act: str) -> Inject:
    """Return what kills a run, and with it all that was not on the disk.

    The project and its site are on a file system of their own. When the program is
    killed, the block device under it is copied: what was written and not synced is not
    in the copy, which is mounted in its place.
    """

    def inject(world: World, number: int) -> Verdict | None:
        with _disk(world.folder / "desks", world.folder / f"disk{number}") as disk:
            points = world.points if act == "warm" else range(1, 200)
            desk = world.desk(warm=act == "warm")
            disk.sync()
            share = len(points) * number // SHARES
            if share >= len(points):
                return None
            ran = desk.publish(at=points[share], act="kill")
            if not ran.fault:
                return None
            disk.cut()
            return settled(world, desk, "power", ran)

    return inject


SHARES = 40
"""Of all points of a release, so many are tried."""


@cache
def may_mount() -> bool:
    """Tell whether this account can mount a file system of its own."""
    with TemporaryDirectory() as folder:
        place = Path(folder, "place")
        try:
            with _disk(place, Path(folder, "image")):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


class _Disk:
    """A file system in a file, mounted in a folder."""

    def __init__(self, place: Path, image: Path) -> None:
        self.place = place
        self._image = image
        self._number = 0

    def mount(self) -> None:
        # Nothing is written of itself within a run, nor for the sake of a rename.
        options = "loop,commit=300,noauto_da_alloc"
        _do("mount", "-t", "ext4", "-o", options, str(self._image), str(self.place))

    def sync(self) -> None:
        _do("sync", "--file-system", str(self.place))

    def cut(self) -> None:
        """Lose all that the block device does not have."""
        self._number += 1
        copy = self._image.with_suffix(f".{self._number}")
        _do("cp", "--sparse=always", str(self._image), str(copy))
        _do("umount", "--lazy", str(self.place))
        self._image.unlink()
        self._image = copy
        self.mount()

    def end(self) -> None:
        _do("umount", "--lazy", str(self.place))
        self._image.unlink()


@contextmanager
def _disk(place: Path, image: Path) -> Iterator[_Disk]:
    place.mkdir(exist_ok=True)
    with image.open("wb") as file:
        file.truncate(_MEGABYTES * 2**20)
    _do("mkfs.ext4", "-q", "-F", str(image))
    disk = _Disk(place, image)
    disk.mount()
    try:
        with suppress(FileNotFoundError):
            (place / "lost+found").rmdir()
        yield disk
    finally:
        disk.end()


def _do(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True)
