"""How much one mail may hold, and the errors for what holds more."""

from __future__ import annotations

from dataclasses import dataclass


class MailError(ValueError):
    """A mail that is not read, for good: it will not be read later either.

    The text goes on after "it" or the mail's name: "has more than 20 nested parts".
    """


class TooLargeError(MailError):
    """A mail of more bytes than are taken (552 in SMTP; RFC 5321, section 4.2.3)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one mail may hold."""

    size: int
    """Bytes of all of it."""
    lines: int
    """Of any kind. Short ones cost most: each is an object of its own."""
    nested: int
    """Parts that hold parts or mails."""
    looks: int
    """Lines times such parts. Python asks each part around a line whether it ends."""
    parts: int
    """Of any kind, blocks of a delivery report among them."""
    head: int
    """Bytes of the mail's own header."""
    fields: int
    """Header fields of the mail."""
    field: int
    """Bytes of a field that is taken apart, such as From or Content-Type. Some of
    their readers take time that grows with the square of it."""
    parameters: int = 100
    """Of such a field; each is looked at again for each of them."""


LIST = Limits(
    size=2**20,
    lines=100_000,
    nested=20,
    looks=300_000,
    parts=1000,
    head=2**17,
    fields=1000,
    field=2**13,
)
"""For mail to a list: commands, mail to its owners, reports of mail servers. A report
holds at most one of our own mails, and no command has need of more."""

MAILBOX = Limits(
    size=2**25,
    lines=1_000_000,
    nested=20,
    looks=10_000_000,
    parts=1000,
    head=2**20,
    fields=10_000,
    field=2**13,
)
"""For mail of any kind in somebody's mailbox, with its attachments."""

FORM = Limits(
    size=2**13,
    lines=200,
    nested=2,
    looks=600,
    parts=20,
    head=2**11,
    fields=10,
    field=2**10,
)
"""For a form that a browser or a mail program sends (RFC 7578)."""
