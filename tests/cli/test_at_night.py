"""docs/releasing.md, "At night", followed to the letter in two clones.

In the way are a colleague's unsigned revision, whose signed predecessor a squash merge
left in another branch, and a draft.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.wiring import Project
from tests import repositories
from tests.cli.terminal import Desk, run
from tests.cli.test_drill import Mailbox
from tests.projects import FakeWeb
from tests.repositories import HANAKO, TARO, Repository

pytestmark = pytest.mark.gpg

JIRO = "Jiro <jiro@cert.example>"
DOC = Path(__file__).parents[2] / "docs" / "releasing.md"
CANARY = '[canary]\naddress = "canary@cert.example"\nmaildir = "canary"\n\n[mailman]\n'


@dataclass
class Person:
    """Somebody of the team, with a clone of their own."""

    name: str
    repository: Repository
    patch: pytest.MonkeyPatch

    def run(self, *arguments: str, answers: str | None = None, code: int = 0) -> str:
        """Run a command of ours in the clone, and return what it shows."""
        self.patch.chdir(self.repository.root)
        return run(*arguments, answers=answers, code=code).output

    def commit(self, message: str) -> None:
        self.repository.git("commit", "--quiet", f"--message={message}")

    def push(self) -> None:
        self.repository.git("push", "--quiet", "origin", "HEAD")

    def edit(self, advisory: str, name: str, *changes: tuple[str, str]) -> None:
        (source,) = self.repository.root.glob(f"advisories/*/{advisory}/{name}.md")
        text = source.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        source.write_text(text, encoding="utf-8")


def steps() -> list[str]:
    """Return what each step of "At night" tells to type."""
    text = DOC.read_text(encoding="utf-8").partition("## At night\n")[2]
    section = text.partition("\n## ")[0]
    told = re.findall(r"^\d\. (.+(?:\n   .+)*)", section, re.MULTILINE)
    return [" ".join(re.findall(r"`([^`]+)`", each)) for each in told]


@pytest.fixture
def team(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> tuple[Person, Person, Person]:
    """Hanako, Taro and Jiro, who have published one note together."""
    key_home = str(desk.key.home)
    repositories.isolate(monkeypatch, tmp_path / "home")
    monkeypatch.setenv("GNUPGHOME", key_home)
    web = property(lambda project: FakeWeb(project.root / "site"))
    monkeypatch.setattr(Project, "web", web)
    mailbox = Mailbox(desk.lists)
    monkeypatch.setattr(Project, "inbox", property(lambda _: mailbox))
    desk.lists.canary = "canary@cert.example"
    desk.settings(
        ("other_person = false", "other_person = true"), ("[mailman]\n", CANARY)
    )
    replace(desk.folder() / "ja.md", r"date: [^,]+,", f"date: {minutes_ago(3)},")
    since = f"announce_since = {minutes_ago(4)}"
    replace(desk.root / "publisher.toml", "announce_since = .+", since)
    first = Repository.make(desk.root)
    first.commit(HANAKO)
    first.git("config", "user.name", "Taro")
    first.git("config", "user.email", "taro@cert.example")
    run("lists", "apply")
    run("publish", "--yes")
    first.commit(TARO, "Sign")
    first.git("clone", "--quiet", "--bare", ".", str(tmp_path / "origin"))
    hanako, taro, jiro = (
        join(name, first, tmp_path, monkeypatch) for name in ("Hanako", "Taro", "Jiro")
    )
    return hanako, taro, jiro


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert re.search(old, text)
    file.write_text(re.sub(old, new, text), encoding="utf-8")


def join(
    name: str, first: Repository, folder: Path, patch: pytest.MonkeyPatch
) -> Person:
    root = folder / name.lower()
    first.git("clone", "--quiet", str(folder / "origin"), str(root))
    repository = Repository(root)
    repository.git("config", "user.name", name)
    repository.git("config", "user.email", f"{name.lower()}@cert.example")
    return Person(name, repository, patch)


def minutes_ago(count: int) -> str:
    moment = datetime.now(UTC) - timedelta(minutes=count)
    return moment.isoformat(timespec="seconds")


def revise(jiro: Person, note: str, minutes: int, words: str) -> None:
    entry = f"\n  - {{date: {minutes_ago(minutes)}, summary: {words}}}\n---\n"
    jiro.edit(note, "ja", ("\n---\n\n## 概要\n", f"{entry}\n## 概要\n\n{words}\n"))
    jiro.repository.git("commit", "--quiet", "--all", f"--message={words}")


def squash(note: str, jiro: Person, taro: Person) -> None:
    """Squash a branch: in it a signed revision, and one on it that is not."""
    jiro.repository.git("switch", "--quiet", "--create", "side")
    revise(jiro, note, 2, "Second")
    jiro.push()
    taro.repository.git("fetch", "--quiet")
    taro.repository.git("switch", "--quiet", "side")
    taro.run("sign", note, "--yes")
    taro.repository.git("add", "advisories", "record")
    taro.commit("Sign the second")
    taro.push()
    taro.repository.git("switch", "--quiet", "main")
    jiro.repository.git("pull", "--quiet", "origin", "side")
    revise(jiro, note, 1, "Third")
    jiro.push()
    jiro.repository.git("switch", "--quiet", "main")
    jiro.repository.git("merge", "--quiet", "--squash", "side")
    jiro.commit("Revise the note (#1)")


def begin_a_draft(jiro: Person) -> str:
    """Let a note be begun, and return its id."""
    made = jiro.run("new", "note", "--title", "Kagerou")
    jiro.repository.git("add", "advisories")
    jiro.commit("Begin a note")
    jiro.push()
    return made.split("/")[2]


def mailed(desk: Desk) -> list[tuple[str, str]]:
    return [(str(m.key.id)[-4:], m.key.filename[:5]) for m in desk.lists.mails]


def files(person: Person) -> dict[str, bytes]:
    site = person.repository.root / "site"
    found = (file for file in sorted(site.rglob("*")) if file.is_file())
    return {str(file.relative_to(site)): file.read_bytes() for file in found}


def concerns(shown: str) -> Sequence[str]:
    words = ("CRITICAL", "WARNING", "UNKNOWN")
    return [line for line in shown.splitlines() if line.startswith(words)]


def write_down(hanako: Person) -> str:
    """Steps 1 to 3: what is known now, linted and committed; return the id."""
    hanako.repository.git("pull", "--quiet")
    assert concerns(hanako.run("status")) == []
    emergency = hanako.run("new", "emergency", "--title", "Night").split("/")[2]
    date = ("date: FIXME", "date: -")
    hanako.edit(emergency, "ja", date, ("FIXME", "Known"), date[::-1])
    hanako.edit(emergency, "en", ("FIXME", "Known"))
    begun = datetime.now(UTC).replace(microsecond=0)
    told = hanako.run("ready", emergency)
    assert datetime.fromisoformat(re.findall(r"is dated (\S+),", told)[0]) >= begun
    *_, hint, add, commit = told.splitlines()
    assert "commit and push it" in hint
    for command in (add, commit):
        subprocess.run(command, shell=True, check=True, cwd=hanako.repository.root)
    return emergency


def test_the_test_knows_each_step() -> None:
    assert steps() == [
        "git pull publisher status",
        'publisher new emergency --title "…"',
        "publisher ready ADV-… Reviewed-by:",
        "publisher publish ADV-…",
        "arrived",
        "publisher publish ADV-… --commit",
        "publisher status",
    ]


def test_at_night_nothing_of_colleagues_is_in_the_way(
    desk: Desk, team: tuple[Person, Person, Person]
) -> None:
    hanako, taro, jiro = team
    note = desk.folder().name
    squash(note, jiro, taro)
    draft = begin_a_draft(jiro)

    emergency = write_down(hanako)
    refused = hanako.run("publish", emergency, "--yes", code=2)
    taro.repository.git("pull", "--quiet")
    shown = taro.run("publish", emergency, answers="y\n")
    *_, last, hint, add, commit = shown.splitlines()
    assert "commit and push it" in hint
    for command in (add, commit):
        subprocess.run(command, shell=True, check=True, cwd=taro.repository.root)
    own = taro.run("status")
    hanako.repository.git("pull", "--quiet")
    other = hanako.run("status")
    again = hanako.run("publish", "--no-sign", "--yes")

    assert "Hanako <hanako@cert.example> wrote its last change" in refused
    assert f"held     {note}: revision 3 is held back: not signed" in shown
    assert f"withheld {draft}: draft" in shown
    assert last.startswith("arrived ")
    assert mailed(desk) == [
        ("0001", "r1.ja"), ("0001", "r1.en"),
        (emergency[-4:], "r1.ja"), (emergency[-4:], "r1.en"), ("0001", "r2.ja"),
    ]  # fmt: skip
    for told in (own, other):
        assert concerns(told) == []
        assert " due" not in told
        assert "revision 3 is held back" in told
    assert other.count("by another clone") == 4
    assert again.count("another clone had it posted") == 4
    assert files(taro) == files(hanako)
    pages = files(taro).values()
    assert any(b"Second" in page for page in pages)
    assert not any(word in page for page in pages for word in (b"Third", b"Kage"))
    assert len(mailed(desk)) == 5
