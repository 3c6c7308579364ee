"""A workbench for keys in every state, and for texts that they signed at any time."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from publisher.imprint import imprint
from publisher.model.advisory import Advisory
from tests import builders, keys
from tests.builders import EN
from tests.edition import samples

BORN = "20250101T000000!"
"""When keys are made, unless a case says otherwise."""
SIGNED = "20250301T000000!"
"""When texts are signed."""
SIGNED_AT = datetime(2025, 3, 1, tzinfo=UTC)
BEFORE = "20250201T000000!"
LATER = "20250601T000000!"

NO_REASON, COMPROMISED, SUPERSEDED, RETIRED = "0", "1", "2", "3"
"""As gpg numbers them in its dialogue."""

_BEGIN = b"-----BEGIN PGP SIGNATURE-----\n"
_END = b"-----END PGP SIGNATURE-----\n"


@dataclass(frozen=True)
class Made:
    """A signed file, and what whoever looks at it has at hand."""

    data: bytes
    ring: tuple[bytes, ...]
    """Public keys."""
    pinned: tuple[str, ...]
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    advisory: Advisory = field(default_factory=lambda: advisory())
    """The source that lies beside the file."""


def advisory() -> Advisory:
    """Return the sample advisory, in English only, with an item more."""
    english = builders.ENGLISH.replace("## Solution", "- Item\n\n## Solution")
    return builders.advisory(english=english, japanese=None)


def text() -> str:
    """Return its text edition."""
    return samples.text_of(advisory(), EN)


def with_imprint(
    text: str, sources: tuple[tuple[str, str], ...] = (), **changes: Any
) -> str:
    """Return a text whose imprint says something else."""
    old = imprint(text)
    key = replace(old.key, **changes)
    new = replace(old, key=key, sources=sources or old.sources)
    return text.replace(str(old), str(new))


@dataclass
class Bench:
    """One GnuPG home, and the keys that were made in it so far."""

    home: Path
    _keys: dict[str, keys.Key] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        return text()

    def key(
        self,
        name: str = "team",
        algorithm: str = "ed25519",
        expires: str = "never",
        *options: str,
    ) -> keys.Key:
        """Return the key of this name, which a case that changes it has for itself."""
        if name not in self._keys:
            user = f"{name} <csirt@cert.example>"
            at = ("--faked-system-time", BORN)
            self._keys[name] = keys.make(
                self.home, user, algorithm, expires, *at, *options
            )
        return self._keys[name]

    def with_subkey(
        self, name: str, expires: str = "never", *options: str
    ) -> tuple[keys.Key, str]:
        """Return a new key and its subkey's fingerprint; gpg signs with the latter."""
        key = self.key(name)
        self.gpg(
            BORN, *options, "--quick-add-key", key.fingerprint, "ed25519", "sign",
            expires,
        )  # fmt: skip
        listed = keys.gpg(
            self.home, "--with-colons", "--list-keys", key.fingerprint
        ).decode()
        found = [ln.split(":")[9] for ln in listed.split("\n") if ln[:4] == "fpr:"]
        return key, found[1]

    def gpg(self, at: str, *arguments: str, data: bytes = b"") -> bytes:
        return keys.gpg(self.home, "--faked-system-time", at, *arguments, data=data)

    def dialogue(self, at: str, answers: Sequence[str], *arguments: str) -> bytes:
        """Return what gpg writes once all its questions are answered."""
        command = [
            "gpg", "--homedir", str(self.home), "--yes", "--no-tty",
            "--pinentry-mode", "loopback", "--passphrase", "", "--command-fd", "0",
            "--faked-system-time", at, *arguments,
        ]  # fmt: skip
        done = subprocess.run(
            command,
            input="".join(f"{answer}\n" for answer in answers).encode(),
            capture_output=True,
            check=False,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout

    def revoke(self, key: keys.Key, reason: str, at: str, note: str = "") -> None:
        told = [note, ""] if note else [""]
        answers = ["y", reason, *told, "y"]
        made = self.dialogue(at, answers, "--gen-revoke", key.fingerprint)
        keys.gpg(self.home, "--import", data=made)

    def revoke_subkey(self, key: keys.Key, reason: str, at: str) -> None:
        answers = ["key 1", "revkey", "y", reason, "", "y", "save"]
        self.dialogue(at, answers, "--edit-key", key.fingerprint)

    def sign(
        self,
        *signers: keys.Key,
        text: str | None = None,
        at: str = SIGNED,
        options: Sequence[str] = (),
    ) -> bytes:
        """Return a text cleartext-signed by all of `signers`."""
        return self.gpg(
            at,
            *(part for key in signers for part in ("--local-user", key.fingerprint)),
            *(("--digest-algo", "SHA512") if "--digest-algo" not in options else ()),
            *options,
            "--clear-sign",
            data=(self.text if text is None else text).encode(),
        )

    def made(self, data: bytes, *ring: keys.Key, **changes: Any) -> Made:
        """Return `data` with the keys of `ring` at hand, all of them pinned."""
        made = Made(
            data, tuple(k.public for k in ring), tuple(k.fingerprint for k in ring)
        )
        return replace(made, **changes)


def by(name: str, algorithm: str = "ed25519") -> Callable[[Bench], Made]:
    """Return how a text is made that one key signed, as it should be."""

    def make(bench: Bench) -> Made:
        key = bench.key(name, algorithm)
        return bench.made(bench.sign(key), key)

    return make


def armored(data: bytes) -> bytes:
    """Return the armored signature of a block, without its marks."""
    return data.partition(_BEGIN)[2].partition(_END)[0]


def rewrapped(data: bytes, armor: bytes) -> bytes:
    """Return the block with another armor in place of its signature."""
    return data.partition(_BEGIN)[0] + _BEGIN + armor + _END


def body(armor: bytes) -> bytes:
    """Return any armored data as the inside of a signature's armor."""
    inside = armor.split(b"\n\n", 1)[1].rpartition(b"-----END")[0]
    return b"\n" + inside


@contextmanager
def bench() -> Iterator[Bench]:
    with keys.gnupg_home() as home:
        yield Bench(home)
