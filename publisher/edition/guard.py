"""What may not stand in a text that is signed.

Nothing that `publisher.model.plain` refuses, and nothing that looks like the frame of a
signature or like an imprint: what readers see is what was signed, and nobody's text can
pretend to be its end. Laying text out joins lines and breaks them elsewhere; so the
sources are looked at, and then what was made of them. Whatever an author has to mend is
a FindingsError with its place; what no author wrote comes from the template.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.edition import written
from publisher.errors import FindingsError, SpoiltError
from publisher.imprint import Imprint, imitates, imprint
from publisher.model import plain
from publisher.source import Finding, Location

if TYPE_CHECKING:
    from publisher.model.advisory import Advisory, Text

CODE = "L951"
SPOILT = "L953"
"""What no author wrote spoils a text."""
_MARGIN = " >*~=+-0123456789."
_ESCAPED = ("-", "From ")
_SHIFTED = "OpenPGP would escape how a line begins"
"""Whatever an author wrote is indented, so this is never an author's."""


def check_sources(advisory: Advisory, text: Text) -> None:
    """Raise FindingsError if what an author wrote may not stand in a signed text."""
    for value in written.values(advisory, text):
        lines = value.text.split("\n")
        # In the text edition, the lines of a value are one.
        if value.name:
            lines = [*lines, " ".join(value.text.split())]
        for number, line in enumerate(lines):
            hidden = plain.hidden(line)
            reason = f"the line {hidden.reason}" if hidden else _imitation(line)
            if value.name and not reason and not plain.is_composed(line):
                reason = f"{value.name!r} is not in Unicode's form NFC"
            if reason:
                column = hidden.column if hidden and not value.name else 0
                raise _error(value.at(number, column), reason)


def check_body(body: str, text: Text) -> None:
    """Raise FindingsError if a body cannot be signed as it was laid out."""
    for line in body.split("\n"):
        reason = _fault(line)
        if reason:
            raise _error(written.within(text, line), f"in the text edition, {reason}")


def check_whole(
    whole: str, expected: Imprint, template: str, advisory: Advisory, text: Text
) -> None:
    """Raise FindingsError or SpoiltError unless `whole` can be signed.

    It has to be canonical, and to end with its imprint. Bodies are known to be harmless
    here; what is in none of the values of the front matter is the template's own.
    """
    lines = whole.removesuffix(str(expected)).split("\n")
    for number, line in enumerate(lines, start=1):
        reason = _fault(line)
        if reason:
            is_shifted = reason == _SHIFTED
            bare = line.strip(_MARGIN)
            at = None if is_shifted else written.origin(advisory, text, bare)
            if at is not None:
                raise _error(at, f"in the text edition, {reason}")
            msg = f"{template}: line {number} of the text edition: {reason}: {line!r}"
            raise SpoiltError(msg)
    if not _ends_with(whole, expected):
        msg = f"{template}: the text edition does not end with its imprint"
        raise SpoiltError(msg)


def _ends_with(text: str, expected: Imprint) -> bool:
    try:
        return imprint(text) == expected
    except ValueError:
        return False


def _error(at: Location, reason: str) -> FindingsError:
    return FindingsError([Finding(at, CODE, reason, "a text without it")])


def _fault(line: str) -> str:
    """Say what keeps a line of a text edition from being signed, if anything does."""
    if fault := plain.fault(line):
        return f"a line {fault.reason}"
    if line.startswith(_ESCAPED):
        return _SHIFTED
    if not plain.is_composed(line):
        return "laying it out took a line out of Unicode's form NFC"
    return _imitation(line)


def _imitation(line: str) -> str:
    if plain.is_armor(line):
        return "this looks like the frame of an OpenPGP message"
    if imitates(line):
        return "this looks like the imprint of a text edition"
    return ""
