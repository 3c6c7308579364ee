"""What scripts read of commands that act: one document, whatever happens."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from publisher import errors
from publisher.cli import document
from publisher.cli.command import Ending, ending
from publisher.errors import FindingsError, GpgError, MailmanError
from publisher.source import Finding, Location
from publisher.wiring import Project
from tests import repositories
from tests.cli.terminal import Desk, path, run, run_json
from tests.repositories import HANAKO, TARO, Repository

JA, EN = "announce-ja@lists.cert.example", "announce-en@lists.cert.example"


@pytest.fixture
def repository(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Repository:
    """The desk's project in git, with a remote; Hanako wrote what is there."""
    repositories.isolate(monkeypatch, tmp_path / "home")
    monkeypatch.setenv("GNUPGHOME", str(desk.key.home))
    made = Repository.make(desk.root)
    made.git("config", "user.name", "Taro")
    made.git("config", "user.email", "taro@cert.example")
    made.commit(HANAKO)
    made.git("init", "--quiet", "--bare", str(tmp_path / "remote.git"))
    made.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    made.git("push", "--quiet", "--set-upstream", "origin", "main")
    return made


def of(items: list[dict[str, Any]], key: str) -> list[Any]:
    return [item[key] for item in items]


@pytest.mark.gpg
@pytest.mark.usefixtures("desk")
def test_new_says_what_it_made_and_what_went_wrong() -> None:
    made = run_json("new", "alert", "--language", "en")
    refused = run_json("new", "alert", "--language", "fr", code=2)

    assert made["error"] is None
    assert [Path(each).name for each in made["files"]] == ["en.md"]
    assert all(made["id"] in each and Path(each).is_file() for each in made["files"])
    assert (refused["id"], refused["files"]) == (None, [])
    assert refused["error"]["code"] == "operator"
    assert "'fr' is not among site.languages" in refused["error"]["text"]


@pytest.mark.gpg
def test_preview_has_the_texts_and_sign_what_became_of_them(desk: Desk) -> None:
    name = desk.folder().name

    shown = run_json("preview", name)
    would = run_json("sign", "--dry-run")
    signed = run_json("sign", "--yes")
    again = run_json("sign", name, "--yes")
    after = run_json("preview", name, "--language", "en")

    texts = {each["path"]: each for each in shown["texts"]}
    assert shown["behind"] == []
    assert {each["signed"] for each in shown["texts"]} == {False}
    assert after["texts"][0]["signed"] is True
    assert would["dry_run"] is True
    assert would["signed"] == []
    assert [item["text_sha256"] for item in would["to_sign"][:-1]] == [
        texts[each]["text_sha256"] for each in of(would["to_sign"], "path")[:-1]
    ]
    assert of(signed["signed"], "path") == of(signed["to_sign"], "path")
    assert of(signed["signed"], "id") == [name, name, None]
    for each in signed["signed"]:
        data = (desk.root / each["path"]).read_bytes()
        assert each["sha256"] == sha256(data).hexdigest()
        assert each["fingerprints"] == [desk.key.fingerprint]
        if each["id"]:
            assert texts[each["path"]]["text"] in data.decode()
    assert signed["error"] is None
    for told in (would, signed, again):
        # Only `preview` shows a text: what is under embargo stays out of logs.
        assert "How to check what we publish" not in str(told)
    assert again["to_sign"] == again["signed"] == []
    assert of(again["unsigned"], "reason") == ["signed", "signed"]
    assert of(again["unsigned"], "language") == ["ja", "en"]


@pytest.mark.gpg
def test_what_is_not_signed_has_a_reason_with_facts(
    desk: Desk, repository: Repository
) -> None:
    desk.settings(("other_person = false", "other_person = true"))
    faulty = run_json("new", "alert", "--language", "en")["id"]
    draft = run_json("new", "note", "--language", "en")["id"]
    desk.edit(("draft: true\n", ""), name=faulty)
    desk.edit(("FIXME", "Something"), name=draft)
    repository.commit(TARO)
    name = desk.folder("*0001").name
    desk.edit(("\n## Overview", "\n\n## Overview"), name=name)

    told = run_json("sign", "--yes", code=1)

    found = {(each["id"], each["reason"]): each for each in told["unsigned"]}
    assert (name, "unknown-author") in found
    findings = found[faulty, "faulty"]["facts"]["findings"]
    assert {"path", "line", "code", "message"} <= findings[0].keys()
    assert told["error"]["code"] == "author"
    assert told["error"]["exit_code"] == 1
    repository.commit(TARO)
    told = run_json("sign", name, "--yes", code=2)
    facts = next(e["facts"] for e in told["unsigned"] if e["reason"] == "author")
    assert facts["commit"] == repository.git("rev-parse", "HEAD").strip()
    assert "taro@cert.example" in facts["author"]
    assert told["error"]["code"] == "trust"


@pytest.mark.gpg
def test_what_was_signed_before_an_error_is_in_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = Project(desk.root).signer([])
    left = [1]

    class Tired:
        fingerprints = signer.fingerprints

        def sign(self, text: str) -> bytes:
            if not left:
                raise GpgError("the card was pulled out")
            left.pop()
            return signer.sign(text)

    monkeypatch.setattr(Project, "signer", lambda *_: Tired())

    told = run_json("sign", "--yes", code=3)

    assert len(told["to_sign"]) == 3
    assert of(told["signed"], "path") == of(told["to_sign"], "path")[:1]
    assert told["error"] == {
        "code": "gpg",
        "exit_code": 3,
        "text": "the card was pulled out",
        "findings": [],
    }


