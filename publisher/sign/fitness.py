"""Whether a key may sign something new, and what its owner should be told of it.

What a key has signed is judged by `publisher.sign.trust`, as of its time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from publisher.errors import OperatorError
from publisher.sign import recommended, renewal

if TYPE_CHECKING:
    from publisher.model.keys import KeyPart, KeyState
    from publisher.model.settings import Team

WARN = renewal.SOON
"""So long before a key expires, every command says so."""
REFUSE = timedelta(days=30)
"""So long before a key expires, it signs nothing more: readers need one that lasts."""


def require(key: KeyState, team: Team, now: datetime, subkey: str = "") -> None:
    """Raise OperatorError unless the key may sign something new at `now`.

    `subkey`: the fingerprint of the part that is to sign; empty: any.
    """
    name = key.fingerprint
    if name not in team.fingerprints:
        msg = (
            f"{name} is not in team.fingerprints: what it signed earlier counts, and "
            "it signs nothing new"
        )
        raise OperatorError(msg)
    part = key.part(subkey) or key.primary
    for each in dict.fromkeys((key.primary, part)):
        if each.revocation is not None:
            more = "take it to team.previous" if each is key.primary else "take another"
            msg = f"{each.fingerprint} was revoked: it signs nothing more, {more}"
            raise OperatorError(msg)
        if each.created > now:
            raise OperatorError(_early(each, now))
        if reason := recommended.weakness(each):
            what = f"{each.fingerprint} {reason}"
            make = renewal.new_key(team)
            msg = f"{what}: make a new key with `{make}` (docs/keys.md)"
            raise OperatorError(msg)
    if reason := _end(key, now, REFUSE, key.part(subkey)):
        raise OperatorError(reason)


def warnings(keys: Mapping[str, KeyState], team: Team, now: datetime) -> Iterator[str]:
    """Say which of the keys that sign will soon not do so any more."""
    for name in team.fingerprints:
        key = keys.get(name)
        if key is None:
            continue
        if key.revocation is not None:
            yield f"the key {name} was revoked: take it from team.fingerprints"
        elif reason := _end(key, now, WARN):
            yield f"the key {reason}"
    yield from _unreachable(
        [keys[n] for n in team.fingerprints if n in keys], team, now
    )


def _unreachable(keys: Sequence[KeyState], team: Team, now: datetime) -> Iterator[str]:
    """Say that a user id with the team's address is none any more, nor another one.

    Mail programs find no key for the address then.
    """
    contact = team.contact.lower()
    if any(contact in key.addresses for key in keys):
        return
    for key in keys:
        if key.revocation is None and contact in key.former_addresses:
            name = key.fingerprint
            add = renewal.add_user_id(key, team.name.values(), contact, now)
            mend = renewal.quoted([add, renewal.export(name)])
            yield (
                f"the key {name} has no user id with {contact} (team.contact) any "
                "more, so readers find no key for that address: it was revoked or has "
                f"expired: add one with {mend} and commit, or change team.contact in "
                "publisher.toml"
            )


def _early(part: KeyPart, now: datetime) -> str:
    made, moment = part.created.isoformat(), now.isoformat(timespec="seconds")
    return (
        f"{part.fingerprint} was made on {made}, which is later than now ({moment}): "
        "set the clock of this machine, or if that one is right, make a new key on a "
        "machine whose clock is"
    )


def _end(
    key: KeyState, now: datetime, within: timedelta, part: KeyPart | None = None
) -> str:
    """Say why a key, or this part of it, does not sign for longer than `within`.

    Empty if it does.
    """
    signing = [one for one in key.parts if one.signs and one.revocation is None]
    if part is not None and part not in signing:
        return f"{part.fingerprint} does not sign texts: see `publisher keys`"
    if not signing:
        name = key.fingerprint
        mend = renewal.quoted([renewal.add_subkey(name), renewal.export(name)])
        return f"{name} has no part that signs: add a subkey with {mend} and commit"
    if all(one.created > now for one in signing):
        return _early(signing[0], now)
    ends = [one for one in (part.expires, key.expires) if one] if part else []
    end = min(ends, default=None) if part else key.signs_until
    return _ended(key, end, now, part) if end and end - now < within else ""


def _ended(
    key: KeyState, end: datetime, now: datetime, part: KeyPart | None = None
) -> str:
    """Say when a key expires, and what to do about it."""
    name = key.fingerprint
    days = (end - now).days
    day = end.date().isoformat()
    when = f"expires on {day}, in {days} {'day' if days == 1 else 'days'}"
    if days < 0:
        when = f"expired on {day}"
    commands = [*renewal.extend(key, now, part), renewal.export(name)]
    return (
        f"{part.fingerprint if part else name} {when}: extend it with "
        f"{renewal.quoted(commands)} and commit, or change to a new key (docs/keys.md)"
    )
