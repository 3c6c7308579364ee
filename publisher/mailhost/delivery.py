"""What the local MTA does with a recipient and with a message, as aiosmtpd's hooks.

- Mailman is asked about each recipient in the list domain while the client waits, so
  that an unknown list is refused at RCPT, where no bounce is needed.
- `postmaster` of the list domain, which must exist (RFC 5321, section 4.5.1), and
  the site owner have Maildirs even when their addresses are in the list domain.
- A list's mail that comes again to the same address within a day, byte for byte and
  with the same envelope, is taken and dropped: Mailman died before it had the answer.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from email import utils

from aiosmtpd.smtp import SMTP, Envelope, Session

from publisher.mailhost.lmtp import Lmtp
from publisher.mailhost.maildir import Mailboxes
from publisher.mime import check, limits

logger = logging.getLogger(__name__)

_OK = "250 OK"
_FAILED = "451 4.3.0 the mail could not be stored, please try again later"
_PARTLY = "451 4.3.0 delivered to some recipients only, please try again"
_TOO_LARGE = "552 5.3.4 mail for a list {}: please write without attachments"
_REFUSED = "554 5.6.0 mail for a list {}"
_LOOP = "554 5.4.6 this mail has been through too many hosts"
_NO_ADDRESS = "553 5.1.3 this is no address that mail can be delivered to"
# RFC 5321, section 6.3, wants no less than 100.
_MOST_HOPS = 100
_MARK_DIGITS = 32
_LIST_ID = re.compile(rb"^list-id:", re.IGNORECASE | re.MULTILINE)
_MESSAGE_ID = re.compile(rb"^message-id:", re.IGNORECASE | re.MULTILINE)
_RECEIVED = re.compile(rb"^received:", re.IGNORECASE | re.MULTILINE)


class Delivery:
    """Deliver by the recipient's domain: lists by LMTP, others to Maildirs."""

    def __init__(
        self, mailboxes: Mailboxes, lmtp: Lmtp, *, domain: str, local: frozenset[str]
    ) -> None:
        """`local` are addresses that have a Maildir although they are in `domain`."""
        self._mailboxes = mailboxes
        self._lmtp = lmtp
        self._domain = domain.lower()
        self._local = frozenset(address.lower() for address in local)

    def is_for_lists(self, address: str) -> bool:
        """Return whether mail for `address` belongs to Mailman."""
        folded = address.lower()
        return folded.endswith(f"@{self._domain}") and folded not in self._local

    # The names of the hooks are aiosmtpd's.

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Take or refuse a recipient."""
        del server, session
        if self.is_for_lists(address):
            sender = _bare(envelope.mail_from)
            reply = await asyncio.to_thread(self._lmtp.verify, sender, address)
        else:
            reply = _OK if self._has_mailbox(address) else _NO_ADDRESS
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return reply

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Deliver a message to all its recipients, the lists first.

        SMTP has one answer for them all. If a list's mail is refused and nobody has
        got the mail yet, the answer is Mailman's own; if somebody has, the client is
        asked to try again: a mail may then come twice, but none is lost.
        """
        content = bytes(envelope.original_content or b"")
        headers = content.partition(b"\r\n\r\n")[0]
        if len(_RECEIVED.findall(headers)) > _MOST_HOPS:
            return _LOOP
        recipients = list(dict.fromkeys(envelope.rcpt_tos))
        lists = [address for address in recipients if self.is_for_lists(address)]
        why = refusal(content) if lists else ""
        if why:
            return why
        sender = _bare(envelope.mail_from)
        mark = _mark(sender, headers, content)
        content = _received(server, session) + content
        for number, address in enumerate(lists):
            reply = await asyncio.to_thread(
                self._lmtp.hand_over, sender, address, content
            )
            if not reply.startswith("2"):
                logger.info("mail for %s refused: %s", address, reply)
                return reply if number == 0 else _PARTLY
        for address in recipients:
            if not self.is_for_lists(address):
                await asyncio.to_thread(self._store, sender, address, content, mark)
        return _OK

    async def handle_exception(self, error: Exception) -> str:
        """Answer a bug or a full disk with "later": no mail may be lost by it."""
        logger.error("the MTA failed", exc_info=error)
        return _FAILED

    def _store(self, sender: str, address: str, content: bytes, mark: str) -> None:
        """Put the message on disk with the final delivery's headers on top.

        Return-Path is RFC 5321's, section 4.4; Delivered-To is RFC 9228's. A list's
        mail that is there already is dropped.
        """
        if mark and self._mailboxes.has(address, mark):
            logger.info("a repeated mail for %s is dropped", address)
            return
        top = f"Return-Path: <{sender}>\r\nDelivered-To: {address}\r\n"
        head = top.encode("utf-8", "surrogateescape")
        self._mailboxes.store(address, head + content, mark)

    def _has_mailbox(self, address: str) -> bool:
        try:
            self._mailboxes.path(address)
        except ValueError:
            return False
        # aiosmtpd's form of no address at all.
        return address != "<>"


def _mark(sender: str, headers: bytes, content: bytes) -> str:
    """Return what is the same for two copies of one mail of a list; "" for other mail.

    A client that is killed before it reads the answer has to send again (RFC 1047).
    """
    if not (_LIST_ID.search(headers) and _MESSAGE_ID.search(headers)):
        return ""
    whole = sender.encode("utf-8", "surrogateescape") + b"\0" + content
    return hashlib.sha256(whole).hexdigest()[:_MARK_DIGITS]


def refusal(content: bytes) -> str:
    """Return why a mail is not for a list, whoever asks; "" if it may be."""
    try:
        check.require(content, limits.LIST)
    except limits.TooLargeError as error:
        return _TOO_LARGE.format(error)
    except limits.MailError as error:
        return _REFUSED.format(error)
    return ""


def _bare(sender: str | None) -> str:
    """Return an envelope sender without the brackets of aiosmtpd's null sender."""
    return "" if sender in {None, "<>"} else str(sender)


def _received(server: SMTP, session: Session) -> bytes:
    """Return the trace header that each host adds (RFC 5321, section 4.4)."""
    greeted = re.sub(r"[^A-Za-z0-9.:\[\]-]", "?", session.host_name or "unknown")
    line = (
        f"Received: from {greeted} (localhost [127.0.0.1])\r\n"
        f"\tby {server.hostname} (publisher mailhost) with ESMTP;\r\n"
        f"\t{utils.formatdate()}\r\n"
    )
    return line.encode("ascii")
