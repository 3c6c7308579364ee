from __future__ import annotations

import quopri
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher import webserver
from publisher.adapters.web import HttpWeb
from publisher.wiring import Project
from tests import keys, letters
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
    assert f" by {sent.key.fingerprint} (Team <csirt@cert.example>); " in result.stdout
    assert result.stdout.endswith("; the newest revision\n")


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


def fill(folder: Path, *mails: bytes) -> Path:
    """Make a Maildir."""
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for number, data in enumerate(mails):
        (folder / "new" / str(number)).write_bytes(data)
    return folder


def test_a_maildir_is_looked_into_and_summed_up(sent: Desk, tmp_path: Path) -> None:
    ours = [each.message for each in sent.lists.mails]
    box = fill(tmp_path / "box", letters.unrelated(), *ours)

    lines = run("verify", str(box)).stdout.splitlines()

    assert len(lines) == len(ours) + 1
    assert lines[-1] == (
        f"{len(ours)} texts: {len(ours)} good, 0 in doubt; "
        "1 without a signed text of ours, skipped"
    )


@pytest.mark.usefixtures("desk")
def test_a_folder_with_nothing_to_check_is_in_doubt(tmp_path: Path) -> None:
    box = fill(tmp_path / "box", letters.unrelated())
    (tmp_path / "empty").mkdir()

    told = run("verify", str(box), str(tmp_path / "empty"), code=2).stdout

    assert f"{box}: in doubt: holds no signed text: 1 file or mail looked into" in told
    assert f"{tmp_path}/empty: in doubt: holds nothing that could be a text" in told


@pytest.mark.usefixtures("sent")
def test_the_advisories_of_a_project_are_verified_at_once() -> None:
    shown = run_json("verify", "advisories")

    assert {each["file"].rpartition("/")[2] for each in shown} == {
        "r1.en.txt.asc", "r1.ja.txt.asc",
    }  # fmt: skip
    assert all(each["good"] and each["recorded"] for each in shown)


@pytest.fixture
def web(sent: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpWeb]:
    """The real web, in place of the one by which the desk published."""
    assert sent.site.is_dir()
    opened = HttpWeb()
    monkeypatch.setattr(Project, "web", property(lambda _: opened))
    yield opened
    opened.close()


@pytest.mark.enable_socket
@pytest.mark.usefixtures("web")
def test_a_site_is_walked(sent: Desk) -> None:
    kept = sent.folder() / "r1.en.txt.asc"

    with webserver.serving(sent.site) as url:
        told = run("verify", f"{url}/", "--known", str(kept)).stdout
        (shown,) = run_json("verify", url)

    assert told.startswith(f"{url}: 2 of 2 signed texts are good, ")
    assert shown["good"] is True
    assert {text["id"] for text in shown["texts"]} == {sent.folder().name}


@pytest.mark.enable_socket
@pytest.mark.usefixtures("web")
def test_a_site_that_was_changed_is_in_doubt(sent: Desk, tmp_path: Path) -> None:
    live = tmp_path / "live"
    shutil.copytree(sent.site, live)
    (live / "en/feed.xml").unlink()
    next(live.rglob("r1.ja.txt.asc")).write_bytes(b"forged")

    with webserver.serving(live) as url:
        told = run("verify", url, code=2).stdout
        (shown,) = run_json("verify", url, code=2)

    assert told.count("in doubt: ") == 2
    assert f"{url}: 1 of 2 signed texts are good" in told
    assert len(shown["doubts"]) == 2


@pytest.mark.enable_socket
@pytest.mark.usefixtures("web")
def test_a_site_that_does_not_answer_is_another_failure() -> None:

    told = run("verify", "http://127.0.0.1:9", code=3).stdout

    assert "not checked: " in told
    assert "in doubt" not in told


def test_what_is_known_is_held_against_a_site(sent: Desk) -> None:
    text = str(sent.folder() / "r1.en.txt.asc")

    assert "name its URL" in run("verify", text, "--known", text, code=2).stderr
