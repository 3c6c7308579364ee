"""Rules of the facts, and of all short texts in the front matter (L3xx)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher import imprint
from publisher.lint import characters
from publisher.lint.rule import Problem
from publisher.lint.subject import place
from publisher.model import plain
from publisher.model.advisory import Kind
from publisher.model.moment import UNDATED, UNWRITTEN, known

if TYPE_CHECKING:
    from publisher.lint.subject import Subject

_SCORED = (Kind.ALERT, Kind.EMERGENCY, Kind.ADVISORY)
_AFFECTING = (Kind.ALERT, Kind.ADVISORY)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")  # noqa: RUF001 (look like hyphens)
# More dashes than three and other blanks are read as a frame by some programs.
_FRAME = re.compile(r"---\s*(?:BEGIN|END)\s*PGP", re.IGNORECASE)
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


def composition(subject: Subject) -> Iterator[Problem]:
    r"""Find what an escape such as `"e\u0301"`, or joining lines, leaves uncomposed.

    The text edition puts its own words before a value, so none may begin with a mark
    that combines with them.
    """
    for value in subject.values():
        if not characters.is_composed(value.text):
            message = f"{value.name!r} is not in Unicode's form NFC"
            yield Problem(value.at, message, "NFC, without an escape")
        elif unicodedata.combining(value.text[:1] or " "):
            held = characters.name(value.text[0])
            message = f"{value.name!r} begins with {held}, which needs a letter"
            yield Problem(value.at, message, "a letter before it")


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


def impossible_cve(subject: Subject) -> Iterator[Problem]:
    """Find CVE ids of years that are still to come.

    Ids of the next year are given out before it begins, and an old text may get one
    later.
    """
    zone = subject.settings.team.timezone
    newest = max(known(subject.advisory.last_updated, subject.now), subject.now)
    last = newest.astimezone(zone).year + 1
    for index, vulnerability in enumerate(subject.advisory.vulnerabilities):
        cve = vulnerability.cve
        if cve is not None and int(cve.split("-")[1]) > last:
            at = subject.at(f"vulnerabilities.{index}.cve")
            yield Problem(at, f"{cve} is of a year to come", f"{last} at most")


def repeated_product(subject: Subject) -> Iterator[Problem]:
    """Find affected versions of a product that are given more than once."""
    seen: set[tuple[str, ...]] = set()
    for index, product in enumerate(subject.advisory.affected):
        words = (product.vendor, product.name, product.versions)
        row = tuple("".join(each.casefold().split()) for each in words)
        if row in seen:
            message = f"{_short(product.name)} {product.versions} is given twice"
            yield Problem(subject.at(f"affected.{index}"), message, "one row")
        seen.add(row)


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
        if UNWRITTEN in value.text:
            yield Problem(value.at, f"{value.name!r} is still to be written")
    newest = subject.advisory.revision
    for index, revision in enumerate(subject.advisory.history):
        if revision.date == UNDATED:
            name = f"history.{index}.date"
            expected = "the moment at which it was released"
            if revision is newest:
                expected = f"`publisher ready {subject.advisory.id}` dates it"
            yield Problem(
                subject.at(name), f"{name!r} is still to be written", expected
            )


def is_frame(line: str) -> bool:
    """Tell whether `line` could be taken for a part of what is around a signed text.

    That is an armor header line of OpenPGP (RFC 9580, section 6.2), also one that is
    written a little otherwise, or the program's imprint. Other dashes are no frame.
    """
    folded = unicodedata.normalize("NFKC", line).translate(_DASHES)
    is_armor = plain.is_armor(line) or _FRAME.search(line) or _FRAME.search(folded)
    return bool(is_armor) or imprint.imitates(line)


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:79]}…")
