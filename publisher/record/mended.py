"""A record that hangs together again, out of what git has of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from publisher.errors import RecordError
from publisher.record.chain import Record

_LINE = re.compile(rb"\{[^{]*\}")
_SHORT = 12
"""Digits of a commit's name; git finds it by them."""


@dataclass(frozen=True, slots=True)
class Version:
    """The record's files in a commit, and in those that it joined."""

    commit: str
    files: Mapping[str, bytes]
    sides: Sequence[Mapping[str, bytes]] = ()
    """What its parents had, if it is a merge."""


def union(*sides: bytes) -> bytes:
    """Return the lines of all that look like entries, each once.

    It is what the command of `remedy` does, byte for byte in the C locale.
    """
    lines = {
        line
        for side in sides
        for line in side.replace(b"\r", b"").split(b"\n")
        if _LINE.fullmatch(line)
    }
    return b"".join(line + b"\n" for line in sorted(lines))


def remedy(files: Mapping[str, bytes], versions: Iterator[Version]) -> str:
    """Return commands that make a broken record whole, tried out; empty: none does.

    `files` is the record as it is, `versions` what git has of it, the newest first. A
    merge is done again with the lines of both sides; else the newest whole version
    is brought back.
    """
    for each in versions:
        short = each.commit[:_SHORT]
        if each.sides:
            if commands := _joined(files, each):
                told = "\n".join(f"    {command}" for command in commands)
                return (
                    f"the merge {short} lost it; this joins both sides again:\n{told}"
                )
        elif _holds({**files, **each.files}):
            return (
                f"commit {short} has it whole; this brings it back, and `publisher "
                "sign` records what was signed since:\n"
                f"    git checkout {short} -- record"
            )
    return ""


def _joined(files: Mapping[str, bytes], version: Version) -> list[str]:
    """Return the commands that join the sides of a merge; none if that is no help."""
    made = {
        name: union(*(side.get(name, b"") for side in version.sides))
        for name in sorted({name for side in version.sides for name in side})
    }
    if not _holds({**files, **made}):
        return []
    return [
        _command(name, version)
        for name, data in made.items()
        if data != files.get(name)
    ]


def _command(name: str, version: Version) -> str:
    shown = " ".join(
        f"{version.commit[:_SHORT]}^{number}:./{name}"
        for number, side in enumerate(version.sides, start=1)
        if name in side
    )
    return (
        f"git show {shown} | tr -d '\\r' | grep -x '{{[^{{]*}}' | sort -u > {name}.new "
        f"&& mv {name}.new {name}"
    )


def _holds(files: Mapping[str, bytes]) -> bool:
    try:
        Record.parse(files)
    except RecordError:
        return False
    return True
