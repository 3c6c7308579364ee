"""Four eyes: whoever signs a text is not who wrote the last change of its source.

- The source of a text is its own file: for a translation that of the translation. The
  original is another person's work; its own text is held to the same rule, and no
  translation is published unless that one is signed.
- The signer is known by the mail addresses in the user ids of the keys that sign, and
  by what git knows of whoever runs the program. The author and the co-authors are known
  by the commit. Addresses are compared without regard to case, and with all that
  `.mailmap` says of them, so an entry there can only forbid more.
- What is signed must be what is committed, byte for byte.
- A text that is signed once more is held to the author of the source that it was made
  from, which may be an earlier one.

It guards against haste, not against forgery: git believes whatever name it is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from publisher.errors import OperatorError, TrustError
from publisher.imprint import imprint

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from publisher.model.chain import ToSign
    from publisher.model.keys import KeyState
    from publisher.ports import Change, History, Person

_LATER = re.compile(r"\.[0-9]+\.asc")
"""How the name of a file ends that holds a later signature."""
_OFF = "or set `review.other_person = false` in publisher.toml"


def signers(history: History, keys: Iterable[KeyState]) -> tuple[Person, ...]:
    """Return the owners of keys, as their user ids name them."""
    return tuple(
        history.person(f"key {key.fingerprint}", key.addresses) for key in keys
    )


def require_other_person(
    history: History, texts: Iterable[tuple[ToSign, Sequence[Person]]]
) -> None:
    """Raise TrustError for all texts that their signers may not sign.

    With each text come those who sign it.
    """
    _, found = parted(history, texts)
    if found:
        raise TrustError("\n".join(found))


def parted(
    history: History, texts: Iterable[tuple[ToSign, Sequence[Person]]]
) -> tuple[list[ToSign], tuple[str, ...]]:
    """Return the texts that their signers may sign, and what is against the others.

    A text that is no advisory's has no author.
    """
    good: list[ToSign] = []
    doubts: list[str] = []
    for to_sign, people in texts:
        found = [*_doubts(history, to_sign, people)] if to_sign.key else []
        if found:
            doubts += found
        else:
            good.append(to_sign)
    # What is wrong with the whole repository is said of each text.
    return good, tuple(dict.fromkeys(doubts))


def _doubts(
    history: History, to_sign: ToSign, people: Sequence[Person]
) -> Iterable[str]:
    if not any(person.addresses for person in people):
        yield (
            "who signs is not known: neither the key's user ids nor git name a mail "
            f"address: run `git config user.email ADDRESS`, {_OFF}"
        )
        return
    try:
        path, change = _last_change(history, to_sign)
    except OperatorError as error:
        yield str(error)
        return
    for author in change.authors:
        for person in people:
            if author.addresses & person.addresses:
                yield (
                    f"{path}: {author} wrote its last change (commit "
                    f"{change.commit[:10]}) and is who signs, as {person}: let "
                    "somebody else of the team read and sign it (with a key of their "
                    f"own, or `publisher sign --export`), {_OFF}"
                )


def _last_change(history: History, to_sign: ToSign) -> tuple[PurePosixPath, Change]:
    """Return the source of a text and the change that made it, or raise TrustError."""
    try:
        name, digest = imprint(to_sign.text).sources[0]
    except ValueError as error:
        msg = f"{to_sign.title}: its source is not known: {error}"
        raise TrustError(msg) from error
    path = to_sign.path.parent / name
    again = _LATER.search(to_sign.path.name) is not None
    for change in history.changes(path):
        if change.sha256 == digest:
            return path, change
        if not again:
            break
    msg = f"{path}: who wrote this is not known: it is not committed: commit it first"
    if again:
        msg = (
            f"{path}: who wrote what {to_sign.title} was made from is not known: no "
            f"commit holds it: bring all of the history, {_OFF}"
        )
    raise TrustError(msg)
