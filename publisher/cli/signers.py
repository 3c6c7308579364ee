"""The keys that sign: chosen by name, and seen to be fit before anybody reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from publisher.errors import OperatorError

if TYPE_CHECKING:
    from publisher.model.keys import Chosen
    from publisher.wiring import Project


def fit(
    project: Project, names: Sequence[str], *, dry_run: bool = False, here: bool = False
) -> tuple[Chosen, ...]:
    """Return the keys that sign, or raise OperatorError if one of them may not.

    To try it out, a team needs no key. `here`: whether this machine's gpg signs; then
    it must have them as keys/ has.
    """
    from publisher.sign import fitness, stale

    team = project.settings.team
    if dry_run and not team.fingerprints:
        return ()
    keys = project.signing_keys(names)
    public, now = project.verifier.keys(), project.clock()
    own = project.own_keys([each.fingerprint for each in keys]) if here else {}
    for each in keys:
        key = public[each.fingerprint]
        mine = own.get(each.fingerprint)
        if mine and (doubt := stale.doubt(each, key, mine, now)):
            raise OperatorError(doubt)
        fitness.require(key, team, now, each.part)
    return keys
