"""All the world's other mail servers, as one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from publisher.mailhost.delivery import Delivery
from publisher.mailhost.lmtp import Lmtp
from publisher.mailhost.maildir import Mailboxes
from publisher.mailhost.mta import Mta

GONE = "550 5.1.1 no such user here"
_NOBODYS_DOMAIN = "invalid.invalid"


class World(Delivery):
    """Everybody has a Maildir, but for who has left: `gone-...@`."""

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if address.startswith("gone-"):
            return GONE
        return await super().handle_RCPT(server, session, envelope, address, options)


@contextmanager
def running(folder: Path, port: int) -> Iterator[Mailboxes]:
    """Run the world's mail servers; return its mailboxes."""
    mailboxes = Mailboxes(folder)
    world = World(mailboxes, Lmtp(0), domain=_NOBODYS_DOMAIN, local=frozenset())
    mta = Mta(world, hostname="mx.world.example")
    mta.start(port)
    try:
        yield mailboxes
    finally:
        mta.stop()
