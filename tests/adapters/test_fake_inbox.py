from __future__ import annotations

import re
from datetime import datetime

import pytest

from publisher.ports import Received
from tests.adapters.contract_inbox import Box, InboxContract
from tests.fakes import FakeInbox


class TestFakeInbox(InboxContract):
    @pytest.fixture
    def box(self) -> Box:
        inbox = FakeInbox()

        def put(data: bytes, at: datetime) -> None:
            head = data.partition(b"\n\n")[0]
            (found,) = re.findall(rb"(?im)^message-id:\s*(.*)$", head)
            inbox.copies.append((found.decode(), Received(data, at)))

        return Box(inbox, put, lambda: list(inbox.copies))
