"""A record that hangs together again, out of what git has of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from publisher.errors import RecordError
from publisher.record.chain import Record

_LINE = re.compile(rb"\{[^{]*\}")
_SHORT = 12
"""Digits of a commit's name; git finds it by them."""
_TRIED = 64 * 2**20
"""Bytes of records that are tried: nobody waits minutes for advice."""
_LOOK = "in the project's folder, and look at `git diff record` before it is committed"


@dataclass(frozen=True, slots=True)
class Version:
    """The record's files in a commit, and in those that it joined."""

    commit: str
    """Its name; empty: the merge that is under way."""
    files: Mapping[str, bytes]
    sides: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    """What its parents had, by their names, if it is a merge."""


def union(*sides: bytes) -> bytes:
    """Return the lines of all that look like entries, each once.

    It is what the command of `remedy` does, byte for byte.
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
    merge is done again with the lines of both sides, unless it has them all; else the
    newest whole version is brought back.
    """
    left = _TRIED
    for each in versions:
        joined = _joined(each)
        short = each.commit[:_SHORT]
        is_whole = short and _has(each.files, joined)
        if is_whole and _holds({**files, **each.files}):
            return (
                f"commit {short} has it whole; this brings it back, {_LOOK}, and "
                "`publisher sign` records what was signed since:\n"
                f"    git checkout {short} -- record"
            )
        if told := _commands(files, joined, each):
            what = f"the merge {short} lost it" if short else "a merge is under way"
            return f"{what}; this joins both sides, {_LOOK}:\n{told}"
        left -= sum(map(len, (*files.values(), *each.files.values(), *joined.values())))
        if left < 0:
            break
    return ""


def _joined(version: Version) -> dict[str, bytes]:
    """Return what a merge ought to have; nothing if it is none."""
    sides = version.sides.values()
    names = sorted({name for side in sides for name in side})
    return {name: union(*(side.get(name, b"") for side in sides)) for name in names}


def _has(files: Mapping[str, bytes], joined: Mapping[str, bytes]) -> bool:
    """Tell whether no line of `joined` is missing in `files`."""
    return all(
        set(data.split(b"\n")) <= {*files.get(name, b"").split(b"\n"), b""}
        for name, data in joined.items()
    )


def _commands(
    files: Mapping[str, bytes], joined: Mapping[str, bytes], version: Version
) -> str:
    """Return the commands that join the sides of a merge; empty if that is no help."""
    if not joined or not _holds({**files, **joined}):
        return ""
    return "\n".join(
        f"    {_command(name, version)}"
        for name, data in joined.items()
        if data != files.get(name)
    )


def _command(name: str, version: Version) -> str:
    # Git first: were it to fail in a pipe, the rest would write an empty record. And a
    # side's last line may have no end.
    shown = " && echo && ".join(
        f"git show --no-textconv {commit[:_SHORT]}:./{name}"
        for commit, side in version.sides.items()
        if name in side
    )
    return (
        f"({shown}) > {name}.new && "
        f"tr -d '\\r' < {name}.new | LC_ALL=C grep -ax '{{[^{{]*}}' | "
        f"LC_ALL=C sort -u -o {name} && rm {name}.new"
    )


def _holds(files: Mapping[str, bytes]) -> bool:
    try:
        Record.parse(files)
    except RecordError:
        return False
    return True
