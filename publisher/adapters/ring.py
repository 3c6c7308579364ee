"""The key ring of the team's public keys on the disk: checked, and made anew.

    FOLDER/ring-0123456789abcdef/ring.kbx   the keys, as gpg keeps them
    FOLDER/ring-0123456789abcdef/sum        SHA-256 of that file

Its name is a digest of the keys that it was made from. It can be lost at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from publisher.adapters import closed, gnupg, keyfiles
from publisher.errors import SettingsError

_RING = "ring.kbx"
_SUM = "sum"
_IMPORTED = re.compile(rb"^\[GNUPG:\] IMPORT_OK ", re.MULTILINE)


def name(blobs: Sequence[bytes]) -> str:
    """Return the name of the folder of a ring that holds these keys."""
    digest = hashlib.sha256(b"ring 3")
    for blob in sorted(blobs):
        digest.update(hashlib.sha256(blob).digest())
    return f"ring-{digest.hexdigest()[:16]}"


def arguments(home: Path) -> list[str]:
    """Return what makes gpg use a ring and nothing else."""
    return [
        "--homedir", str(home), "--no-default-keyring", "--keyring", str(home / _RING),
        "--no-options", "--no-tty", "--no-autostart", "--no-auto-key-retrieve",
        "--trust-model", "always",
    ]  # fmt: skip


def make(home: Path, files: Sequence[tuple[str, bytes]]) -> None:
    """Make the ring, unless it lies there as it was made; OSError, or GpgError.

    `files` are named public keys; SettingsError if one of them is none.
    """
    if _is_whole(home):
        return
    if home.parent.is_file():
        home.parent.unlink()
    home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix="new-") as folder:
        made = Path(folder) / "ring"
        made.mkdir(mode=0o700)
        for title, blob in files:
            _take(made, title, blob)
        (made / _RING).touch()
        _write(made / _SUM, _digest(made / _RING))
        for path in (made / _RING, made):
            closed.sync(path)
        # Another process may have been faster; its ring holds the same keys.
        if home.exists() or home.is_symlink():
            _put_aside(home, Path(folder) / "bad")
        with contextlib.suppress(OSError):
            made.rename(home)
        closed.sync(home.parent)


def _is_whole(home: Path) -> bool:
    try:
        return (home / _SUM).read_text("ascii", "replace") == _digest(home / _RING)
    except OSError:
        return False


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _take(home: Path, title: str, blob: bytes) -> None:
    doubt = keyfiles.doubt(title, blob)
    if not doubt and title != keyfiles.ANONYMOUS:
        doubt = keyfiles.too_early(title, blob)
    if doubt:
        raise SettingsError(doubt)
    # With the clock a little behind the making of a key, gpg would find none.
    command = [
        *arguments(home), "--batch", "--status-fd", "1", "--ignore-time-conflict",
        "--import",
    ]  # fmt: skip
    done = gnupg.run(command, given=blob)
    if not _IMPORTED.search(done.output):
        raise SettingsError(keyfiles.unreadable(title))


def _write(file: Path, text: str) -> None:
    with file.open("w", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _put_aside(home: Path, where: Path) -> None:
    """Take a ring away that is not as it was made, whatever it is by now."""
    if _is_whole(home):
        return
    with contextlib.suppress(FileNotFoundError):
        home.rename(where)
    if where.is_dir() and not where.is_symlink():
        shutil.rmtree(where, ignore_errors=True)
