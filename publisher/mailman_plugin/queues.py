"""What lies in Mailman's queues, which are folders with one file for each message.

A file that ends in `.pck` waits, one in `.bak` is being worked on, and one in `.psv` is
what Mailman put into `bad`, where REST does not see it. Nothing here changes a file.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email import message_from_string
from email.message import Message
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailman.config import config
from mailman.rest.helpers import etag, okay

from publisher.mailman_plugin.ledger import digest

if TYPE_CHECKING:
    from falcon import Request, Response

_Read = tuple[Any, dict[str, Any]]
"""A message and its metadata."""
_EXTENSIONS = (".pck", ".bak", ".psv")
_WAY = ("in", "pipeline", "out", "retry", "shunt", "bad")
"""Where a post may be, in the order in which it gets there."""
_LOOKED_INTO = 200
"""How many messages of a queue are opened, the newest first."""
_ALL = ("shunt", "bad", "in", "pipeline", "out", "retry", "shunt", "bad")
"""Where a post may be at all. A person can put what is aside back to where it was
looked for already, so there it is looked for first and last."""
_MOST = 5000
"""In how many messages one is looked for that has to be found, if it is there."""


class Queues:
    """All queues."""

    def on_get(self, request: Request, response: Response) -> None:
        """Tell of each queue how many messages it holds and since when.

        Of `retry`, to how many recipients they go, too.
        """
        del request
        told = {name: _told(name) for name in sorted(config.switchboards)}
        okay(response, etag({"queues": told}))


def holding(list_id: str, name: str) -> Sequence[str]:
    """Return the queues that hold a message to a list; `name` is its digest."""
    return [queue for queue in _WAY if _holds(queue, list_id, name)]


def count(list_id: str, name: str) -> int | None:
    """Return how many messages of one name the queues hold, each counted once.

    None if nobody can tell, since there are too many, or one cannot be read.
    """
    found: set[str] = set()
    for queue in _ALL:
        files = _files(queue)
        if len(files) > _MOST:
            return None
        for file in files:
            try:
                read = _load(file)
            except Exception:  # noqa: BLE001
                # What a damaged pickle raises can be anything.
                return None
            if read is not None and _is(read, list_id, name):
                found.add(f"{queue}/{file.stem}")
    return len(found)


def _told(queue: str) -> Mapping[str, object]:
    files = _files(queue)
    if not files:
        return {"count": 0, "oldest": ""}
    oldest = datetime.fromtimestamp(min(_entered(file) for file in files), UTC)
    told = {"count": len(files), "oldest": oldest.isoformat(timespec="seconds")}
    return told if queue != "retry" else {**told, "copies": _copies(files)}


def _copies(files: Sequence[Path]) -> int | None:
    """Return to how many recipients messages go; None if they are too many to read."""
    if len(files) > _LOOKED_INTO:
        return None
    return sum(len(each.get("recipients", ())) for _, each in _read(iter(files)))


def _holds(queue: str, list_id: str, name: str) -> bool:
    newest = sorted(_files(queue), key=_entered, reverse=True)
    return any(_is(each, list_id, name) for each in _read(islice(newest, _LOOKED_INTO)))


def _is(read: _Read, list_id: str, name: str) -> bool:
    message, metadata = read
    return metadata.get("listid") == list_id and digest(_message_id(message)) == name


def _files(queue: str) -> list[Path]:
    """Return the files of a queue; other names than Mailman gives are not its."""
    switchboard = config.switchboards.get(queue)
    folder = Path(switchboard.queue_directory) if switchboard else None
    if folder is None or not folder.is_dir():
        return []
    return [
        file
        for file in folder.iterdir()
        if file.suffix in _EXTENSIONS and _entered(file) >= 0
    ]


def _entered(file: Path) -> float:
    """Return when a message came into its queue, in seconds; -1 if nobody can tell."""
    try:
        return float(file.name.partition("+")[0])
    except ValueError:
        return -1


def _read(files: Iterator[Path]) -> Iterator[_Read]:
    """Yield messages; one that has gone on, or is damaged, not."""
    for file in files:
        try:
            read = _load(file)
        except Exception:  # noqa: BLE001, S112
            # What a damaged pickle raises can be anything.
            continue
        if read is not None:
            yield read


def _load(file: Path) -> _Read | None:
    """Return a message as Mailman reads it; None if it has gone on meanwhile.

    The files are Mailman's own, and pickled by it. A runner renames one that it takes
    up, and renames it back after a crash.
    """
    for name in (file, file.with_suffix(".bak"), file.with_suffix(".pck")):
        try:
            with name.open("rb") as stream:
                message, metadata = pickle.load(stream), pickle.load(stream)  # noqa: S301
        except FileNotFoundError:
            continue
        return message, dict(metadata)
    return None


def _message_id(message: Any) -> str:
    if isinstance(message, str):
        message = message_from_string(message)
    found = message.get("message-id", "") if isinstance(message, Message) else ""
    return str(found).strip()
