"""The key is on a machine that is offline: texts travel there, signatures back."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import keys
from tests.cli.pinentry import Terminal
from tests.cli.terminal import Desk, run, run_json
from tests.cli.vault import Vault, digest

pytestmark = pytest.mark.gpg

BOTH = ["r1.en.txt.asc", "r1.ja.txt.asc"]
ID = "CSIRT-2026-0001"
NAMES = [f"{ID}/r1.en.txt", f"{ID}/r1.ja.txt", "security.txt"]


@pytest.fixture
def office(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The machine with the project, whose gpg has no key at all."""
    with keys.gnupg_home() as empty:
        monkeypatch.setenv("GNUPGHOME", str(empty))
        yield desk
        assert keys.fingerprints(empty) == []


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "stick"


@pytest.fixture
def vault(office: Desk, stick: Path, tmp_path: Path) -> Vault:
    """The machine with the key, with a bundle of all that is to be signed."""
    run("sign", "--export", str(stick))
    return carried(stick, tmp_path / "a vault", office.key)


def carried(stick: Path, to: Path, key: keys.Key) -> Vault:
    shutil.copytree(stick, to / "to sign")
    return Vault(to / "to sign", key)


def test_texts_travel_to_the_key_and_signatures_back(
    office: Desk, vault: Vault
) -> None:
    shown = vault.sign(answers="y\ny\ny\n")
    result = run("sign", "--import", str(vault.folder))

    assert "How to check what we publish" in shown
    assert "当センターの発行物を検証する方法" in shown
    assert shown.count("Sign ") == 3
    assert result.stdout.count("signed   ") == 3
    assert office.signed() == BOTH
    for name in BOTH:
        came = vault.folder / "signed" / ID / name
        assert (office.folder() / name).read_bytes() == came.read_bytes()
    files = [str(office.folder() / name) for name in BOTH]
    assert all(each["good"] for each in run_json("verify", *files))
    assert run("sign").stdout == "nothing to sign\n"
    run("build")


@pytest.mark.parametrize("shell", [("dash",), ("bash", "--posix"), ("busybox", "sh")])
def test_any_posix_shell_will_do(vault: Vault, shell: tuple[str, ...]) -> None:
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed")
    vault.shell = shell

    vault.sign(answers="y\ny\ny\n")

    assert vault.signed() == sorted(f"{name}.asc" for name in NAMES)


def test_the_bundle_says_what_it_is(office: Desk, stick: Path) -> None:
    result = run("sign", "--export", str(stick))

    note = (stick / "README.txt").read_text(encoding="utf-8")
    assert len(note.splitlines()) < 60
    assert f"Key: {office.key.fingerprint}\n" in note
    assert "署名" in note
    assert [
        str(p.relative_to(stick / "texts")) for p in Vault(stick, office.key).texts()
    ] == NAMES
    assert all(f"texts/{name}\n" in note for name in NAMES)
    assert digest(stick / "SHA256SUMS") in result.stdout
    subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=stick, check=True)


def test_the_text_that_travels_is_the_text_that_would_be_signed(
    office: Desk, vault: Vault
) -> None:
    text = (vault.folder / "texts" / ID / "r1.en.txt").read_text(encoding="utf-8")

    assert text in run("sign", "--dry-run").stdout
    assert office.signed() == []


def test_what_is_declined_stays_open_and_is_asked_again(
    office: Desk, vault: Vault
) -> None:
    first = vault.sign(answers="n\ny\nno\n")
    result = run("sign", "--import", str(vault.folder))

    assert f"Declined (asked again next time):\n  {NAMES[0]}\n  {NAMES[2]}\n" in first
    assert f"open     {NAMES[0]}: was not signed" in result.stdout
    assert f"open     {NAMES[2]}: was not signed" in result.stdout
    assert office.signed() == ["r1.ja.txt.asc"]

    second = vault.sign(answers="y\ny\n")
    result = run("sign", "--import", str(vault.folder))

    assert f"Signed earlier:\n  {NAMES[1]}\n" in second
    assert second.count("Sign ") == 2
    assert "r1.ja.txt.asc: kept already" in result.stdout
    assert office.signed() == BOTH


