"""What came to `LIST-bounces@`, read within limits. No IO.

Reports are read as RFC 3464 and RFC 6533 have them. What is neither is text for people;
of that, the beginning is read. The mail that came back is not looked at.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from publisher.mime import addresses, charsets, japanese, parts

if TYPE_CHECKING:
    from email.message import Message

LARGEST = 1 << 20
"""Bytes of a mail that is read at all; a report quotes one mail of ours at most."""
_PARTS = 50
_DEPTH = 6
_STATUS = 1 << 16
"""Bytes of a part."""
_GROUPS = 200
"""Groups of fields, one for each recipient."""
_VALUE = 1000
_TEXT = 1 << 14
"""Characters of text for people."""
_FIELDS = 10
"""Headers of one name."""
_WRITTEN_TO = ("to", "delivered-to", "x-original-to", "envelope-to", "apparently-to")
_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_NO_BOUNCES = frozenset({"message/feedback-report", "message/disposition-notification"})
_DAEMONS = re.compile(
    r"(?:mailer[-_.]?daemon|postmaster|mail[-_.]?(?:daemon|administrator|delivery)"
    r"|mdaemon)@.*",
    re.IGNORECASE,
)
_CHARSETS = ("utf-8", "euc_jp", "cp932")

Group = Mapping[str, str]
"""Fields of a delivery status; names in lower case."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail says about another one."""

    groups: Sequence[Group] = ()
    """Of a delivery status; that of the whole message is among them."""
    text: str = ""
    """What is written for people; empty if there is a delivery status."""
    is_other: bool = False
    """It is a complaint, or a receipt: no report about delivery."""
    is_machine: bool = False
    """A mail server wrote it, as far as its senders tell."""


def extension(message: Message, bounces: str, delimiter: str) -> str:
    """Return what follows the delimiter in the address that was written to; or ""."""
    local, _, domain = bounces.rpartition("@")
    wanted = re.compile(
        rf"(?<![^\s<,:;\"]){re.escape(local + delimiter)}([0-9a-z]{{16,64}})"
        rf"@{re.escape(domain)}(?![-.\w])",
        re.IGNORECASE | re.ASCII,
    )
    for name in _WRITTEN_TO:
        for value in islice(message.get_all(name, []), _FIELDS):
            found = wanted.search(str(value)[:_VALUE])
            if found is not None:
                return found[1].lower()
    return ""


def read(message: Message) -> Report:
    """Return what a mail says, as far as the limits go."""
    groups: list[Group] = []
    texts: list[str] = []
    for part in _parts(message):
        kind = part.get_content_type()
        if kind in _NO_BOUNCES:
            return Report(is_other=True)
        if kind in _STATUS_TYPES:
            groups += islice(_groups(_status(part)), _GROUPS - len(groups))
        elif kind == "text/plain":
            texts.append(_text(part))
    text = "" if groups else "\n".join(texts)[:_TEXT]
    return Report(tuple(groups), text, is_machine=_is_machine(message))


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts that hold no others, in their order."""
    waiting: list[tuple[Any, int]] = [(message, 0)]
    for _ in range(_PARTS):
        if not waiting:
            return
        part, depth = waiting.pop()
        payload = part.get_payload()
        if part.get_content_maintype() != "multipart" or not isinstance(payload, list):
            yield part
        elif depth < _DEPTH:
            inner = payload[:_PARTS]
            waiting += [(each, depth + 1) for each in reversed(inner)]


def _status(part: Any) -> str:
    """Return a delivery status as it was before the email package took it apart.

    It makes messages of its groups; of the international kind, which it does not know,
    it makes one.
    """
    payload = part.get_payload()
    if not isinstance(payload, list):
        return _data(part).decode("utf-8", "replace")
    data = b"\n\n".join(_block(each) for each in payload[:_GROUPS])[:_STATUS]
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if encoding == "base64":
        try:
            data = binascii.a2b_base64(data)
        except binascii.Error:
            return ""
    elif encoding == "quoted-printable":
        data = quopri.decodestring(data)
    return data.decode("utf-8", "replace")


def _block(message: Any) -> bytes:
    fields = islice(message.raw_items(), _GROUPS)
    head = "".join(f"{name}: {value}\n" for name, value in fields)
    return head.encode("utf-8", "surrogateescape") + b"\n" + _data(message)


def _data(part: Any) -> bytes:
    """Return the beginning of what a part holds; nothing if it holds parts."""
    data = part.get_payload(decode=True)
    return data[:_STATUS] if isinstance(data, bytes) else b""


def _groups(text: str) -> Iterator[Group]:
    """Yield the groups of fields, which empty lines divide."""
    fields: dict[str, str] = {}
    name = ""
    for line in [*text.splitlines(), ""]:
        if not line.strip():
            if fields:
                yield fields
            fields, name = {}, ""
        elif line[0] in " \t" and name:
            fields[name] = f"{fields[name]} {line.strip()}"[:_VALUE]
        else:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()[:_VALUE]


def _text(part: Any) -> str:
    data = _data(part)
    # Servers do not always declare it.
    if japanese.BEGINS in data:
        return japanese.text(data)
    for charset in (charsets.codec(parts.charset(part)), *_CHARSETS):
        try:
            return data.decode(charset)
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")


def _is_machine(message: Message) -> bool:
    """Tell whether a mail comes from the null sender or from a server's address."""
    envelope = message.get_unixfrom()
    if envelope is not None and envelope.strip() in {"", "<>"}:
        return True
    senders = addresses.found([str(message.get("from", ""))[:_VALUE]])
    return any(_DAEMONS.fullmatch(sender) for _name, sender in senders[:1])
