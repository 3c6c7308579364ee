"""A stub of Mailman's LMTP server that answers as it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from publisher.mailhost import MailHostSettings, loopback

DOMAIN = "lists.cert.example"
ALERTS = f"alerts@{DOMAIN}"
NEWS = f"news@{DOMAIN}"


@dataclass
class LmtpStub:
    """Knows `ALERTS` and `NEWS`; DATA is answered with OK or from `data_replies`."""

    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    data_replies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        settings = MailHostSettings(
            directory=Path("unused"), domain=DOMAIN, site_owner="owner@cert.example"
        )
        self.port = loopback.choose(settings).lmtp
        self._controller = _LmtpController(self, hostname=loopback.HOST, port=self.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._controller.loop.is_closed():
            self._controller.stop()

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        del server, session, options
        if address.lower() not in {ALERTS, NEWS}:
            return "550 Requested action not taken: mailbox unavailable"
        envelope.rcpt_tos.append(address)
        return "250 Ok"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del server, session
        [recipient] = envelope.rcpt_tos
        if reply := self.data_replies.get(recipient):
            return reply
        content = bytes(envelope.original_content or b"")
        self.taken.append((str(envelope.mail_from), recipient, content))
        return "250 Ok"

    def stop(self) -> None:
        """Be a Mailman that is down."""
        self._controller.stop()


class _LmtpController(Controller):
    def factory(self) -> SMTP:
        return LMTP(self.handler, hostname=DOMAIN)
