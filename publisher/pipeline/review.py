"""Four eyes: whoever signs a text is not who wrote it.

- Written is the last change of its source, and each line that the last signed revision
  did not have. Unless the last change was reviewed by somebody else than who signs, and
  says so (`Reviewed-by:`): then the lines before it were seen by two.

- The source of a text is its own file: for a translation that of the translation. The
  original is another person's work; its own text is held to the same rule, and no
  translation is published unless that one is signed.
- The signer is known by the user ids of the keys that sign, and by what git knows of
  whoever runs the program. The author and the co-authors are known by the commit.
  Mail addresses are compared without regard to case, and with all that `.mailmap` says
  of them, so an entry there can only forbid more. Those that a forge made up are held
  against names as well (`publisher.model.people`).
- What is signed must be what is committed, byte for byte.
- A text that is signed once more is held to the author of the source that it was made
  from, which may be an earlier one.

It guards against haste, not against forgery: git believes whatever name it is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.errors import OperatorError, TrustError
from publisher.imprint import imprint
from publisher.model import unsigned
from publisher.model.unsigned import Reason, Unsigned

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from publisher.model.chain import ToSign
    from publisher.model.keys import KeyState
    from publisher.ports import Change, History, Person

_LATER = re.compile(r"\.[0-9]+\.asc")
"""How the name of a file ends that holds a later signature."""
_READ = (
    "or have whoever made the last change say that they read all of it "
    "(`git commit --amend --trailer 'Reviewed-by: NAME <ADDRESS>'`), "
)
_OFF = "or set `review.other_person = false` in publisher.toml"


def signers(history: History, keys: Iterable[KeyState]) -> tuple[Person, ...]:
    """Return the owners of keys, as their user ids name them."""
    return tuple(
        history.person(f"key {key.fingerprint}", key.addresses, key.names)
        for key in keys
    )


def require_other_person(
    history: History, texts: Iterable[tuple[ToSign, Sequence[Person]]]
) -> None:
    """Raise TrustError for all texts that their signers may not sign.

    With each text come those who sign it.
    """
    _, found = parted(history, texts)
    if found:
        raise TrustError(unsigned.lines(found))


def parted(
    history: History, texts: Iterable[tuple[ToSign, Sequence[Person]]]
) -> tuple[list[ToSign], tuple[Unsigned, ...]]:
    """Return the texts that their signers may sign, and what is against the others.

    A text that is no advisory's has no author.
    """
    good: list[ToSign] = []
    doubts: list[Unsigned] = []
    for to_sign, people in texts:
        found = [*_doubts(history, to_sign, people)] if to_sign.key else []
        if found:
            doubts += found
        else:
            good.append(to_sign)
    return good, tuple(doubts)


def _doubts(
    history: History, to_sign: ToSign, people: Sequence[Person]
) -> Iterable[Unsigned]:
    if not any(person.addresses for person in people):
        what = (
            "who signs is not known: neither the key's user ids nor git name a mail "
            f"address: run `git config user.email ADDRESS`, {_OFF}"
        )
        yield Unsigned.of(to_sign.key, Reason.UNKNOWN_SIGNER, what)
        return
    try:
        path, last, before = _changes(history, to_sign)
        its = _About(to_sign, path, people)
        found = [*_against(its, last.commit, "its last change", last.authors)]
        # What is signed once more was held to the rule when it was signed first.
        if not (found or _is_again(to_sign) or _was_read(last, people)):
            for commit, authors in history.wrote(last, before):
                found += _against(its, commit, "lines of it", authors)
    except OperatorError as error:
        yield Unsigned.of(to_sign.key, Reason.UNKNOWN_AUTHOR, str(error))
        return
    yield from found


@dataclass(frozen=True, slots=True)
class _About:
    """A text, its source, and who would sign it."""

    to_sign: ToSign
    path: PurePosixPath
    people: Sequence[Person]


def _against(
    its: _About, commit: str, what: str, authors: Iterable[Person]
) -> Iterable[Unsigned]:
    """Say of each author that they are among those who sign."""
    for author in authors:
        for person in its.people:
            if author.is_same(person):
                text = (
                    f"{its.path}: {author} wrote {what} (commit {commit[:10]}) and is "
                    f"who signs, as {person}: let somebody else of the team read and "
                    "sign it (with a key of their own, or `publisher sign --export`), "
                    f"{_READ if what.startswith('lines') else ''}{_OFF}"
                )
                facts = {
                    "path": str(its.path),
                    "commit": commit,
                    "author": str(author),
                    "signer": str(person),
                }
                yield Unsigned.of(its.to_sign.key, Reason.AUTHOR, text, **facts)


def _was_read(change: Change, people: Sequence[Person]) -> bool:
    """Tell whether somebody else than who signs reviewed what a change left."""
    return any(not any(map(reader.is_same, people)) for reader in change.readers)


def _is_again(to_sign: ToSign) -> bool:
    return _LATER.search(to_sign.path.name) is not None


def _changes(
    history: History, to_sign: ToSign
) -> tuple[PurePosixPath, Change, Change | None]:
    """Return the source of a text and the change that made it, or raise TrustError.

    Then comes the change that made what was signed last, if one is known.
    """
    try:
        name, digest = imprint(to_sign.text).sources[0]
    except ValueError as error:
        msg = f"{to_sign.title}: its source is not known: {error}"
        raise TrustError(msg) from error
    path = to_sign.path.parent / name
    changes = history.changes(path)
    again = _is_again(to_sign)
    for change in changes:
        if change.sha256 == digest:
            rest = changes if to_sign.since else ()
            before = (each for each in rest if each.sha256 == to_sign.since)
            return path, change, next(before, None)
        if not again:
            break
    msg = f"{path}: who wrote this is not known: it is not committed: commit it first"
    if again:
        msg = (
            f"{path}: who wrote what {to_sign.title} was made from is not known: no "
            f"commit holds it: bring all of the history, {_OFF}"
        )
    raise TrustError(msg)
