"""Japanese and English survive every locale."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.terminal import Desk, process

pytestmark = pytest.mark.gpg

LOCALES = {
    "C": {"LC_ALL": "C"},
    "no UTF-8": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "ASCII": {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
    "Japanese": {"PYTHONIOENCODING": "euc-jp", "LC_ALL": "C"},
}


@pytest.mark.parametrize("environment", LOCALES.values(), ids=LOCALES)
def test_files_are_the_same_whatever_the_locale(
    desk: Desk, environment: dict[str, str]
) -> None:
    process("sign", "--yes", folder=desk.root, environment=environment)
    process("build", folder=desk.root, environment=environment)

    name = desk.folder().name
    signed = (desk.folder() / "r1.ja.txt.asc").read_text(encoding="utf-8")
    page = desk.site / "advisories" / name.split("-")[1] / name / "ja.html"
    assert "当センターの発行物を検証する方法" in signed
    assert "当センターの発行物を検証する方法" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("environment", LOCALES.values(), ids=LOCALES)
def test_what_is_made_is_the_same_whatever_the_locale(
    desk: Desk, tmp_path: Path, environment: dict[str, str]
) -> None:
    process(
        "new", "alert", "-t", "緊急 — test", folder=desk.root, environment=environment
    )
    name = "--name=当センター"
    process("init", name, "日本", folder=tmp_path, environment=environment)

    source = desk.folder("*-0002") / "ja.md"
    assert '"緊急 — test"' in source.read_text(encoding="utf-8")
    settings = tmp_path / "日本" / "publisher.toml"
    assert 'ja = "当センター"' in settings.read_text(encoding="utf-8")


@pytest.mark.parametrize("environment", LOCALES.values(), ids=LOCALES)
def test_every_screen_can_be_shown(desk: Desk, environment: dict[str, str]) -> None:
    for arguments in (
        ("status",),
        ("sign", "--dry-run"),
        ("preview", desk.folder().name),
        ("lint",),
        ("--help",),
    ):
        assert process(
            *arguments, folder=desk.root, environment=environment
        ).stdout or (arguments == ("lint",))


def test_a_terminal_without_japanese_shows_it_escaped(desk: Desk) -> None:
    latin = {"PYTHONIOENCODING": "iso-8859-1", "LC_ALL": "C"}

    done = process("status", folder=desk.root, environment=latin)

    assert b"\\u5f53\\u30bb\\u30f3\\u30bf\\u30fc" in done.stdout


@pytest.mark.parametrize("environment", LOCALES.values(), ids=LOCALES)
def test_json_is_utf_8_whatever_the_locale(
    desk: Desk, environment: dict[str, str]
) -> None:
    done = process("status", "--json", folder=desk.root, environment=environment)

    assert "当センターの発行物を検証する方法" in done.stdout.decode("utf-8")
