"""Whom the message of a commit names: who wrote with its author, and who read it.

- `Co-authored-by: Name <address>` and its like, at the beginning of a line or indented:
  GitHub and Gitea write them below the message of a squash merge, GitLab where
  its template says `%{co_authored_by}`, and what lists the messages of all commits
  indents them.
- What `git merge --squash` proposes: the commits that it joined, with their authors.
- `Reviewed-by:` and `Approved-by:`, as Gitea and GitLab write them.

`Signed-off-by:`, `Merged-by:` and `Co-committed-by:` say who passed something on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = r"^[ \t]*(?:{})-by:(.*)"
_FLAGS = re.IGNORECASE | re.MULTILINE
_WROTE = re.compile(
    _FORM.format("co-authored|co-developed|authored|written|translated"), _FLAGS
)
_READ = re.compile(_FORM.format("reviewed|approved"), _FLAGS)
_SQUASHED = re.compile(r"^Squashed commit of the following:$", re.MULTILINE)
_COMMIT = re.compile(r"^commit ([0-9a-f]{40}(?:[0-9a-f]{24})?)$", re.MULTILINE)
_AUTHOR = re.compile(r"^Author:(.*)", re.MULTILINE)
_IDENT = re.compile(r"(.*)<([^<>]*)>[^<>]*")


@dataclass(frozen=True, slots=True)
class Named:
    """Name and address of each; None for one without an address."""

    writers: tuple[tuple[str, str] | None, ...]
    readers: tuple[tuple[str, str] | None, ...]
    tip: str
    """The newest of the commits that `git merge --squash` made this one of, by its
    name; empty if it did not, or did not say so."""


def named(message: str) -> Named:
    """Read the message of a commit."""
    start = _SQUASHED.search(message)
    listed = message[start.end() :] if start else ""
    # The newest stands first.
    tip = _COMMIT.search(listed)
    wrote = _WROTE.findall(message) + (_AUTHOR.findall(listed) if tip else [])
    return Named(
        tuple(map(ident, wrote)),
        tuple(map(ident, _READ.findall(message))),
        tip[1] if tip else "",
    )


def ident(text: str) -> tuple[str, str] | None:
    """Take `Name <address>` apart; None if it is nothing of the kind."""
    match = _IDENT.fullmatch(text.strip())
    return (match[1].strip(), match[2].strip()) if match and match[2].strip() else None
