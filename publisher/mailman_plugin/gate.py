"""Whether a message may be posted to a list: a pure decision, refused by TrustError.

A message is posted only if

- it was handed over by REST. Mail from outside never passes, not even with a signed
  text in it: the site serves those before they are mailed, and whoever mailed one
  first would choose its Subject, its From and all else that no signature covers;
- it is a single plain part, which arrives as it is, and is one cleartext-signed block;
- the signature counts (`publisher.sign.trust`), with the keys pinned here;
- the text says inside which advisory, revision and language it is, and the language is
  the list's;
- it is a drill on a list for drills, or neither is (`publisher.model.drill`);
- neither this revision nor a newer one was posted to the list before.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.generator import BytesGenerator
from enum import StrEnum
from typing import TYPE_CHECKING

from publisher.errors import TrustError
from publisher.imprint import imprint
from publisher.lists import language_code
from publisher.model import drill
from publisher.sign import trust

if TYPE_CHECKING:
    from email.message import Message

    from publisher.model.chain import EditionKey
    from publisher.ports import SignatureReport

_ENCODINGS = ("7bit", "quoted-printable", "base64")
_CHARSETS = ("utf-8", "us-ascii")


class State(StrEnum):
    """How far a post has come."""

    CLAIMED = "claimed"
    """It is about to be posted; that it was is not recorded yet."""
    ACCEPTED = "accepted"
    """It was posted."""


@dataclass(frozen=True, slots=True)
class Post:
    """A revision that was posted to a list, or was about to be."""

    key: EditionKey
    message_id: str
    state: State
    at: str
    """ISO 8601, in UTC."""
    sha256: str = ""
    """Of the signed text; empty if it was posted before that was recorded."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What may be posted."""

    key: EditionKey
    message_id: str
    claimed: bool
    """Whether it is claimed already, by an attempt that was cut short."""


def body(message: Message) -> bytes:
    """Return the one plain part that a message consists of, decoded."""
    if message.is_multipart() or message.get_content_type() != "text/plain":
        msg = "the message is not a single part of plain text"
        raise TrustError(msg)
    # With `format=flowed` (RFC 3676), programs show other lines than were signed.
    parameters = {name for name, _ in message.get_params([])[1:]}
    if parameters - {"charset"} or len(message.get_all("content-type", [])) > 1:
        msg = "the message's Content-Type says more than the charset"
        raise TrustError(msg)
    if message.get_content_charset("us-ascii") not in _CHARSETS:
        msg = "the message's charset is not UTF-8"
        raise TrustError(msg)
    encoding = str(message.get("content-transfer-encoding", "7bit")).strip().lower()
    payload = message.get_payload(decode=True)
    if encoding not in _ENCODINGS or not isinstance(payload, bytes) or message.defects:
        msg = "the message is damaged, or encoded as other programs would change it"
        raise TrustError(msg)
    if _sent(message) != payload:
        msg = "the message would not arrive as it is: send it as quoted-printable"
        raise TrustError(msg)
    return payload


def signed_key(
    data: bytes, report: SignatureReport, policy: trust.Policy, language: str
) -> EditionKey:
    """Return which text a file is; `language` is Mailman's code of the list's."""
    payload = trust.decide(data, report, policy)
    try:
        key = imprint(payload.text).key
    except ValueError as error:
        msg = f"the signed text is no text edition: {error}"
        raise TrustError(msg) from error
    if language_code(key.language) != language:
        msg = f"{key} is in another language than the list, which is in {language!r}"
        raise TrustError(msg)
    return key


def require_place(key: EditionKey, list_name: str) -> None:
    """Raise TrustError for a drill on a real list, or anything else on one for drills.

    `list_name` is the part of the list's address before the `@`.
    """
    is_drill, for_drills = key.id.prefix == drill.PREFIX, drill.is_twin(list_name)
    if is_drill and not for_drills:
        msg = f"{key} is a drill, and this list is for real: no reader is to see it"
        raise TrustError(msg)
    if for_drills and not is_drill:
        msg = f"{key} is no drill, and this list is for drills only"
        raise TrustError(msg)


def admit(
    key: EditionKey, message_id: str, posts: Iterable[Post], *, recovered: bool
) -> Admitted:
    """Return what may be posted, given the `posts` of the same text and list.

    `recovered` tells that Mailman takes this message up again after a crash. If it is
    claimed and not posted, then the claim is this message's own.
    """
    claimed = False
    for post in posts:
        if post.key.revision > key.revision:
            msg = (
                f"{post.key} was posted at {post.at}, and {key} is older: bring the "
                "clone up to date (`git pull`), then publish again"
            )
            raise TrustError(msg)
        if post.key.revision == key.revision:
            own = recovered and message_id == post.message_id
            if post.state is not State.CLAIMED or not own:
                how = "posted" if post.state is State.ACCEPTED else "being posted"
                msg = f"{key} was {how} at {post.at} as {post.message_id}"
                raise TrustError(msg)
            claimed = True
    return Admitted(key, message_id, claimed)


def _sent(message: Message) -> object:
    """Return the body as readers get it, with the line ends of text.

    Mailman sends by smtplib, which writes a line that begins with "From " otherwise.
    """
    written = io.BytesIO()
    BytesGenerator(written).flatten(message, linesep="\r\n")
    body = message_from_bytes(written.getvalue()).get_payload(decode=True)
    return body.replace(b"\r\n", b"\n") if isinstance(body, bytes) else body
