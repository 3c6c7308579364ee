"""Links to our own site (L316 to L318): judged without a network.

What counts is what will be there when the advisory comes out.

Which advisories, signed texts and keys there are is known. Lists, feeds and what
programs read come and go with them, and are taken to be there. What this program knows
nothing of may be served by others on the same host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from publisher.lint.links import addresses_of, short
from publisher.lint.rule import Problem
from publisher.lint.subject import Neighbour
from publisher.model import ids
from publisher.model.advisory import Kind
from publisher.model.moment import known

if TYPE_CHECKING:
    from publisher.lint.subject import Subject
    from publisher.model.settings import Settings
    from publisher.source import Location

_ADVISORY = re.compile(r"advisories/([0-9]{4})/([^/]+)(?:/(.*))?")
_FACTS = re.compile(r"api/v[0-9]+/advisories/([^/]+)\.json")
_SIGNED = re.compile(r"r([1-9][0-9]{0,5})\.([A-Za-z-]+)\.txt(?:\.[1-9][0-9]*)?\.asc")
_EARLIER = re.compile(r"(?:r[1-9][0-9]{0,5}-)?r([1-9][0-9]{0,5})\.([A-Za-z-]+)\.html")
_PAGE = re.compile(r"([A-Za-z-]+)\.html")
_KEY = re.compile(r"keys/([0-9A-F]+)\.asc")
_OTHERS = re.compile(
    r"(api|search|sitemap|\.well-known)/.*|record/(index\.json|[12][0-9]{3}\.jsonl)"
    r"|(index\.html|sitemap\.xml|verify\.py|[^/]*\.css)"
)
_OF_LANGUAGE = re.compile(
    r"(index|verify|subscribe|search|feeds)\.html|(feed|atom)\.(xml|json|rdf)"
    r"|feeds\.opml|(cve|products?|severity|vendors?|[12][0-9]{3}"
    rf"|{'|'.join(Kind)})/.*"
)
"""What there is below the folder of a language."""


class Verdict(Enum):
    """What is known of a link to ourselves."""

    THERE = auto()
    UNSIGNED = auto()
    """It will be there as soon as it is signed."""
    UNKNOWN = auto()
    """Nothing: this program does not build it."""


@dataclass(frozen=True, slots=True)
class Dead:
    """There is nothing, or nothing that the public may know of."""

    reason: str


def dead(subject: Subject) -> Iterator[Problem]:
    """Find links to ourselves that lead to nothing, or to what is not public."""
    for at, url, found in _judged(subject):
        if isinstance(found, Dead):
            message = f"{short(url)} is our own address, and {found.reason}"
            yield Problem(at, message, "what the site has")


def unsigned(subject: Subject) -> Iterator[Problem]:
    """Find links to texts of ours that nobody has signed yet."""
    for at, url, found in _judged(subject):
        if found is Verdict.UNSIGNED:
            message = f"{short(url)} leads to what is not signed yet"
            yield Problem(at, message, "both to be signed before one is published")


def unknown(subject: Subject) -> Iterator[Problem]:
    """Find links to our host that this program knows nothing of."""
    for at, url, found in _judged(subject):
        if found is Verdict.UNKNOWN:
            message = f"{short(url)} is our own address, and not built from here"
            yield Problem(at, message, "a page that `publisher lint --links` finds")


def path(url: str, settings: Settings) -> str | None:
    """Return which file of our site `url` leads to; None: it leads elsewhere."""
    try:
        parts, site = urlsplit(url), urlsplit(settings.site.url)
        is_ours = _host(parts.hostname, parts.port) == _host(site.hostname, site.port)
    except ValueError:
        return None
    inside, base = unquote(parts.path), f"{site.path}/"
    if not is_ours or not f"{inside}/".startswith(base):
        return None
    found = inside[len(base) :]
    return f"{found}index.html" if not found or found.endswith("/") else found


def is_known(url: str, settings: Settings) -> bool:
    """Tell whether `url` is our own address, of what this program builds."""
    found = path(url, settings)
    if found is None:
        return False
    return found.startswith("advisories/") or _is_other(found, settings)


def _judged(subject: Subject) -> Iterator[tuple[Location, str, Verdict | Dead]]:
    for at, url in addresses_of(subject):
        found = path(url, subject.settings)
        if found is not None:
            yield at, url, _verdict(subject, found)


def _verdict(subject: Subject, found: str) -> Verdict | Dead:
    if match := _ADVISORY.fullmatch(found):
        year, name, file = match.groups()
        return _advisory(subject, name, file or "index.html", year)
    if match := _FACTS.fullmatch(found):
        return _advisory(subject, match[1], "index.html", _year(match[1]))
    if match := _KEY.fullmatch(found):
        is_ours = match[1] in subject.settings.team.pinned
        return Verdict.THERE if is_ours else Dead("there is no such key")
    return Verdict.THERE if _is_other(found, subject.settings) else Verdict.UNKNOWN


def _is_other(found: str, settings: Settings) -> bool:
    """Tell whether it is a file that comes and goes with the advisories."""
    first, _, rest = found.partition("/")
    of_language = first in settings.languages and _OF_LANGUAGE.fullmatch(rest)
    return bool(of_language or _OTHERS.fullmatch(found) or _KEY.fullmatch(found))


def _advisory(subject: Subject, name: str, file: str, year: str) -> Verdict | Dead:
    try:
        named = ids.AdvisoryId.parse(name)
    except ValueError:
        return Dead(f"there is no advisory {name[:40]!r}")
    if named == subject.advisory.id:
        return _file(subject, Neighbour(subject.advisory, None), file)
    if subject.neighbours is None:
        return Verdict.THERE
    neighbour = subject.neighbours(named)
    if neighbour is None or year != f"{named.year:04d}":
        return Dead(f"there is no advisory {named} in this project at that address")
    # As of the moment when this one comes out, if that is still ahead.
    moment = max(known(subject.advisory.first_published, subject.now), subject.now)
    reason = neighbour.advisory.withheld(moment)
    if reason is not None:
        return Dead(f"{named} will not be public then ({reason})")
    return _file(subject, neighbour, file)


def _file(subject: Subject, neighbour: Neighbour, file: str) -> Verdict | Dead:
    """Judge a file in the folder of an advisory that is public."""
    languages = [text.language for text in neighbour.advisory.texts]
    if file == "index.html":
        return _text(neighbour, languages[0])
    if match := _PAGE.fullmatch(file):
        if match[1] in languages and match[1] in subject.settings.languages:
            return _text(neighbour, match[1])
        return Dead(f"{neighbour.advisory.id} has no text in {match[1]!r}")
    if match := _SIGNED.fullmatch(file) or _EARLIER.fullmatch(file):
        return _text(neighbour, match[2], int(match[1]))
    return Dead(f"{neighbour.advisory.id} has no file {file[:40]!r}")


def _text(
    neighbour: Neighbour, language: str, revision: int | None = None
) -> Verdict | Dead:
    """Judge a text of one revision; None: of any."""
    advisory, signed = neighbour.advisory, neighbour.signed
    text = advisory.text(ids.Language(language))
    if text is None or (revision or 1) > text.revision:
        return Dead(f"{advisory.id} has no revision {revision} in {language!r}")
    if signed is None:
        # The advisory itself: it is signed when it is public.
        return Verdict.THERE
    numbers = {
        int(match[1])
        for match in map(_SIGNED.fullmatch, signed)
        if match and match[2] == language
    }
    if numbers if revision is None else revision in numbers:
        return Verdict.THERE
    if revision is None or revision == text.revision:
        return Verdict.UNSIGNED
    return Dead(f"revision {revision} of {advisory.id} was not signed in {language!r}")


def _year(name: str) -> str:
    return (name.split("-") * 2)[1]


def _host(name: str | None, port: int | None) -> tuple[str, int | None]:
    return (name or "").rstrip("."), None if port in (80, 443) else port
