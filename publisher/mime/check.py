"""What can be told of a mail from its bytes alone, before anything parses them.

Everything here is counted at least as high as Python's parser will find it: a line that
looks like the header of a part counts, wherever it stands. That is exact enough, since
what people and their programs send is far below the limits.
"""

from __future__ import annotations

import re
from itertools import islice

from publisher.mime import charsets
from publisher.mime.limits import Limits, MailError, TooLargeError

# Python's parser strips these control characters, too, as `str.strip` does.
_NESTED = re.compile(
    rb"^content-type:[\s\x1c-\x1f]*(?:multipart|message)/",
    re.IGNORECASE | re.MULTILINE,
)
_TAKEN_APART = re.compile(
    rb"^(?:content-[a-z]++|from|message-id|reply-to|sender|subject):"
    rb"[^\n]*+(?:\n[ \t][^\n]*+)*+",
    re.IGNORECASE | re.MULTILINE,
)
"""Fields that programs take apart; with their next lines (RFC 5322, section 2.2.3)."""
_ENCODED = re.compile(rb"=\?([^?\n]*)\?[bq]\?", re.IGNORECASE)
"""The beginning of an encoded word (RFC 2047), as Python knows it."""


def require(data: bytes, limits: Limits) -> bytes:
    """Return a mail with LF at the end of its lines, or raise MailError.

    A lone CR ends a line as well, since Python's parser says so.
    """
    if len(data) > limits.size:
        msg = f"has more than {limits.size // 1024} KiB"
        raise TooLargeError(msg)
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    _require_lines(data, limits)
    _require_head(head(data), limits)
    _require_fields(data, limits)
    return data


def head(data: bytes) -> bytes:
    """Return the header of a mail whose lines end in LF."""
    return b"" if data.startswith(b"\n") else data.partition(b"\n\n")[0]


def _require_lines(data: bytes, limits: Limits) -> None:
    lines = data.count(b"\n")
    if lines > limits.lines:
        msg = f"has more than {limits.lines} lines"
        raise MailError(msg)
    nested = sum(1 for _ in islice(_NESTED.finditer(data), limits.nested + 1))
    if nested > limits.nested:
        msg = f"has more than {limits.nested} nested parts"
        raise MailError(msg)
    if lines * nested > limits.looks:
        msg = f"has {lines} lines in {nested} nested parts, which is too much"
        raise MailError(msg)


def _require_head(data: bytes, limits: Limits) -> None:
    if len(data) > limits.head:
        msg = f"has a header of more than {limits.head // 1024} KiB"
        raise MailError(msg)
    if data.count(b"\n") - data.count(b"\n ") - data.count(b"\n\t") >= limits.fields:
        msg = f"has more than {limits.fields} header fields"
        raise MailError(msg)
    # No database of ours can hold one (RFC 5322, section 2.2, knows none).
    if b"\0" in data:
        msg = "has a NUL in its header"
        raise MailError(msg)


def _require_fields(data: bytes, limits: Limits) -> None:
    for found in _TAKEN_APART.finditer(data):
        name = found[0].partition(b":")[0].decode("ascii")
        if len(found[0]) > limits.field:
            msg = f"has a field {name} of more than {limits.field // 1024} KiB"
            raise MailError(msg)
        if found[0].count(b";") > limits.parameters:
            msg = f"has a field {name} of more than {limits.parameters} parameters"
            raise MailError(msg)
    for found in _ENCODED.finditer(data):
        require_charset(found[1].decode("ascii", "surrogateescape"))


def require_charset(name: str) -> None:
    """Raise MailError for a name that must not reach Python's decoders."""
    if charsets.is_dear(name):
        msg = "names a charset that mail does not have"
        raise MailError(msg)
