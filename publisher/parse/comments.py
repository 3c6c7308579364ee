"""YAML comments that swallow words: what stands behind a `#` on a value's line.

YAML ends a value where a blank and a `#` follow (YAML 1.2.2, section 6.6), so that
`title: Part #2` is the title `Part`. Whoever wants a comment has lines for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import yaml

_INDENT = re.compile(r" *(?:- +)*")
_COMMENT = re.compile(r" *#")


@dataclass(frozen=True, slots=True)
class Lost:
    """Words that are no part of the value before them."""

    words: str
    """From the `#` on to the end of the line."""
    line: int
    """Of the YAML, from 0, as is the column."""
    column: int


def lost(text: str, events: Iterable[yaml.Event]) -> Iterator[Lost]:
    """Yield the comments of `text` that share a line with a value.

    `events` are those of the same text. Comments on lines of their own, and behind a
    key whose value follows on the next lines, are left alone.
    """
    line = seen = 0
    for start in _behind_values(text, events):
        line += text.count("\n", seen, start)
        seen = start
        column = start - (text.rfind("\n", 0, start) + 1)
        yield Lost(text[start : _line_end(text, start)].strip(), line, column)


def _behind_values(text: str, events: Iterable[yaml.Event]) -> Iterator[int]:
    at = 0
    value_end: int | None = None
    for event, is_key in _keyed(events):
        start = event.start_mark.index if event.start_mark else at
        end = event.end_mark.index if event.end_mark else start
        yield from _comment(text, at, start, value_end)
        at = max(at, start)
        if getattr(event, "style", None) in ("|", ">"):
            # Behind the sign of a block, the rest of the line can be a comment.
            at = _line_end(text, start)
            yield from _comment(text, start, at, start)
            value_end = None
        elif end > start and _is_value(event, is_key=is_key):
            value_end = end
            yield from _wrapped(text, event, start, end)
        at = max(at, end)
    yield from _comment(text, at, len(text), value_end)


def _is_value(event: yaml.Event, *, is_key: bool) -> bool:
    """Tell whether `event` ends a value; that of a collection is its bracket."""
    if isinstance(event, yaml.ScalarEvent):
        return not is_key
    return isinstance(event, yaml.CollectionEndEvent)


def _comment(text: str, start: int, end: int, value_end: int | None) -> Iterator[int]:
    """Yield the comment between two values that is on the line of the first.

    Between values a `#` is nothing else, and only the first one can be on that line.
    """
    found = text.find("#", start, end)
    if found < 0 or value_end is None:
        return
    if text.find("\n", value_end, found) < 0:
        yield found


def _wrapped(text: str, event: yaml.Event, start: int, end: int) -> Iterator[int]:
    """Yield the comment below a plain value where the value would go on.

    That is a line that is indented further than the key, or as far as a value that
    stands below its key (YAML 1.2.2, section 7.3.3).
    """
    if not isinstance(event, yaml.ScalarEvent) or event.style:
        return
    below = _line_end(text, end) + 1
    line = text[below : _line_end(text, below)]
    first = text.rfind("\n", 0, start) + 1
    indent = _INDENT.match(text, first)
    column = indent.end() - first if indent else 0
    is_alone = first + column == start
    found = _COMMENT.match(line)
    if found and found.end() - 1 > column - is_alone:
        yield below + found.end() - 1


def _keyed(events: Iterable[yaml.Event]) -> Iterator[tuple[yaml.Event, bool]]:
    """Yield each event, and whether it is the key of a mapping."""
    awaits_key: list[bool | None] = []
    for event in events:
        is_end = isinstance(event, yaml.CollectionEndEvent)
        if is_end:
            awaits_key.pop()
        is_key = bool(awaits_key and awaits_key[-1])
        yield event, is_key
        if isinstance(event, yaml.CollectionStartEvent):
            awaits_key.append(
                True if isinstance(event, yaml.MappingStartEvent) else None
            )
        elif (is_end or isinstance(event, yaml.ScalarEvent)) and awaits_key:
            awaits_key[-1] = None if awaits_key[-1] is None else not awaits_key[-1]


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
