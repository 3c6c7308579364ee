"""What comes back of copies, and what Mailman makes of it in the course of days."""

from __future__ import annotations

import configparser
import time
from collections.abc import Callable, Mapping

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.mailman_plugin import returned
from tests.mailman_plugin.bounces import samples
from tests.mailman_plugin.hosts import EN, Server


def yesterday(server: Server, days: int = 1) -> None:
    """Let days pass: put back what Mailman remembers of bounces."""
    parser = configparser.RawConfigParser()
    parser.read(server.host.settings.directory.parent / "etc" / "mailman.cfg")
    engine = create_engine(parser["database"]["url"], poolclass=NullPool)
    with engine.begin() as connection:
        for column in ("last_bounce_received", "last_warning_sent"):
            # A warning that was never sent is of the year 1.
            back = f"{column} = {column} - interval '{days} days'"
            sane = f"{column} > '1970-01-01'"
            connection.execute(text(f"UPDATE member SET {back} WHERE {sane}"))
    engine.dispose()


def score(server: Server, email: str) -> int | None:
    """Return how often mail came back lately; None of who does not subscribe."""
    query = {"list_id": EN.list_id, "subscriber": email}
    found = server.rest.call("members/find", query)[1].get("entries", [])
    return found[0]["bounce_score"] if found else None


def until(server: Server, email: str, wanted: int | None) -> None:
    """Wait for Mailman, which notes a bounce first and counts it a little later."""
    deadline = time.monotonic() + 30
    while score(server, email) != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    assert score(server, email) == wanted


def international(recipient: str) -> bytes:
    """Return a report as RFC 6533 has it."""
    group = "Final-Recipient: utf-8; 読者@日本.example\nAction: failed\nStatus: 5.1.1\n"
    kind = "message/global-delivery-status"
    return returned.whole(recipient, kind, group, ["Content-Transfer-Encoding: 8bit"])


def written(words: str, charset: str = "utf-8") -> Callable[[str], bytes]:
    return lambda to: returned.plain(words, recipient=to, charset=charset)


COPIES: Mapping[str, tuple[Callable[[str], bytes], int]] = {
    "rfc6533": (international, 1),
    "qmail": (written(samples.DEAD["qmail, in Japan"], "iso-2022-jp"), 1),
    "sendmail": (written(samples.DEAD["sendmail, docomo"]), 1),
    "softbank": (written(samples.DEAD["sendmail, SoftBank"]), 1),
    "au": (written(samples.DEAD["au"]), 1),
    "yahoo": (written(samples.DEAD["Yahoo Japan"]), 1),
    "japanese": (written(samples.DEAD["in Japanese"], "iso-2022-jp"), 1),
    "full": (written(samples.PASSING["au, full"]), 0),
    "away": (written(samples.NO_REPORTS["away"]), 0),
}
"""What comes back of a copy, and whether that counts."""
