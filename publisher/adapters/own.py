"""The keys that the signer's own gpg has."""

from __future__ import annotations

import os
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.adapters import gpg, keyring
from publisher.errors import GpgError, SettingsError

if TYPE_CHECKING:
    from publisher.model.keys import KeyState


def keys(fingerprints: Sequence[str], home: Path | None) -> Mapping[str, KeyState]:
    """Return those of the keys that gpg has, as it has them, without their bytes.

    `home`: where they are; None: where gpg looks by itself.
    """
    folder = [] if home is None else ["--homedir", str(home)]
    command = [
        "gpg", *folder, "--batch", "--no-tty", "--with-colons", "--fixed-list-mode",
        "--check-sigs", *fingerprints,
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        )
    except OSError as error:
        msg = f"gpg cannot be run: {error}: install GnuPG 2.2 or newer"
        raise GpgError(msg) from error
    # It ends with an error if it has one of them not, which is no news here.
    listing = done.stdout.decode(errors="replace")
    return keyring.keys(listing, defaultdict(bytes))


def public_key(key: str, home: Path | None = None) -> tuple[str, str]:
    """Return a key of the user's own ring: its fingerprint, and its public half.

    SettingsError if `key` is not the fingerprint of a primary key that is there.
    """
    fingerprint = key.replace(" ", "").upper()
    opened = gpg.opened(home, [])
    found = [each["fingerprint"] for each in opened.list_keys(keys=fingerprint)]
    if found != [fingerprint]:
        expected = f" (expected {found[0]})" if len(found) == 1 else ""
        msg = (
            f"{key!r} is not the fingerprint of a primary key of yours{expected}: "
            "see `gpg --list-keys`, or make one (docs/keys.md)"
        )
        raise SettingsError(msg)
    return fingerprint, str(opened.export_keys(fingerprint))
