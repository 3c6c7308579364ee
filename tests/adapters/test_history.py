"""Who wrote what, asked of real git repositories."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath

import pytest

from publisher.adapters.history import GitHistory
from publisher.errors import OperatorError
from publisher.ports import Change
from tests import repositories
from tests.repositories import HANAKO, TARO, Repository

FILE = "advisories/2026/ADV-2026-0007/ja.md"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    repositories.isolate(monkeypatch, tmp_path / "home")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.make(tmp_path / "ours")


def changes(root: Path, name: str = FILE) -> list[Change]:
    return list(GitHistory(root).changes(PurePosixPath(name)))


def newest(root: Path, name: str = FILE) -> Change:
    return next(GitHistory(root).changes(PurePosixPath(name)))


def authors(change: Change) -> list[str]:
    return [str(author) for author in change.authors]


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def test_the_last_commit_tells_when_it_was_made(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = GitHistory(repository.root)
    assert history.committed() is None
    assert GitHistory(tmp_path).committed() is None

    monkeypatch.setenv("GIT_COMMITTER_DATE", "2031-05-01T10:00:00+09:00")
    repository.save(HANAKO, FILE, "one\n")

    assert history.committed() == datetime(2031, 5, 1, 1, tzinfo=UTC)


def test_changes_come_newest_first_with_what_the_file_held(
    repository: Repository,
) -> None:
    first = repository.save(HANAKO, FILE, "one\n")
    repository.save(HANAKO, "other.md", "x\n")
    second = repository.save(TARO, FILE, "two\n")

    found = changes(repository.root)

    assert [change.commit for change in found] == [second, first]
    assert [authors(change) for change in found] == [[TARO], [HANAKO]]
    assert [change.sha256 for change in found] == [digest("two\n"), digest("one\n")]


@pytest.mark.parametrize(
    "state", ["no repository", "no commit", "untracked", "ignored", "taken away"]
)
def test_what_is_not_committed_has_no_changes(tmp_path: Path, state: str) -> None:
    repository = Repository.make(tmp_path / "ours")
    if state != "no commit":
        repository.save(HANAKO, ".gitignore", "*.md\n" if state == "ignored" else "")
    if state == "taken away":
        repository.save(HANAKO, FILE, "one\n")
        repository.git("rm", "--quiet", FILE)
        repository.commit(TARO)
    repository.write(FILE, "one\n")

    if state == "no repository":
        shutil.rmtree(repository.root / ".git")
        with pytest.raises(OperatorError, match="git init"):
            changes(repository.root)
    else:
        assert changes(repository.root) == []


def test_what_is_written_and_not_committed_does_not_matter(
    repository: Repository,
) -> None:
    repository.save(HANAKO, FILE, "one\n")
    repository.write(FILE, "two\n")
    repository.git("add", FILE)

    assert newest(repository.root).sha256 == digest("one\n")


def test_a_project_may_be_in_a_folder_of_a_repository(repository: Repository) -> None:
    repository.save(HANAKO, f"security/ours/{FILE}", "one\n")
    repository.save(TARO, FILE, "two\n")

    assert authors(newest(repository.root / "security" / "ours")) == [HANAKO]


@pytest.mark.parametrize(
    "name",
    [
        "発行物.md",
        "a b\tc.md",
        "new\nline.md",
        ":(exclude)x.md",
        "*.md",
        "[ab].md",
        "-n.md",
        '"q".md',
        "\udcff.md",
    ],
)
def test_any_file_name_will_do(repository: Repository, name: str) -> None:
    repository.save(TARO, "b.md", "two\n")
    repository.save(HANAKO, name, "one\n")
    repository.save(TARO, "a.md", "two\n")

    change = newest(repository.root, name)

    assert (authors(change), change.sha256) == ([HANAKO], digest("one\n"))


def test_those_named_in_trailers_are_authors_too(repository: Repository) -> None:
    message = (
        "Translate\n\nco-authored-By:Taro <TARO@cert.example>\n"
        "Reviewed-by: Jiro <jiro@cert.example>\n"
    )
    repository.save(HANAKO, FILE, "one\n", message)

    assert authors(newest(repository.root)) == [HANAKO, TARO]


def test_a_trailer_without_an_address_is_a_doubt(repository: Repository) -> None:
    repository.save(HANAKO, FILE, "one\n", "Translate\n\nCo-authored-by: Taro\n")

    with pytest.raises(OperatorError, match="without a mail address"):
        changes(repository.root)


def test_an_author_without_an_address_is_a_doubt(repository: Repository) -> None:
    repository.save("Hanako <>", FILE, "one\n")

    with pytest.raises(OperatorError, match="without a mail address"):
        changes(repository.root)


def test_names_cannot_play_tricks_on_a_terminal(repository: Repository) -> None:
    repository.save("Ha\x1b[2Jnako <hanako@cert.example>", FILE, "one\n")

    assert str(newest(repository.root).authors[0]).isprintable()


def test_an_address_counts_along_with_what_the_mailmap_gives_for_it(
    repository: Repository,
) -> None:
    repository.write(".mailmap", "Hanako <hanako@cert.example> <Me@Laptop.example>\n")
    message = "Translate\n\nCo-authored-by: x <me@laptop.example>"
    repository.save("me <me@laptop.example>", FILE, "one\n", message)
    history = GitHistory(repository.root)

    (author, helper) = newest(repository.root).authors
    signer = history.person("key", ["me@LAPTOP.example"])

    both = {"hanako@cert.example", "me@laptop.example"}
    assert author.name == "Hanako"
    assert author.addresses == helper.addresses == signer.addresses == both


def test_whoever_only_renamed_a_file_did_not_write_it(repository: Repository) -> None:
    written = repository.save(HANAKO, "advisories/2026/ADV-2026-0001/ja.md", "one\n")
    repository.git("mv", "advisories/2026/ADV-2026-0001", str(Path(FILE).parent))
    repository.commit(TARO, "Give it another id")

    found = changes(repository.root)

    assert [(change.commit, authors(change)) for change in found] == [
        (written, [HANAKO])
    ]


def test_whoever_only_changed_the_mode_did_not_write_it(repository: Repository) -> None:
    repository.save(HANAKO, FILE, "one\n")
    (repository.root / FILE).chmod(0o755)
    repository.commit(TARO)

    assert authors(newest(repository.root)) == [HANAKO]


def joined(repository: Repository, merged: str) -> str:
    """Let two people change a file, and a third one merge that as `merged`."""
    repository.save("Jiro <jiro@cert.example>", FILE, "1\n2\n3\n4\n5\n")
    repository.git("switch", "--quiet", "--create", "side")
    repository.save(HANAKO, FILE, "1 Hanako\n2\n3\n4\n5\n")
    repository.git("switch", "--quiet", "main")
    repository.save(TARO, FILE, "1\n2\n3\n4\n5 Taro\n")
    merging = ("merge", "--quiet", "--no-ff", "--no-commit", "side")
    repository.git("-c", "user.name=x", "-c", "user.email=x@cert.example", *merging)
    repository.write(FILE, merged)
    return repository.commit("Saburo <saburo@cert.example>", "Merge")


def test_a_merge_of_two_changes_is_the_work_of_all(repository: Repository) -> None:
    merge = joined(repository, "1 Hanako\n2\n3\n4\n5 Taro\n")

    change = newest(repository.root)

    assert change.commit == merge
    assert authors(change) == ["Saburo <saburo@cert.example>", TARO, HANAKO]


def test_a_merge_that_takes_one_side_leaves_its_author(repository: Repository) -> None:
    joined(repository, "1 Hanako\n2\n3\n4\n5\n")

    assert authors(newest(repository.root)) == [HANAKO]


def wrote(repository: Repository, since: str = "") -> list[str]:
    """Return who wrote the lines that changed since a commit, by name."""
    history = GitHistory(repository.root)
    every = list(history.changes(PurePosixPath(FILE)))
    before = next((each for each in every if each.commit == since), None)
    return [
        person.name
        for _, people in history.wrote(every[0], before)
        for person in people
    ]


def test_lines_are_of_those_who_wrote_them(repository: Repository) -> None:
    repository.save("Jiro <jiro@cert.example>", FILE, "1\n2\n3\n")
    signed = repository.save(HANAKO, FILE, "1\n2 Hanako\n3\n")
    repository.git("mv", FILE, "other.md")
    repository.commit(TARO, "Rename")
    repository.git("mv", "other.md", FILE)
    repository.commit(TARO, "Rename back")
    both = "1\n2 Hanako\n3 x\n4 x\n"
    together = "Go on\n\nCo-authored-by: Rin <rin@cert.example>"
    repository.save("Saburo <saburo@cert.example>", FILE, both, together)
    # Whoever lays the text out anew has not written it.
    repository.save(TARO, FILE, both.replace("4 x", "  4   x") + "5 Taro\n")

    assert wrote(repository, signed) == ["Saburo", "Rin", "Taro"]
    assert sorted(wrote(repository)) == ["Hanako", "Jiro", "Rin", "Saburo", "Taro"]


def test_lines_of_merged_sides_are_of_those_who_wrote_them(
    repository: Repository,
) -> None:
    joined(repository, "1 Hanako\n2\n3 Saburo\n4\n5 Taro\n")
    first = repository.git("log", "--format=%H", "--author=Jiro").strip()

    assert sorted(wrote(repository, first)) == ["Hanako", "Saburo", "Taro"]


def test_git_cannot_be_told_to_blame_somebody_else(repository: Repository) -> None:
    repository.save(HANAKO, FILE, "1\n")
    commit = repository.save(TARO, FILE, "2\n")
    repository.write("ignored", f"{commit}\n")
    repository.git("config", "blame.ignoreRevsFile", "ignored")
    repository.git("config", "diff.x.textconv", "false")
    repository.write(".gitattributes", "*.md diff=x\n")

    assert wrote(repository) == ["Taro"]


def squashed(repository: Repository, text: str) -> None:
    """Let Hanako write on a branch, and Taro squash that and leave `text`."""
    repository.save("Jiro <jiro@cert.example>", "other.md", "x\n")
    repository.git("switch", "--quiet", "--create", "side")
    repository.save(HANAKO, FILE, "one\n")
    repository.save(HANAKO, FILE, "two\n")
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--squash", "side")
    message = (repository.root / ".git" / "SQUASH_MSG").read_text()
    repository.save(TARO, FILE, text, message)


@pytest.mark.parametrize(
    ("text", "who"), [("two\n", [HANAKO]), ("two!\n", [TARO, HANAKO])]
)
def test_whoever_squashed_did_not_write_it_unless_it_is_another_text(
    repository: Repository, text: str, who: list[str]
) -> None:
    squashed(repository, text)

    assert authors(newest(repository.root)) == who


def test_without_what_was_squashed_whoever_did_it_is_an_author(
    repository: Repository, tmp_path: Path
) -> None:
    squashed(repository, "two\n")
    clone = tmp_path / "clone"
    repository.git("clone", "--quiet", "--no-local", "--single-branch", ".", str(clone))

    assert authors(newest(clone)) == [TARO, HANAKO]


def test_what_a_squashed_branch_held_is_found_in_it(repository: Repository) -> None:
    squashed(repository, "two\n")
    history = GitHistory(repository.root)
    wanted = digest("one\n")

    assert history.content(PurePosixPath(FILE), wanted) == b"one\n"
    repository.git("branch", "--quiet", "-D", "side")
    with pytest.raises(OperatorError, match="branch that was squashed"):
        history.content(PurePosixPath(FILE), wanted)


def test_whoever_amends_leaves_the_author(repository: Repository) -> None:
    repository.save(HANAKO, FILE, "one\n")
    repository.commit(HANAKO, "Write it", "--amend", "--no-edit")

    change = newest(repository.root)

    assert authors(change) == [HANAKO]
    assert repository.git("log", "-1", "--format=%ce").strip() != "hanako@cert.example"


def test_history_that_is_cut_off_is_a_doubt(
    repository: Repository, tmp_path: Path
) -> None:
    repository.save(HANAKO, FILE, "one\n")
    repository.save(TARO, "other.md", "x\n")
    clone = tmp_path / "clone"
    url = f"file://{repository.root}"
    repository.git("clone", "--quiet", "--depth=1", url, str(clone))

    with pytest.raises(OperatorError, match="git fetch --unshallow"):
        changes(clone)
    Repository(clone).git("fetch", "--quiet", "--unshallow")
    assert authors(newest(clone)) == [HANAKO]


def test_history_that_is_cut_off_earlier_does_not_matter(
    repository: Repository, tmp_path: Path
) -> None:
    repository.save(TARO, FILE, "one\n")
    repository.save(HANAKO, FILE, "two\n")
    clone = tmp_path / "clone"
    url = f"file://{repository.root}"
    repository.git("clone", "--quiet", "--depth=2", url, str(clone))

    assert authors(newest(clone)) == [HANAKO]


def test_configuration_and_hooks_change_nothing(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.save(TARO, FILE, "one\n")
    commit = repository.save(
        HANAKO, FILE, "zwei: ü\n", "本文\n\nCo-authored-by: 太郎 <t@x.example>"
    )
    for key, value in {
        "log.showSignature": "true",
        "log.follow": "true",
        "log.mailmap": "false",
        "core.quotePath": "true",
        "core.pager": "false",
        "core.fsmonitor": "false",
        "alias.rev-list": "!false",
        "trailer.separators": "=",
        "i18n.logOutputEncoding": "ISO-2022-JP",
        "diff.renames": "false",
        "diff.noPrefix": "true",
        "diff.external": "false",
        "format.pretty": "oneline",
        "color.ui": "always",
    }.items():
        repository.git("config", key, value)
    other = Repository.make(tmp_path / "other")
    other.save(TARO, FILE, "three\n")
    for name in ("GIT_DIR", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, str(other.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.root / ".git" / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    monkeypatch.setenv("GIT_PREFIX", "nowhere/")
    monkeypatch.setenv("GIT_GLOB_PATHSPECS", "1")
    monkeypatch.setenv("LC_ALL", "ja_JP.eucJP")

    change = newest(repository.root)

    assert change.commit == commit
    assert authors(change) == [HANAKO, "太郎 <t@x.example>"]


def test_replaced_commits_are_not_believed(repository: Repository) -> None:
    commit = repository.save(HANAKO, FILE, "one\n")
    repository.git("switch", "--quiet", "--create", "forged")
    repository.git(
        "-c", "user.name=x", "-c", "user.email=x@cert.example",
        "commit", "--quiet", "--amend", f"--author={TARO}", "--message=Change",
    )  # fmt: skip
    repository.git("switch", "--quiet", "main")
    repository.git("replace", commit, "forged")

    assert authors(newest(repository.root)) == [HANAKO]


def test_a_damaged_repository_is_a_doubt(repository: Repository) -> None:
    commit = repository.save(HANAKO, FILE, "one\n")
    blob = repository.git("rev-parse", f"{commit}:{FILE}").strip()
    (repository.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    with pytest.raises(OperatorError, match="git could not say who wrote a source"):
        changes(repository.root)


def test_without_git_nothing_is_known(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.save(HANAKO, FILE, "one\n")
    monkeypatch.setenv("PATH", str(repository.root))

    with pytest.raises(OperatorError, match="git cannot be run"):
        changes(repository.root)


def test_the_operator_is_who_git_was_told(repository: Repository) -> None:
    history = GitHistory(repository.root)
    assert history.operator() is None

    repository.git("config", "user.name", "Hanako")
    repository.git("config", "user.email", "Hanako@cert.example")
    repository.git("config", "author.email", "h@cert.example")

    operator = history.operator()
    assert operator is not None
    assert operator.name == "Hanako"
    assert operator.addresses == {"hanako@cert.example", "h@cert.example"}


def test_the_operator_is_known_by_the_environment_too(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Hanako")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "hanako@cert.example")

    operator = GitHistory(repository.root).operator()

    assert operator is not None
    assert str(operator) == HANAKO
