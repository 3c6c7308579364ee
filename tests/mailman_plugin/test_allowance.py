"""What takes more processor time than one mail may is broken off."""

from __future__ import annotations

import time

import pytest

from publisher.mailman_plugin import allowance
from publisher.mailman_plugin.runners import lmtp
from publisher.mime.limits import LIST


def test_what_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "SECONDS", -1.0)

    answer = lmtp.refused(b"From: reader@home.example\r\n\r\njoin\r\n", [])

    assert answer == "554 5.6.0 this mail takes more than -1 seconds to read"


def test_what_is_too_large_is_refused_with_a_way_out() -> None:
    answer = lmtp.refused(bytes(LIST.size + 1), [])

    assert answer == (
        "552 5.3.4 this mail has more than 1024 KiB: please write without attachments"
    )


def test_whatever_works_too_long_is_broken_off() -> None:
    def work() -> None:
        with allowance.limited(0.05):
            while True:
                sum(range(1000))

    with pytest.raises(allowance.TooDearError, match=r"more than 0\.05 seconds"):
        work()


def test_what_is_done_in_time_is_left_alone() -> None:
    with allowance.limited(0.05):
        read = "join"
    begin = time.process_time()
    while time.process_time() - begin < 0.1:
        sum(range(1000))

    assert read == "join"
