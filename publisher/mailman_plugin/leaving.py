"""Leaving a list with one click: where the page is, and who may use it (RFC 8058).

Each copy of a post names an address of its own on the web, which says the list, the
member and a token:

    https://lists.cert.example/leave?list=LIST-ID&member=MEMBER&token=TOKEN

The token is an HMAC over both with a secret that was made here and is kept in Mailman's
own database, so that it outlives restarts and is in the same backup as the members. A
member's id is no address and tells nothing; it ends with the membership, so an address
that was used does nothing to somebody who joins again.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import Column, MetaData, String, Table, select
from sqlalchemy.exc import IntegrityError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

METADATA = MetaData()
"""The tables, which `schema` makes."""
_SECRETS = Table(
    "publisher_secret",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("value", String(64), nullable=False),
)
_PAGES = Table(
    "publisher_leave",
    METADATA,
    Column("list_id", String(255), primary_key=True),
    Column("url", String(500), nullable=False),
)
_LONGEST_URL = 500
_PURPOSE = "leave"


def page(session: Session, list_id: str) -> str:
    """Return where the subscribers of a list leave; "" if not with one click."""
    query = select(_PAGES.c.url).where(_PAGES.c.list_id == list_id)
    return session.execute(query).scalar() or ""


def set_page(session: Session, list_id: str, url: str) -> None:
    """Set where the subscribers of a list leave; the caller commits."""
    session.execute(_PAGES.delete().where(_PAGES.c.list_id == list_id))
    if url:
        session.execute(_PAGES.insert().values(list_id=list_id, url=url))


def checked(url: str) -> str:
    """Return `url` if a page can be there, or raise ValueError.

    RFC 8058, section 3.1, wants https. The address stands in a header.
    """
    is_fit = url.startswith("https://") and len(url) <= _LONGEST_URL
    if url and not (is_fit and all("!" <= char <= "~" for char in url)):
        msg = "expected an address that begins with https://, in ASCII"
        raise ValueError(msg)
    if any(char in url for char in "<>,?#"):
        msg = "expected an address without <, >, comma, ? and #"
        raise ValueError(msg)
    return url


def secret(session: Session, purpose: str = _PURPOSE) -> bytes:
    """Return a secret of this server, made at the first need; it is committed.

    It is never used for another purpose than its own.
    """
    query = select(_SECRETS.c.value).where(_SECRETS.c.name == purpose)
    found = session.execute(query).scalar()
    if found is None:
        made = {"name": purpose, "value": secrets.token_hex(32)}
        try:
            session.execute(_SECRETS.insert().values(made))
            session.commit()
        except IntegrityError:
            # Another process was faster.
            session.rollback()
        found = session.execute(query).scalar_one()
    return bytes.fromhex(found)


class Tokens:
    """The tokens of one list."""

    def __init__(self, secret: bytes, list_id: str) -> None:
        # A key of the list's own; what is signed with it is the member alone.
        self._key = hmac.digest(secret, f"leave:{list_id}".encode(), "sha256")

    def of(self, member_id: str) -> str:
        """Return the token of a member; 43 letters, digits, `-` and `_`."""
        digest = hmac.digest(self._key, member_id.encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")

    def is_good(self, member_id: str, token: str) -> bool:
        """Tell whether a token is the member's, in constant time."""
        return hmac.compare_digest(self.of(member_id).encode(), token.encode())


class Addresses:
    """Makes the address on the web for each member of a list."""

    def __init__(self, page: str, tokens: Tokens, list_id: str) -> None:
        self._start = f"{page}?list={quote(list_id, safe='')}&member="
        self._tokens = tokens

    def of(self, member_id: str) -> bytes:
        """Return where this member leaves."""
        token = self._tokens.of(member_id)
        return f"{self._start}{member_id}&token={token}".encode("ascii")
