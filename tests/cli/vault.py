"""The machine with the key: it has gpg and a shell, and never saw the project."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests import keys


@dataclass
class Vault:
    """A folder that was carried to a key."""

    folder: Path
    key: keys.Key
    shell: tuple[str, ...] = ("sh",)

    def sign(self, *arguments: str, answers: str, code: int = 0) -> str:
        done = subprocess.run(
            [*self.shell, str(self.folder / "sign.sh"), *arguments],
            cwd="/",
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder.parent),
                "GNUPGHOME": str(self.key.home),
            },
            input=answers.encode(),
            capture_output=True,
            check=False,
            timeout=60,
        )
        shown = (done.stdout + done.stderr).decode()
        assert done.returncode == code, shown
        return shown

    def signed(self) -> list[str]:
        top = self.folder / "signed"
        files = (file for file in top.rglob("*") if file.is_file())
        return sorted(str(file.relative_to(top)) for file in files)

    def list_again(self) -> None:
        """Bring SHA256SUMS up to date, as whoever meddles with the folder would."""
        names = ["README.txt", "sign.sh"]
        names += [str(p.relative_to(self.folder)) for p in self.texts()]
        lines = [f"{digest(self.folder / name)}  {name}\n" for name in names]
        (self.folder / "SHA256SUMS").write_text("".join(lines))

    def texts(self) -> list[Path]:
        return sorted(p for p in (self.folder / "texts").rglob("*") if p.is_file())


def digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()
