"""How soon a mail is tried again that the MTA put off."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from publisher.mailman_plugin import waiting
from publisher.mailman_plugin.runners.retry import Patient

FIRST = 10.0
NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(0, 10), (1, 10), (2, 20), (3, 40), (7, 640), (8, 900), (10**9, 900)],
)
def test_the_wait_begins_within_a_minute_and_doubles(
    attempts: int, seconds: float
) -> None:
    assert waiting.wait(attempts, FIRST) == seconds


def test_who_wants_to_wait_longer_at_first_does_so() -> None:
    assert waiting.wait(1, 3600.0) == waiting.wait(9, 3600.0) == 3600.0


def _some(count: int) -> list[str]:
    return [f"reader-{number}@home.example" for number in range(count)]


def test_attempts_are_counted_until_somebody_got_it() -> None:
    metadata: dict[str, Any] = {}
    counts = []
    for before, left in ((500, 441), (441, 441), (441, 441), (441, 3), (3, 3)):
        waiting.note(metadata, _some(before), _some(left))
        counts.append(metadata[waiting.ATTEMPTS])

    assert counts == [1, 2, 3, 1, 2]


def put(folder: Path, entered: float, attempts: int | None, number: int) -> str:
    name = f"{entered}+{number:040x}"
    metadata = {} if attempts is None else {waiting.ATTEMPTS: attempts}
    data = pickle.dumps("a message") + pickle.dumps(metadata)
    (folder / f"{name}.pck").write_bytes(data)
    return name


def test_only_what_has_waited_long_enough_is_seen(tmp_path: Path) -> None:
    queue = Patient("retry", str(tmp_path), None, 1, FIRST)
    once = put(tmp_path, NOW, 1, 1)
    thrice = put(tmp_path, NOW + 1, 3, 2)
    unknown = put(tmp_path, NOW + 2, None, 3)
    damaged = put(tmp_path, NOW + 3, 5, 4)
    (tmp_path / f"{damaged}.pck").write_bytes(b"no pickle")

    assert queue.due(NOW + 9) == [damaged]
    assert queue.due(NOW + 13) == [once, unknown, damaged]
    assert queue.due(NOW + 41) == [once, thrice, unknown, damaged]
    (tmp_path / f"{once}.pck").unlink()
    assert queue.due(NOW + 41) == [thrice, unknown, damaged]
    # A clock that was set back since lets nobody wait for it.
    assert thrice in queue.due(NOW - 3600)


def test_a_message_is_looked_into_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Patient("retry", str(tmp_path), None, 1, FIRST)
    read = []
    whole = Patient._read

    def counted(queue: Patient, name: str) -> float:
        read.append(name)
        return whole(queue, name)

    monkeypatch.setattr(Patient, "_read", counted)
    for number in range(50):
        put(tmp_path, NOW + number / 100, 7, number)

    for seconds in range(20):
        assert queue.due(NOW + 20 + seconds) == []

    assert len(read) == 50