@pytest.mark.parametrize("answers", ["y\nq\n", "y\n", "y\ny"])
def test_it_can_be_stopped_and_goes_on_where_it_stopped(
    vault: Vault, answers: str
) -> None:
    shown = vault.sign(answers=answers)

    assert vault.signed() == [f"{NAMES[0]}.asc"]
    assert f"Not asked yet:\n  {NAMES[1]}\n  {NAMES[2]}\n" in shown

    before = digest(vault.folder / "signed" / f"{NAMES[0]}.asc")
    vault.sign(answers="y\ny\n")

    assert vault.signed() == sorted(f"{name}.asc" for name in NAMES)
    assert digest(vault.folder / "signed" / f"{NAMES[0]}.asc") == before


def test_nothing_is_signed_if_a_text_is_not_as_it_was_exported(vault: Vault) -> None:
    text = vault.texts()[0]
    text.write_text(text.read_text(encoding="utf-8").replace("check", "chock"))

    shown = vault.sign(answers="y\ny\ny\n", code=1)

    assert "a file is not as it was exported" in shown
    assert vault.signed() == []


@pytest.mark.parametrize(
    "trick",
    [
        b"\x1b[2J",
        b"\x07",
        b"\r",
        b"\x7f",
        b"\xc2\x9b2J",
        b"\xe2\x80\xae",
        b"\xe2\x81\xa6",
        b"\xef\xbb\xbf",
        b"\xff",
        b"\xc0\x9b",
        b"\xe3\x81",
        b"\xed\xa0\x80",
        b"\0",
    ],
)
def test_a_text_that_would_not_be_shown_as_it_is_is_not_signed(
    vault: Vault, trick: bytes
) -> None:
    text = vault.texts()[0]
    text.write_bytes(text.read_bytes() + b"x" + trick + b"x\n")
    vault.list_again()

    shown = vault.sign(answers="y\ny\ny\n", code=1)

    assert "characters that a terminal would not show" in shown
    assert trick.decode(errors="replace") not in shown
    assert vault.signed() == []


def test_any_writing_can_be_signed(vault: Vault) -> None:
    text = vault.texts()[0]
    text.write_text("ラテン é, 漢字 𠮷, \N{GRINNING FACE} ok\n", encoding="utf-8")
    vault.list_again()

    vault.sign(answers="y\nq\n")

    assert len(vault.signed()) == 1


def test_names_and_files_that_were_not_exported_are_refused(
    vault: Vault, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret\n")
    texts = vault.folder / "texts"
    tricks: dict[str, Callable[[Path], object]] = {
        "extra.txt": lambda place: place.write_text("x\n"),
        "link.txt": lambda place: place.symlink_to(secret),
        "gone.txt": lambda place: place.symlink_to(tmp_path / "nothing"),
        "$(touch pwned).txt": lambda place: place.write_text("x\n"),
        "-o.txt": lambda place: place.write_text("x\n"),
        "a b\n.txt": lambda place: place.write_text("x\n"),
        f"{ID}/deep": lambda place: place.mkdir(),
        "pipe.txt": os.mkfifo,
    }
    for name, make in tricks.items():
        place = texts / name
        make(place)
        shown = vault.sign(answers="y\n" * 5, code=1)
        assert "secret\n" not in shown
        assert vault.signed() == []
        place.rmdir() if place.is_dir() else place.unlink()
    assert not list(tmp_path.rglob("pwned"))
    vault.sign(answers="q\n")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "zz  texts/security.txt\n",
        f"{'0' * 64}  /etc/passwd\n",
        f"{'0' * 64}  texts/../x\n",
    ],
)
def test_a_list_of_digests_that_is_none_is_refused(vault: Vault, line: str) -> None:
    sums = vault.folder / "SHA256SUMS"
    sums.write_text(sums.read_text() + line if line else "")

    assert "SHA256SUMS is damaged" in vault.sign(answers="y\ny\ny\n", code=1)


def test_a_link_in_the_place_of_signatures_is_not_followed(
    vault: Vault, tmp_path: Path
) -> None:
    (vault.folder / "signed").symlink_to(tmp_path)

    assert "must hold no links" in vault.sign(answers="y\ny\ny\n", code=1)


