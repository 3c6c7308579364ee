"""What became of a release, as mailboxes, the public site and the journal show it."""

from __future__ import annotations

import re
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from publisher.ports import Outcome
from publisher.render import mail
from tests import s3store
from tests.faults.warm import Ran
from tests.faults.world import CANARY, READERS, Desk, World
from tests.mailman_plugin import hosts

RUNS = 3
"""How often `publish` is run again after a fault, at most."""
_PATIENCE = 15.0
"""Seconds in which a mail has to arrive; Mailman tries again after five."""
_ID = re.compile(
    rb"^message-id:[ \t]*(?:\n[ \t]+)?(<[^>]+>)", re.IGNORECASE | re.MULTILINE
)


@dataclass
class Verdict:
    """What there is to say after a fault, and after `publish` was run again."""

    kind: str
    fault: str
    lost: int = 0
    doubled: int = 0
    wrong: bool = False
    """Whether it reported success while something was missing or wrong."""
    repeated: int = 0
    """Mails that Mailman sent again, and that the MTA knew and dropped."""
    stuck: bool = False
    """Whether it never reported success."""
    raw: bool = False
    """Whether it ended with a trace where it should say what is wrong."""
    problems: list[str] = field(default_factory=list)
    runs: int = 0
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        counts = (self.lost, self.doubled, self.wrong, self.stuck, self.raw)
        return not any(counts)

    def heard(self, ran: Ran) -> None:
        """Take note of what a run said."""
        if "Traceback" in ran.output:
            self.raw = True
            self.problems.append(ran.output[-900:])

    def __str__(self) -> str:
        counts = f"lost {self.lost}, doubled {self.doubled}"
        wrong = f"wrong {self.wrong}, stuck {self.stuck}, raw {self.raw}"
        return f"{self.kind}: {self.fault}: {counts}, {wrong}: {self.problems}"


def settled(
    world: World, desk: Desk, kind: str, first: Ran, fault: str = ""
) -> Verdict:
    """Run `publish` again until it says that all is well, then look whether it is."""
    verdict = Verdict(kind, fault or first.fault or "not reached")
    ran, verdict.runs = first, 1
    verdict.heard(ran)
    while ran.code != 0 and verdict.runs <= RUNS:
        ran = desk.publish()
        verdict.runs += 1
        verdict.heard(ran)
    verdict.stuck = ran.code != 0
    if verdict.stuck:
        verdict.problems.append(ran.output[-600:])
    judge(world, desk, verdict)
    return verdict


def judge(world: World, desk: Desk, verdict: Verdict) -> None:
    """Count the mails and compare everything else."""
    counts = _counted(world, desk)
    verdict.repeated = world.take_repeated()
    verdict.lost = sum(number == 0 for number in counts.values())
    verdict.doubled = sum(max(0, number - 1) for number in counts.values())
    verdict.problems += [f"{k} came {n} times" for k, n in counts.items() if n != 1]
    found = [
        *_site(world, desk),
        *_journal(desk),
        *_leftovers(desk),
        *_damaged(world, desk),
    ]
    verdict.problems += found
    verdict.wrong = not verdict.stuck and bool(found or verdict.lost)


def _counted(world: World, desk: Desk) -> dict[tuple[str, str], int]:
    """Return how often each reader has each mail, once all is quiet."""
    wanted = {
        (reader, message_id): 0
        for reader in (*READERS, CANARY)
        for message_id in _message_ids(desk)
    }
    end = time.monotonic() + _PATIENCE
    while True:
        world.host.settle()
        counts = dict(wanted)
        for reader in (*READERS, CANARY):
            for found, number in Counter(_ids(world, reader)).items():
                if (reader, found) in counts:
                    counts[reader, found] = number
        if all(counts.values()) or time.monotonic() > end:
            return counts
        time.sleep(0.1)


def _message_ids(desk: Desk) -> list[str]:
    return [
        f"<{advisory}.r2.{each.language}.{each.name}@{each.domain}>"
        for advisory in desk.advisories
        for each in (hosts.JA, hosts.EN)
    ]


def _ids(world: World, reader: str) -> Iterator[str]:
    for file in sorted(world.host.mailbox(reader).glob("new/*")):
        with file.open("rb") as stream:
            found = _ID.search(stream.read(4096))
        if found:
            yield found[1].decode()


def _damaged(world: World, desk: Desk) -> list[str]:
    """Compare what a reader has with what is signed, byte for byte."""
    texts = {
        f"<{advisory}.r2.{each.language}.{each.name}@{each.domain}>": desk.root
        / f"advisories/{advisory.year}/{advisory}/r2.{each.language}.txt.asc"
        for advisory in desk.advisories
        for each in (hosts.JA, hosts.EN)
    }
    bad = []
    for file in world.host.mailbox(READERS[0]).glob("new/*"):
        data = file.read_bytes()
        found = _ID.search(data[:4096])
        signed = texts.get(found[1].decode()) if found else None
        if signed and (not signed.exists() or mail.body(data) != signed.read_bytes()):
            bad.append(f"{signed.name}: what was mailed is not what is signed")
    return bad


def _site(world: World, desk: Desk) -> list[str]:
    """Compare the site, and what the public sees, with a clean build."""
    clean = desk.root.parent / f"{desk.root.name}.clean"
    clean.mkdir()
    for name in ("advisories", "record", "keys"):
        if (desk.root / name).exists():
            shutil.copytree(desk.root / name, clean / name)
    for name in ("publisher.toml", "security.txt"):
        if (desk.root / name).exists():
            shutil.copy(desk.root / name, clean / name)
    shutil.copytree(world.folder / "warm" / "gnupg", clean / ".publisher" / "gnupg")
    done = world.driver.run(clean, "build")
    if done.code != 0:
        return [f"a clean build fails: {done.output[-300:]}"]
    expected = _digests(clean / "site")
    places = {"the site": desk.root / "site", "the public": desk.live / "current"}
    return [
        f"{name} differs from a clean build: {_unlike(expected, found)}"
        for name, place in places.items()
        if place.exists() and (found := _digests(place)) != expected
    ]


def _unlike(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Return the first names under which two folders hold different things."""
    return sorted({name for name, _ in one.items() ^ other.items()})[:4]


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        # What the store was writing when it was killed is no object of ours.
        if file.is_file() and not file.name.startswith(s3store.UNFINISHED)
    }


def _journal(desk: Desk) -> list[str]:
    file = desk.root / ".publisher" / "journal.sqlite"
    query = "SELECT message_id, outcome FROM record ORDER BY number"
    last = {}
    with closing(sqlite3.connect(file)) as database, suppress(sqlite3.OperationalError):
        last = dict(database.execute(query).fetchall())
    known = {name for name, each in last.items() if Outcome(each).posted}
    return [
        f"the journal has {last.get(name)} of {name}"
        for name in _message_ids(desk)
        if name not in known
    ]


def _leftovers(desk: Desk) -> list[str]:
    """Return what a killed run left among the files that git and the public get."""
    return [
        f"left behind: {file.relative_to(desk.root)}"
        for name in ("advisories", "record", "site")
        for file in (desk.root / name).rglob(".*")
        if file.name != ".well-known"
    ]
