"""The rule `publisher-signed`: it hits only what the team has signed and not posted."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from mailman.config import config
from mailman.interfaces.rules import IRule
from zope.interface import implementer

from publisher.adapters.gpg import GpgVerifier
from publisher.errors import PublisherError, TrustError
from publisher.mailman_plugin import configuration, gate, schema, standing
from publisher.mailman_plugin.ledger import Ledger
from publisher.sign import trust

if TYPE_CHECKING:
    from email.message import Message

    from mailman.interfaces.mailinglist import IMailingList

__all__ = ["Signed"]

Metadata = dict[str, Any]
"""What Mailman knows of a message beside its text."""

ADMITTED = "_publisher_admitted"
"""Where the chain finds what may be posted. Mailman keeps no key that begins so."""
SHA256 = "_publisher_sha256"
"""Where the chain finds the digest of the signed text."""
REASON = "_publisher_reason"
"""Where the chain finds why a message may not be posted."""


@implementer(IRule)
class Signed:
    """Match a text that the team has signed, once."""

    name = "publisher-signed"
    description = "Match an announcement that the team has signed, once."
    # Hits and misses that are recorded become headers of the post.
    record = False

    def check(self, mlist: IMailingList, msg: Message, msgdata: Metadata) -> bool:
        """Tell whether `msg` may be posted to `mlist`."""
        try:
            msgdata[ADMITTED] = _admitted(mlist, msg, msgdata)
        except PublisherError as error:
            msgdata[REASON] = str(error)
            return False
        return True


def message_id(msg: Message) -> str:
    """Return the Message-ID of a message as it is recorded."""
    return str(msg.get("message-id", "")).strip()


def is_from_outside(msgdata: Metadata) -> bool:
    """Tell whether a message came in by mail; REST sets no destination."""
    return bool(msgdata.get("to_list"))


def _admitted(mlist: IMailingList, msg: Message, msgdata: Metadata) -> gate.Admitted:
    if is_from_outside(msgdata):
        reason = "it came by mail; announcements are handed over by REST"
        raise TrustError(reason)
    schema.check(config.db.engine)
    keys = configuration.load()
    data = gate.body(msg)
    verifier = GpgVerifier(keys.public, configuration.home())
    [report] = verifier.reports([data])
    policy = trust.Policy(keys.fingerprints, verifier.keys(), datetime.now(UTC))
    key = gate.signed_key(data, report, policy, mlist.preferred_language.code)
    gate.require_place(key, mlist.list_name)
    msgdata[SHA256] = sha256(data).hexdigest()
    recovered = msgdata.get("_bak_count", 0) > 0
    posts = [
        post
        for post in Ledger(config.db.store, mlist.list_id).posts(key.id, key.language)
        if post.key != key or recovered or not _came_to_nothing(mlist.list_id, post)
    ]
    recovered &= all(
        post.sha256 in ("", msgdata[SHA256]) for post in posts if post.key == key
    )
    return gate.admit(key, message_id(msg), posts, recovered=recovered)


def _came_to_nothing(list_id: str, post: gate.Post) -> bool:
    """Give up the claim of a message that is lost; tell whether it was one."""
    # The message that is looked at lies in its queue as well, under the same name.
    stands = standing.state(config.db.store, list_id, post, beside=1)
    if stands is None:
        Ledger(config.db.store, list_id).withdraw(post.key)
    return stands is None