def test_what_lies_there_is_never_overwritten(vault: Vault) -> None:
    there = vault.folder / "signed" / f"{NAMES[2]}.asc"
    there.parent.mkdir()
    there.write_text("mine\n")

    shown = vault.sign(answers="y\ny\n", code=1)

    assert f"something else than this would make:\n  {NAMES[2]}\n" in shown
    assert there.read_text() == "mine\n"
    assert len(vault.signed()) == 3


def test_without_the_secret_key_nothing_is_signed(
    vault: Vault, stranger_key: keys.Key
) -> None:
    vault.key = stranger_key

    shown = vault.sign(answers="y\ny\ny\n", code=1)

    assert "NOT signed" in shown
    assert vault.signed() == []


@pytest.mark.parametrize("name", ["csirt@cert.example", "ABCDEF01", "0" * 41, "--help"])
def test_a_key_is_named_by_its_whole_fingerprint(vault: Vault, name: str) -> None:
    shown = vault.sign(name, answers="y\ny\ny\n", code=2)

    assert "fingerprint" in shown.lower()
    assert vault.signed() == []


def test_another_key_can_be_named(vault: Vault, stranger_key: keys.Key) -> None:
    vault.key = stranger_key

    vault.sign(stranger_key.fingerprint, answers="y\ny\ny\n")

    assert len(vault.signed()) == 3


def refused(vault: Vault, office: Desk) -> str:
    """Import, and expect that nothing is kept."""
    before = office.signed()
    result = run("sign", "--import", str(vault.folder), code=2)
    assert office.signed() == before
    assert not (office.root / "security.txt").exists()
    return result.stderr


def test_what_a_strangers_key_signed_is_not_kept(
    office: Desk, vault: Vault, stranger_key: keys.Key
) -> None:
    vault.key = stranger_key
    vault.sign(stranger_key.fingerprint, answers="y\ny\ny\n")

    told = refused(vault, office)

    assert all(f"signed/{name}.asc: " in told for name in NAMES)
    assert "not among the team's" in told


def test_a_bad_file_is_not_kept_and_named_and_the_others_are_kept(
    office: Desk, vault: Vault
) -> None:
    vault.sign(answers="y\ny\ny\n")
    file = vault.folder / "signed" / f"{NAMES[1]}.asc"
    good = file.read_bytes()
    file.write_bytes(good.replace(b"csirt@", b"crisp@"))

    result = run("sign", "--import", str(vault.folder), code=2)

    assert f"signed/{NAMES[1]}.asc: " in result.stderr
    assert NAMES[0] not in result.stderr
    assert office.signed() == BOTH[:1]
    file.write_bytes(good)
    run("sign", "--import", str(vault.folder))
    assert office.signed() == BOTH
    run("build")


def test_a_stray_later_signature_keeps_no_good_one_out(
    office: Desk, vault: Vault
) -> None:
    vault.sign(answers="y\ny\ny\n")
    good = vault.folder / "signed" / f"{NAMES[0]}.asc"
    shutil.copy(good, good.with_name("r1.en.txt.2.asc"))

    result = run("sign", "--import", str(vault.folder), code=2)

    assert office.signed() == BOTH
    assert f"signed/{NAMES[0]}.2.asc: nothing of this name" in result.stderr
    assert f"signed/{NAMES[0]}.asc" not in result.stderr
    run("build")


def test_all_that_is_wrong_is_said_at_once(office: Desk, vault: Vault) -> None:
    vault.sign(answers="y\ny\ny\n")
    signed = vault.folder / "signed"
    cut = signed / f"{NAMES[0]}.asc"
    cut.write_bytes(cut.read_bytes()[:-40])
    (signed / "notes.txt").write_text("x")
    (signed / "CSIRT-2026-0099").mkdir()
    (signed / "CSIRT-2026-0099" / "r1.en.txt.asc").write_text("x")
    (signed / "\x1b[2J.asc").write_text("x")
    changed = (office.folder() / "ja.md").read_text(encoding="utf-8")
    (office.folder() / "ja.md").write_text(
        changed.rstrip() + "\n\n追記。\n", encoding="utf-8"
    )

    told = run("sign", "--import", str(vault.folder), code=2).stderr

    assert office.signed() == []
    assert f"signed/{NAMES[0]}.asc: is damaged" in told
    assert f"signed/{NAMES[1]}.asc: is another text than what is to be signed" in told
    assert "signed/notes.txt: nothing of this name is to be signed" in told
    assert "signed/CSIRT-2026-0099/r1.en.txt.asc: nothing of this name" in told
    assert "\x1b" not in told


