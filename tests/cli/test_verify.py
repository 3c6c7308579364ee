from __future__ import annotations

import quopri
from pathlib import Path

import pytest

from tests import keys
from tests.cli.terminal import Desk, run, run_json

pytestmark = pytest.mark.gpg


@pytest.fixture
def sent(desk: Desk) -> Desk:
    """What was published and mailed."""
    run("lists", "apply")
    run("publish", "--yes")
    return desk


def test_a_good_text_says_whose_and_what_it_is(sent: Desk) -> None:
    file = sent.folder() / "r1.en.txt.asc"

    result = run("verify", str(file))

    assert result.stdout.startswith(f"{file}: {sent.folder().name} r1 en, signed ")
    assert result.stdout.endswith(f" by {sent.key.fingerprint}\n")


def test_json_says_the_same(sent: Desk) -> None:
    (shown,) = run_json("verify", str(sent.folder() / "r1.ja.txt.asc"))

    assert shown["good"] is True
    assert shown["id"] == sent.folder().name
    assert (shown["revision"], shown["language"]) == (1, "ja")
    assert shown["fingerprint"] == sent.key.fingerprint


def test_a_changed_text_is_in_doubt(sent: Desk, tmp_path: Path) -> None:
    data = (sent.folder() / "r1.en.txt.asc").read_bytes()
    bad = tmp_path / "bad.asc"
    bad.write_bytes(data.replace(b"Fetch our", b"Trust any"))

    result = run("verify", str(bad), code=2)

    assert f"{bad}: in doubt: " in result.stdout


def test_a_text_of_a_stranger_is_in_doubt(
    sent: Desk, stranger_key: keys.Key, tmp_path: Path
) -> None:
    data = (sent.folder() / "r1.en.txt.asc").read_bytes()
    text = data.partition(b"\n\n")[2].partition(b"-----BEGIN PGP SIG")[0].decode()
    bad = tmp_path / "bad.asc"
    bad.write_bytes(stranger_key.clearsign(text.replace("\n- -", "\n-")))

    assert run_json("verify", str(bad), code=2)[0]["good"] is False


def test_one_doubt_among_many_is_enough(sent: Desk, tmp_path: Path) -> None:
    bad = tmp_path / "bad.asc"
    bad.write_bytes(b"hello\n")
    good = str(sent.folder() / "r1.en.txt.asc")

    shown = run_json("verify", good, str(bad), code=2)

    assert [each["good"] for each in shown] == [True, False]


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_mail_is_verified_as_it_was_saved(
    sent: Desk, tmp_path: Path, ends: bytes
) -> None:
    saved = tmp_path / "saved.eml"
    saved.write_bytes(sent.lists.mails[0].message.replace(b"\n", ends))

    assert "r1 ja, signed " in run("verify", str(saved)).stdout


def test_a_changed_mail_is_in_doubt(sent: Desk, tmp_path: Path) -> None:
    message = sent.lists.mails[1].message
    changed = message.replace(b"Fetch our", quopri.encodestring(b"Trust any"))
    saved = tmp_path / "saved.eml"
    saved.write_bytes(changed)

    assert changed != message
    assert "in doubt" in run("verify", str(saved), code=2).stdout


@pytest.mark.usefixtures("desk")
def test_a_file_that_is_not_there_is_a_wrong_command() -> None:
    assert "does not exist" in run("verify", "nothing.asc", code=2).stderr
