from __future__ import annotations

import pytest

from tests.cli.terminal import Desk, run

pytestmark = pytest.mark.gpg


def test_every_text_is_shown_as_it_would_be_signed(desk: Desk) -> None:
    name = desk.folder().name

    shown = run("preview", name).stdout
    run("sign", "--yes")

    for language in ("ja", "en"):
        signed = (desk.folder() / f"r1.{language}.txt.asc").read_text(encoding="utf-8")
        text = signed.partition("\n\n")[2].partition("-----BEGIN PGP SIGNATURE")[0]
        assert text in shown


def test_one_language_can_be_chosen(desk: Desk) -> None:
    shown = run("preview", desk.folder().name, "--language", "en").stdout

    assert "How to check what we publish" in shown
    assert "概要" not in shown


def test_a_language_that_there_is_not_is_named(desk: Desk) -> None:
    result = run("preview", desk.folder().name, "--language", "fr", code=2)

    assert "has no text in 'fr'" in result.stderr


def test_what_does_not_pass_lint_is_not_shown(desk: Desk) -> None:
    desk.edit(("## 概要", "## FIXME"))

    result = run("preview", desk.folder().name, code=1)

    assert result.stdout == ""
    assert "ja.md:" in result.stderr
    assert "publisher: lint found errors; nothing was done" in result.stderr


def test_a_translation_that_is_behind_cannot_be_signed(desk: Desk) -> None:
    desk.add_revision("ja.md")

    result = run("preview", desk.folder().name)

    assert "第2版" in result.stdout
    assert "renders revision 1 of 2, cannot be signed" in result.stderr
