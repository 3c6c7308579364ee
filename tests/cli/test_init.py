from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from publisher import config
from tests.cli.terminal import Desk, run, run_json
from tests.keys import Key

pytestmark = pytest.mark.gpg


@pytest.mark.parametrize("with_key", [True, False], ids=["key", "no key"])
@pytest.mark.parametrize("languages", [(), ("ja",), ("en",), ("en", "ja"), ("fr",)])
def test_a_fresh_project_lints_and_builds_at_once(
    tmp_path: Path,
    gnupg: Key,
    monkeypatch: pytest.MonkeyPatch,
    languages: tuple[str, ...],
    with_key: bool,
) -> None:
    options = [f"--language={tag}" for tag in languages]
    options += [f"--key={gnupg.fingerprint}"] if with_key else []

    run("init", str(tmp_path / "ours"), *options)
    monkeypatch.chdir(tmp_path / "ours")

    assert run("lint").stdout == ""
    built = run_json("build")
    assert built["published"] == []
    assert Path("site", (languages or ("ja",))[0], "index.html").is_file()


def test_the_answers_are_in_the_settings(tmp_path: Path, gnupg: Key) -> None:
    name = 'Our "CSIRT" \\ 我々'
    answers = {
        "--name": name,
        "--contact": "csirt@ours.example",
        "--url": "https://www.ours.example",
        "--domain": "lists.ours.example",
        "--prefix": "OURS",
        "--timezone": "Europe/Berlin",
        "--key": gnupg.fingerprint.lower(),
    }
    options = [f"{option}={answer}" for option, answer in answers.items()]

    run("init", str(tmp_path / "ours"), *options)

    settings = config.load(tmp_path / "ours")
    assert set(settings.team.name.values()) == {name}
    assert settings.team.contact == "csirt@ours.example"
    assert settings.team.fingerprints == (gnupg.fingerprint,)
    assert settings.team.timezone.key == "Europe/Berlin"
    assert settings.site.url == "https://www.ours.example"
    assert settings.prefix == "OURS"
    assert [each.address for each in settings.lists] == [
        "announce-ja@lists.ours.example",
        "announce-en@lists.ours.example",
    ]
    key = tmp_path / "ours" / "keys" / f"{gnupg.fingerprint}.asc"
    assert key.read_bytes().startswith(b"-----BEGIN PGP PUBLIC KEY BLOCK-----")


def test_the_first_advisory_can_be_signed_and_published(desk: Desk) -> None:
    run("lists", "apply")

    run("publish", "--yes")

    assert len(desk.lists.mails) == 2


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()

    result = run("init", str(tmp_path), code=2)

    assert "is not empty" in result.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()

    result = run("init", str(tmp_path / "thesis.txt"), code=2)

    assert "is no folder" in result.stderr


def test_a_repository_that_holds_nothing_yet_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    monkeypatch.chdir(tmp_path)

    run("init", ".")

    assert run("lint").stdout == ""


def test_git_leaves_out_what_can_be_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    monkeypatch.chdir(tmp_path)
    run("init", ".")
    run("build")

    done = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        check=True,
        capture_output=True,
        text=True,
    )

    assert "site/" not in done.stdout
    assert ".publisher/" not in done.stdout
    assert "advisories/.last-id" in done.stdout


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--language=Japanese", "is no language tag"),
        ("--timezone=Mars/Phobos", "is no time zone"),
        ("--prefix=adv", "advisories.prefix is wrong"),
        ("--contact=nobody", "team.contact is wrong"),
        ("--url=www.ours.example", "site.url is wrong"),
        ("--domain=ours", "address is wrong"),
        ("--key=csirt@cert.example", "is not the fingerprint of a primary key"),
        ("--key=0123456789ABCDEF0123456789ABCDEF01234567", "is not the fingerprint"),
    ],
)
@pytest.mark.usefixtures("gnupg")
def test_a_wrong_answer_makes_nothing(
    tmp_path: Path, option: str, message: str
) -> None:
    result = run("init", str(tmp_path / "ours"), option, code=2)

    assert message in result.stderr
    assert not (tmp_path / "ours").exists()


@pytest.mark.usefixtures("gnupg")
def test_ids_are_no_advertisement_unless_somebody_wants_them_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("init", str(tmp_path / "usual"))
    run("init", str(tmp_path / "ours"), "--prefix=ADV")
    monkeypatch.chdir(tmp_path / "ours")

    assert config.load(tmp_path / "usual").prefix == "CSIRT"
    assert re.match(r"publisher\.toml:\d+: L710 warning: ", run("lint").stdout)

    file = Path("publisher.toml")
    moved = file.read_text().replace('"ADV"', '"OURS"\nprevious = ["ADV"]')
    file.write_text(moved)
    assert run("lint").stdout == ""
    assert "OURS-" in run("new", "note", "--title=Next", "--language=en").stdout


def test_it_says_what_to_do_next(tmp_path: Path, gnupg: Key) -> None:
    without = run("init", str(tmp_path / "without")).stdout
    with_key = run("init", str(tmp_path / "with"), "-k", gnupg.fingerprint).stdout

    assert f"cd {tmp_path / 'without'}" in without
    assert "make a key" in without
    assert "make a key" not in with_key
