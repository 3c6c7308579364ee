"""A stranger's check: gpg in a home that holds only the published public key."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from publisher import programs
from publisher.programs import Done

_SECONDS = 120


@dataclass(frozen=True)
class Stranger:
    """Somebody who knows the site, and this project's code not at all."""

    home: Path
    site: str

    @classmethod
    def with_key(cls, home: Path, site: str, fingerprint: str) -> Stranger:
        """Make a fresh home and import the key that the site publishes."""
        home.mkdir(mode=0o700)
        stranger = cls(home, site)
        key = stranger.fetch(f"keys/{fingerprint}.asc")
        stranger._gpg("--import", data=key)
        return stranger

    def fetch(self, path: str) -> bytes:
        """Return what the site serves at `path`."""
        with urlopen(f"{self.site}/{path}", timeout=20) as answer:  # noqa: S310  (http on this machine)
            data: bytes = answer.read()
        return data

    def check(self, *mails: bytes) -> Done:
        """Run the script that the site offers on the whole site and on mails."""
        script = self.home / "verify.py"
        script.write_bytes(self.fetch("verify.py"))
        files = [self.home / f"{number}.eml" for number, _ in enumerate(mails)]
        for file, data in zip(files, mails, strict=True):
            file.write_bytes(data)
        command = [sys.executable, "-I", str(script), "--site", self.site]
        return programs.run([*command, *map(str, files)], seconds=_SECONDS)

    def verifies(self, data: bytes, fingerprint: str) -> bool:
        """Tell whether gpg calls the signature good, and by this key."""
        done = self._gpg("--status-fd", "1", "--verify", data=data)
        fields = [line.split() for line in done.output.decode().split("\n")]
        valid = [f for f in fields if f[1:2] == ["VALIDSIG"]]
        return done.code == 0 and [f[-1] for f in valid] == [fingerprint]

    def _gpg(self, *arguments: str, data: bytes) -> Done:
        options = ["--homedir", str(self.home), "--batch", "--no-tty", "--no-autostart"]
        command = ["gpg", *options, *arguments]
        return programs.run(command, seconds=_SECONDS, given=data)
