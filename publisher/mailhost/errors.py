"""What can go wrong with the embedded mail host.

MailHostError              Mailman or the MTA does not start, stop, accept or deliver
├── MailHostRunningError   another process already runs a mail host in that directory
└── MailRefusedError       the mail host refused a mail; carries the SMTP reply
MailHostSettingsError      the mail host is asked for something that cannot work
"""

from __future__ import annotations

from publisher.errors import OperatorError, WorldError


class MailHostError(WorldError):
    """Mailman or the local MTA did not do what it was asked."""


class MailHostRunningError(MailHostError):
    """Another process holds the directory."""


class MailRefusedError(MailHostError):
    """The mail host refused a mail; `code` is the SMTP reply's (RFC 5321, 4.2.1)."""

    def __init__(self, recipient: str, code: int, text: str) -> None:
        self.recipient = recipient
        self.code = code
        self.text = text
        super().__init__(f"mail to {recipient} was refused: {code} {text}")


class MailHostSettingsError(OperatorError):
    """The settings of the mail host cannot be used."""