def test_links_pipes_and_huge_files_are_refused(
    office: Desk, vault: Vault, tmp_path: Path
) -> None:
    vault.sign(answers="y\ny\ny\n")
    signed = vault.folder / "signed"
    moved = tmp_path / "moved.asc"
    (signed / f"{NAMES[0]}.asc").rename(moved)
    (signed / f"{NAMES[0]}.asc").symlink_to(moved)
    os.mkfifo(signed / "pipe.asc")
    with (signed / "huge.asc").open("wb") as stream:
        stream.truncate(1 << 33)
    deep = signed / "a" / "b" / "c" / "d" / "e" / "f"
    deep.mkdir(parents=True)

    told = refused(vault, office)

    assert f"{NAMES[0]}.asc: is a link" in told
    assert "pipe.asc: is a pipe" in told
    assert "huge.asc: has 8589934592 bytes" in told
    assert "a/b/c/d/e: lies too deep" in told


def test_a_folder_without_signatures_is_refused(office: Desk, vault: Vault) -> None:
    assert "holds no folder signed/" in refused(vault, office)


def test_importing_twice_keeps_what_is_there(office: Desk, vault: Vault) -> None:
    vault.sign(answers="y\ny\ny\n")
    run("sign", "--import", str(vault.folder))
    before = {name: digest(office.folder() / name) for name in BOTH}

    result = run("sign", "--import", str(vault.folder))

    assert result.stdout.count("kept already") == 3
    assert before == {name: digest(office.folder() / name) for name in BOTH}


def test_a_dry_run_verifies_and_keeps_nothing(office: Desk, vault: Vault) -> None:
    vault.sign(answers="y\ny\ny\n")

    result = run("sign", "--import", str(vault.folder), "--dry-run")

    assert result.stdout.count("good     ") == 3
    assert office.signed() == []


