"""Mail that comes back: to which address, and what the reports look like."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from publisher.mailman_plugin import leaving
from publisher.mailman_plugin.bounces import tokens
from publisher.mailman_plugin.bounces.tokens import Membership, Tokens
from publisher.model.settings import MailingList
from tests.mailman_plugin.hosts import Server

_numbers = itertools.count()
_MEMBER = """
    SELECT member.id, member._member_id FROM member
    JOIN address ON address.id = member.address_id
    WHERE member.list_id = :list_id AND address.email = :email
"""


@contextmanager
def database(server: Server) -> Iterator[Connection]:
    """Look into Mailman's database, and change it."""
    file = server.host.settings.directory / "data" / "mailman.db"
    engine = create_engine(f"sqlite:///{file}?timeout=60", poolclass=NullPool)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def sender(server: Server, mailing_list: MailingList, email: str, ago: int = 0) -> str:
    """Return the address from which a reader's copy was sent, `ago` days ago."""
    own = {"list_id": mailing_list.list_id, "email": email}
    with database(server) as connection:
        number, member_id = connection.execute(text(_MEMBER), own).one()
        secret = leaving.secret(Session(connection), tokens.PURPOSE)
    day = datetime.now(UTC).date() - timedelta(days=ago)
    made = Tokens(secret, mailing_list.list_id)
    token = made.of(Membership(number, member_id), day)
    return mailing_list.sub_address(f"bounces+{token}")


def report(
    recipient: str, *emails: str, status: str = "5.1.1", action: str = "failed"
) -> bytes:
    """Return a report (RFC 3464) about mail to `emails`."""
    groups = "".join(_group(email, status, action) for email in emails)
    return whole(recipient, "message/delivery-status", groups)


def whole(recipient: str, kind: str, groups: str, more: Iterable[str] = ()) -> bytes:
    """Return a report with a status part of some type."""
    head = "".join(f"{line}\n" for line in more)
    return f"""\
From: MAILER-DAEMON@mx.example
To: {recipient}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{next(_numbers)}@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

Your mail could not be delivered. See https://evil.example/

--x
Content-Type: {kind}
{head}
Reporting-MTA: dns; mx.example
Arrival-Date: Fri, 20 Nov 2026 10:00:00 +0900

{groups}
--x
Content-Type: text/rfc822-headers

From: csirt@cert.example
Subject: [Alert]

--x--
""".encode()


def plain(
    words: str,
    *,
    recipient: str = "x@lists.cert.example",
    sender: str = "MAILER-DAEMON@mx.example",
    charset: str = "utf-8",
) -> bytes:
    """Return a report for people; ISO-2022-JP is not declared, as by old servers."""
    head = f"From: {sender}\nTo: {recipient}\nSubject: failure notice\n"
    if charset == "utf-8":
        head += "Content-Type: text/plain; charset=utf-8\n"
        head += "Content-Transfer-Encoding: 8bit\n"
    return f"{head}\n{textwrap.dedent(words)}".encode(charset)


def _group(email: str, status: str, action: str) -> str:
    return (
        f"Final-Recipient: rfc822; {email}\n"
        f"Action: {action}\n"
        f"Status: {status}\n"
        f"Diagnostic-Code: smtp; 550 {status} no such user\n\n"
    )
