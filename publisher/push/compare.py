"""Name the differences between a mail as it was handed over and as it arrived.

The text has to be the same byte for byte. Of the headers, those have to be the same
that a reader sees, answers to or filters on, and a list has to add its own
(RFC 2369, RFC 2919); servers on the way may add what they like beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from publisher.push import letter
from publisher.push.letter import Letter, Part, shown

if TYPE_CHECKING:
    from publisher.model.settings import MailingList

_TEXT = "text/plain"
_ASCII = ("", "us-ascii", "ascii")
_SENDERS = ("From", "Reply-To", "To")
_PLAIN = ("Date", "Message-ID", "In-Reply-To", "References")


def differences(
    sent: bytes, received: bytes, mailing_list: MailingList, *, subject: bool = True
) -> tuple[str, ...]:
    """Return how a copy differs, the worst first; nothing if it is as it has to be.

    Without `subject`, the Subject may be another one, and so may the Date if `sent`
    has none: when it was handed over is not known then.
    """
    wanted = letter.read(sent)
    try:
        got = letter.read(received)
    except ValueError as error:
        return (str(error),)
    free = {"Subject"} if not subject else set()
    free |= {"Date"} if not wanted.headers("Date") else set()
    names = [each for each in ("Subject", *_PLAIN) if each not in free]
    return (
        *_structure(wanted.parts[0], got),
        *_addresses(wanted, got),
        *(each for name in names for each in _header(name, wanted, got)),
        *_list_headers(got, mailing_list),
    )


def text(message: bytes) -> bytes:
    """Return the text of a mail that was handed over, or that arrived as it was."""
    return letter.read(message).parts[0].data


def carries(sent: bytes, received: bytes) -> bool:
    """Tell whether a mail holds the text of another one, whatever else it holds."""
    wanted = text(sent)
    try:
        parts = letter.read(received).parts
    except ValueError:
        return False
    return any(wanted in part.data.replace(b"\r\n", b"\n") for part in parts)


def _structure(wanted: Part, got: Letter) -> Iterator[str]:
    parts = got.parts
    if got.is_single and parts[0].kind == _TEXT:
        yield from _text(wanted.data, parts[0])
        yield from _form(wanted, parts[0])
        return
    if got.is_single:
        yield f"it is {parts[0].kind}, not {_TEXT}"
        return
    same = [part for part in parts if part.data == wanted.data]
    others = [part for part in parts if part not in same[:1]]
    if others:
        told = "; ".join(map(str, others))
        yield f"other parts stand beside the text, which nobody signed: {told}"
    else:
        yield f"the text is in a mail of {got.message.get_content_type()}"
    if not same:
        texts = [part for part in parts if part.kind == _TEXT]
        found = [each for part in texts[:1] for each in _text(wanted.data, part)]
        yield "no part is the signed text" + "".join(f": {each}" for each in found)


def _text(sent: bytes, part: Part) -> Iterator[str]:
    got = part.data
    if got == sent:
        return
    before, found, after = got.replace(b"\r\n", b"\n").partition(sent)
    if not found:
        yield _changed(sent, part)
    elif not before and not after:
        yield "its lines end in CRLF within the transfer encoding"
    for where, added in (("before", before), ("behind", after)):
        if found and added.strip():
            says = shown(added.decode(errors="replace").strip())
            yield f"text stands {where} the signed block, which nobody signed: {says}"
        elif found and added:
            yield f"blank lines stand {where} the signed block"


def _changed(sent: bytes, part: Part) -> str:
    if _in_other_bytes(sent, part):
        return (
            f"its charset is {shown(part.charset)}: the same letters in other bytes, "
            "and so a bad signature"
        )
    ours, theirs = (data.decode(errors="replace") for data in (sent, part.data))
    if ours.rstrip() == theirs.rstrip():
        return "blanks or line ends at the end of the text are missing"
    theirs = theirs.replace("\r\n", "\n")
    old, new = (each.removesuffix("\n").split("\n") for each in (ours, theirs))
    if new[: len(old)] != old[: len(new)]:
        pairs = zip(old, new, strict=False)
        number, (was, now) = next(
            (n, pair) for n, pair in enumerate(pairs, start=1) if pair[0] != pair[1]
        )
        column = _first_difference(was, now)
        return (
            f"line {number} of the text is {shown(now, column)}, "
            f"and {shown(was, column)} was signed"
        )
    return f"the text ends after line {len(new)} of {len(old)}"


def _in_other_bytes(sent: bytes, part: Part) -> bool:
    try:
        return part.data.decode(part.charset or "ascii") == sent.decode()
    except (LookupError, ValueError):
        return False


def _first_difference(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _form(wanted: Part, got: Part) -> Iterator[str]:
    is_same = got.data == wanted.data
    harmless = got.charset in _ASCII and got.data.isascii()
    if is_same and got.charset != wanted.charset and not harmless:
        yield (
            f"it says that its charset is {shown(got.charset)}, not "
            f"{shown(wanted.charset)}: readers see other letters"
        )
    if got.flowed:
        yield "it says format=flowed: mail programs join its lines"
    if got.attached:
        yield "it says that it is an attachment: it is not shown at once"


def _addresses(wanted: Letter, got: Letter) -> Iterator[str]:
    for name in _SENDERS:
        ours, theirs = wanted.addresses(name), got.addresses(name)
        if ours != theirs:
            yield _header_differs(name, _people(ours), _people(theirs))


def _people(addresses: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{who} <{address}>".strip() for who, address in addresses)


def _header(name: str, wanted: Letter, got: Letter) -> Iterator[str]:
    ours, theirs = wanted.headers(name), got.headers(name)
    if len(theirs) > len(ours):
        yield f"{name} is there {len(theirs)} times, not {len(ours)}"
    elif ours != theirs:
        yield _header_differs(name, "".join(ours), "".join(theirs))


def _header_differs(name: str, ours: str, theirs: str) -> str:
    if not theirs:
        return f"{name} is missing ({shown(ours)})"
    if not ours:
        return f"{name} was added ({shown(theirs)})"
    if name == "Subject" and theirs.endswith(ours):
        return f"Subject has {shown(theirs.removesuffix(ours))} before it"
    column = _first_difference(ours, theirs)
    return f"{name} is {shown(theirs, column)}, not {shown(ours, column)}"


def _list_headers(got: Letter, mailing_list: MailingList) -> Iterator[str]:
    named = got.headers("List-Id")
    if not named:
        yield "List-Id is missing: readers filter on it"
    elif not any(f"<{mailing_list.list_id}>" in each.lower() for each in named):
        wanted = shown(f"<{mailing_list.list_id}>")
        yield f"List-Id is {shown(named[0])}, without {wanted}: readers filter on it"
    if not got.headers("List-Unsubscribe"):
        yield "List-Unsubscribe is missing: readers leave by it"