@pytest.mark.gpg
def test_a_folder_that_travels_is_told_too(desk: Desk, tmp_path: Path) -> None:
    stick = tmp_path / "stick"

    told = run_json("sign", "--export", str(stick))
    (stick / "signed").mkdir()
    (stick / "signed" / "odd.asc").write_text("no signed text")
    back = run_json("sign", "--import", str(stick), code=2)

    assert told["exported"]["folder"] == str(stick)
    sums = next(each for each in stick.iterdir() if "SHA256" in each.name.upper())
    assert told["exported"]["sha256"] == sha256(sums.read_bytes()).hexdigest()
    assert len(told["to_sign"]) == 3
    assert desk.signed() == []
    assert len(back["open"]) == 3
    assert of(back["unsigned"], "reason") == ["doubtful"]
    assert back["unsigned"][0]["facts"] == {"path": "signed/odd.asc"}


@pytest.mark.gpg
def test_publish_says_all_that_it_did(desk: Desk, repository: Repository) -> None:
    would = run_json("publish", "--dry-run")
    run("lists", "apply")
    desk.lists.failures.append(MailmanError("no room", certain=True))
    first = run_json("publish", "--yes", code=3)
    due = run_json("publish", "--dry-run")
    second = run_json("publish", "--yes", "--commit")

    name = desk.folder().name
    assert len(would["to_sign"]) == 3
    assert (would["built"], would["mails"], would["error"]) == (None, [], None)
    assert of(first["signed"], "path") == of(would["to_sign"], "path")
    assert first["built"]["advisories"] == 1
    assert first["built"]["written"] == first["built"]["files"] > 2
    assert (first["live"], first["probed"]) == (None, 14)
    assert of(first["mails"], "result") == ["refused", "sent"]
    assert first["mails"][0]["reason"] == "no room"
    assert first["error"]["code"] == "mailman"
    assert first["git"] == {"paths": [], "message": "", "commit": None, "pushed": False}
    assert [(each["list"], each["state"]) for each in due["mails"]] == [(JA, "due")]
    assert (due["built"]["written"], due["dry_run"]) == (0, True)
    assert second["to_sign"] == second["signed"] == []
    assert of(second["mails"], "result") == ["sent"]
    assert second["git"]["commit"] == repository.git("rev-parse", "HEAD").strip()
    assert second["git"]["pushed"] is True
    assert second["git"]["message"] == f"Publish {name}"
    committed = repository.git("show", "--name-only", "--format=").split()
    assert sorted(second["git"]["paths"]) == sorted(committed)
    assert {each["path"] for each in first["signed"]} <= {*committed}


@pytest.mark.gpg
def test_publish_that_is_stopped_half_way_says_how_far_it_came(desk: Desk) -> None:
    run("lists", "apply")
    desk.settings(("\n[advisories]", '\n[deploy]\ncommand = ["false"]\n\n[advisories]'))

    told = run_json("publish", "--yes", code=3)

    assert len(told["signed"]) == 3
    assert told["built"]["advisories"] == 1
    assert told["live"] is None
    assert told["mails"] == []
    assert told["error"]["code"] == "world"
    assert "the site was not put up" in told["error"]["text"]


@pytest.mark.gpg
@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("sign",), "--json asks nothing, and texts are signed: add --yes"),
        (("publish",), "--json asks nothing, and texts are signed: add --yes"),
        (("publish", "--no-sign", "--yes", "--quiet"), "--quiet prints nothing"),
    ],
)
def test_what_cannot_be_meant_prints_no_document(
    arguments: tuple[str, ...], told: str
) -> None:
    result = run(*arguments, "--json", code=2)

    assert result.stdout == ""
    assert told in result.stderr


def test_what_another_program_prints_is_kept_out_of_the_document() -> None:
    script = (
        "from pathlib import Path\n"
        "from publisher import programs\n"
        "from publisher.cli import document\n"
        "with document.printed(lambda: {'x': 1}, as_json=True):\n"
        "    print('a note')\n"
        "    programs.attended(\n"
        "        ['echo', 'loud'], seconds=9, folder=Path(), captured=False\n"
        "    )\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": path(), "PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=60,
    )

    assert json.loads(done.stdout) == {"version": 1, "x": 1, "error": None}
    assert sorted(done.stderr.split()) == [b"a", b"loud", b"note"]


def test_a_bug_is_told_and_keeps_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        document.printed(lambda: {"done": [1]}, as_json=True),
    ):
        raise ZeroDivisionError

    told = json.loads(capsys.readouterr().out)
    assert told["done"] == [1]
    assert told["error"]["code"] == "bug"


def test_without_json_nothing_is_changed(capsys: pytest.CaptureFixture[str]) -> None:
    with document.printed(lambda: {"done": []}, as_json=False):
        sys.stdout.write("a line\n")

    assert capsys.readouterr().out == "a line\n"


def test_each_end_has_its_code() -> None:
    finding = Finding(Location(Path("a.md")), "L101", "no")  # type: ignore[arg-type]
    full = OSError(errno.ENOSPC, "No space left on device", "journal.sqlite")

    lint = ending(FindingsError([finding]))
    assert (lint.code, lint.exit_code, lint.findings) == ("lint", 1, (finding,))
    assert ending(KeyboardInterrupt()).exit_code == 130
    assert ending(full) == Ending(
        "world",
        3,
        "journal.sqlite: the disk is full (No space left on device): make room "
        "(`df -h`, `quota`), then run the same again",
    )


def test_every_kind_of_error_has_a_code_of_its_own() -> None:
    kinds = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.PublisherError)
    ]

    assert len({each.code for each in kinds}) == len(kinds)
