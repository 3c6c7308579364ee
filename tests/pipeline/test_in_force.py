"""Work in progress on what is published stops nobody, and is not published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from publisher.adapters.checkout import Checkout
from publisher.errors import OperatorError, PublisherError, TrustError
from publisher.model.ids import AdvisoryId
from publisher.model.state import State
from publisher.pipeline import in_force
from publisher.pipeline.status import status
from tests import repositories
from tests.projects import ID, Workplace
from tests.repositories import HANAKO, TARO, Repository

pytestmark = pytest.mark.gpg

OTHER = AdvisoryId("ADV", 2026, 8)
PAGE = "advisories/2026/ADV-2026-0007/en.html"
HISTORY = "vulnerabilities:"
REVISION = "  - {{date: '{date}', summary: More}}\nvulnerabilities:"
NEXT = REVISION.format(date="2026-11-21T10:00:00+09:00")


@pytest.fixture
def repository(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Repository:
    """The workplace in git, with its advisory signed and committed."""
    repositories.isolate(monkeypatch, tmp_path / "home")
    workplace.sign()
    made = Repository.make(workplace.root)
    made.write(".gitignore", ".publisher/\nsite/\n")
    made.commit(HANAKO)
    return made


def edit(workplace: Workplace, name: str, old: str, new: str) -> None:
    file = workplace.folder() / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def revise(workplace: Workplace) -> None:
    edit(workplace, "en.md", HISTORY, NEXT)
    edit(workplace, "en.md", "at once", "within the hour")


def draft(workplace: Workplace) -> None:
    edit(workplace, "en.md", "tlp: CLEAR", "tlp: CLEAR\ndraft: true")
    edit(workplace, "en.md", "## Overview", "## FIXME")


def draft_without_a_translation(workplace: Workplace) -> None:
    draft(workplace)
    (workplace.folder() / "ja.md").unlink()


def raise_its_label(workplace: Workplace) -> None:
    revise(workplace)
    edit(workplace, "en.md", "tlp: CLEAR", "tlp: AMBER")


def break_it(workplace: Workplace) -> None:
    edit(workplace, "en.md", "history:", "histroy:")


def revise_badly(workplace: Workplace) -> None:
    revise(workplace)
    edit(workplace, "en.md", "## Overview", "## FIXME")


def translate(workplace: Workplace) -> None:
    (workplace.folder() / "fr.md").write_text("not begun yet\n", encoding="utf-8")


def leave_a_note(workplace: Workplace) -> None:
    (workplace.folder() / "notes.txt").write_text("ask the vendor\n")


WORK: dict[str, tuple[Callable[[Workplace], None], State]] = {
    "a revision": (revise, State.UNSIGNED),
    "a draft of a revision": (draft, State.DRAFT),
    "a draft without one of its languages": (draft_without_a_translation, State.DRAFT),
    "a revision with another label": (raise_its_label, State.RESTRICTED),
    "sources that cannot be read": (break_it, State.FAULTY),
    "a revision that does not pass lint": (revise_badly, State.UNSIGNED),
    "a translation that is begun": (translate, State.FAULTY),
    "a file that has no place there": (leave_a_note, State.FAULTY),
}


@pytest.mark.parametrize("work", WORK)
def test_unfinished_work_of_a_colleague_does_not_stop_an_emergency(
    work: str, workplace: Workplace, repository: Repository
) -> None:
    do, state = WORK[work]
    workplace.apply_lists()
    workplace.write(advisory=OTHER)
    workplace.sign()
    do(workplace)
    repository.commit(TARO)

    built = workplace.build()
    pushed = workplace.push()

    assert [summary.id for summary in built.summaries] == [ID, OTHER]
    assert built.withheld == ()
    [(held, why)] = built.held
    assert (held, why.standing.state, why.serving) == (ID, state, 2)
    page = (workplace.site / PAGE).read_text(encoding="utf-8")
    assert "at once" in page
    assert not any(word in page for word in ("within the hour", "FIXME", "vendor\n"))
    assert len(pushed) == 4


def test_what_the_public_has_stays_as_it_is_and_costs_nothing(
    workplace: Workplace, repository: Repository
) -> None:
    workplace.build()
    before = workplace.digests()
    revise(workplace)
    repository.commit(TARO)

    built = workplace.build()

    assert built.written == ()
    assert workplace.digests() == before


def test_it_is_found_in_git_from_a_fresh_clone(
    workplace: Workplace, repository: Repository
) -> None:
    workplace.build()
    before = workplace.digests()
    revise(workplace)
    repository.commit(TARO)
    repository.git("clean", "-qfdx")

    workplace.close()
    workplace.project = type(workplace.project)(
        workplace.root, gnupg_home=workplace.key.home
    )
    workplace.build()

    assert workplace.digests() == before


def test_status_names_what_is_held_back_and_what_is_wrong_with_it(
    workplace: Workplace, repository: Repository
) -> None:
    workplace.build()
    revise_badly(workplace)
    repository.commit(TARO)

    [found] = status(workplace.tools(), workplace)

    assert found.standing.state is State.PUBLISHED
    assert found.held is not None
    assert found.to_json()["held"] == {
        "state": "unsigned",
        "revision": 3,
        "serving": 2,
    }
    assert str(found.held).startswith("revision 3 is held back: not signed")
    assert any(" L425 " in problem for problem in found.problems)
    assert [text.revision for text in found.texts] == [2, 2]


def test_once_it_is_signed_it_is_published(
    workplace: Workplace, repository: Repository
) -> None:
    workplace.build()
    revise(workplace)
    repository.commit(TARO)
    workplace.sign()

    built = workplace.build()

    assert built.held == ()
    page = (workplace.site / PAGE).read_text(encoding="utf-8")
    assert "within the hour" in page


def test_a_revision_that_is_dated_ahead_says_until_when(
    workplace: Workplace, repository: Repository
) -> None:
    release = (workplace.moment + timedelta(hours=1)).replace(microsecond=0)
    edit(workplace, "en.md", HISTORY, REVISION.format(date=release.isoformat()))
    repository.commit(TARO)

    [(_, why)] = workplace.build().held

    assert why.to_json() == {
        "state": "embargoed",
        "until": release.isoformat(),
        "revision": 3,
        "serving": 2,
    }


def test_a_source_that_changed_without_a_revision_stays_a_doubt(
    workplace: Workplace, repository: Repository
) -> None:
    edit(workplace, "en.md", "at once", "within the hour")
    repository.commit(TARO)

    with pytest.raises(PublisherError, match="changed after revision 2 was signed"):
        workplace.build()


@pytest.mark.usefixtures("repository")
def test_a_source_that_is_gone_stays_a_doubt(workplace: Workplace) -> None:
    (workplace.folder() / "ja.md").unlink()

    with pytest.raises(PublisherError, match="cannot vanish"):
        workplace.build()


@pytest.mark.parametrize("clone", ["no clone at all", "a shallow clone"])
def test_what_cannot_be_found_is_said_with_a_way_out(
    clone: str, workplace: Workplace, repository: Repository
) -> None:
    revise(workplace)
    advice = "work in a clone"
    if clone == "a shallow clone":
        commit = repository.commit(TARO)
        (workplace.root / ".git" / "shallow").write_text(f"{commit}\n")
        advice = "git fetch --unshallow"
    else:
        (workplace.root / ".git").rename(workplace.root / "git")

    with pytest.raises(OperatorError, match=advice):
        workplace.build()

    # What is wrong with one hides no other.
    workplace.write(advisory=OTHER)
    doubtful, other = status(workplace.tools(), workplace)
    assert (doubtful.id, doubtful.standing.state) == (ID, State.DOUBTFUL)
    assert doubtful.held is not None
    assert advice in doubtful.problems[0]
    assert (other.id, other.standing.state) == (OTHER, State.UNSIGNED)


def test_a_successor_that_only_an_unsigned_revision_names_is_none(
    workplace: Workplace, repository: Repository
) -> None:
    workplace.write(advisory=OTHER)
    workplace.sign()
    workplace.build()
    before = workplace.digests()
    revise(workplace)
    edit(workplace, "en.md", "tlp: CLEAR", f"tlp: CLEAR\nsuperseded_by: {OTHER}")
    repository.commit(TARO)

    workplace.build()

    assert workplace.digests() == before


def wait_for(workplace: Workplace, release: datetime) -> None:
    """Sign another advisory that is under embargo."""
    workplace.write(
        ("2026-11-20T10:00:00+09:00", release.isoformat()),
        ("2026-11-21T09:00:00+09:00", release.isoformat()),
        advisory=OTHER,
        japanese=None,
    )
    source = workplace.folder(OTHER) / "en.md"
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    source.write_text("".join(each for each in lines if "Exploitation" not in each))
    workplace.sign()


def call_back(workplace: Workplace, change: str) -> None:
    source = workplace.folder(OTHER) / "en.md"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("tlp: CLEAR", change), encoding="utf-8")


@pytest.mark.parametrize(
    "change", ["tlp: CLEAR\ndraft: true", "tlp: AMBER", "tlp: CLEAR\ndraft: true\n["]
)
def test_what_is_called_back_under_embargo_never_comes_out(
    change: str, workplace: Workplace, repository: Repository
) -> None:
    release = (workplace.moment + timedelta(hours=1)).replace(microsecond=0)
    wait_for(workplace, release)
    repository.commit(HANAKO)
    call_back(workplace, change)
    repository.commit(TARO)

    assert [each.id for each in workplace.build().summaries] == [ID]
    before = workplace.digests()
    workplace.now = release + timedelta(minutes=1)
    with pytest.raises(TrustError, match=r"signed ahead of its date.*git revert"):
        workplace.build()

    assert workplace.digests() == before
    # Nobody who has it on the site already is stopped, nor by what comes next to it.
    repository.git("checkout", "--quiet", "HEAD^", "--", "advisories")
    assert len(workplace.build().summaries) == 2
    repository.git("checkout", "--quiet", "HEAD", "--", "advisories")
    assert len(workplace.build().summaries) == 2


def test_reading_what_is_held_back_looks_at_no_other_folder(
    workplace: Workplace, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    revise(workplace)
    repository.commit(TARO)
    public = in_force.view(workplace.tools())
    monkeypatch.setattr(Checkout, "snapshot", lambda _: pytest.fail("not again"))

    first = public.tools.repository.read(ID)
    monkeypatch.setattr(Checkout, "committed", lambda *_: pytest.fail("not again"))

    assert public.tools.repository.read(ID) == first
    assert b"at once" in first["en.md"]


def test_two_branches_that_are_built_in_one_clone_do_not_block_each_other(
    workplace: Workplace, repository: Repository
) -> None:
    workplace.build()
    repository.git("checkout", "--quiet", "-b", "other")
    workplace.write(advisory=OTHER)
    workplace.sign()
    repository.commit(TARO)
    both = workplace.build()
    repository.git("checkout", "--quiet", "main")

    one = workplace.build()

    assert [len(both.summaries), len(one.summaries)] == [2, 1]
    assert not any("ADV-2026-0008" in name for name in workplace.digests())
