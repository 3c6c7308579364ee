"""Which of the team's keys sign, by what an operator names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from publisher.errors import SettingsError

if TYPE_CHECKING:
    from publisher.model.settings import Team


def signing_keys(team: Team, names: Sequence[str], folder: str) -> tuple[str, ...]:
    """Return the fingerprints of the keys that `names` name, each once.

    Without names, the team's first one. A key that signs nothing for the team is a
    SettingsError; `folder` is that of the public keys.
    """
    if not team.fingerprints:
        msg = (
            "publisher.toml: team.fingerprints is empty: make a key with "
            "`gpg --quick-gen-key`, name its fingerprint there and put the public "
            f"key into {folder}/"
        )
        raise SettingsError(msg)
    chosen = [name.replace(" ", "").upper() for name in names]
    for fingerprint in chosen:
        if fingerprint in team.previous:
            msg = (
                f"{fingerprint} is in team.previous: what it signed counts, and it "
                "signs nothing new: sign with one of team.fingerprints"
            )
            raise SettingsError(msg)
        if fingerprint not in team.fingerprints:
            msg = (
                f"{fingerprint} is not among team.fingerprints: its signature "
                "cannot count"
            )
            raise SettingsError(msg)
    return tuple(dict.fromkeys(chosen)) or team.fingerprints[:1]
