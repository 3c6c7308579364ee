"""What `git blame --porcelain` says: which commit wrote each line of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEAD = re.compile(rb"([0-9a-f]{40}(?:[0-9a-f]{24})?) [0-9]+ [0-9]+(?: [0-9]+)?")
OPTIONS = ("-c", "blame.ignoreRevsFile=")
"""Settings that would let git blame somebody else."""


def arguments(name: str, commit: str, since: str) -> list[str]:
    """Return how to ask for the lines of a file that changed after `since`, if any.

    Blanks are not looked at: whoever laid a text out anew did not write it.
    """
    span = f"{since}..{commit}" if since else commit
    return [
        *OPTIONS, "blame", "--porcelain", "--root", "-w", "--no-textconv",
        "--encoding=none", span, "--", name,
    ]  # fmt: skip


def commits(output: bytes) -> list[str]:
    """Return the commits that wrote lines, each once; not those of earlier lines."""
    found: dict[str, bool] = {}
    for commit, is_earlier in _blocks(output):
        found[commit] = found.get(commit, False) or is_earlier
    return [commit for commit, is_earlier in found.items() if not is_earlier]


def _blocks(output: bytes) -> Iterator[tuple[str, bool]]:
    """Yield the commit of each line, and whether it says that it is an earlier one.

    It says so with the first of its lines only.
    """
    commit, is_earlier = "", False
    for line in output.split(b"\n"):
        if line.startswith(b"\t"):
            yield commit, is_earlier
            commit, is_earlier = "", False
        elif not commit and (head := _HEAD.fullmatch(line)):
            commit = head[1].decode()
        elif line == b"boundary":
            is_earlier = True