def test_somebody_may_sign_something_else_meanwhile(
    office: Desk, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record moved on, and with it the last line of every text to be signed."""
    other = run("new", "note").stdout.split("/")[-2]
    office.finish(other)
    with monkeypatch.context() as patch:
        patch.setenv("GNUPGHOME", str(office.key.home))
        run("sign", "--yes", other)
    vault.sign(answers="y\ny\ny\n")

    run("sign", "--import", str(vault.folder))

    assert sorted(file.name for file in office.folder(ID).glob("*.asc")) == BOTH
    run("build")


def test_a_state_of_the_record_that_nobody_knows_is_refused(
    office: Desk, vault: Vault
) -> None:
    for text in vault.texts()[:2]:
        *lines, _ = text.read_text(encoding="utf-8").splitlines()
        text.write_text("\n".join([*lines, "0" * 64, ""]), encoding="utf-8")
    vault.list_again()
    vault.sign(answers="y\ny\nn\n")

    assert "is another text than what is to be signed now" in refused(vault, office)


def test_a_security_txt_with_another_contact_is_refused(
    office: Desk, vault: Vault
) -> None:
    text = vault.folder / "texts" / "security.txt"
    text.write_text(text.read_text().replace("csirt@", "mallory@"))
    vault.list_again()
    vault.sign(answers="n\nn\ny\n")

    assert "signed/security.txt.asc: is another text" in refused(vault, office)


def test_a_later_signature_travels_too(
    office: Desk, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with keys.gnupg_home() as home:
        second = keys.make(home, "Second <second@cert.example>")
        with monkeypatch.context() as patch:
            patch.setenv("GNUPGHOME", str(office.key.home))
            run("sign", "--yes")
        first = (office.folder() / BOTH[0]).read_bytes()
        (office.root / "keys" / "second.asc").write_bytes(second.public)
        both = f'["{office.key.fingerprint}", "{second.fingerprint}"]'
        office.settings((f'["{office.key.fingerprint}"]', both))
        again = ("sign", "--again", "--key", second.fingerprint, ID)
        run(*again, "--export", str(stick))
        vault = carried(stick, tmp_path / "vault", second)

        vault.sign(answers="y\ny\n")
        result = run("sign", "--import", str(vault.folder))

    names = ["r1.en.txt.2.asc", "r1.en.txt.asc", "r1.ja.txt.2.asc", "r1.ja.txt.asc"]
    assert vault.signed() == [f"{ID}/{name}" for name in names if ".2." in name]
    assert result.stdout.count("signed   ") == 2
    assert office.signed() == names
    assert (office.folder() / BOTH[0]).read_bytes() == first
    run("build")


def revoked(key: keys.Key) -> bytes:
    """Return a public key that its owner has revoked as they found it stolen."""
    made = key.home / "openpgp-revocs.d" / f"{key.fingerprint}.rev"
    certificate = made.read_text().replace(":-----BEGIN", "-----BEGIN")
    with keys.gnupg_home() as home:
        keys.gpg(home, "--import", data=key.public)
        keys.gpg(home, "--import", data=certificate.encode())
        return keys.gpg(home, "--armor", "--export", key.fingerprint)


def test_what_a_stolen_key_signed_is_signed_again_offline(
    office: Desk, vault: Vault, stick: Path, tmp_path: Path
) -> None:
    vault.sign(answers="y\ny\ny\n")
    run("sign", "--import", str(vault.folder))
    old = office.key
    (office.root / "keys" / f"{old.fingerprint}.asc").write_bytes(revoked(old))
    with keys.gnupg_home() as home:
        new = keys.make(home, "New <csirt@cert.example>")
        (office.root / "keys" / "new.asc").write_bytes(new.public)
        change = f'["{new.fingerprint}"]\nprevious = ["{old.fingerprint}"]'
        office.settings((f'["{old.fingerprint}"]', change))
        run("build", code=2)
        shutil.rmtree(stick)
        run("sign", "--again", "--export", str(stick))
        safe = carried(stick, tmp_path / "safe", new)

        safe.sign(answers="y\ny\n")
        run("sign", "--import", str(safe.folder))

    assert len(office.signed()) == 4
    run("build")


def test_nothing_is_exported_into_a_folder_that_holds_something(
    office: Desk, stick: Path
) -> None:
    stick.mkdir()
    (stick / "mine").write_text("x")

    result = run("sign", "--export", str(stick), code=2)

    assert "is not empty" in result.stderr
    assert [file.name for file in stick.iterdir()] == ["mine"]
    assert office.signed() == []


@pytest.mark.usefixtures("office")
def test_a_dry_run_exports_nothing(stick: Path) -> None:
    result = run("sign", "--export", str(stick), "--dry-run")

    assert "3 texts would be exported" in result.stdout
    assert not stick.exists()


def test_where_nothing_is_to_be_signed_nothing_is_exported(
    office: Desk, vault: Vault, tmp_path: Path
) -> None:
    vault.sign(answers="y\ny\ny\n")
    run("sign", "--import", str(vault.folder))

    result = run("sign", "--export", str(tmp_path / "other"))

    assert "nothing to sign" in result.stdout
    assert not (tmp_path / "other").exists()
    assert office.signed() == BOTH


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    "extra", [("--export", "out"), (ID,), ("--again",), ("--key", "X")]
)
def test_import_takes_what_there_is(tmp_path: Path, extra: tuple[str, ...]) -> None:
    result = run("sign", "--import", str(tmp_path), *extra, code=2)

    assert "Usage: " in result.stderr


def test_on_a_terminal_texts_are_shown_through_a_pager(
    vault: Vault, tmp_path: Path
) -> None:
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\ncat >>{tmp_path}/paged\n")
    pager.chmod(0o755)
    environment = {
        "PATH": os.environ["PATH"],
        "GNUPGHOME": str(vault.key.home),
        "PAGER": str(pager),
        "TERM": "xterm",
    }
    screen = Terminal(
        program=("sh", "sign.sh"), folder=vault.folder, environment=environment
    )

    screen.wait_for(f"Sign {NAMES[0]}")
    screen.type("y\n")
    screen.wait_for(f"Sign {NAMES[1]}")
    screen.type("q\n")

    assert screen.end() == 0
    text = (vault.folder / "texts" / NAMES[0]).read_bytes()
    assert (tmp_path / "paged").read_bytes().startswith(text)
    assert vault.signed() == [f"{NAMES[0]}.asc"]
