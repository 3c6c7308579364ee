"""What was posted to which list, in Mailman's own database.

A text is claimed, put into the queue from which Mailman sends, and recorded as
accepted; claim and record are committed at once, each by itself. So, if the process
or the machine dies

- before the claim: nothing happened. Mailman keeps the message it was working on and
  takes it up again at its next start.
- after the claim, before the queue: the message is taken up again and posted, since the
  claim is its own. Another message with the same text, say a retry, is refused.
- after the queue, before the record: the message is taken up again and put into the
  queue a second time. Of the two copies one is sent (`copies`).
- after the record: the message is taken up again and refused.

A claim whose message is in no queue any more, and of which no copy was ever sent, has
come to nothing, say since somebody emptied the queue: the next message with the text is
posted (`standing`). A message that kills the process three times is put aside by
Mailman, into its queue `bad`. Its claim stays until a person has looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Integer, MetaData, String, Table, and_
from sqlalchemy.exc import IntegrityError

from publisher.errors import TrustError
from publisher.mailman_plugin.gate import Post, State
from publisher.model.chain import EditionKey
from publisher.model.ids import AdvisoryId, Language

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row
    from sqlalchemy.orm import Session

_LONGEST_REASON = 500
METADATA = MetaData()
"""The tables as the first step of `schema` makes them."""
# The primary key is what makes a second post of the same revision impossible, also
# with several runners at a time.
_POSTS = Table(
    "publisher_post",
    METADATA,
    Column("list_id", String(255), primary_key=True),
    Column("advisory", String(32), primary_key=True),
    Column("language", String(8), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("message_id", String(255), nullable=False),
    Column("state", String(8), nullable=False),
    Column("at", String(32), nullable=False),
).to_metadata(MetaData())
_POSTS.append_column(Column("sha256", String(64), nullable=False, server_default=""))
_REFUSALS = Table(
    "publisher_refusal",
    METADATA,
    Column("list_id", String(255), primary_key=True),
    Column("message", String(64), primary_key=True),
    Column("reason", String(_LONGEST_REASON), nullable=False),
    Column("at", String(32), nullable=False),
)


def add_digests(connection: Connection) -> None:
    """Have the table of posts know what was posted; of old posts, nobody knows."""
    connection.exec_driver_sql(
        "ALTER TABLE publisher_post ADD COLUMN sha256 VARCHAR(64) DEFAULT '' NOT NULL"
    )


def digest(message_id: str) -> str:
    """Return the name of a message in the addresses of REST."""
    return sha256(message_id.encode()).hexdigest()


class Ledger:
    """The posts and refusals of one list."""

    def __init__(self, session: Session, list_id: str) -> None:
        self._session = session
        self._list_id = list_id

    def posts(self, advisory: AdvisoryId, language: Language) -> Sequence[Post]:
        """Return what was posted of one advisory in one language."""
        rows = self._session.execute(
            _POSTS.select()
            .where(_POSTS.c.list_id == self._list_id)
            .where(_POSTS.c.advisory == str(advisory))
            .where(_POSTS.c.language == language)
            .order_by(_POSTS.c.revision)
        )
        return [_post(row) for row in rows]

    def post(self, name: str) -> Post | None:
        """Return what was posted with a message, by the digest of its Message-ID."""
        # Whoever asks does so soon after the post, so that few rows are looked at.
        rows = self._session.execute(
            _POSTS.select()
            .where(_POSTS.c.list_id == self._list_id)
            .order_by(_POSTS.c.at.desc())
        )
        return next(
            (_post(row) for row in rows if digest(row.message_id) == name), None
        )

    def claim(self, key: EditionKey, message_id: str, sha256: str = "") -> None:
        """Claim a text, or raise TrustError if another runner was faster.

        `sha256` is of the signed text, in lower-case hexadecimal digits.
        """
        values = {
            "list_id": self._list_id,
            "advisory": str(key.id),
            "language": key.language,
            "revision": key.revision,
            "message_id": message_id,
            "state": State.CLAIMED.value,
            "at": _now(),
            "sha256": sha256,
        }
        try:
            self._session.execute(_POSTS.insert().values(values))
            self._session.commit()
        except IntegrityError as error:
            self._session.rollback()
            msg = f"{key} is being posted right now"
            raise TrustError(msg) from error

    def withdraw(self, key: EditionKey) -> None:
        """Give up a claim: the text was not posted."""
        self._session.execute(_POSTS.delete().where(self._is(key)))
        self._session.commit()

    def accept(self, key: EditionKey, message_id: str) -> None:
        """Record that a claimed text was posted."""
        values = {"state": State.ACCEPTED.value, "at": _now()}
        self._session.execute(_POSTS.update().where(self._is(key)).values(values))
        self.forget_refusal(digest(message_id))
        self._session.commit()

    def refuse(self, message_id: str, reason: str) -> None:
        """Record why a message was not posted."""
        name = digest(message_id)
        self.forget_refusal(name)
        values = {
            "list_id": self._list_id,
            "message": name,
            "reason": reason[:_LONGEST_REASON],
            "at": _now(),
        }
        self._session.execute(_REFUSALS.insert().values(values))
        self._session.commit()

    def refusal(self, name: str) -> tuple[str, str] | None:
        """Return why and when a message was not posted, if that is recorded."""
        found = self._session.execute(
            _REFUSALS.select()
            .where(_REFUSALS.c.list_id == self._list_id)
            .where(_REFUSALS.c.message == name)
        ).first()
        return None if found is None else (found.reason, found.at)

    def forget_refusal(self, name: str) -> None:
        """Drop the record of a refusal; the caller commits."""
        self._session.execute(
            _REFUSALS.delete()
            .where(_REFUSALS.c.list_id == self._list_id)
            .where(_REFUSALS.c.message == name)
        )

    def _is(self, key: EditionKey) -> ColumnElement[bool]:
        return and_(
            _POSTS.c.list_id == self._list_id,
            _POSTS.c.advisory == str(key.id),
            _POSTS.c.language == key.language,
            _POSTS.c.revision == key.revision,
        )


def _post(row: Row[Any]) -> Post:
    key = EditionKey(
        AdvisoryId.parse(row.advisory), row.revision, Language(row.language)
    )
    return Post(key, row.message_id, State(row.state), row.at, row.sha256)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
