"""A mail for tests of what carries mail, whatever is in it."""

from __future__ import annotations

from publisher.model.chain import Announcement, EditionKey
from publisher.model.ids import AdvisoryId
from tests import builders

ANNOUNCEMENT = Announcement(
    key=EditionKey(AdvisoryId("ADV", 2026, 7), 1, builders.JA),
    mailing_list=builders.settings().lists[0],
    message_id="<ADV-2026-0007.r1.ja.announce-ja@lists.cert.example>",
    message=b"Subject: Test\n\nTest\n",
    file="r1.ja.txt.asc",
)
