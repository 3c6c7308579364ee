"""Whether keys/ has a key as the signer's own gpg has it, as far as signing goes.

What was done to a key (a subkey, an extension, a revocation) is done in somebody's gpg,
and readers know nothing of it before it is exported. So this is looked at before gpg
is asked for a signature that would be refused afterwards.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from publisher.sign import fitness, renewal

if TYPE_CHECKING:
    from publisher.model.keys import Chosen, KeyPart, KeyState


def doubt(chosen: Chosen, public: KeyState, own: KeyState, now: datetime) -> str:
    """Say how `public`, of keys/, differs from `own`, of gpg, if that matters.

    gpg signs with the part that was chosen, or with the newest that can.
    """
    name = public.fingerprint
    export = renewal.export(name)
    bring = f"bring it with `{export}`, commit, and give it to the list server"
    if own.revocation is not None and public.revocation is None:
        return f"your gpg has {name} as revoked, and keys/ has not: {bring}"
    signs = _signs(chosen, own, now)
    if signs is None:
        return _behind(chosen, public, own, now)
    theirs = public.part(signs.fingerprint)
    if theirs is None:
        return (
            f"keys/ does not have the subkey {signs.fingerprint} of {name}, with which "
            f"your gpg signs: {bring}, or sign with another: `--key SUBKEY!`"
        )
    for here, there in ((own.primary, public.primary), (signs, theirs)):
        if _matters(there, now) and _lasts_longer(here, there):
            return (
                f"keys/ has {here.fingerprint} as it was before it was extended in "
                f"your gpg: {bring}"
            )
    return ""


def _behind(chosen: Chosen, public: KeyState, own: KeyState, now: datetime) -> str:
    """Say that gpg has an older form of a key than keys/, if it is that."""
    known = _signs(chosen, public, now)
    if known is None or own.part(known.fingerprint) is None or own.revocation:
        return ""
    name = public.fingerprint
    return (
        f"your gpg has {name} as it was before it was extended: take that over with "
        f"`gpg --import keys/{name}.asc`"
    )


def _signs(chosen: Chosen, key: KeyState, now: datetime) -> KeyPart | None:
    """Return the part of a key that gpg signs with at `now`, if it has one."""
    if _is_over(key.primary, now):
        return None
    parts = [part for part in key.parts if part.signs and not _is_over(part, now)]
    if chosen.part:
        parts = [part for part in parts if part.fingerprint == chosen.part]
    # It prefers subkeys, of which it takes the newest.
    return max(
        parts, key=lambda part: (part is not key.primary, part.created), default=None
    )


def _is_over(part: KeyPart, now: datetime) -> bool:
    ended = part.expires is not None and part.expires <= now
    return ended or part.revocation is not None or part.created > now


def _matters(part: KeyPart, now: datetime) -> bool:
    return part.expires is not None and part.expires - now < fitness.REFUSE


def _lasts_longer(here: KeyPart, there: KeyPart) -> bool:
    if there.expires is None:
        return False
    return here.expires is None or here.expires > there.expires
