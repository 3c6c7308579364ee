"""The keys that the signer's own gpg has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.adapters import gnupg, keyring
from publisher.errors import SettingsError

if TYPE_CHECKING:
    from publisher.model.keys import KeyState


def keys(fingerprints: Sequence[str], home: Path | None) -> Mapping[str, KeyState]:
    """Return those of the keys that gpg has, as it has them, without their bytes.

    `home`: where they are; None: where gpg looks by itself.
    """
    done = gnupg.run(
        [
            *_at(home), "--with-colons", "--fixed-list-mode", "--check-sigs",
            *fingerprints,
        ]
    )  # fmt: skip
    # It ends with an error if it has one of them not, which is no news here.
    listing = done.output.decode(errors="replace")
    return keyring.keys(listing, defaultdict(bytes))


def public_key(key: str, home: Path | None = None) -> tuple[str, str]:
    """Return a key of the user's own ring: its fingerprint, and its public half.

    SettingsError if `key` is not the fingerprint of a primary key that is there.
    """
    fingerprint = key.replace(" ", "").upper()
    command = [*_at(home), "--with-colons", "--list-keys", "--", fingerprint]
    listed = gnupg.run(command).output.decode(errors="replace")
    found = list(keyring.fingerprints(listed))
    if found != [fingerprint]:
        expected = f" (expected {found[0]})" if len(found) == 1 else ""
        msg = (
            f"{key!r} is not the fingerprint of a primary key of yours{expected}: "
            "see `gpg --list-keys`, or make one (docs/keys.md)"
        )
        raise SettingsError(msg)
    exported = gnupg.run([*_at(home), "--armor", "--export", fingerprint])
    return fingerprint, exported.output.decode("ascii")


def _at(home: Path | None) -> list[str]:
    folder = [] if home is None else ["--homedir", str(home)]
    return [*folder, "--batch", "--no-tty"]
