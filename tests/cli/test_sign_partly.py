"""What is good is signed, kept and published, and the rest is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.wiring import Project
from tests import keys, repositories
from tests.cli.terminal import Desk, run
from tests.cli.vault import Vault
from tests.repositories import HANAKO, Repository

pytestmark = pytest.mark.gpg

BOTH = ["r1.en.txt.asc", "r1.ja.txt.asc"]
FIRST = "CSIRT-2026-0001"


@pytest.fixture
def broken(desk: Desk) -> str:
    """Another advisory, which does not pass lint."""
    name = run("new", "note").stdout.split("/")[-2]
    desk.edit(("draft: true\n", ""), name=name)
    return name


def signed(desk: Desk, name: str = FIRST) -> list[str]:
    return sorted(file.name for file in desk.folder(name).glob("*.asc"))


def test_what_is_good_is_signed_and_the_rest_is_named(desk: Desk, broken: str) -> None:
    result = run("sign", "--yes", code=1)

    assert f"advisories/2026/{broken}/en.md:" in result.stderr
    assert "L425" in result.stderr
    assert f"1 advisory does not pass lint ({broken})" in result.stderr
    assert signed(desk) == BOTH
    assert (desk.root / "security.txt").is_file()
    assert signed(desk, broken) == []


def test_a_dry_run_says_the_same(desk: Desk, broken: str) -> None:
    result = run("sign", "--dry-run", code=1)

    assert result.stdout.endswith("3 texts would be signed\n")
    assert f"({broken})" in result.stderr
    assert desk.signed() == []


def test_where_nothing_is_left_to_sign_it_is_named_all_the_same(
    desk: Desk, broken: str
) -> None:
    run("sign", "--yes", code=1)

    result = run("sign", "--yes", code=1)

    assert result.stdout == "nothing to sign\n"
    assert f"({broken})" in result.stderr
    assert signed(desk, broken) == []


def test_what_wrapping_would_spoil_is_found_before_the_key_is_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.edit(("## ", "```\nls\u00a0-l\n```\n\n## "))
    monkeypatch.setattr("publisher.adapters.gpg.GpgSigner.sign", None)

    result = run("sign", "--yes", FIRST, code=1)

    assert f"{FIRST}/en.md:" in result.stderr
    assert "L951 in the text edition, a line holds U+00A0" in result.stderr


def test_an_export_leaves_what_cannot_be_signed(
    desk: Desk, broken: str, tmp_path: Path
) -> None:
    result = run("sign", "--export", str(tmp_path / "stick"), code=1)

    assert result.stdout.count("exported ") == 3
    assert f"({broken})" in result.stderr
    assert (tmp_path / "stick/texts/security.txt").is_file()
    assert desk.signed() == []


def test_publish_of_everything_is_not_held_up_by_one(desk: Desk, broken: str) -> None:
    run("lists", "apply")

    result = run("publish", "--yes", code=1)

    assert signed(desk) == BOTH
    assert (desk.site / "advisories/2026" / FIRST / "en.html").is_file()
    assert f"({broken})" in result.stderr


@pytest.mark.parametrize("fault", [("## ", "## FIXME "), ("kind: note", "knid: x")])
def test_a_draft_never_fails_publish(desk: Desk, fault: tuple[str, str]) -> None:
    name = run("new", "note").stdout.split("/")[-2]
    desk.edit(fault, name=name)
    run("lists", "apply")

    result = run("publish", "--yes")

    assert f"withheld {name}: " in result.stdout
    assert (desk.site / "advisories/2026" / FIRST / "en.html").is_file()


def test_publish_of_one_that_fails_puts_nothing_up(desk: Desk, broken: str) -> None:
    result = run("publish", "--yes", broken, FIRST, code=1)

    assert f"({broken})" in result.stderr
    assert not desk.site.exists()


def test_a_first_date_that_moved_is_named_and_the_rest_is_signed(desk: Desk) -> None:
    run("sign", "--yes")
    other = run("new", "note").stdout.split("/")[-2]
    desk.finish(other)
    source = (desk.folder(FIRST) / "ja.md").read_text(encoding="utf-8")
    day = source.partition("date: ")[2][:10]
    desk.edit((f"date: {day}", "date: 2026-01-02"), name=FIRST)

    result = run("sign", "--yes", code=2)

    assert f"{FIRST}/ja.md: was first published on" in result.stderr
    assert signed(desk, other) == BOTH


@pytest.fixture
def repository(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Repository:
    repositories.isolate(monkeypatch, tmp_path / "home")
    monkeypatch.setenv("GNUPGHOME", str(desk.key.home))
    desk.settings(("other_person = false", "other_person = true"))
    return Repository.make(desk.root)


def test_who_wrote_one_signs_the_others(desk: Desk, repository: Repository) -> None:
    repository.commit("Taro <taro@cert.example>")
    own = run("new", "note").stdout.split("/")[-2]
    desk.finish(own)
    repository.commit(HANAKO)
    repository.git("config", "user.name", "Hanako")
    repository.git("config", "user.email", "hanako@cert.example")

    result = run("sign", "--yes", code=2)

    assert f"{own}/en.md: {HANAKO} wrote its last change" in result.stderr
    assert signed(desk) == BOTH
    assert signed(desk, own) == []


@pytest.fixture
def stick(desk: Desk, tmp_path: Path) -> Vault:
    run("sign", "--export", str(tmp_path / "stick"))
    vault = Vault(tmp_path / "stick", desk.key)
    vault.sign(answers="y\ny\ny\n")
    return vault


def test_an_import_keeps_what_is_good_and_names_the_rest(
    desk: Desk, stick: Vault
) -> None:
    file = stick.folder / "signed" / FIRST / BOTH[1]
    file.write_bytes(file.read_bytes().replace(b"csirt@", b"crisp@"))

    result = run("sign", "--import", str(stick.folder), code=2)

    assert f"signed/{FIRST}/{BOTH[1]}: " in result.stderr
    assert BOTH[0] not in result.stderr
    assert signed(desk) == BOTH[:1]
    assert (desk.root / "security.txt").is_file()


def test_an_import_of_what_does_not_pass_lint_any_more_says_so(
    desk: Desk, stick: Vault
) -> None:
    desk.edit(("## ", "## FIXME "))

    result = run("sign", "--import", str(stick.folder), code=1)

    assert "L425" in result.stderr
    assert f"1 advisory does not pass lint ({FIRST})" in result.stderr
    assert f"signed/{FIRST}/{BOTH[0]}: " in result.stderr
    assert desk.signed() == []


@pytest.fixture
def home(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of gpg with the team's key, whose settings can be changed."""
    with keys.gnupg_home() as made:
        secret = ("--export-secret-keys", desk.key.fingerprint)
        keys.gpg(made, "--import", data=keys.gpg(desk.key.home, *secret))
        monkeypatch.setenv("GNUPGHOME", str(made))
        yield made


