"""Rules of ids that a text mentions: CVE ids, advisories, references (L443 to L446).

What is mentioned stands anywhere in a text: in titles and summaries, in code and links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from itertools import islice
from typing import TYPE_CHECKING

from publisher.lint.rule import Problem
from publisher.model.advisory import Kind

if TYPE_CHECKING:
    from pathlib import PurePosixPath
    from xml.etree.ElementTree import Element

    from publisher.lint.body import Body
    from publisher.lint.subject import Subject
    from publisher.source import Location

_MOST = 20
"""Findings of one rule in one file."""
_FEW = 4
"""So many ids may be left out before it is the text's choice to name only some."""
_CVE = re.compile(r"(?<![A-Za-z0-9-])CVE-[0-9]{4}-[0-9]{4,19}(?![0-9])", re.IGNORECASE)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s<>]*")
_CITED = re.compile(
    r"(?<![A-Za-z0-9_)\]])\[([0-9]{1,3}(?:[ ]?[,、–-][ ]?[0-9]{1,3}){0,20})\]"
    r"(?![A-Za-z0-9_(\[:])"
)
_COUNTING = (Kind.NOTE, Kind.REPORT)
"""Kinds that tell of many things, and need not be about one vulnerability."""
# Full-width letters and other dashes, so that each stays in its place.
_FOLDED = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "‐‑‒–—−"), "-"),  # noqa: RUF001 (look like hyphens)
}


def foreign_cve(subject: Subject) -> Iterator[Problem]:
    """Find CVE ids that the facts do not have."""
    advisory = subject.advisory
    if advisory.kind in _COUNTING and not advisory.vulnerabilities:
        return
    known = set(advisory.cves)
    for at, found in _unknown(_all(subject, _CVE), known):
        message = f"{found} is none of the vulnerabilities"
        yield Problem(at, message, "the right id, or an entry of it")


def missing_cve(subject: Subject) -> Iterator[Problem]:
    """Find CVE ids that a text leaves out although it names others.

    Head and list of the vulnerabilities name all of them, so that a body need not. A
    body that names some of many tells what matters; one that names nearly all has
    forgotten some.
    """
    known = list(dict.fromkeys(subject.advisory.cves))
    for body in subject.bodies:
        text = body.text.body.translate(_FOLDED).upper()
        named = {found for found in _CVE.findall(text) if found in known}
        left = [cve for cve in known if cve not in named]
        if named and left and len(left) <= max(len(named), _FEW):
            message = f"the text names other CVE ids, but not {', '.join(left[:_MOST])}"
            yield Problem(body.at(0), message, "all of them, if that is meant")


def unknown_advisory(subject: Subject) -> Iterator[Problem]:
    """Find ids of the team's advisories that there are not.

    Those in addresses are left to the rules of links.
    """
    if subject.others is None:
        return
    prefixes = "|".join(map(re.escape, subject.settings.prefixes))
    number = "[0-9]{4}-[0-9]{4,7}(?![0-9])"
    pattern = re.compile(rf"(?<![A-Za-z0-9-])(?:{prefixes})-{number}")
    own = (subject.advisory.id, subject.advisory.superseded_by)
    known = {str(each) for each in (*subject.others, *own)}
    for at, found in _unknown(_all(subject, pattern, _ADDRESS), known):
        yield Problem(at, f"there is no advisory {found}", "the id of another one")


def uncited(subject: Subject) -> Iterator[Problem]:
    """Find citations such as `[7]` where there are fewer references."""
    count = len(subject.advisory.references)
    for body in subject.bodies:
        offset = 0
        for found, number in islice(_beyond(body, count), _MOST):
            offset, at = body.find(found, offset)
            offset += 1
            message = f"there is no reference {number}: the facts have {count}"
            yield Problem(at, message, "its entry in 'references', or code")


def _beyond(body: Body, count: int) -> Iterator[tuple[str, str]]:
    """Yield the citations of what is no reference, each with the first such number."""
    for text in _plain(body.tree):
        for match in _CITED.finditer(text):
            for number in re.findall("[0-9]+", match[1]):
                if not 0 < int(number) <= count:
                    yield match[0], number
                    break


def _plain(element: Element) -> Iterator[str]:
    """Yield the text that is neither code nor a link."""
    if element.tag in ("code", "a"):
        return
    yield element.text or ""
    for child in element:
        yield from _plain(child)
        yield child.tail or ""


def _unknown(
    found: Iterator[tuple[Location, str]], known: Set[str]
) -> Iterator[tuple[Location, str]]:
    """Yield what is not known, each once in a file."""
    seen: dict[PurePosixPath, set[str]] = {}
    for at, each in found:
        told = seen.setdefault(at.path, set())
        if each not in known and each not in told and len(told) < _MOST:
            told.add(each)
            yield at, each


def _all(
    subject: Subject, pattern: re.Pattern[str], but: re.Pattern[str] | None = None
) -> Iterator[tuple[Location, str]]:
    """Yield all that a pattern finds, in capital letters, and where."""
    for value in subject.values():
        if not (but and value.name.endswith("url")):
            for match in pattern.finditer(value.text.translate(_FOLDED)):
                yield value.at, match[0].upper()
    for body in subject.bodies:
        for index, line in enumerate(body.lines):
            plain = line.translate(_FOLDED)
            if but:
                plain = but.sub(lambda found: " " * len(found[0]), plain)
            for match in pattern.finditer(plain):
                yield body.at(index, match.start()), match[0].upper()
