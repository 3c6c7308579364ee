"""Keys come, go, expire and are lost: docs/keys.md, with its commands as they are.

Whoever signs is not who writes: four eyes are on, with a real git.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from publisher.lists import names
from publisher.wiring import Project
from tests import keys
from tests.cli import terminal
from tests.cli.terminal import Desk, run_json
from tests.projects import FakeWeb

pytestmark = pytest.mark.gpg

DOC = Path(__file__).parents[2] / "docs" / "keys.md"
SUPERSEDED, COMPROMISED = "y\n2\n\ny\n", "y\n1\n\ny\n"
"""What is said to `gpg --gen-revoke`: yes, the reason, no more to say, yes."""
GPG = """\
no-tty
command-fd 0
pinentry-mode loopback
passphrase-file {home}/no-passphrase
"""
"""For gpg, what stands for a person at a terminal."""


def sections() -> dict[str, str]:
    parts = re.split(r"^##+ (.+)$", DOC.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def fenced(heading: str, language: str) -> list[str]:
    """Return the blocks of one language in a section of docs/keys.md."""
    pattern = rf"^```{language}\n(.+?)^```$"
    return re.findall(pattern, sections()[heading], re.MULTILINE | re.DOTALL)


@dataclass
class Story:
    """A team that does what docs/keys.md says."""

    desk: Desk
    home: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def old(self) -> str:
        return self.variables["OLD"]

    @property
    def new(self) -> str:
        return self.variables["NEW"]

    @property
    def settings(self) -> Path:
        return self.desk.root / "publisher.toml"

    def run(
        self, heading: str, block: int = 0, *, made: str = "KEY", answers: str = "y\n"
    ) -> list[str]:
        """Run the commands of a block, and return what each of them wrote.

        `made`: what the fingerprint of a key is called that one of them makes.
        """
        shown = []
        for line in fenced(heading, "console")[block].splitlines():
            before = set(keys.fingerprints(self.home))
            shown.append(self.command(line.removeprefix("$ "), answers))
            if " --quick-gen-key " in line:
                (fingerprint,) = set(keys.fingerprints(self.home)) - before
                self.variables[made] = fingerprint
        return shown

    def command(self, line: str, answers: str = "y\n") -> str:
        if line.startswith("publisher "):
            return self.publisher(line, answers=answers).output
        done = subprocess.run(
            ["sh", "-euc", line],
            cwd=self.desk.root,
            env={**os.environ, "LC_ALL": "C.UTF-8", **self.variables},
            input=answers.encode(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode(errors="replace")

    def publisher(self, line: str, code: int = 0, answers: str = "y\n") -> Result:
        words = [self.expanded(word) for word in shlex.split(line)[1:]]
        return terminal.run(*words, code=code, answers=answers)

    def pin(self, heading: str) -> None:
        """Take a block of settings over into publisher.toml."""
        text = self.settings.read_text(encoding="utf-8")
        lines = self.expanded(fenced(heading, "toml")[0])
        text = re.sub(r"(?m)^previous = .*\n", "", text)
        text = re.sub(r"(?m)^fingerprints = .*\n", lines, text)
        self.settings.write_text(text, encoding="utf-8")

    def expanded(self, text: str) -> str:
        return re.sub(
            r'\$(OLD|NEW|KEY|SUBKEY)\b|"(OLD|NEW|KEY)"',
            lambda m: self.variables[m[1]] if m[1] else f'"{self.variables[m[2]]}"',
            text,
        )

    def tell_server(self) -> None:
        """Give the list server's plugin the keys that are pinned."""
        pinned = tuple(sorted(each["fingerprint"] for each in self.keys()))
        self.desk.lists.fingerprints = pinned
        for settings in self.desk.lists.settings.values():
            settings[names.FINGERPRINTS] = pinned

    def keys(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = run_json("keys")
        return found

    def subkeys(self) -> list[str]:
        """Return the fingerprints of the first key's subkeys, the oldest first."""
        first: Any = self.keys()[0]
        return [each["fingerprint"] for each in first["subkeys"]]

    def roles(self) -> dict[str, str]:
        return {each["fingerprint"]: each["role"] for each in self.keys()}

    def commit(self) -> None:
        """Commit all there is in the name of an author who signs nothing."""
        for arguments in (
            ("add", "--all"),
            ("-c", "user.name=Author", "-c", "user.email=author@cert.example",
             "commit", "--quiet", "--message", "write"),
        ):  # fmt: skip
            subprocess.run(["git", *arguments], cwd=self.desk.root, check=True)

    def write(self, title: str) -> str:
        """Write a note, commit it, and return its id."""
        made = self.publisher(f"publisher new note --title {shlex.quote(title)}")
        return self.finish(made.output)

    def finish(self, made: str) -> str:
        """Fill in what `publisher new` has made, commit it, and return its id."""
        name = made.split("/")[2]
        self.desk.finish(name)
        self.commit()
        return name

    def files(self, name: str) -> set[str]:
        return {file.name for file in self.desk.folder(name).glob("*.asc")}

    def signers(self, name: str, file: str) -> list[str]:
        (told,) = run_json("verify", str(self.desk.folder(name) / file))
        assert told["good"], told
        return [each["fingerprint"] for each in told["signers"]]

    def page(self, name: str, language: str = "en") -> str:
        folder = self.desk.site / "advisories" / name.split("-")[1] / name
        file = folder / f"{language}.html"
        return file.read_text(encoding="utf-8")


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    """A fresh project with nothing but git, and a gpg without keys."""
    with keys.gnupg_home() as home:
        (home / "gpg.conf").write_text(GPG.format(home=home))
        (home / "no-passphrase").touch()
        monkeypatch.setenv("GNUPGHOME", str(home))
        root = tmp_path / "ours"
        terminal.run("init", str(root))
        for arguments in (
            ("init", "--quiet"),
            ("config", "user.email", "signer@cert.example"),
            ("config", "user.name", "Signer"),
        ):
            subprocess.run(["git", *arguments], cwd=root, check=True)
        monkeypatch.chdir(root)
        desk = Desk(root, keys.Key(home, ""))
        web = FakeWeb(desk.site)
        monkeypatch.setattr(Project, "lists", property(lambda _: desk.lists))
        monkeypatch.setattr(Project, "web", property(lambda _: web))
        yield Story(desk, home)


@pytest.fixture
def first(story: Story) -> tuple[Story, str]:
    """A team with one key, and the advisory that it has published with it."""
    story.run("Make a key")
    story.run("Put its public half into the project")
    story.pin("Put its public half into the project")
    story.variables["OLD"] = story.variables["KEY"]
    story.tell_server()
    story.publisher("publisher lists apply")
    story.commit()
    story.publisher("publisher publish --yes")
    return story, story.desk.folder().name


@pytest.fixture
def announced(first: tuple[Story, str]) -> tuple[Story, str, str]:
    """The same team, whose new key is announced."""
    story, advisory = first
    story.run("1. Make the new key", made="NEW")
    story.pin("2. Pin both keys")
    story.tell_server()
    story.run("2. Pin both keys")
    (made,) = story.run("3. Announce it in a note that both have signed")
    notice = story.finish(made)
    story.run("3. Announce it in a note that both have signed", 1)
    return story, advisory, notice


@pytest.fixture
def changed(announced: tuple[Story, str, str]) -> tuple[Story, str, str]:
    """The same team, whose new key signs alone."""
    story, advisory, notice = announced
    story.pin("4. Let the new key sign alone")
    story.run("4. Let the new key sign alone")
    return story, advisory, notice


def test_the_new_key_is_announced_by_both(announced: tuple[Story, str, str]) -> None:
    story, advisory, notice = announced

    assert story.files(notice) == {"r1.en.txt.asc", "r1.ja.txt.asc"}
    assert story.signers(notice, "r1.en.txt.asc") == [story.old, story.new]
    assert story.signers(advisory, "r1.en.txt.asc") == [story.old]
    assert "Our new OpenPGP key" in story.page(notice, "ja")
    assert len(story.desk.lists.mails) == 4


def test_whoever_has_both_keys_sees_two_good_signatures(
    announced: tuple[Story, str, str],
) -> None:
    story, _, notice = announced
    file = story.desk.folder(notice) / "r1.ja.txt.asc"
    with keys.gnupg_home() as reader:
        for fingerprint in (story.old, story.new):
            public = story.desk.site / "keys" / f"{fingerprint}.asc"
            keys.gpg(reader, "--import", str(public))
        told = keys.gpg(reader, "--status-fd", "1", "--verify", str(file)).decode()

    assert told.count("[GNUPG:] VALIDSIG ") == 2


def test_the_old_key_signs_nothing_new_and_what_it_signed_stands(
    changed: tuple[Story, str, str],
) -> None:
    story, advisory, _ = changed
    page = story.page(advisory)
    later = story.write("Later")

    refused = story.publisher(f"publisher sign {later} --key $OLD", code=2)
    story.publisher("publisher publish --yes")

    assert "signs nothing new" in refused.stderr
    assert story.roles() == {story.new: "current", story.old: "previous"}
    assert story.signers(advisory, "r1.en.txt.asc") == [story.old]
    assert story.signers(later, "r1.en.txt.asc") == [story.new]
    assert story.page(advisory) == page
    assert len(story.desk.lists.mails) == 6


def retire(story: Story) -> None:
    # The revocation has to be later than the signatures, by a second at least.
    time.sleep(1.1)
    story.run("5. Retire the old key", answers=SUPERSEDED)


def test_everything_stands_when_the_old_key_is_retired(
    changed: tuple[Story, str, str],
) -> None:
    story, advisory, notice = changed
    before = {name: story.files(name) for name in (advisory, notice)}

    retire(story)
    again = story.publisher("publisher sign --again")

    assert "nothing to sign" in again.output
    assert story.roles()[story.old] == "revoked"
    assert story.signers(advisory, "r1.ja.txt.asc") == [story.old]
    assert story.signers(notice, "r1.ja.txt.asc") == [story.old, story.new]
    assert {name: story.files(name) for name in before} == before


def test_when_the_old_key_is_stolen_all_is_named_and_signed_again(
    changed: tuple[Story, str, str],
) -> None:
    story, advisory, notice = changed
    folder = story.desk.folder(advisory)
    first_files = {name: (folder / name).read_bytes() for name in story.files(advisory)}
    mails = list(story.desk.lists.mails)
    retire(story)

    story.run("Revoke it", answers=COMPROMISED)
    stopped = story.publisher("publisher build", code=2)
    story.run("Sign again what it signed")
    story.publisher("publisher publish --yes")

    for name in ("r1.en.txt.asc", "r1.ja.txt.asc"):
        assert f"{advisory}/{name}: the key {story.old} was revoked" in stopped.stderr
    assert "as compromised" in stopped.stderr
    assert "publisher sign --again" in stopped.stderr
    assert notice not in stopped.stderr
    second = {"r1.en.txt.2.asc", "r1.ja.txt.2.asc"}
    assert story.files(advisory) == {*first_files, *second}
    for name, data in first_files.items():
        assert (folder / name).read_bytes() == data
        served = (
            story.desk.site / "advisories" / advisory.split("-")[1] / advisory / name
        )
        assert served.read_bytes() == data
    for name in second:
        assert story.signers(advisory, name) == [story.new]
    assert all(f'href="r1.en.txt{n}.asc"' in story.page(advisory) for n in ("", ".2"))
    assert story.files(notice) == {"r1.en.txt.asc", "r1.ja.txt.asc"}
    assert story.signers(notice, "r1.en.txt.asc") == [story.new]
    assert story.desk.lists.mails == mails


def test_what_a_thief_signed_is_not_signed_again(
    changed: tuple[Story, str, str],
) -> None:
    story, advisory, _ = changed
    file = story.desk.folder(advisory) / "r1.ja.txt.asc"
    ours = file.read_bytes()
    file.write_bytes(keys.Key(story.home, story.old).clearsign("send money\n"))
    story.run("Revoke it", answers=COMPROMISED)

    refused = story.publisher("publisher sign --again --yes")
    stopped = story.publisher("publisher build", code=2)
    others = story.files(advisory)
    file.write_bytes(ours)
    story.run("Sign again what it signed")

    both = {"r1.en.txt.asc", "r1.ja.txt.asc"}
    assert f"skipped  {advisory} r1 ja: its key was revoked" in refused.output
    assert f"{advisory}/r1.ja.txt.asc" in stopped.stderr
    assert others == {*both, "r1.en.txt.2.asc"}
    assert story.files(advisory) == {*others, "r1.ja.txt.2.asc"}


def expiring(story: Story, term: str) -> None:
    """Give the team a key that expires soon."""
    made = keys.make(story.home, "Team <csirt@cert.example>", expires=term)
    story.variables["KEY"] = made.fingerprint
    story.run("Put its public half into the project")
    story.pin("Put its public half into the project")
    story.commit()


def test_a_key_that_expires_within_90_days_is_told_of(story: Story) -> None:
    expiring(story, "80d")

    signed = story.publisher("publisher sign --yes")
    status = story.publisher("publisher status")
    story.run("Extend it")
    later = story.publisher("publisher status")

    told = rf"the key {story.variables['KEY']} expires on \S+, in (79|80) days"
    assert re.search(told, signed.stderr)
    assert re.search(told, status.stderr)
    assert "gpg --quick-set-expire" in status.stderr
    assert "expires" not in later.stderr


def test_a_key_that_expires_within_30_days_signs_when_it_is_extended(
    story: Story,
) -> None:
    expiring(story, "20d")

    refused = story.publisher("publisher sign --yes", code=2)
    story.run("Extend it")
    story.run("Several signers")

    name = story.desk.folder().name
    assert re.search(r"expires on \S+, in (19|20) days", refused.stderr)
    assert "signed   " not in refused.output
    assert story.signers(name, "r1.en.txt.asc") == [story.variables["KEY"]]


def test_a_subkey_signs_in_the_name_of_a_primary_key_that_is_elsewhere(
    story: Story,
) -> None:
    story.run("A primary key that stays offline")
    story.run("Put its public half into the project")
    story.pin("Put its public half into the project")
    story.commit()

    older = story.subkeys()
    # gpg takes the newest, and knows seconds.
    time.sleep(1.1)
    story.run("A new subkey")
    story.variables["SUBKEY"] = older[0]
    story.run("Extend a subkey")
    story.commit()

    story.run("A new subkey", 1)

    name = story.desk.folder().name
    file = story.desk.folder(name) / "r1.en.txt.asc"
    (told,) = run_json("verify", str(file))
    assert told["fingerprint"] == story.variables["KEY"]
    shown = keys.gpg(story.home, "--status-fd", "1", "--verify", str(file)).decode()
    assert len(story.subkeys()) == 2
    assert f"VALIDSIG {older[0]} " in shown


def test_every_command_of_the_doc_is_run_here() -> None:
    own = Path(__file__).read_text(encoding="utf-8")

    for heading in sections():
        if fenced(heading, "console"):
            assert f'"{heading}"' in own, heading
