"""How it ends when something is wrong: who has to act, what to do, and no trace."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publisher import errors
from publisher.cli import command
from tests.cli.terminal import Desk, path, process, run

pytestmark = pytest.mark.gpg


def write(file: Path, text: str | bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def broken_toml(root: Path) -> None:
    write(root / "publisher.toml", "[team\n")


def latin_toml(root: Path) -> None:
    write(root / "publisher.toml", b'[team]\nname = "\xe9"\n')


def unknown_key(root: Path) -> None:
    file = root / "publisher.toml"
    write(file, file.read_text(encoding="utf-8") + '\n[site.more]\ncolour = "red"\n')


def leaked_password(root: Path) -> None:
    file = root / "publisher.toml"
    text = file.read_text(encoding="utf-8")
    secret = '{ file = ".publisher/mailhost/rest-password" }'
    write(file, text.replace(secret, '"hunter2"'))


def no_settings(root: Path) -> None:
    (root / "publisher.toml").unlink()


def stray_file(root: Path) -> None:
    write(root / "advisories" / "notes.txt", "to do\n")


def stray_folder(root: Path) -> None:
    (root / "advisories" / "2026" / "draft").mkdir(parents=True)


def broken_source(root: Path) -> None:
    write(next(root.glob("advisories/*/*")) / "ja.md", "no front matter\n")


def template_syntax(root: Path) -> None:
    write(root / "templates" / "site" / "home.html", "{% if %}\n")


def template_word(root: Path) -> None:
    write(root / "templates" / "site" / "home.html", "<p>{{ nothing }}</p>\n")


def template_bytes(root: Path) -> None:
    write(root / "templates" / "site" / "home.html", b"<p>\xe9</p>\n")


def template_value(root: Path) -> None:
    write(root / "templates" / "site" / "home.html", "<p>{{ 1 // 0 }}</p>\n")


def template_base(root: Path) -> None:
    write(root / "templates" / "site" / "base.html", "<html>\n{{ 'x' + 1 }}\n")


def broken_catalogue(root: Path) -> None:
    write(root / "templates" / "locale" / "ja" / "own.po", 'msgid "x\n')


def no_key_file(root: Path) -> None:
    next(root.glob("keys/*.asc")).unlink()


def empty_key_file(root: Path) -> None:
    write(next(root.glob("keys/*.asc")), "")


def broken_cache(root: Path) -> None:
    write(root / ".publisher" / "cache.sqlite", b"no database" * 100)


def broken_journal(root: Path) -> None:
    write(root / ".publisher" / "journal.sqlite", b"no database" * 100)


CASES: list[tuple[Callable[[Path], None], str, int, str]] = [
    (broken_toml, "lint", 2, "is no valid TOML"),
    (latin_toml, "lint", 2, "is no valid TOML"),
    (unknown_key, "lint", 2, "publisher.toml:"),
    (leaked_password, "lint", 2, "must say where the secret is"),
    (no_settings, "lint", 2, "there is no publisher.toml here"),
    (stray_file, "lint", 1, "advisories/notes.txt: is no folder"),
    (stray_folder, "lint", 1, "advisories/2026/draft: "),
    (broken_source, "sign --yes", 1, "ja.md: P002 "),
    (template_syntax, "build", 2, "templates/site/home.html:1: "),
    (template_word, "build", 2, "templates/site/home.html:1: "),
    (template_bytes, "build", 2, "templates/site/home.html: "),
    (template_value, "build", 2, "templates/site/home.html:1: "),
    (template_base, "build", 2, "templates/site/base.html:2: "),
    (broken_catalogue, "lint", 2, "own.po: the catalogue cannot be read"),
    (no_key_file, "build", 2, "keys/ lacks the public key"),
    (empty_key_file, "build", 2, "holds no public key"),
    (broken_cache, "build", 0, ""),
    (broken_journal, "status", 2, "is damaged"),
]


@pytest.mark.parametrize(
    ("spoil", "name", "code", "message"), CASES, ids=[c[0].__name__ for c in CASES]
)
def test_what_is_wrong_is_said_without_a_trace(
    desk: Desk, spoil: Callable[[Path], None], name: str, code: int, message: str
) -> None:
    spoil(desk.root)

    result = run(*name.split(), code=code)

    assert message in result.stderr
    assert "hunter2" not in result.output


@pytest.mark.parametrize(
    ("spoil", "code"), [(broken_toml, 2), (stray_file, 1), (broken_journal, 2)]
)
def test_a_process_ends_without_a_trace(
    desk: Desk, spoil: Callable[[Path], None], code: int
) -> None:
    spoil(desk.root)

    done = process("status", folder=desk.root, code=code)

    assert done.stdout == b""
    assert done.stderr.startswith(b"publisher: ")


def test_without_gpg_an_author_can_still_lint(desk: Desk) -> None:
    process("lint", folder=desk.root, environment={"PATH": "/nonexistent"})
    process(
        "preview",
        desk.folder().name,
        folder=desk.root,
        environment={"PATH": "/nonexistent"},
    )


@pytest.mark.parametrize("name", ["build", "status", "push", "sign"])
def test_without_gpg_the_rest_says_what_to_install(desk: Desk, name: str) -> None:
    done = process(name, folder=desk.root, code=3, environment={"PATH": "/nonexistent"})

    assert "install GnuPG 2.2 or newer" in done.stderr.decode()


def test_without_gpg_there_is_no_demo(tmp_path: Path) -> None:
    done = process(
        "demo", folder=tmp_path, code=3, environment={"PATH": "/nonexistent"}
    )

    assert "install GnuPG 2.2 or newer" in done.stderr.decode()


def test_without_gpg_no_key_can_be_pinned(tmp_path: Path) -> None:
    arguments = ("init", "ours", "--key", "0" * 40)
    done = process(
        *arguments, folder=tmp_path, code=3, environment={"PATH": "/nonexistent"}
    )

    assert "install GnuPG 2.2 or newer" in done.stderr.decode()
    assert not (tmp_path / "ours").exists()


@pytest.mark.parametrize("name", ["mailhost", "demo"])
def test_without_the_extra_the_mail_host_says_what_to_install(
    desk: Desk, name: str
) -> None:
    hidden = (
        "import sys; sys.modules['aiosmtpd'] = None; "
        "from publisher.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", hidden, name],
        cwd=desk.root,
        env={**os.environ, "PYTHONPATH": path()},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 2
    assert b"pip install 'advisory-publisher[mailhost]'" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_list_server_that_does_not_run_can_be_tried_again(desk: Desk) -> None:
    # No fake here: nothing listens on port 9.
    desk.settings(
        ("127.0.0.1:8001", "127.0.0.1:9"),
        ('{ file = ".publisher/mailhost/rest-password" }', '{ env = "SECRET" }'),
    )

    done = process(
        "lists", "plan", folder=desk.root, code=3, environment={"SECRET": "x"}
    )

    assert b"cannot be reached" in done.stderr


def test_a_project_without_a_list_server_says_what_to_add(desk: Desk) -> None:
    file = desk.root / "publisher.toml"
    before, _, rest = file.read_text(encoding="utf-8").partition("[mailman]")
    _, mark, lists = rest.partition("[[lists]]")
    file.write_text(f"{before}{mark}{lists}", encoding="utf-8")

    done = process("lists", "plan", folder=desk.root, code=2)

    assert b"names no list server: add [mailman]" in done.stderr


def test_a_password_that_is_not_there_is_asked_for(desk: Desk) -> None:
    done = process("lists", "plan", folder=desk.root, code=2)

    assert b"rest-password cannot be read" in done.stderr
    assert b"`publisher mailhost` makes it" in done.stderr


def test_a_full_disk_is_the_worlds_fault(desk: Desk) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "publisher", "preview", desk.folder().name],
            cwd=desk.root,
            env={**os.environ, "PYTHONPATH": path()},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == 3
    told = b"the disk is full (No space left on device): make room (`df -h`, `quota`)"
    assert told in done.stderr


@pytest.mark.usefixtures("desk")
def test_a_medium_that_is_full_is_named_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Path.open

    def full(file: Path, *arguments: Any, **named: Any) -> Any:
        if file.name == "SHA256SUMS":
            # As a write tells it, which does not know the name.
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))
        return whole(file, *arguments, **named)

    monkeypatch.setattr(Path, "open", full)
    stick = tmp_path / "stick"

    result = run("sign", "--export", str(stick), code=3)

    place = f"{stick / 'SHA256SUMS'}: cannot be written: the disk quota is used up ("
    assert place in result.stderr


def test_a_reader_who_has_seen_enough_leaves_no_trace(desk: Desk) -> None:
    preview = f"{sys.executable} -m publisher preview {desk.folder().name} | head -1"
    done = subprocess.run(
        ["sh", "-c", preview],
        cwd=desk.root,
        env={**os.environ, "PYTHONPATH": path()},
        capture_output=True,
        check=True,
    )

    assert b"Traceback" not in done.stderr


def test_ctrl_c_at_the_question_leaves_no_trace(desk: Desk) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "publisher", "sign"],
        cwd=desk.root,
        env={**os.environ, "PYTHONPATH": path()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    seen = b""
    while b"as shown?" not in seen:
        seen += os.read(child.stdout.fileno(), 4096)
    timer = threading.Timer(30, child.kill)
    timer.start()

    child.send_signal(signal.SIGINT)
    _, told = child.communicate()
    timer.cancel()

    assert child.returncode == 130
    assert told.decode().strip().endswith("skipped next time")
    assert b"Traceback" not in told
    assert desk.signed() == []


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (errors.AuthorError("x"), 1),
        (errors.FindingsError(()), 1),
        (errors.OperatorError("x"), 2),
        (errors.SettingsError("x"), 2),
        (errors.TrustError("x"), 2),
        (errors.WorldError("x"), 3),
        (errors.GpgError("x"), 3),
        (errors.MailmanError("x"), 3),
        (errors.WebError("x"), 3),
        (PermissionError(13, "Permission denied", "site"), 3),
        (KeyboardInterrupt(), 130),
        (FileNotFoundError(2, "No such file", "site"), None),
        (KeyError("x"), None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_exit_code_says_who_has_to_act(
    error: BaseException, exit_code: int | None
) -> None:
    assert command.tell(error) == exit_code


@pytest.mark.usefixtures("desk")
def test_a_bug_keeps_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*_: object) -> None:
        raise KeyError("bug")

    monkeypatch.setattr("publisher.pipeline.checking.load", bug)

    with pytest.raises(KeyError, match="bug"):
        run("lint")
