"""The parse of a mail by anybody, and the one walk over what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.errors import MessageError
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import Policy, compat32

from publisher.mime import check
from publisher.mime.limits import Limits, MailError

FAILURES = (AttributeError, LookupError, MessageError, RecursionError, TypeError,
            ValueError)  # fmt: skip
"""What Python's readers of a broken mail can end with."""
_AT_ONCE = 2**14
"""Bytes between two looks at the clock."""


def _unwatched() -> None:
    """Let it go on."""


def parse(
    data: bytes,
    limits: Limits,
    *,
    kind: type[Message] = Message,
    watch: Callable[[], None] = _unwatched,
) -> Message:
    """Return a mail, or raise MailError if it cannot or must not be read.

    `watch` is called all along; what it raises ends the parse.
    """
    data = check.require(data, limits)
    count = 0

    def made(policy: Policy = compat32) -> Message:
        nonlocal count
        count += 1
        # The parser makes one more, to see how.
        if count > limits.parts + 1:
            msg = f"has more than {limits.parts} parts"
            raise MailError(msg)
        return kind(policy=policy)

    try:
        parser = BytesFeedParser(made, policy=compat32)
        for begin in range(0, len(data), _AT_ONCE):
            watch()
            parser.feed(data[begin : begin + _AT_ONCE])
        message = parser.close()
        _require_charsets(message, watch)
    except MailError:
        raise
    except FAILURES as error:
        msg = f"is no mail that can be read: {error}"
        raise MailError(msg) from error
    return message


def walk(message: Message) -> Iterator[Message]:
    """Yield a mail and all that is in it, in their order."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += reversed(inside(part))


def leaves(message: Message) -> Iterator[Message]:
    """Yield the parts of a mail that have no parts, and mails in it as one part."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            waiting += reversed(inside(part))
        else:
            yield part


def inside(part: Message) -> list[Message]:
    """Return what a part consists of; nothing if it is text or data itself."""
    # Never asked of others: for text, it would be decoded by whatever is named there.
    held = part.get_payload() if part.is_multipart() else []
    return [each for each in held if isinstance(each, Message)]


def content(part: Message) -> bytes:
    """Return what a part holds, its transfer encoding undone; b"" if it holds parts."""
    held = None if part.is_multipart() else part.get_payload(decode=True)
    return held if isinstance(held, bytes) else b""


def charset(part: Message) -> str:
    """Return the charset that a part names, as it is written there; "" if none."""
    named = part.get_param("charset")
    # It is a tuple if it is encoded after RFC 2231.
    value = named[2] if isinstance(named, tuple) else named
    return str(value or "")


def _require_charsets(message: Message, watch: Callable[[], None]) -> None:
    for part in walk(message):
        watch()
        check.require_charset(charset(part))
