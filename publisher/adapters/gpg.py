"""GnuPG: signing with the signer's own agent, verifying with a ring of our own."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gnupg

from publisher import plainfile
from publisher.adapters import export, keyfiles, keyring
from publisher.errors import GpgError, SettingsError
from publisher.ports import SignatureReport

if TYPE_CHECKING:
    from publisher.model.keys import KeyState

# It warns of every exit code that is not 0, and repeats what it is given when it
# debugs; what gpg did is judged by its results here, and texts are not logged.
logging.getLogger("gnupg").setLevel(logging.CRITICAL)

_BATCH = 250
"""Files that one gpg process verifies."""
_STATUS = "[GNUPG:] "
_PLAIN = ("--no-emit-version", "--no-comments", "--no-ask-sig-expire",
          "--default-sig-expire", "0")  # fmt: skip
"""Against what the signer's gpg.conf may say: a signature that is published has no end.
Notations and the like cannot be turned off; what has them is refused."""


def _program(executable: str = "gpg") -> str:
    found = shutil.which(executable)
    if found is None:
        msg = f"{executable!r} is not installed: install GnuPG 2.2 or newer"
        raise GpgError(msg)
    return found


def opened(home: Path | None, options: list[str], keyring: Path | None = None) -> Any:
    """Return gpg at work in a home, or raise GpgError."""
    try:
        gpg = gnupg.GPG(
            gpgbinary=_program(),
            gnupghome=None if home is None else str(home),
            keyring=None if keyring is None else str(keyring),
            options=options,
        )
    except (OSError, ValueError) as error:
        msg = f"gpg cannot be used: {error}"
        raise GpgError(msg) from error
    # Its default is latin-1, which no Japanese text survives.
    gpg.encoding = "utf-8"
    return gpg


class GpgSigner:
    """Signs with secret keys through gpg, as the signer's agent offers them.

    A passphrase is asked for by the agent's own pinentry, a smart card likewise;
    this program never sees either.
    """

    def __init__(
        self,
        fingerprints: Sequence[str],
        home: Path | None = None,
        names: Sequence[str] = (),
    ) -> None:
        """Use the secret keys of `home`, each one for a signature of its own.

        None: the signer's default home. `names`: what gpg is told in place of the
        fingerprints, say `SUBKEY!`.
        """
        self._fingerprints = tuple(fingerprints)
        self._home = home
        self._names = tuple(names or fingerprints)

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """The keys that sign."""
        return self._fingerprints

    def sign(self, text: str) -> bytes:
        """Return `text` cleartext-signed with SHA-512, or raise GpgError."""
        self._tell_terminal()
        options = [*_PLAIN, "--digest-algo", "SHA512"]
        # Not as `keyid`, which gpg takes for a wish: it would sign with any key.
        users = [each for f in self._names for each in ("--local-user", f)]
        signed = opened(self._home, options).sign(
            text, clearsign=True, extra_args=users
        )
        # gpg has written the text already when it finds that it cannot sign.
        if signed.returncode != 0 or not signed.fingerprint:
            names = " ".join(self._names)
            msg = (
                f"gpg did not sign with {names}: {_reason(signed.stderr)}; "
                f"see that `gpg --list-secret-keys {names}` shows the key "
                "and that its passphrase or card is at hand"
            )
            raise GpgError(msg)
        data: bytes = signed.data
        return data.replace(b"\r\n", b"\n")

    @staticmethod
    def _tell_terminal() -> None:
        # gpg's own standard input is a pipe here, so pinentry would not find the
        # terminal by itself.
        if "GPG_TTY" not in os.environ and sys.stdin and sys.stdin.isatty():
            os.environ["GPG_TTY"] = os.ttyname(sys.stdin.fileno())


def _read(key: Path) -> tuple[str, bytes]:
    shown = f"{key.parent.name}/{key.name}"
    return shown, plainfile.wanted(key, shown, plainfile.KEY)


class GpgVerifier:
    """Verifies against a key ring that holds the given public keys and no others."""

    def __init__(
        self, keys: Sequence[Path | bytes], home: Path, pinned: Sequence[str] = ()
    ) -> None:
        """Take public keys (armored or not) and a folder to keep their ring in.

        gpg is not run before it is needed; a key of `pinned` that is not among them
        is a SettingsError then.
        """
        self._pinned = tuple(pinned)
        self._files = [
            ("a file in keys/", key) if isinstance(key, bytes) else _read(key)
            for key in keys
        ]
        digest = hashlib.sha256(b"ring 2")
        for blob in sorted(blob for _, blob in self._files):
            digest.update(hashlib.sha256(blob).digest())
        self._home = (home / f"ring-{digest.hexdigest()[:16]}").absolute()

    @cached_property
    def digest(self) -> str:
        """A digest of the ring's keys as gpg read them, and of gpg's version."""
        version = ".".join(map(str, self._ring.version or ()))
        keys = sorted(
            (f, hashlib.sha256(k.public).hexdigest()) for f, k in self.keys().items()
        )
        return hashlib.sha256(repr((version, keys)).encode()).hexdigest()

    def keys(self) -> Mapping[str, KeyState]:
        """Return the ring's keys by the fingerprint of their primary key."""
        for fingerprint in self._pinned:
            if fingerprint not in self._keys:
                msg = keyfiles.missing(fingerprint, self._keys, self._files)
                raise SettingsError(msg)
        return self._keys

    def reports(self, texts: Sequence[bytes]) -> Sequence[SignatureReport]:
        """Return what gpg says of each text; gpg is run once for many of them."""
        if not texts:
            return []
        self._ring  # noqa: B018  (made once, before the threads below)
        batches = [texts[i : i + _BATCH] for i in range(0, len(texts), _BATCH)]
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            return [
                report for part in pool.map(self._batch, batches) for report in part
            ]

    def _batch(self, texts: Sequence[bytes]) -> list[SignatureReport]:
        with _translated():
            return self._verified(texts)

    def _verified(self, texts: Sequence[bytes]) -> list[SignatureReport]:
        with tempfile.TemporaryDirectory(prefix="publisher-verify-") as folder:
            # Relative to the folder, whose own name may hold anything.
            names = [f"{index}.asc" for index in range(len(texts))]
            for name, text in zip(names, texts, strict=True):
                (Path(folder) / name).write_bytes(text)
            # Not --batch: with it gpg stops at the first bad signature.
            done = self._run(
                "--status-fd", "1", "--verify-files", *names, folder=folder
            )
            return _reports(done.decode(errors="replace"), names)

    def exported(self, fingerprint: str, address: str) -> bytes:
        """Return a key with the user ids of one mail address only, not armored."""
        self._ring  # noqa: B018  (made before it is read)
        return export.of_address(self._run, fingerprint, address)

    @cached_property
    def _keys(self) -> Mapping[str, KeyState]:
        self._ring  # noqa: B018  (made before it is read)
        listing = self._run(
            "--batch", "--with-colons", "--fixed-list-mode", "--check-sigs"
        ).decode(errors="replace")
        public = {
            fingerprint: self._run("--armor", "--export", fingerprint)
            for fingerprint in keyring.fingerprints(listing)
        }
        return keyring.keys(listing, public)

    def _run(self, *arguments: str, folder: str | None = None) -> bytes:
        """Return what gpg writes, run on this ring and on nothing else."""
        command = [
            _program(), "--homedir", str(self._home), "--no-default-keyring",
            "--keyring", str(self._home / "ring.kbx"), "--no-options", "--no-tty",
            "--no-autostart", "--no-auto-key-retrieve", "--trust-model", "always",
            *arguments,
        ]  # fmt: skip
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        )
        return done.stdout

    @cached_property
    def _ring(self) -> Any:
        if not (self._home / "ring.kbx").is_file():
            with _translated():
                self._make_ring()
        return self._open(self._home)

    def _make_ring(self) -> None:
        self._home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=self._home.parent, prefix="new-"
        ) as folder:
            made = Path(folder) / "ring"
            made.mkdir(mode=0o700)
            gpg = self._open(made)
            for name, blob in self._files:
                if doubt := keyfiles.doubt(name, blob):
                    raise SettingsError(doubt)
                # With the clock behind, gpg would find no key in it.
                done = gpg.import_keys(blob, extra_args=["--ignore-time-conflict"])
                if not done.fingerprints:
                    raise SettingsError(keyfiles.unreadable(name, blob))
            (made / "ring.kbx").touch()
            # Another process may have been faster; its ring holds the same keys.
            with contextlib.suppress(OSError):
                made.rename(self._home)

    @staticmethod
    def _open(home: Path) -> Any:
        options = ["--no-options", "--no-default-keyring", "--no-autostart"]
        return opened(home, [*options, "--trust-model", "always"], home / "ring.kbx")


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        msg = (
            f"the files that gpg needs cannot be written: {error}: see that there is "
            "room on the disk, also for temporary files"
        )
        raise GpgError(msg) from error


def _reason(stderr: str) -> str:
    """Return the end of gpg's last message, in the language that it speaks."""
    told = [line for line in stderr.splitlines() if line.startswith("gpg: ")]
    return told[-1].rpartition(": ")[2] if told else "no reason given"


def _reports(output: str, names: Sequence[str]) -> list[SignatureReport]:
    """Sort the status lines of `--verify-files` by the file that they are about."""
    found: dict[str, list[tuple[str, ...]]] = {name: [] for name in names}
    current: list[tuple[str, ...]] | None = None
    for status in _statuses(output):
        if status[0] == "FILE_START":
            current = found.get(status[-1])
        elif status[0] == "FILE_DONE":
            current = None
        elif current is not None:
            current.append(status)
    return [SignatureReport(tuple(found[name])) for name in names]


def _statuses(output: str) -> Iterator[tuple[str, ...]]:
    for line in output.split("\n"):
        if line.startswith(_STATUS) and line[len(_STATUS) :].strip():
            yield tuple(line[len(_STATUS) :].split())
