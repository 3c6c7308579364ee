"""Real git repositories, whatever the machine's own settings are."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

HANAKO = "Hanako <hanako@cert.example>"
TARO = "Taro <taro@cert.example>"


@dataclass(frozen=True)
class Repository:
    """A work tree, and what people do in it."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> Repository:
        made = cls(root)
        root.mkdir(parents=True, exist_ok=True)
        made.git("init", "--quiet", "--initial-branch=main")
        return made

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            capture_output=True,
            check=False,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode()

    def write(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def commit(self, author: str, message: str = "Change", *options: str) -> str:
        """Commit all that there is, as if by `author`, and return the commit's name."""
        self.git("add", "--all")
        self.git(
            "-c", "user.name=Committer", "-c", "user.email=committer@cert.example",
            "commit", "--quiet", "--allow-empty", "--allow-empty-message",
            f"--author={author}", f"--message={message}", *options,
        )  # fmt: skip
        return self.git("rev-parse", "HEAD").strip()

    def save(self, author: str, name: str, text: str, message: str = "Change") -> str:
        """Write a file and commit it."""
        self.write(name, text)
        return self.commit(author, message)


def isolate(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Let git know nothing of this machine and of whoever runs the tests."""
    for name in os.environ:
        if name.startswith("GIT_"):
            patch.delenv(name)
    patch.delenv("EMAIL", raising=False)
    home.mkdir(parents=True, exist_ok=True)
    patch.setenv("HOME", str(home))
    patch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    patch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
