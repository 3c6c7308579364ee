"""Titles: how long, how they begin, how they end."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from publisher import lint
from publisher.edition import document
from publisher.model.settings import Lint
from publisher.source import Finding, Level
from tests import builders
from tests.lint.linting import NOW, changed, codes, original

ENGLISH = "title: Remote code execution in Example Server"


def titled(title: str) -> tuple[Finding, ...]:
    """Return what lint finds in the sample with `title`."""
    return original((ENGLISH, f"title: {title!r}"))


def test_a_title_may_have_seventy_columns() -> None:
    assert titled("あ" * 35) == ()


def test_a_longer_title_is_a_warning() -> None:
    found = titled("あ" * 35 + "x")

    assert codes(found) == ["L309"]
    assert found[0].level is Level.WARNING
    assert found[0].message.startswith("the title takes 71 columns")
    assert found[0].expected == "at most 70"


def test_titles_in_wide_letters_may_be_longer() -> None:
    def japanese(title: str) -> list[str]:
        return codes(
            changed(("Example Server における任意のコード実行の脆弱性", title))
        )

    assert japanese("あ" * 60) == []
    assert japanese("あ" * 60 + "x") == ["L309"]


def test_a_title_of_more_than_200_columns_is_an_error() -> None:
    assert [(f.code, f.level) for f in titled("あ" * 100)] == [("L309", "warning")]
    assert [(f.code, f.level) for f in titled("あ" * 100 + "x")] == [("L320", "error")]


def test_the_settings_say_how_long_a_title_may_be() -> None:
    advisory = builders.advisory((ENGLISH, f"title: {'x' * 100}"), japanese=None)
    settings = replace(builders.settings(), lint=Lint(title=100))

    _, found = lint.check(advisory, builders.FOLDER, settings=settings, now=NOW)
    assert found == ()

    settings = replace(settings, lint=Lint(title=99))
    _, found = lint.check(advisory, builders.FOLDER, settings=settings, now=NOW)
    assert codes(found) == ["L309"]


@pytest.mark.parametrize(
    "title",
    [
        "Remote code execution in products of Aozora Manufacturing, Inc.",
        "Weakness in products of Aozora Co., Ltd.",
        "AOZORA CO., LTD.",
        "青空製作所(Aozora K.K.",
        "Advisory for agencies of the U.S.",
        "Weakness in parsers, e.g.",
        "Weakness in Example Server, Example Client, etc.",
        "Weaknesses of Aozora S.p.A.",
        ".NET Framework における脆弱性",
        ".htaccess is ignored",
        "=?utf-8?q?Weakness?=",
        "----- Weakness in Example Server -----",
        "「Example」の脆弱性（CVE-2026-90007）",
    ],
)
def test_these_titles_are_fine(title: str) -> None:
    assert titled(title) == ()


@pytest.mark.parametrize(
    "title",
    [
        "Weakness in Example Server.",
        "Weakness in vitamin C.",
        "The disco.",
        "Weakness in products of Aozora Inc.,",
        "Weakness...",
        "Inc..",
        "任意のコードが実行される。",
        "... and more",
        ". NET",
        ") Weakness",
        "Weakness:",
    ],
)
def test_these_are_sentences(title: str) -> None:
    assert codes(titled(title)) == ["L310"]


@pytest.mark.parametrize("title", ["----- Weakness", "- Weakness", "From here on"])
def test_a_text_can_hold_a_title_that_openpgp_would_escape(title: str) -> None:
    advisory = builders.advisory((ENGLISH, f"title: {title!r}"), japanese=None)
    checked, _ = lint.check(
        advisory, builders.FOLDER, settings=builders.settings(), now=NOW
    )
    assert checked is not None

    edition = document.edition(
        checked, advisory.original, builders.presentation(), "0" * 64
    )

    assert title in edition.text


def test_a_huge_title_is_judged_at_once() -> None:
    begun = time.process_time()

    assert "L320" in codes(titled("a." * 100_000))
    assert time.process_time() - begun < 5
