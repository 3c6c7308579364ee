"""Four eyes: nobody signs what they wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from publisher.adapters.gpg import GpgSigner
from publisher.errors import TrustError
from publisher.model.chain import ToSign
from publisher.pipeline import checking, review, signing
from publisher.ports import Person
from tests import repositories
from tests.projects import ID, Workplace
from tests.repositories import HANAKO, TARO, Repository

pytestmark = pytest.mark.gpg

FOLDER = "advisories/2026/ADV-2026-0007"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    repositories.isolate(monkeypatch, tmp_path / "home")


@pytest.fixture
def repository(workplace: Workplace) -> Repository:
    """The workplace in git: Hanako wrote the original, Taro the translation."""
    made = Repository.make(workplace.root)
    made.write(".gitignore", ".publisher/\n")
    made.git("add", f"{FOLDER}/en.md")
    japanese = workplace.folder() / "ja.md"
    text = japanese.read_text(encoding="utf-8")
    japanese.unlink()
    made.commit(HANAKO)
    made.save(TARO, f"{FOLDER}/ja.md", text)
    return made


def somebody(*addresses: str) -> Person:
    return Person("key 0123", frozenset(addresses))


def waiting(workplace: Workplace) -> list[ToSign]:
    tools = workplace.tools()
    loaded = checking.load(tools, [ID], {})
    return list(signing.plan(tools, loaded).texts)


def refused(
    workplace: Workplace, texts: Sequence[ToSign], *people: Person
) -> list[str]:
    """Return why texts are refused, a line for each reason."""
    history = workplace.project.history
    try:
        review.require_other_person(history, ((text, people) for text in texts))
    except TrustError as error:
        return str(error).split("\n")
    return []


@pytest.mark.usefixtures("repository")
def test_somebody_else_may_sign(workplace: Workplace) -> None:
    texts = waiting(workplace)

    assert len(texts) == 2
    assert refused(workplace, texts, somebody("jiro@cert.example")) == []


def test_the_author_may_not_sign_and_both_are_named(
    workplace: Workplace, repository: Repository
) -> None:
    commit = repository.git("log", "-1", "--format=%H", f"{FOLDER}/ja.md")[:10]

    (doubt,) = refused(workplace, waiting(workplace), somebody("taro@cert.example"))

    assert doubt.startswith(f"{FOLDER}/ja.md: {TARO} wrote its last change")
    assert f"(commit {commit}) and is who signs, as key 0123 <taro@cert.ex" in doubt
    assert "somebody else of the team" in doubt


@pytest.mark.usefixtures("repository")
def test_letters_may_be_large_or_small(workplace: Workplace) -> None:
    signer = workplace.project.history.person("key", ["TARO@Cert.Example"])

    assert len(refused(workplace, waiting(workplace), signer)) == 1


def test_the_mailmap_tells_that_two_addresses_are_one_person(
    workplace: Workplace, repository: Repository
) -> None:
    repository.write(".mailmap", "Taro <t@home.example> <taro@cert.example>\n")

    (doubt,) = refused(workplace, waiting(workplace), somebody("t@home.example"))

    assert "ja.md: Taro <t@home.example, taro@cert.example>" in doubt


def test_a_mailmap_cannot_make_two_persons_of_one(
    workplace: Workplace, repository: Repository
) -> None:
    repository.write(".mailmap", "Nobody <no@cert.example> <taro@cert.example>\n")

    assert refused(workplace, waiting(workplace), somebody("taro@cert.example"))


def test_a_co_author_may_not_sign_either(
    workplace: Workplace, repository: Repository
) -> None:
    source = workplace.folder() / "ja.md"
    text = source.read_text(encoding="utf-8").replace("至急", "すぐに")
    together = "Reword\n\nCo-authored-by: Jiro <jiro@cert.example>"
    repository.save(TARO, f"{FOLDER}/ja.md", text, together)

    (doubt,) = refused(workplace, waiting(workplace), somebody("jiro@cert.example"))

    assert "ja.md: Jiro <jiro@cert.example> wrote its last change" in doubt


SOMEBODY = "Jiro <jiro@cert.example>"


@pytest.mark.parametrize(
    ("message", "may"),
    [
        ("Mend a comma", False),
        ("Mend a comma\n\nReviewed-by: Hanako <hanako@cert.example>", False),
        (f"Mend a comma\n\nReviewed-by: {SOMEBODY}", True),
    ],
)
def test_whoever_wrote_the_lines_before_may_sign_if_another_read_them(
    workplace: Workplace, repository: Repository, message: str, may: bool
) -> None:
    written = repository.git("log", "-1", "--format=%H", f"{FOLDER}/en.md")[:10]
    text = (workplace.folder() / "en.md").read_text(encoding="utf-8")
    text = text.replace("at once", "now")
    repository.save(SOMEBODY, f"{FOLDER}/en.md", text, message)
    texts = waiting(workplace)[:1]

    assert refused(workplace, texts, somebody("jiro@cert.example"))
    doubts = refused(workplace, texts, somebody("hanako@cert.example"))
    if may:
        assert doubts == []
    else:
        (doubt,) = doubts
        assert f"en.md: {HANAKO} wrote lines of it (commit {written}) and" in doubt
        assert "`git commit --amend --trailer 'Reviewed-by: NAME <ADDRESS>'`" in doubt


def test_lines_that_were_signed_before_are_nobodys(
    workplace: Workplace, repository: Repository
) -> None:
    workplace.sign()
    source = workplace.folder() / "en.md"
    text = source.read_text(encoding="utf-8").replace("at once", "now")
    third = '  - {date: "2026-11-22T09:00:00+09:00", summary: "Reworded"}\n'
    end = text.index("\n", text.index("history:")) + 1
    while text[end:].startswith("  -"):
        end = text.index("\n", end) + 1
    repository.save(SOMEBODY, f"{FOLDER}/en.md", text[:end] + third + text[end:])
    (again,) = waiting(workplace)

    assert again.since
    assert refused(workplace, [again], somebody("hanako@cert.example")) == []
    assert refused(workplace, [again], somebody("jiro@cert.example"))
    # Of what was not signed, each line has an author.
    assert refused(
        workplace, [replace(again, since="")], somebody("hanako@cert.example")
    )


@pytest.mark.parametrize(
    "address",
    [
        "12345+taro@users.noreply.github.com",
        "7-taro@users.noreply.gitlab.example",
        "taro@noreply.codeberg.org",
    ],
)
def test_an_address_that_a_forge_made_up_hides_nobody(
    workplace: Workplace, repository: Repository, address: str
) -> None:
    source = workplace.folder() / "ja.md"
    text = source.read_text(encoding="utf-8").replace("至急", "すぐに")
    repository.save(f"T <{address}>", f"{FOLDER}/ja.md", text)

    (doubt,) = refused(workplace, waiting(workplace), somebody("taro@cert.example"))

    assert f"ja.md: T <{address}> wrote its last change" in doubt


@pytest.mark.usefixtures("repository")
def test_of_several_who_sign_none_may_be_the_author(workplace: Workplace) -> None:
    people = (somebody("jiro@cert.example"), somebody("taro@cert.example"))

    assert len(refused(workplace, waiting(workplace), *people)) == 1


@pytest.mark.usefixtures("repository")
def test_whoever_wrote_the_original_may_sign_the_translation(
    workplace: Workplace,
) -> None:
    (doubt,) = refused(workplace, waiting(workplace), somebody("hanako@cert.example"))

    assert doubt.startswith(f"{FOLDER}/en.md: {HANAKO}")


@pytest.mark.usefixtures("repository")
def test_all_that_is_wrong_is_said_at_once(workplace: Workplace) -> None:
    everybody = somebody("hanako@cert.example", "taro@cert.example")

    doubts = refused(workplace, waiting(workplace), everybody)

    assert [doubt.partition(":")[0] for doubt in doubts] == [
        f"{FOLDER}/en.md",
        f"{FOLDER}/ja.md",
    ]


@pytest.mark.parametrize("staged", [False, True])
def test_what_is_not_committed_may_not_be_signed(
    workplace: Workplace, repository: Repository, staged: bool
) -> None:
    workplace.write(("Update **at once**", "Update **now**"))
    if staged:
        repository.git("add", "--all")

    (doubt,) = refused(workplace, waiting(workplace), somebody("jiro@cert.example"))

    assert doubt.startswith(f"{FOLDER}/en.md: ")
    assert "commit it first" in doubt


def test_a_change_that_git_was_told_to_overlook_is_seen(
    workplace: Workplace, repository: Repository
) -> None:
    repository.git("update-index", "--assume-unchanged", f"{FOLDER}/en.md")
    workplace.write(("Update **at once**", "Update **now**"))

    assert len(refused(workplace, waiting(workplace), somebody("x@y.example"))) == 1


def test_going_back_to_what_was_is_a_change_to_be_committed(
    workplace: Workplace, repository: Repository
) -> None:
    source = workplace.folder() / "en.md"
    text = source.read_text(encoding="utf-8")
    repository.save(TARO, f"{FOLDER}/en.md", text.replace("at once", "now"))
    source.write_text(text, encoding="utf-8")

    (doubt,) = refused(workplace, waiting(workplace), somebody("x@y.example"))

    assert "commit it first" in doubt


def test_without_a_repository_it_is_said_once_how_to_go_on(
    workplace: Workplace,
) -> None:
    (doubt,) = refused(workplace, waiting(workplace), somebody("jiro@cert.example"))

    assert "git init" in doubt
    assert "review.other_person = false" in doubt


@pytest.mark.usefixtures("repository")
def test_somebody_unknown_may_not_sign(workplace: Workplace) -> None:
    (doubt,) = refused(workplace, waiting(workplace), somebody())

    assert doubt.startswith("who signs is not known")


@pytest.mark.usefixtures("repository")
def test_a_text_without_a_source_has_no_author(workplace: Workplace) -> None:
    text = ToSign(PurePosixPath("security.txt"), "x\n", "security.txt")

    assert refused(workplace, [text], somebody("taro@cert.example")) == []


def signed_again(workplace: Workplace) -> list[ToSign]:
    workplace.sign()
    tools = workplace.tools()
    loaded = checking.load(tools, [ID], {})
    return list(signing.plan_again(tools, loaded, ["0" * 40], named=True).texts)


def test_a_later_signature_is_held_to_the_author_of_that_revision(
    workplace: Workplace, repository: Repository
) -> None:
    first, _ = signed_again(workplace)
    # The source has gone on since, by another hand.
    repository.save("Jiro <jiro@cert.example>", f"{FOLDER}/en.md", "---\n")

    assert first.path.name == "r2.en.txt.2.asc"
    assert refused(workplace, [first], somebody("jiro@cert.example")) == []
    (doubt,) = refused(workplace, [first], somebody("hanako@cert.example"))
    assert doubt.startswith(f"{FOLDER}/en.md: {HANAKO}")


@pytest.mark.usefixtures("repository")
def test_a_later_signature_needs_a_source_that_was_committed_once(
    workplace: Workplace,
) -> None:
    workplace.write(("Update **at once**", "Update **now**"))
    first, _ = signed_again(workplace)

    (doubt,) = refused(workplace, [first], somebody("jiro@cert.example"))

    assert "no commit holds it" in doubt


@pytest.mark.usefixtures("repository")
def test_a_text_without_an_imprint_is_a_doubt(workplace: Workplace) -> None:
    text = replace(waiting(workplace)[0], text="x\n")

    (doubt,) = refused(workplace, [text], somebody("jiro@cert.example"))

    assert "its source is not known" in doubt


def test_signers_are_known_by_the_user_ids_of_their_keys(workplace: Workplace) -> None:
    project = workplace.project
    signer = GpgSigner([workplace.key.fingerprint], workplace.key.home)
    keys = [project.verifier.keys()[name] for name in signer.fingerprints]

    (person,) = review.signers(project.history, keys)

    assert person.addresses == {"csirt@cert.example"}
    assert person.names
    assert str(person) == f"key {workplace.key.fingerprint} <csirt@cert.example>"
