"""The commands that mend a key, as messages print them and tests run them.

gpg extends a primary key alone, and of its subkeys those that are named: `'*'` names
none that have expired (GnuPG, doc/gpg.texi: `--quick-set-expire`).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.model.keys import KeyPart, KeyState
    from publisher.model.settings import Team

SOON = timedelta(days=90)
"""What ends within this time is extended along with the rest."""
_TERM = "2y"


def new_key(team: Team) -> str:
    """Return what makes a key for a team, also if it has one already."""
    names = [name for tag, name in team.name.items() if tag == "en"]
    name = [*names, *team.name.values()][0]
    user = shlex.quote(f"{name} <{team.contact}>")
    return f"gpg --yes --quick-gen-key {user} ed25519 sign {_TERM}"


def export(name: str) -> str:
    """Return how a public key gets into the project as gpg has it."""
    return f"gpg --armor --export {name} > keys/{name}.asc"


def extend(key: KeyState, now: datetime, part: KeyPart | None = None) -> list[str]:
    """Return what extends a key for signing.

    `part` is what signs; None: the part that lasts longest.
    """
    name = key.fingerprint
    commands = []
    if _ends(key.primary, now):
        commands.append(f"gpg --quick-set-expire {name} {_TERM}")
    part = part or _last(key)
    if part is not None and part is not key.primary and _ends(part, now):
        commands.append(f"gpg --quick-set-expire {name} {_TERM} {part.fingerprint}")
    return commands


def add_subkey(name: str) -> str:
    """Return what gives a key a new subkey that signs."""
    return f"gpg --quick-add-key {name} ed25519 sign {_TERM}"


def add_user_id(
    key: KeyState, names: Iterable[str], address: str, now: datetime
) -> str:
    """Return what gives a key a user id with an address, other than those it had.

    One that was revoked cannot be added once more.
    """
    wanted = [f"{name} <{address}>" for name in names]
    wanted += [address, f"{wanted[0].partition(' <')[0]} {now.year} <{address}>"]
    new = next((each for each in wanted if each not in key.former_ids), wanted[-1])
    return f"gpg --quick-add-uid {key.fingerprint} {shlex.quote(new)}"


def quoted(commands: Iterable[str]) -> str:
    """Return commands as a message names them, one after the other."""
    return ", then ".join(f"`{command}`" for command in commands)


def _last(key: KeyState) -> KeyPart | None:
    """Return the signing part that lasts longest, the newest of several."""
    parts = [part for part in key.parts if part.signs and part.revocation is None]
    return max(
        parts,
        key=lambda part: (
            part.expires is None,
            part.expires.timestamp() if part.expires else 0,
            part.created,
        ),
        default=None,
    )


def _ends(part: KeyPart, now: datetime) -> bool:
    return part.expires is not None and part.expires - now < SOON