SETTINGS = [
    ("sig-notation note@cert.example=words", "holds a notation: take `sig-notation`"),
    ("sig-policy-url https://cert.example/policy", "names a policy: take"),
    ("sig-keyserver-url hkps://keys.example", "names a key server: take"),
    (
        "include-key-block",
        "holds a whole key: take `include-key-block` out of gpg.conf",
    ),
]


@pytest.mark.parametrize(("line", "words"), SETTINGS)
def test_a_signature_that_says_more_is_refused_with_the_setting(
    desk: Desk, home: Path, line: str, words: str
) -> None:
    (home / "gpg.conf").write_text(f"{line}\n")

    result = run("sign", "--yes", code=2)

    assert words in result.stderr
    assert desk.signed() == []


def test_a_setting_that_lets_signatures_end_is_overruled(
    desk: Desk, home: Path
) -> None:
    (home / "gpg.conf").write_text("default-sig-expire 7d\nask-sig-expire\n")

    run("sign", "--yes")

    tools = Project.find(desk.root).tools()
    (report,) = tools.verifier.reports([(desk.folder() / BOTH[0]).read_bytes()])
    assert [s[4] for s in report.statuses if s[0] == "VALIDSIG"] == ["0"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--default-sig-expire", "7d"), "ends one day, and what is published"),
        (("--sig-notation", "a@cert.example=b"), "holds a notation"),
    ],
)
def test_such_a_signature_is_not_imported_either(
    desk: Desk, stick: Vault, options: tuple[str, ...], words: str
) -> None:
    text = (stick.folder / "texts" / FIRST / "r1.en.txt").read_text(encoding="utf-8")
    made = desk.key.clearsign(text, "--digest-algo", "SHA512", *options)
    (stick.folder / "signed" / FIRST / BOTH[0]).write_bytes(made)

    result = run("sign", "--import", str(stick.folder), code=2)

    assert f"signed/{FIRST}/{BOTH[0]}: " in result.stderr
    assert words in result.stderr
    assert signed(desk) == BOTH[1:]


def test_offline_signatures_have_no_end_whatever_gpg_is_set_to(
    desk: Desk, home: Path, tmp_path: Path
) -> None:
    run("sign", "--export", str(tmp_path / "stick"))
    (home / "gpg.conf").write_text("default-sig-expire 7d\n")
    vault = Vault(tmp_path / "stick", keys.Key(home, desk.key.fingerprint))

    vault.sign(answers="y\ny\ny\n")
    run("sign", "--import", str(vault.folder))

    assert desk.signed() == BOTH


def test_settings_that_no_signature_would_cover_are_named_before_the_key_is_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.settings(("csirt@cert.example", "csirt@cert.example\u2003"))
    monkeypatch.setattr("publisher.adapters.gpg.GpgSigner.sign", None)

    result = run("sign", "--yes", code=2)

    assert "publisher.toml" in result.stderr or "text/advisory.txt" in result.stderr
    assert desk.signed() == []
