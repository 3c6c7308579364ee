"""One mail to one list: the signed file as its only part, byte for byte.

The message is plain ASCII on the wire. Its body is quoted-printable, since 8bit
parts are re-encoded on the way (and line ends inside base64 are not those of text,
RFC 2045, section 6.8); decoding it gives the signed file again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime
from typing import TYPE_CHECKING

from publisher import letterhead
from publisher.errors import TrustError
from publisher.model import drill
from publisher.model.chain import Announcement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from publisher.model.chain import EditionKey, SignedText
    from publisher.model.settings import MailingList
    from publisher.model.summary import Summary
    from publisher.presentation import Presentation
    from publisher.words import Words

# LF line ends, as files and mailing list servers keep messages.
# Two columns are left for `_FROM`, below the 76 of RFC 2045, section 6.7.
_POLICY = policy.default.clone(linesep="\n", cte_type="7bit", max_line_length=74)
_FROM = re.compile(r"^From ", re.MULTILINE)
"""Mail programs put a ">" before such a line; a break within one can make one."""


def subject(
    summary: Summary, key: EditionKey, presentation: Presentation, *, update: bool
) -> str:
    """Return the subject: what can be filtered on first, then id and title."""
    text = summary.text(key.language)
    title = text.title if text else ""
    label = _label(summary, key, presentation.words[key.language], update=update)
    if presentation.settings.is_drill:
        label = drill.mark(key.language)
    return f"[{label}] {key.id} {title}"


def _label(summary: Summary, key: EditionKey, words: Words, *, update: bool) -> str:
    """Return what kind of news it is; that a document is void is not just an update."""
    is_newest = key.revision == summary.revision
    if is_newest and summary.withdrawn:
        return words("Withdrawn")
    if is_newest and summary.superseded_by is not None:
        return words("Superseded")
    if update:
        return words("Update {number}", number=key.revision)
    return words.kind(summary.kind)


def announcement(  # noqa: PLR0913  (a mail has as many parts)
    summary: Summary,
    signed: SignedText,
    mailing_list: MailingList,
    presentation: Presentation,
    *,
    message_id: str,
    thread: Sequence[str],
    update: bool,
) -> Announcement:
    """Return the mail that carries `signed`, or raise TrustError if it would not.

    `thread` are the Message-IDs of earlier mails about the advisory, oldest first
    (RFC 5322, section 3.6.4). It has no Date before it is handed over: see `dated`.
    """
    settings = presentation.settings
    key = signed.edition.key
    fields = {
        "From": letterhead.mailbox(
            "From", settings.team.name[key.language], settings.team.contact
        ),
        "To": letterhead.words("To", [mailing_list.address]),
        "Subject": letterhead.text(
            "Subject", subject(summary, key, presentation, update=update)
        ),
        "Message-ID": letterhead.words("Message-ID", [message_id]),
        **_thread(thread),
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
        "Content-Language": key.language,
    }
    head = "".join(f"{name}: {value}\n" for name, value in fields.items())
    data = f"{head}\n{_quoted(signed.data.decode())}".encode()
    _check(data, signed)
    return Announcement(key, mailing_list, message_id, data, signed.file.name)


def dated(announcement: Announcement, at: datetime) -> Announcement:
    """Return a mail with the moment of its handing over as its Date.

    That is when it is put into the hands of the mail system (RFC 5322, section 3.6.1),
    and not when it was signed, which may be days earlier: filters punish that, and
    mail programs bury it among older mails.
    """
    head, rest = announcement.message.split(b"\nMessage-ID:", 1)
    date = f"\nDate: {format_datetime(at)}".encode()
    return replace(announcement, message=b"%b%b\nMessage-ID:%b" % (head, date, rest))


def _thread(ids: Sequence[str]) -> Mapping[str, str]:
    """Return what puts a mail under earlier ones (RFC 5322, section 3.6.4)."""
    if not ids:
        return {}
    known = dict.fromkeys([ids[0], ids[-1]])
    return {
        "In-Reply-To": letterhead.words("In-Reply-To", [ids[0]]),
        "References": letterhead.words("References", known),
    }


def _quoted(text: str) -> str:
    """Return `text` as quoted-printable."""
    message = EmailMessage(policy=_POLICY)
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    return _FROM.sub("=46rom ", str(message.get_payload()))


def body(message: bytes) -> bytes:
    """Return the decoded body of a mail with one plain part, or raise ValueError."""
    parsed = BytesParser(policy=policy.default).parsebytes(message)
    payload = None if parsed.is_multipart() else parsed.get_payload(decode=True)
    if not isinstance(payload, bytes) or parsed.get_content_type() != "text/plain":
        msg = "the mail is not a single part of plain text"
        raise ValueError(msg)
    return payload


def _check(data: bytes, signed: SignedText) -> None:
    if not data.isascii():
        msg = f"the mail for {signed.edition.key} is not plain ASCII"
        raise TrustError(msg)
    if body(data) != signed.data:
        msg = f"the mail for {signed.edition.key} does not carry the signed bytes"
        raise TrustError(msg)
