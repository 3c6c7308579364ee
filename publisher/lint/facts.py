"""Rules of the facts, and of all short texts in the front matter (L3xx)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher import imprint
from publisher.lint import characters
from publisher.lint.rule import Problem
from publisher.lint.subject import place
from publisher.model.advisory import Kind

if TYPE_CHECKING:
    from publisher.lint.subject import Subject

MAX_TITLE = 70
"""Columns that a title may take, so that subjects and headings stay readable."""
_SCORED = (Kind.ALERT, Kind.EMERGENCY, Kind.ADVISORY)
_AFFECTING = (Kind.ALERT, Kind.ADVISORY)
_ENDINGS = ".,:;。、，．：；"  # noqa: RUF001 (full-width on purpose)
_BEGINNINGS = ".,:;!?。、，．：；！？)]}）］｝」』】"  # noqa: RUF001 (full-width on purpose)
_ENTITY = re.compile(
    "&(?:#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});"
)


def line_break(subject: Subject) -> Iterator[Problem]:
    """Find texts in the front matter that are more than one line."""
    for value in subject.values():
        if "\n" in value.text:
            message = f"{value.name!r} is broken over lines"
            yield Problem(value.at, message, "one line, or '>-' to join lines")


def character(subject: Subject) -> Iterator[Problem]:
    r"""Find what an escape such as `"\u202e"` brings into a text unseen."""
    for value in subject.values():
        text = value.text.replace("\t", "\x00")
        for search in (
            characters.controls,
            characters.bidirectional,
            characters.invisible,
            characters.nameless,
        ):
            for at in search(text)[:1]:
                held = characters.name(value.text[at])
                message = f"{value.name!r} holds the character {held}"
                yield Problem(value.at, message)


def unnamed(subject: Subject) -> Iterator[Problem]:
    """Find vulnerabilities that have neither a CVE id nor a title."""
    for index, vulnerability in enumerate(subject.advisory.vulnerabilities):
        if vulnerability.cve is None and vulnerability.title is None:
            message = "the vulnerability has no name"
            at = subject.at(f"vulnerabilities.{index}")
            yield Problem(at, message, "'cve', 'title' or both")


def repeated_cve(subject: Subject) -> Iterator[Problem]:
    """Find CVE ids that are given more than once."""
    seen: set[str] = set()
    for index, vulnerability in enumerate(subject.advisory.vulnerabilities):
        if vulnerability.cve in seen:
            at = subject.at(f"vulnerabilities.{index}.cve")
            yield Problem(at, f"{vulnerability.cve} is given twice")
        seen.add(vulnerability.cve or "")
        seen.discard("")


def repeated_reference(subject: Subject) -> Iterator[Problem]:
    """Find references with an address that was given before."""
    seen: set[str] = set()
    for index, reference in enumerate(subject.advisory.references):
        if reference.url in seen:
            at = subject.at(f"references.{index}.url")
            yield Problem(at, f"{_short(reference.url)} is given twice")
        seen.add(reference.url)


def unscored(subject: Subject) -> Iterator[Problem]:
    """Find vulnerabilities without a score, where readers look for a severity."""
    if subject.advisory.kind not in _SCORED:
        return
    for index, vulnerability in enumerate(subject.advisory.vulnerabilities):
        if not vulnerability.scores:
            message = f"{vulnerability.cve or 'a vulnerability'} has no CVSS score"
            yield Problem(subject.at(f"vulnerabilities.{index}"), message)


def unaffected(subject: Subject) -> Iterator[Problem]:
    """Find alerts and advisories that name no product."""
    advisory = subject.advisory
    if advisory.kind in _AFFECTING and not advisory.affected:
        message = f"an {advisory.kind} that says nothing of affected products"
        yield Problem(subject.at("kind"), message, "'affected'")


def origin(subject: Subject) -> Iterator[Problem]:
    """Find translations without their source, and sources of anything else."""
    advisory = subject.advisory
    is_translation = advisory.kind is Kind.TRANSLATION
    if is_translation and advisory.original.origin is None:
        message = "a translation has to name what it translates"
        yield Problem(subject.at("kind"), message, "'source'")
    for text in advisory.texts:
        if text.origin is not None and not is_translation:
            message = f"an advisory of the kind {advisory.kind} has no source"
            yield Problem(place(text, "source"), message, "the kind 'translation'")


def long_title(subject: Subject) -> Iterator[Problem]:
    """Find titles that are too long."""
    for text in subject.advisory.texts:
        width = characters.columns(text.title, text.language)
        if width > MAX_TITLE:
            message = f"the title takes {width} columns (full-width characters two)"
            yield Problem(place(text, "title"), message, f"at most {MAX_TITLE}")


def title_ends(subject: Subject) -> Iterator[Problem]:
    """Find titles that begin or end with punctuation, as parts of a sentence do."""
    for text in subject.advisory.texts:
        if text.title[-1:] in _ENDINGS or text.title[:1] in _BEGINNINGS:
            message = "the title begins or ends with punctuation"
            yield Problem(place(text, "title"), message, "a title, not a sentence")


def frame(subject: Subject) -> Iterator[Problem]:
    """Find texts that could be taken for the frame or the end of a signed text."""
    for value in subject.values():
        if is_frame(value.text):
            message = f"{value.name!r} looks like the frame of a signed text"
            yield Problem(value.at, message)


def entity(subject: Subject) -> Iterator[Problem]:
    """Find HTML entities, which are plain text and would be read as such."""
    for value in subject.values():
        found = _ENTITY.search(value.text)
        if found and not value.name.endswith("url"):
            message = f"{value.name!r} holds the HTML entity {found[0]}"
            yield Problem(value.at, message, "the character itself")


def unfinished(subject: Subject) -> Iterator[Problem]:
    """Find what a template left to be filled in."""
    for value in subject.values():
        if "FIXME" in value.text:
            yield Problem(value.at, f"{value.name!r} is still to be written")


def is_frame(line: str) -> bool:
    """Tell whether `line` could be taken for a part of what is around a signed text.

    That is an armor header line (RFC 9580, section 6.2), or the program's imprint.
    """
    is_armor = line.lstrip().startswith("-----") or "-----BEGIN PGP" in line.upper()
    return is_armor or imprint.imitates(line.lstrip(" >*+-0123456789."))


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:79]}…")
