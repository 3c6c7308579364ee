"""Links, folders, pipes, devices and huge files where the project has its files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.terminal import Desk, run

pytestmark = pytest.mark.gpg

Spoil = Callable[[Path], None]
ADVISORY = "advisories/*/*"


def link(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def plain(path: Path) -> None:
    path.write_bytes(b"x")


def huge(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(1 << 40)


def elsewhere(path: Path) -> None:
    """Put a link to a folder outside of the project."""
    outside = path.parents[len(path.parts) - len(Path.cwd().parts) - 1].parent
    (outside / "outside").mkdir(exist_ok=True)
    path.symlink_to(outside / "outside")


CASES: list[tuple[str, Spoil, str]] = [
    ("keys/x.asc", link, "keys/x.asc: is a link"),
    ("keys/x.asc", pipe, "keys/x.asc: is a pipe"),
    ("keys/x.asc", folder, "keys/x.asc: is a folder"),
    ("keys/x.asc", huge, "keys/x.asc: has 1099511627776 bytes"),
    ("keys", elsewhere, "keys: is a link"),
    ("keys", plain, "keys: is a plain file"),
    ("record/2026.jsonl", pipe, "record/2026.jsonl: is a pipe"),
    ("record/2026.jsonl", link, "record/2026.jsonl: is a link"),
    ("record/2026.jsonl", huge, "record/2026.jsonl: has 1099511627776 bytes"),
    ("record", elsewhere, "record: is a link"),
    ("templates/site/home.html", pipe, "templates/site/home.html: is a pipe"),
    ("templates/site/home.html", device, "templates/site/home.html: is a link"),
    ("templates/locale/ja/x.po", huge, "templates/locale/ja/x.po: has 1"),
    ("templates", elsewhere, "templates: is a link"),
    (f"{ADVISORY}/x.md", pipe, "/x.md: is no plain file"),
    (f"{ADVISORY}/x.md", device, "/x.md: is no plain file"),
    (f"{ADVISORY}/x.md", huge, "/x.md: has 1099511627776 bytes"),
    (f"{ADVISORY}/r1.en.txt.asc", folder, "/r1.en.txt.asc: is no plain file"),
    ("advisories/2030", elsewhere, "advisories/2030: is no folder"),
    ("advisories", elsewhere, "advisories: is a link"),
    ("advisories", pipe, "advisories: is a pipe"),
    ("security.txt", pipe, "security.txt: is a pipe"),
    ("security.txt", device, "security.txt: is a link"),
    ("redirects.toml", pipe, "redirects.toml: is a pipe"),
    ("site", elsewhere, "site: is a link"),
    ("site", plain, "site: is a plain file"),
    ("site/en", elsewhere, "site/en: is a link"),
    ("site/en", pipe, "site/en: is a pipe"),
    (".publisher", elsewhere, ".publisher: is a link"),
    (".publisher", pipe, ".publisher: is a pipe"),
    (".publisher/cache.sqlite", elsewhere, "cache.sqlite: is a link"),
    (".publisher/cache.sqlite", pipe, "cache.sqlite: is a pipe"),
    (".publisher/cache.sqlite-wal", device, "cache.sqlite-wal: is a link"),
    (".publisher/gnupg", elsewhere, "gnupg: is a link"),
    (".publisher/lock", device, "lock: is a link"),
    (".publisher/new", elsewhere, "new: is a link"),
    (".publisher/site-written", device, "site-written: is a link"),
]


def place(root: Path, pattern: str) -> Path:
    """Return where a case's file goes; what is there goes away."""
    top, _, name = pattern.rpartition("/")
    found = [each for each in root.glob(top) if each.is_dir()] if top else [root]
    parent = found[0] if found else root / top
    parent.mkdir(parents=True, exist_ok=True)
    target = parent / name
    if target.is_dir():
        target.rename(root.parent / "moved")
    target.unlink(missing_ok=True)
    return target


@pytest.mark.parametrize(("pattern", "spoil", "message"), CASES)
def test_a_stranger_is_named_and_nothing_is_written_elsewhere(
    desk: Desk, pattern: str, spoil: Spoil, message: str
) -> None:
    spoil(place(desk.root, pattern))

    result = run("build", code=1 if message.startswith(("/", "advisories/")) else 2)

    assert message in result.stderr
    outside = desk.root.parent / "outside"
    assert not outside.exists() or not any(outside.iterdir())


def test_files_of_the_site_that_are_none_are_made_again(desk: Desk) -> None:
    run("build")
    made = {file: file.read_bytes() for file in desk.site.rglob("*.html")}
    outside = desk.root.parent / "outside"
    outside.write_bytes(b"left alone")
    names = ["en/index.html", "ja/index.html", "index.html", "404.html"]
    for name, spoil in zip(names, (pipe, huge, device, None), strict=True):
        (desk.site / name).unlink()
        if spoil is not None:
            spoil(desk.site / name)
    os.link(outside, desk.site / "404.html")
    (desk.site / "en" / ".index.html.new").symlink_to(outside)
    os.link(outside, desk.site / "ja" / ".index.html.new")

    run("build")

    assert {file: file.read_bytes() for file in desk.site.rglob("*.html")} == made
    assert outside.read_bytes() == b"left alone"


def test_a_folder_in_the_place_of_a_page_is_named(desk: Desk) -> None:
    run("build")
    (desk.site / "404.html").unlink()
    (desk.site / "404.html" / "x").mkdir(parents=True)

    assert "404.html: cannot be written" in run("build", code=3).stderr


def test_nothing_new_is_written_through_a_link(desk: Desk) -> None:
    outside = desk.root.parent / "outside"
    outside.write_bytes(b"left alone")
    guard = desk.root / "advisories" / ".last-id"
    guard.unlink(missing_ok=True)
    guard.symlink_to(outside)

    told = run("new", "note", "--title", "X", code=2).stderr

    assert ".last-id: is a link" in told
    assert outside.read_bytes() == b"left alone"
