"""What may not stand in a text that is signed.

Nothing invisible or unprintable, nothing that reorders what is seen, nothing that
looks like the frame of a signature or like an imprint: what readers see is what was
signed, and nobody's text can pretend to be its end.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from publisher.errors import AuthorError, OperatorError
from publisher.imprint import Imprint, imitates, imprint
from publisher.model.advisory import Origin, Product, Reference, Vulnerability
from publisher.source import Location

if TYPE_CHECKING:
    from publisher.model.advisory import Advisory, Text

_ARMOR = re.compile(r"-----(BEGIN|END) PGP", re.IGNORECASE)
_REFUSED = frozenset(("Cc", "Cs", "Co", "Cn", "Zl", "Zp"))
# Characters that are not seen, that reorder what is seen, or that carry text unseen.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def check_sources(advisory: Advisory, text: Text) -> None:
    """Raise AuthorError if what an author wrote may not stand in a signed text."""
    for value, place in _written(advisory, text):
        lines = value.split("\n")
        if value != text.body:
            # In the text edition, the lines of a value are one.
            lines.append(" ".join(value.split()))
        for number, line in enumerate(lines):
            fault = _fault(line)
            if fault:
                at = Location(place.path, place.line and place.line + number)
                msg = f"{at}: {fault}; take it out"
                raise AuthorError(msg)


def check_body(body: str, text: Text) -> None:
    """Raise AuthorError if joining lines made something that `check_sources` seeks."""
    for line in body.split("\n"):
        fault = _fault(line)
        if fault:
            msg = f"{text.source.path}: in the text edition, {fault}; take it out"
            raise AuthorError(msg)


def check_whole(text: str, expected: Imprint, template: str) -> None:
    """Raise OperatorError unless `text` is canonical and ends with its imprint.

    The sources are known to be harmless here, so that a template is to blame.
    """
    lines = text.removesuffix(str(expected)).split("\n")
    for number, line in enumerate(lines, start=1):
        fault = _fault(line) or _uncanonical(line)
        if fault:
            msg = f"{template}: line {number} of the text edition: {fault}: {line!r}"
            raise OperatorError(msg)
    if not _ends_with(text, expected):
        msg = f"{template}: the text edition does not end with its imprint"
        raise OperatorError(msg)


def _ends_with(text: str, expected: Imprint) -> bool:
    try:
        return imprint(text) == expected
    except ValueError:
        return False


def _fault(line: str) -> str | None:
    """Say what is wrong with a line of text, if anything is."""
    hidden = next(filter(_is_hidden, line), None)
    if hidden is not None:
        name = unicodedata.name(hidden, "control character")
        return f"the character U+{ord(hidden):04X} ({name}) cannot be signed"
    if _ARMOR.search(line):
        return "this looks like the frame of an OpenPGP message"
    if imitates(line):
        return "this looks like the imprint of a text edition"
    return None


def _uncanonical(line: str) -> str | None:
    if line.startswith(("-", "From ")):
        return "OpenPGP would escape how it begins"
    return None


def _is_hidden(character: str) -> bool:
    if character.isascii():
        return (character < " " and character != "\t") or character == "\x7f"
    category = unicodedata.category(character)
    return category in _REFUSED or _INVISIBLE.match(character) is not None


def _written(advisory: Advisory, text: Text) -> Iterator[tuple[str, Location]]:
    """Yield all that authors wrote, each with the place where it begins."""
    own = Location(text.source.path)
    yield text.body, Location(own.path, text.body_line)
    yield text.title, text.places.get("title", own)
    for value in (*text.summaries, text.withdrawn_reason, *_values(text.origin)):
        yield value or "", own
    for fact, value in text.facts.items():
        yield value, text.places.get(f"facts.{fact!r}", own)
    facts = Location(advisory.original.source.path)
    entries: Iterable[Product | Vulnerability | Reference] = itertools.chain(
        advisory.affected, advisory.vulnerabilities, advisory.references
    )
    for entry in entries:
        yield from ((value or "", facts) for value in _values(entry))
    yield from ((name, facts) for name in advisory.acknowledgments)


def _values(
    entry: Product | Vulnerability | Reference | Origin | None,
) -> tuple[str | None, ...]:
    """Return the texts in an entry of the front matter."""
    match entry:
        case Product(vendor, name, versions, fixed):
            return (vendor, name, versions, fixed)
        case Vulnerability(title=title):
            return (title,)
        case Reference(title, url):
            return (title, url)
        case None:
            return ()
        case _:
            return (entry.title, entry.publisher, entry.url, entry.license)
