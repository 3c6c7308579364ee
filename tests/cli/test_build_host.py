"""Whoever builds and puts up the site has no key, and needs none."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from tests import keys
from tests.cli.terminal import Desk, run

pytestmark = pytest.mark.gpg


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_a_build_without_any_secret_key_is_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("sign", "--yes")
    now = "2098-01-01T00:00:00+09:00"
    run("build", "--now", now)
    before = digests(desk.site)
    for folder in (desk.site, desk.root / ".publisher"):
        shutil.rmtree(folder)

    with keys.gnupg_home() as empty:
        monkeypatch.setenv("GNUPGHOME", str(empty))
        run("build", "--now", now)
        left = list(empty.rglob("*.key"))

    assert digests(desk.site) == before
    assert left == []
