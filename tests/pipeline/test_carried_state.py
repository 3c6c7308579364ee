"""State that came with a commit or an archive: forged with all that its forger knows.

The forger has the repository, this program and time; what they lack is the team's key,
and a look into the git folder of somebody else's clone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from publisher import wiring
from publisher.adapters.buildlog import sealed
from publisher.adapters.clone import Marks
from publisher.errors import ForeignError, OperatorError, TrustError
from publisher.pipeline import building, checking, recording
from publisher.ports import Outcome
from publisher.wiring import Project
from tests.adapters.announcements import ANNOUNCEMENT
from tests.keys import Key
from tests.projects import ID, Workplace
from tests.repositories import HANAKO, Repository, isolate

pytestmark = pytest.mark.gpg

SIGNED, FORGED = "beyond its buffer", "within its buffer"
STATE = Path(".publisher")


@pytest.fixture(scope="module")
def forger(
    tmp_path_factory: pytest.TempPathFactory, team_key: Key
) -> Iterator[Workplace]:
    """A clone with a signed text, whose state says that another one was verified."""
    folder = tmp_path_factory.mktemp("forger")
    with pytest.MonkeyPatch.context() as patch:
        isolate(patch, folder / "home")
        made = Workplace(folder / "project", team_key)
        repository = Repository.make(made.root)
        repository.write(".gitignore", "/site/\n/.publisher/\n")
        made.write()
        made.sign()
        made.build()
        alter(made)
        made.journal.record(ANNOUNCEMENT, Outcome.DELIVERED, datetime.now(UTC))
        repository.commit(HANAKO)
        yield made
        made.close()


def alter(workplace: Workplace) -> None:
    """Change words of a source and of its pages, and all digests that cover them."""
    source = workplace.folder() / "en.md"
    text = source.read_text(encoding="utf-8")
    assert SIGNED in text
    source.write_text(text.replace(SIGNED, FORGED), encoding="utf-8")
    unit = building._Unit.from_json(workplace.project.cache.get("unit")[str(ID)])
    outputs = {}
    for name in unit.outputs:
        file = workplace.site / name
        if name.endswith(".html"):
            page = file.read_text(encoding="utf-8")
            file.write_text(page.replace(SIGNED, FORGED), encoding="utf-8")
        outputs[name] = sha256(file.read_bytes()).hexdigest()
    tools = workplace.tools()
    snapshot = tools.repository.snapshot()
    succession = checking.succession(tools, snapshot)
    record = recording.current(tools).public(tools.now)
    key = building._unit_keys(tools, snapshot, succession, record)[ID]
    forged = replace(unit, key=key, outputs=outputs)
    tools.cache.put("unit", {str(ID): forged.to_json()})


@dataclass
class Colleague:
    """A clone that has no state of its own yet, and whoever works there."""

    root: Path
    now: datetime
    project: Project = field(init=False)

    def __post_init__(self) -> None:
        self.project = Project(self.root)

    def build(self) -> None:
        """Build in a run of its own."""
        self.project.close()
        self.project = Project(self.root)
        building.build(replace(self.project.tools(), now=self.now))

    def receive(self, forger: Workplace, *names: str) -> None:
        """Bring state along as an archive does, or a commit that was taken back."""
        for name in names or (".publisher", "site"):
            source, target = forger.root / name, self.root / name
            target.parent.mkdir(exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target)

    def pages(self) -> str:
        found = (self.root / "site").rglob("*.html")
        return "".join(page.read_text(encoding="utf-8") for page in found)


@pytest.fixture
def colleague(
    forger: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Colleague]:
    isolate(monkeypatch, tmp_path / "home")
    root = tmp_path / "clone"
    Repository(forger.root).git("clone", "--quiet", str(forger.root), str(root))
    made = Colleague(root, forger.moment)
    yield made
    made.project.close()


def test_forged_state_is_not_believed_and_would_be_without_the_mark(
    forger: Workplace, colleague: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    colleague.receive(forger)
    with pytest.raises(TrustError, match=r"en\.md"):
        colleague.build()

    # The forgery is as good as it can be.
    shutil.rmtree(colleague.root / STATE)
    colleague.receive(forger, ".publisher")
    monkeypatch.setattr(Marks, "know", lambda _self, _mark: True)
    colleague.build()
    assert FORGED in colleague.pages()


def test_what_is_committed_is_refused_by_name_until_it_is_not(
    forger: Workplace, colleague: Colleague
) -> None:
    colleague.receive(forger)
    repository = Repository(colleague.root)
    repository.git("add", "--force", ".publisher", "site")
    repository.commit(HANAKO)

    with pytest.raises(OperatorError, match=r"\.publisher/cache\.sqlite.* more: tra"):
        colleague.build()
    repository.git("rm", "-r", "--quiet", "--cached", "--", ".publisher")
    with pytest.raises(OperatorError, match=r"site/.*`git rm -r --quiet -- site`"):
        colleague.build()
    repository.git("rm", "-r", "--quiet", "--force", "--", "site")
    with pytest.raises(TrustError, match=r"en\.md"):
        colleague.build()


@pytest.mark.parametrize("name", ["journal.sqlite", "mailhost", "gnupg", "acts.log"])
def test_a_single_tracked_file_is_refused_whatever_it_is(
    colleague: Colleague, name: str
) -> None:
    repository = Repository(colleague.root)
    repository.write(f".publisher/{name}", "")
    repository.git("add", "--force", ".publisher")

    with pytest.raises(OperatorError, match=rf"\.publisher/{name}: tracked by git"):
        colleague.project.tools()


def test_a_journal_from_elsewhere_counts_once_somebody_vouches_for_it(
    forger: Workplace, colleague: Colleague
) -> None:
    colleague.receive(forger, ".publisher/journal.sqlite")
    project = colleague.project

    with pytest.raises(ForeignError, match="`publisher adopt`"):
        project.journal.outcomes()
    (found,) = wiring.foreign(project)
    assert "what became of 1 mails" in found.what
    found.adopt()

    assert project.journal.outcomes() == {ANNOUNCEMENT.message_id: Outcome.DELIVERED}
    assert list(wiring.foreign(Project(colleague.root))) == []


def test_a_journal_that_says_nothing_is_made_anew(colleague: Colleague) -> None:
    project = colleague.project
    elsewhere = Project(colleague.root.parent / "elsewhere")
    elsewhere.root.mkdir()
    assert elsewhere.journal.outcomes() == {}
    elsewhere.close()
    place = project.local("journal.sqlite")
    shutil.copy(elsewhere.root / STATE / "journal.sqlite", place)

    assert project.journal.outcomes() == {}


def test_a_key_ring_from_elsewhere_is_not_opened(
    forger: Workplace, colleague: Colleague
) -> None:
    colleague.receive(forger, ".publisher/gnupg")
    forged = set(colleague.root.rglob("ring.kbx"))

    assert colleague.project.verifier.keys()

    (own,) = set(colleague.root.rglob("ring.kbx")) - forged
    assert own.parent.parent.name not in {ring.parent.parent.name for ring in forged}


def test_names_from_elsewhere_remove_nothing(
    forger: Workplace, colleague: Colleague
) -> None:
    repository = Repository(colleague.root)
    repository.git("checkout", "--quiet", "HEAD", ".")
    site = colleague.root / "site"
    repository.write("site/mine.html", "mine")
    theirs = forger.project.clone.marks("site-written").own
    for mark in ("", theirs):
        lines = [sealed(mark, name) for name in ("mine.html", "../keys/x")]
        repository.write(".publisher/site-written", "\n".join(lines) + "\n")
        project = Project(colleague.root)
        project.site.prune(set())
        project.close()
    own = colleague.project.clone.marks("site-written").own
    names = ("../keys/team.asc", "/etc/passwd", "ours.html")
    lines = [sealed(own, name) for name in names]
    repository.write("site/ours.html", "ours")
    repository.write(".publisher/site-written", "\n".join(lines) + "\n")
    colleague.project.site.prune(set())

    assert [file.name for file in site.iterdir()] == ["mine.html"]
    assert (colleague.root / "keys" / "team.asc").is_file()


def test_a_copy_of_the_whole_clone_is_the_clone(
    forger: Workplace, tmp_path: Path
) -> None:
    shutil.copytree(forger.root, tmp_path / "copy")
    copied = Project(tmp_path / "copy")

    assert copied.journal.outcomes() == forger.journal.outcomes()
    assert copied.cache.get("unit") == forger.project.cache.get("unit")
    copied.close()
