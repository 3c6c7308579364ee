"""Tries one text: parsed, linted, laid out, compared."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

import jinja2

from benchmarks.strangers import letters, reader
from publisher import lint, parse
from publisher.edition import edition
from publisher.edition.blocks import RULE
from publisher.errors import PublisherError
from publisher.model.chain import Checked
from publisher.model.ids import AdvisoryId
from publisher.presentation import Presentation
from publisher.sign import cleartext
from publisher.source import Finding, Level

NAME = "en.md"
NOW = datetime(2027, 1, 1, tzinfo=UTC)
_RECORD = "0" * 64
_BODY = "{{ body }}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one text."""

    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    seconds: float
    """Of the processor, for parsing and linting."""
    refused: str = ""
    """Why a later stage refuses what lint accepted; empty if none does."""
    has_html: bool = False
    """Whether CommonMark finds HTML in the body."""
    difference: str = ""
    """Where the letters of a signed text begin to differ; empty if they do not."""

    @property
    def passes(self) -> bool:
        """Tell whether lint accepts the text."""
        return not self.errors


@dataclass(frozen=True, slots=True)
class Bench:
    """What texts are tried with."""

    presentation: Presentation

    @property
    def bare(self) -> Presentation:
        """What lays out nothing but the body."""
        environment = self.presentation.environment
        own = jinja2.DictLoader({"text/advisory.txt": _BODY})
        overlay = environment.overlay(loader=own, cache_size=1)
        return replace(self.presentation, environment=overlay)

    def verdict(self, advisory: AdvisoryId, text: str, body: str) -> Verdict:
        """Try `text`, in which a stranger's `body` stands, perhaps mended."""
        start = time.process_time()
        checked, findings = self._lint(advisory, text)
        seconds = time.process_time() - start
        errors = tuple(f for f in findings if f.level is Level.ERROR)
        warnings = tuple(f for f in findings if f.level is Level.WARNING)
        found = Verdict(errors, warnings, seconds, has_html=reader.has_html(body))
        if checked is None or errors:
            return found
        try:
            whole = self._edition(checked, self.presentation)
            plain = self._edition(checked, self.bare).partition(f"\n\n{RULE}\n")[0]
            cleartext.check_canonical(whole)
        except (PublisherError, ValueError) as error:
            return replace(found, refused=f"{type(error).__name__}: {error}")
        other = letters.difference(reader.read(body), plain, whole)
        return replace(found, difference=other or "")

    def _lint(
        self, advisory: AdvisoryId, text: str
    ) -> tuple[Checked | None, tuple[Finding, ...]]:
        folder = PurePosixPath(f"advisories/{advisory.year}/{advisory}")
        data = text.encode()
        raw = lint.canonical(folder / NAME, data)
        parsed, findings = parse.advisory(folder, {NAME: data})
        if parsed is None:
            return None, (*raw, *findings)
        settings = self.presentation.settings
        checked, found = lint.check(parsed, folder, settings=settings, now=NOW)
        # What stands in a body is found by both.
        return checked, tuple(dict.fromkeys((*raw, *findings, *found)))

    @staticmethod
    def _edition(checked: Checked, presentation: Presentation) -> str:
        text = checked.advisory.original
        return edition(checked, text, presentation, _RECORD).text


Texts = Mapping[AdvisoryId, str]
Mend = Callable[[Texts], Texts]
"""`publisher lint --fix`."""
