"""Advisories for the tests of the text edition, and short ways to lay them out."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from publisher import edition, markup, parse
from publisher.edition import body
from publisher.edition.inline import Links
from publisher.model.advisory import Advisory
from publisher.model.chain import Checked
from publisher.model.ids import Language
from publisher.presentation import Presentation
from tests import builders

RICH = Path(__file__).parents[1] / "golden" / "edition" / "rich"
PAGE = "https://www.cert.example/advisories/2026/ADV-2026-0007/en.html"
HEAD = builders.ENGLISH.partition("## Overview")[0]


RECORD = "0" * 64
"""A state of the publication record."""


def rich() -> Advisory:
    """Return an advisory that has everything an advisory can have."""
    folder = PurePosixPath("advisories/2026/ADV-2026-0012")
    files = {file.name: file.read_bytes() for file in RICH.iterdir()}
    parsed, findings = parse.advisory(folder, files)
    assert parsed is not None, findings
    return parsed


def text_of(
    advisory: Advisory,
    language: Language = builders.EN,
    presentation: Presentation | None = None,
) -> str:
    """Return the text edition of an advisory in one language."""
    text = advisory.text(language)
    assert text is not None
    look = presentation or builders.presentation()
    return edition.edition(Checked(advisory), text, look, RECORD).text


def laid_out(markdown: str, pair: str = "{label}: {value}") -> str:
    """Return the plain text of a body."""
    return body.body_text(markup.parse(markdown), Links(PAGE), pair)


def with_body(markdown: str) -> Advisory:
    """Return the sample advisory with another body, in English alone."""
    return builders.advisory(english=HEAD + markdown, japanese=None)
