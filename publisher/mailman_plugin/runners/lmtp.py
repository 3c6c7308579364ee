"""The runner that takes mail in from the mail server, by LMTP (RFC 2033).

In mailman.cfg:

    [runner.lmtp]
    class: publisher.mailman_plugin.runners.lmtp.Intake

Everything that strangers send comes through here first. What is too large, too deep or
too much to be read in a moment is refused for good (552, 554), before Mailman parses
it: with its own runner, it would be tried again for days.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, AnyStr

from aiosmtpd.lmtp import LMTP
from mailman.config import config
from mailman.email.message import Message
from mailman.runners import lmtp
from sqlalchemy.exc import SQLAlchemyError

from publisher.mailman_plugin import allowance
from publisher.mime import parts
from publisher.mime.limits import LIST, MailError, TooLargeError

if TYPE_CHECKING:
    from aiosmtpd.smtp import Envelope, Session

logger = logging.getLogger("mailman.smtp")

_MOST_SENDERS = 50
"""Addresses in From, Reply-To and Sender; Mailman keeps each of them for ever."""
_TOO_LARGE = "552 5.3.4 this mail {}: please write without attachments"
_UNREADABLE = "554 5.6.0 this mail {}"
_TOO_LONG = ("500 Line too long", "552 Error: Too much mail data")
"""What aiosmtpd itself says at the end of DATA, once."""


class Handler(lmtp.LMTPHandler):  # type: ignore[misc]  # Mailman has no types.
    """Mailman's, behind our limits."""

    async def handle_DATA(  # noqa: N802
        self, server: Server, session: Session, envelope: Envelope
    ) -> str:
        """Return one answer for each recipient (RFC 2033, section 4.2)."""
        count = len(envelope.rcpt_tos)
        refusal = refused(envelope.original_content or b"", envelope.rcpt_tos)
        if refusal:
            logger.info("publisher: refuses a mail: %s", refusal)
            return _for_each(refusal, count)
        try:
            answer: str = await super().handle_DATA(server, session, envelope)
        except SQLAlchemyError:
            logger.exception("publisher: a mail cannot be taken now")
            return _for_each(lmtp.ERR_451, count)
        except Exception:
            # What Mailman stumbles over once, it will again.
            logger.exception("publisher: a mail cannot be taken")
            return _for_each(_UNREADABLE.format("cannot be read"), count)
        # Mailman has a single answer for mails with defects.
        return answer if "\r\n" in answer else _for_each(answer, count)


class Server(LMTP):
    """aiosmtpd's, with an answer for each recipient where a mail is too long."""

    async def push(self, status: AnyStr) -> None:
        """Send an answer."""
        is_last = str(status).startswith(_TOO_LONG)
        count = len(self.envelope.rcpt_tos) if is_last and self.envelope else 1
        for _ in range(count):
            await super().push(status)


class Controller(lmtp.LMTPController):  # type: ignore[misc]  # As above.
    """Mailman's, with our server."""

    def factory(self) -> Server:
        """Return a server for one connection."""
        server = Server(self.handler, data_size_limit=LIST.size)
        server.__ident__ = "GNU Mailman LMTP runner 2.0"
        return server


class Intake(lmtp.LMTPRunner):  # type: ignore[misc]  # As above.
    """Mailman's runner for LMTP, but within limits."""

    def __init__(self, name: str, slice: Any = None) -> None:  # noqa: A002
        """Mailman makes it so."""
        # Not by its own, which makes a server that nobody would use.
        super(lmtp.LMTPRunner, self).__init__(name, slice)
        self.lmtp = Controller(
            Handler(), hostname=config.mta.lmtp_host, port=int(config.mta.lmtp_port)
        )


def refused(content: bytes, recipients: list[str]) -> str:
    """Return why a mail is not taken, as an answer of LMTP; "" if it is."""
    watch = allowance.watch(allowance.SECONDS)
    try:
        message = parts.parse(content, LIST, kind=Message, watch=watch)
        if not all(map(_is_ours, recipients)):
            _require_senders(message)
        watch()
    except TooLargeError as error:
        return _TOO_LARGE.format(error)
    except (MailError, allowance.TooDearError) as error:
        return _UNREADABLE.format(error)
    return ""


def _require_senders(message: Message) -> None:
    """Raise MailError unless Mailman can read who sent it.

    Its runners do so, and put what they stumble over aside for somebody to look at.
    """
    try:
        count = len(message.senders)
    except parts.FAILURES as error:
        msg = "has a From, Sender or Reply-To that cannot be read"
        raise MailError(msg) from error
    if count > _MOST_SENDERS:
        msg = f"has more than {_MOST_SENDERS} senders"
        raise MailError(msg)


def _is_ours(recipient: str) -> bool:
    """Tell whether a runner of our own will read it, which stumbles over nothing."""
    local = recipient.partition("@")[0].partition(config.mta.verp_delimiter)[0]
    name = lmtp.SUBADDRESS_NAMES.get(local.rpartition("-")[2])
    return lmtp.SUBADDRESS_QUEUES.get(name) in {"bounces", "command"}


def _for_each(answer: str, count: int) -> str:
    return "\r\n".join([answer] * max(1, count))
