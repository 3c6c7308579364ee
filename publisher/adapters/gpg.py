"""GnuPG: signing with the signer's own agent, verifying with a ring of our own."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import plainfile
from publisher.adapters import (
    advice,
    export,
    gnupg,
    keyfiles,
    keyring,
    library,
    ring,
)
from publisher.errors import GpgError, SettingsError
from publisher.ports import SignatureReport

if TYPE_CHECKING:
    from publisher.model.keys import KeyState

_BATCH = 250
"""Files that one gpg process verifies."""
_PLAIN = ("--no-emit-version", "--no-comments", "--no-ask-sig-expire",
          "--default-sig-expire", "0")  # fmt: skip
"""Against what the signer's gpg.conf may say: a signature that is published has no end.
Notations and the like cannot be turned off; what has them is refused."""
_SIGNATURE_END = b"-----END PGP SIGNATURE-----"
_KEY_END = b"-----END PGP PUBLIC KEY BLOCK-----\n"


def _at(home: Path | None) -> list[str]:
    return [] if home is None else ["--homedir", str(home)]


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
        # Not as `keyid`, which gpg takes for a wish: it would sign with any key.
        users = [each for f in self._names for each in ("--local-user", f)]
        options = [*_PLAIN, "--digest-algo", "SHA512"]
        with _translated():
            made = library.clear_signed(text, self._home, options, users)
        # gpg has written the text already when it finds that it cannot sign.
        whole = made.data.rstrip().endswith(_SIGNATURE_END)
        if made.code != 0 or made.signatures < len(self._fingerprints) or not whole:
            raise GpgError(self._problem(made.told))
        return made.data.replace(b"\r\n", b"\n")

    def _problem(self, told: str) -> str:
        names = " ".join(self._names)
        failures = (s[2] for s in gnupg.statuses(told) if s[0] == "FAILURE" and s[2:])
        helps = advice.for_gpg(next(failures, "")) or (
            f"see that `gpg --list-secret-keys {names}` shows the key "
            "and that its passphrase or card is at hand"
        )
        return f"gpg did not sign with {names}: {_reason(told)}; {helps}"

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
            (keyfiles.ANONYMOUS, key) if isinstance(key, bytes) else _read(key)
            for key in keys
        ]
        self._home = (home / ring.name([blob for _, blob in self._files])).absolute()

    @cached_property
    def digest(self) -> str:
        """A digest of the ring's keys as gpg read them, and of gpg's version."""
        keys = sorted((f, sha256(k.public).hexdigest()) for f, k in self.keys().items())
        return sha256(repr((gnupg.version(), keys)).encode()).hexdigest()

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
        self._made  # noqa: B018  (once, before the threads below)
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
                "--status-fd", "1", "--verify-files", *names, folder=Path(folder)
            )
            return _reports(done.decode(errors="replace"), names)

    def exported(self, fingerprint: str, address: str) -> bytes:
        """Return a key with the user ids of one mail address only, not armored."""
        self._made  # noqa: B018  (before it is read)
        return export.of_address(self._run, fingerprint, address)

    @cached_property
    def _keys(self) -> Mapping[str, KeyState]:
        self._made  # noqa: B018  (before it is read)
        done = gnupg.run(
            [
                *ring.arguments(self._home), "--batch", "--with-colons",
                "--fixed-list-mode", "--check-sigs",
            ]
        )  # fmt: skip
        listing = done.output.decode(errors="replace")
        public = {
            fingerprint: self._run("--armor", "--export", fingerprint)
            for fingerprint in keyring.fingerprints(listing)
        }
        whole = [key.endswith(_KEY_END) for key in public.values()]
        whole += [listing.endswith("\n")] if self._files else []
        # What it did not say might be that a key is revoked.
        if done.code != 0 or not all(whole):
            msg = (
                f"gpg has not said all about the keys in {self._home}: delete that "
                "folder, and try again"
            )
            raise GpgError(msg)
        return keyring.keys(listing, public)

    def _run(self, *arguments: str, folder: Path | None = None) -> bytes:
        """Return what gpg writes, run on this ring and on nothing else."""
        return gnupg.run(
            [*ring.arguments(self._home), *arguments], folder=folder
        ).output

    @cached_property
    def _made(self) -> bool:
        with _translated():
            ring.make(self._home, self._files)
        return True


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
    """Sort the status lines of `--verify-files` by the file that they are about.

    GpgError unless each file was begun and ended once, in their order: what gpg had no
    time to say might be that a signature is bad.
    """
    found: list[tuple[str, list[tuple[str, ...]]]] = []
    is_open = False
    for status in gnupg.statuses(output):
        if status[0] == "FILE_START" and not is_open:
            found.append((status[-1], []))
            is_open = True
        elif status[0] == "FILE_DONE" and is_open:
            is_open = False
        elif status[0] in ("FILE_START", "FILE_DONE"):
            break
        elif is_open:
            found[-1][1].append(status)
    if is_open or [name for name, _ in found] != list(names):
        msg = (
            "gpg has not said all about the texts that it was to verify: nothing is "
            "believed of it: try again, and see that gpg is the one of your system"
        )
        raise GpgError(msg)
    return [SignatureReport(tuple(said)) for _, said in found]
