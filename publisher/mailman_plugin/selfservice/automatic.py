"""Which mails no person wrote: answers of machines, of lists, of ourselves. No IO.

Nothing is done for them and nothing is answered (RFC 3834, section 2), so that no
absence notice confirms a subscription and no two programs write to each other for ever.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from publisher.mailman_plugin.selfservice import reading

if TYPE_CHECKING:
    from email.message import Message

_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_MARKS = (
    "list-id",
    "list-help",
    "list-post",
    "list-subscribe",
    "list-unsubscribe",
    "x-auto-response-suppress",
    "x-autorespond",
    "x-autoreply",
    "x-autoresponder",
    "x-beenthere",
    "x-failed-recipients",
    "x-loop",
)
"""Headers that programs write and persons' mail programs do not."""
_DAEMONS = re.compile(
    r"(?:mailer[-_.]?daemon|postmaster|double-bounce|majordomo|listserv|sympa|mailman"
    r"|no[-_.]?reply|do[-_.]?not[-_.]?reply|owner-.*|bounces?[-+].*"
    r"|.*-(?:bounces?|request|confirm)(?:\+.*)?)@.*"
)
"""Addresses behind which nobody reads. Those of lists come with any software's."""
_ABSENT = re.compile(
    r"(?:auto(?:matic|mated)?[- ]?(?:reply|response)|auto:|out of (?:the )?office"
    r"|abwesenheit|自動(?:返信|応答|回答)|不在(?:通知|のお知らせ|連絡)|【自動返信】)",
    re.IGNORECASE,
)
"""How subjects of absence notices begin that carry none of the marks."""


def reason(message: Message) -> str:
    """Return why `message` was not written by a person; "" if it seems to be."""
    return (
        _by_header(message)
        or _by_sender(message)
        or ("its subject is an absence notice's" if _is_absence(message) else "")
    )


def _by_header(message: Message) -> str:
    submitted = _value(message, "auto-submitted").partition(";")[0].strip()
    if submitted not in {"", "no"}:
        return "it is marked Auto-Submitted"
    if _value(message, "precedence") in _BULK:
        return "its Precedence is a machine's"
    for name in _MARKS:
        if name in message:
            return f"it has the header {name}"
    if message.get_content_type() in {"multipart/report", "message/delivery-status"}:
        return "it is a report"
    return ""


def _by_sender(message: Message) -> str:
    envelope = message.get_unixfrom()
    if envelope is not None and envelope.strip() in {"", "<>"}:
        return "it comes from the null sender"
    if _value(message, "return-path") == "<>":
        return "it comes from the null sender"
    for address in (reading.sender(message), (envelope or "").strip("<> ").lower()):
        if _DAEMONS.fullmatch(address):
            return "its sender is a program"
    return ""


def _is_absence(message: Message) -> bool:
    return _ABSENT.match(reading.subject(message)) is not None


def _value(message: Message, name: str) -> str:
    return reading.header(message, name).strip().lower()
