"""Mail handed to the local MTA by SMTP, as a person outside would send it."""

from __future__ import annotations

import re
import smtplib
from email.message import EmailMessage

from publisher import connection
from publisher.connection import Peer
from publisher.mailhost import loopback
from publisher.mailhost.errors import MailHostError, MailRefusedError

_TIMEOUT = 60.0
_LINE_END = re.compile(rb"\r?\n")


def submit(
    port: int, message: bytes | EmailMessage, sender: str, recipient: str
) -> None:
    """Send `message`, or raise MailRefusedError with the MTA's reply.

    Bytes go out as they are, but for the ends of lines, which become CRLF. An empty
    `sender` is the null sender of bounces (RFC 5321, section 4.5.5).
    """
    try:
        with smtplib.SMTP(
            loopback.HOST, port, local_hostname="localhost", timeout=_TIMEOUT
        ) as client:
            if isinstance(message, EmailMessage):
                client.send_message(message, sender, [recipient])
            else:
                content = _LINE_END.sub(b"\r\n", message)
                options = _options(content, sender, recipient)
                client.sendmail(sender, [recipient], content, mail_options=options)
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(recipient, *error.recipients[recipient]) from error
    except OSError as error:
        # smtplib's own errors are OSErrors too; -1 is what it takes for no reply.
        if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code > 0:
            raise _refused(recipient, error.smtp_code, error.smtp_error) from error
        peer = Peer(
            "the mail server here", loopback.HOST, port, "", "SMTP", seconds=_TIMEOUT
        )
        msg = f"mail to {recipient} could not be sent: {connection.told(error, peer)}"
        raise MailHostError(msg) from error


def _options(content: bytes, sender: str, recipient: str) -> list[str]:
    """Return the extensions that the message needs (RFC 6152, RFC 6531)."""
    headers = content.partition(b"\r\n\r\n")[0]
    options = [] if content.isascii() else ["BODY=8BITMIME"]
    if not (sender.isascii() and recipient.isascii() and headers.isascii()):
        options.append("SMTPUTF8")
    return options


def _refused(recipient: str, code: int, text: bytes | str) -> MailRefusedError:
    shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
    return MailRefusedError(recipient, code, shown)
