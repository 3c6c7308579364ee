"""A client of Mailman's LMTP server (RFC 2033): one recipient at a time.

LMTP answers once for each recipient after DATA. With one recipient the answer needs
no sorting out, and Mailman 3.3.10, which gives a single answer for a message with
defects whatever the number of recipients, cannot make the client wait for a second.
"""

from __future__ import annotations

import contextlib
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass

from publisher.mailhost import loopback

UNREACHABLE = "451 4.4.1 the list server does not answer, please try again later"
# RFC 6531, section 3.5: Mailman announces no SMTPUTF8.
NOT_ASCII = "550 5.6.7 the list server takes no addresses outside ASCII"


@dataclass(frozen=True, slots=True)
class Lmtp:
    """Mailman's LMTP server at a port of this host.

    Every method returns an SMTP reply to be given to the client as it is; a server
    that is down or does not answer within `timeout` seconds is a reply as well.
    """

    port: int
    timeout: float = 60.0

    def verify(self, sender: str, recipient: str) -> str:
        """Ask whether mail from `sender` to `recipient` would be taken."""
        return self._answer(sender, recipient, content=None)

    def hand_over(self, sender: str, recipient: str, content: bytes) -> str:
        """Hand over the message `content`, with CRLF at the end of its lines."""
        return self._answer(sender, recipient, content=content)

    def _answer(self, sender: str, recipient: str, *, content: bytes | None) -> str:
        if not (sender.isascii() and recipient.isascii()):
            return NOT_ASCII
        try:
            with self._client() as client:
                return _converse(client, sender, recipient, content)
        except OSError:
            # smtplib's own errors are OSErrors too.
            return UNREACHABLE

    @contextlib.contextmanager
    def _client(self) -> Iterator[smtplib.LMTP]:
        client = smtplib.LMTP(
            loopback.HOST, self.port, local_hostname="localhost", timeout=self.timeout
        )
        try:
            client.ehlo_or_helo_if_needed()
            yield client
        finally:
            client.close()


def _converse(
    client: smtplib.LMTP, sender: str, recipient: str, content: bytes | None
) -> str:
    """Go through one transaction and return the reply that decides."""
    code, text = client.docmd(f"MAIL FROM:<{sender}>")
    if code < 400:
        code, text = client.docmd(f"RCPT TO:<{recipient}>")
    if code < 400 and content is not None:
        code, text = client.data(content)
    return f"{code} {text.decode('utf-8', 'replace')}".replace("\n", " ")
