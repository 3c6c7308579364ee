"""Which of the team's keys sign, by what an operator names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from publisher.errors import SettingsError
from publisher.model.keys import Chosen
from publisher.sign import renewal

if TYPE_CHECKING:
    from publisher.model.keys import KeyState
    from publisher.model.settings import Team


def signing_keys(
    team: Team,
    names: Sequence[str],
    folder: str,
    known: Callable[[], Mapping[str, KeyState]],
) -> tuple[Chosen, ...]:
    """Return the keys that `names` name, each once; without names, the team's first.

    A name is the fingerprint of one of the team's keys, or of a part of one with `!`
    behind it, as gpg takes it. A key that signs nothing for the team is a
    SettingsError; `folder` is that of the public keys, `known` what it holds.
    """
    if not team.fingerprints:
        msg = (
            "publisher.toml: team.fingerprints is empty: make a key with "
            f"`{renewal.new_key(team)}`, name its fingerprint there and put the public "
            f"key into {folder}/"
        )
        raise SettingsError(msg)
    found = [_chosen(name, team, folder, known) for name in names]
    return tuple(dict.fromkeys(found)) or (Chosen(team.fingerprints[0]),)


def _chosen(
    name: str, team: Team, folder: str, known: Callable[[], Mapping[str, KeyState]]
) -> Chosen:
    bare = name.replace(" ", "").upper()
    part = bare.removesuffix("!")
    if bare == part and part in team.fingerprints:
        return Chosen(part)
    if part in team.previous:
        msg = (
            f"{part} is in team.previous: what it signed counts, and it "
            "signs nothing new: sign with one of team.fingerprints"
        )
        raise SettingsError(msg)
    held = (key for key in known().values() if key.part(part))
    whose = next((key.fingerprint for key in held), "")
    if whose not in team.fingerprints:
        more = f", nor a part of one in {folder}/" if bare != part else ""
        msg = f"{part} is not among team.fingerprints{more}: its signature cannot count"
        raise SettingsError(msg)
    if bare == part:
        msg = f"{part} is a subkey of {whose}: `--key {part}!` signs with it"
        raise SettingsError(msg)
    return Chosen(whose, part)
