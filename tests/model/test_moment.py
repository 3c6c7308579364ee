"""Dates at the end of time are refused before any zone is asked about them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from publisher.model import moment
from publisher.parse import facts
from publisher.record import Entry
from tests.cli.terminal import run

ENDS = ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]


@pytest.mark.parametrize("text", ENDS)
def test_a_moment_that_no_zone_can_show_is_refused(text: str) -> None:
    fields = {
        "after": [], "date": text, "first": text, "id": "ADV-2026-0007",
        "language": "en", "revision": 1, "sha256": "0" * 64, "signature": 1,
    }  # fmt: skip

    with pytest.raises(ValueError, match="is not within the years"):
        moment.shown(datetime.fromisoformat(text))
    with pytest.raises(ValueError, match="is not within the years"):
        Entry.parse(json.dumps(fields))
    with pytest.raises(ValueError, match="is no date"):
        facts.moment(text)
    assert "is no moment" in run("build", "--now", text, code=2).stderr


def test_what_can_be_meant_is_as_it_was() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)

    assert moment.shown(now) is now
