"""OpenPGP programs that are not GnuPG, each asked whether a signature is good."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

BLOCK = re.compile(
    rb"^-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:[A-Za-z]+: .*\n)*\r?\n"
    rb"(?P<text>(?:.*\n)*?)(?P<armor>-----BEGIN PGP SIGNATURE-----\r?\n(?:.*\n?)*?"
    rb"-----END PGP SIGNATURE-----)",
    re.MULTILINE,
)


class Program(Protocol):
    """One implementation of OpenPGP."""

    @property
    def name(self) -> str:
        """What it is called, and what installs it."""

    @property
    def missing(self) -> str:
        """Say that it is not installed; empty if it is."""

    @property
    def version(self) -> str:
        """Return its version, as it tells it."""

    def text(self, data: bytes, keys: Sequence[bytes]) -> bytes | None:
        """Return what `data` says if a signature in it is good, else None."""


class _Command:
    """A program that is run, on files in a folder that is gone afterwards."""

    name: str
    version_from: str = "version"
    says_good: bytes = b""
    """What it says if all is well, if its exit code does not tell."""

    @property
    def missing(self) -> str:
        return "" if shutil.which(self.name) else f"{self.name} is not installed"

    @property
    def version(self) -> str:
        command = [self.name, self.version_from]
        told = subprocess.run(command, capture_output=True, check=True).stdout
        return told.decode().splitlines()[0].split()[-1]

    def text(self, data: bytes, keys: Sequence[bytes]) -> bytes | None:
        with TemporaryDirectory(prefix="pk-") as name:
            folder = Path(name)
            certs = [f"{number}.asc" for number in range(len(keys))]
            for cert, key in zip(certs, keys, strict=True):
                (folder / cert).write_bytes(key)
            return self._text(folder, data, certs)

    def _text(self, folder: Path, data: bytes, certs: Sequence[str]) -> bytes | None:
        raise NotImplementedError

    def _run(self, folder: Path, *arguments: str, data: bytes) -> bytes | None:
        done = subprocess.run(
            [self.name, *arguments],
            cwd=folder,
            input=data,
            capture_output=True,
            check=False,
        )
        is_good = done.returncode == 0 and self.says_good in done.stderr
        return done.stdout if is_good else None


class Sqop(_Command):
    """Sequoia, by the Stateless OpenPGP Command Line Interface."""

    name = "sqop"

    def _text(self, folder: Path, data: bytes, certs: Sequence[str]) -> bytes | None:
        return self._run(folder, "inline-verify", *certs, data=data)


class Gosop(_Command):
    """GopenPGP, by the same interface; the one in Debian 12 knows no cleartext."""

    name = "gosop"

    def _text(self, folder: Path, data: bytes, certs: Sequence[str]) -> bytes | None:
        block = BLOCK.search(data)
        if block is None:
            return None
        (folder / "signature.asc").write_bytes(block["armor"] + b"\n")
        # The line end before the armor is no part of the text (RFC 9580, section 7.2).
        lines = [line.rstrip(b" \t\r") for line in block["text"].split(b"\n")[:-1]]
        text = b"\n".join(line.removeprefix(b"- ") for line in lines)
        done = self._run(folder, "verify", "signature.asc", *certs, data=text)
        return None if done is None else text


class Rnp(_Command):
    """RNP, which Thunderbird uses."""

    name = "rnp"
    version_from = "--version"
    says_good = b"Signature(s) verified successfully"

    def _text(self, folder: Path, data: bytes, certs: Sequence[str]) -> bytes | None:
        ring = b"".join((folder / cert).read_bytes() for cert in certs)
        (folder / "ring.asc").write_bytes(ring)
        (folder / "text.asc").write_bytes(data)
        (folder / "home").mkdir(mode=0o700)
        return self._run(
            folder, "--homedir", "home", "--keyfile", "ring.asc", "--notty",
            "--output", "-", "--decrypt", "text.asc", data=b"",
        )  # fmt: skip


class PySequoia:
    """Sequoia again, its newest version, as a library."""

    name = "pysequoia"

    @property
    def missing(self) -> str:
        return "" if find_spec(self.name) else f"{self.name} is not installed"

    @property
    def version(self) -> str:
        return metadata.version(self.name)

    def text(self, data: bytes, keys: Sequence[bytes]) -> bytes | None:
        import pysequoia

        certs = [cert for key in keys for cert in pysequoia.Cert.split_bytes(key)]
        try:
            read = pysequoia.verify(bytes=data, store=lambda _: certs)
        except RuntimeError:
            return None
        return None if read.bytes is None else bytes(read.bytes)


PROGRAMS: tuple[Program, ...] = (PySequoia(), Sqop(), Gosop(), Rnp())
