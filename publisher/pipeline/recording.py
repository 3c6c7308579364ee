"""Keep the publication record: an entry for each signed text, right after signing.

An entry is made from the signed file and its advisory alone, so what a crash cut off
is made up for by the next run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher.errors import TrustError
from publisher.model.advisory import Tlp
from publisher.pipeline import accepting
from publisher.record import Entry, Record

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.model.advisory import Advisory
    from publisher.pipeline.checking import Loaded
    from publisher.pipeline.tools import Tools
    from publisher.sign.accept import ReadText

FOLDER = "record"


def current(tools: Tools) -> Record:
    """Return the publication record, or raise TrustError if it is in doubt."""
    return Record.parse(tools.repository.record())


def complete(tools: Tools, loaded: Sequence[Loaded]) -> tuple[Entry, ...]:
    """Record what of `loaded` is signed and not recorded yet, and return that.

    What is under embargo is recorded, too, and stays out of sight until its date. An
    entry of such a text that was taken away again before its date goes with it.
    """
    record = _pruned(current(tools), tools)
    texts = accepting.read_standing(tools, loaded)
    made = tuple(
        entry
        for each in loaded
        if each.checked is not None and _becomes_public(each.checked.advisory)
        for entry in _missing(
            tools, each.checked.advisory, texts.get(each.id, []), record
        )
    )
    _write(tools, [*record.entries.values(), *made])
    return made


def _becomes_public(advisory: Advisory) -> bool:
    return advisory.tlp is Tlp.CLEAR and not advisory.draft


def _missing(
    tools: Tools, advisory: Advisory, texts: Sequence[ReadText], record: Record
) -> Iterator[Entry]:
    known = {entry.filename for entry in record.by_advisory.get(advisory.id, ())}
    public = record.public(tools.now)
    for text in texts:
        key = text.signed.edition.key
        source = advisory.text(key.language)
        is_newest = source is not None and source.revision == key.revision
        # Earlier ones without an entry were signed under another TLP: not public.
        if not is_newest and key.filename not in known:
            continue
        for number, file in enumerate(text.signed.files, start=1):
            if file.name in known:
                continue
            after = public.heads
            if number == 1:
                after = _after(text, record, tools.now)
            yield Entry(
                key=key,
                signature=number,
                sha256=file.sha256,
                date=advisory.history[key.revision - 1].date,
                first=advisory.first_published,
                after=after,
            )


def _after(text: ReadText, record: Record, now: datetime) -> tuple[str, ...]:
    """Return the newest entries of the state in which a text was signed."""
    # An embargo may have ended since.
    moments = (now, text.signed.signature.time)
    known = [record.states, *(record.public(moment).states for moment in moments)]
    states = {digest: heads for each in known for digest, heads in each.items()}
    after = states.get(text.imprint.record)
    if after is None:
        msg = (
            f"{text.path}: was signed in a state of the publication record that is not "
            "known here: bring record/ up to date (`git pull`), or take the file away "
            "and sign again"
        )
        raise TrustError(msg)
    return after


def _pruned(record: Record, tools: Tools) -> Record:
    """Leave out entries of texts that were taken away before they were public."""
    snapshot = tools.repository.snapshot()
    kept = [
        digest
        for digest, entry in record.entries.items()
        if entry.date <= tools.now
        or snapshot.get(entry.key.id, {}).get(entry.filename) == entry.sha256
    ]
    return record.only(kept)


def _write(tools: Tools, entries: Iterable[Entry]) -> None:
    """Write the files of the record that change."""
    lines: Mapping[str, list[str]] = defaultdict(list)
    for entry in entries:
        lines[f"{FOLDER}/{entry.key.id.year:04d}.jsonl"].append(f"{entry}\n")
    there = tools.repository.record()
    for name in sorted({*lines, *there}):
        data = "".join(lines[name]).encode()
        if data != there.get(name):
            tools.repository.replace(PurePosixPath(name), data)
