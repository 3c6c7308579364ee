"""Whether a key may sign something new, and what its owner should be told of it.

What a key has signed is judged by `publisher.sign.trust`, as of its time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from publisher.errors import OperatorError
from publisher.sign import recommended

if TYPE_CHECKING:
    from publisher.model.keys import KeyState
    from publisher.model.settings import Team

WARN = timedelta(days=90)
"""So long before a key expires, every command says so."""
REFUSE = timedelta(days=30)
"""So long before a key expires, it signs nothing more: readers need one that lasts."""


def require(key: KeyState, team: Team, now: datetime) -> None:
    """Raise OperatorError unless the key may sign something new at `now`."""
    name = key.fingerprint
    if name not in team.fingerprints:
        msg = (
            f"{name} is not in team.fingerprints: what it signed earlier counts, and "
            "it signs nothing new"
        )
        raise OperatorError(msg)
    signing = [key.primary, *(part for part in key.parts if part.signs)]
    if (made := max(part.created for part in signing)) > now:
        # gpg says only that the key is unusable, and does not check what binds it.
        msg = (
            f"the clock here shows {_at(now)}, which is before {name} was made, at "
            f"{_at(made)}: set the clock (`timedatectl` shows whether NTP keeps it)"
        )
        raise OperatorError(msg)
    if key.revocation is not None:
        msg = f"{name} was revoked: it signs nothing more, take it to team.previous"
        raise OperatorError(msg)
    if reason := recommended.weakness(key.primary):
        msg = f"{name} {reason}: make a new key with `gpg --quick-gen-key`"
        raise OperatorError(msg)
    end = key.signs_until
    if end is not None and end - now < REFUSE:
        msg = f"{name} {_ends(end, now)}: {_extend(key)}"
        raise OperatorError(msg)


def warnings(keys: Mapping[str, KeyState], team: Team, now: datetime) -> Iterator[str]:
    """Say which of the keys that sign will soon not do so any more."""
    for name in team.fingerprints:
        key = keys.get(name)
        if key is None:
            continue
        if key.revocation is not None:
            yield f"the key {name} was revoked: take it from team.fingerprints"
        elif (end := key.signs_until) is not None and end - now < WARN:
            yield f"the key {name} {_ends(end, now)}: {_extend(key)}"


def _at(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _ends(end: datetime, now: datetime) -> str:
    days = (end - now).days
    day = end.date().isoformat()
    if days < 0:
        return f"expired on {day}"
    return f"expires on {day}, in {days} {'day' if days == 1 else 'days'}"


def _extend(key: KeyState) -> str:
    name = key.fingerprint
    # gpg extends the primary key, or its subkeys if they are asked for.
    subkeys = "" if key.expires == key.signs_until else " '*'"
    return (
        f"extend it with `gpg --quick-set-expire {name} 2y{subkeys}`, then "
        f"`gpg --armor --export {name} > keys/{name}.asc` and commit, or change to a "
        "new key (docs/keys.md)"
    )
