"""The source of a body: where it is code and where it is prose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(r"( *)(`{3,}|~{3,}) *+([A-Za-z0-9_+-]*+) *+")
_CODE_SPAN = re.compile(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)


def fences(lines: list[str]) -> Iterator[tuple[int, int | None]]:
    """Yield each fenced block as the indexes of its fences; None: never closed."""
    start: int | None = None
    fence = ""
    for index, line in enumerate(lines):
        match = _FENCE.fullmatch(line)
        if match is None:
            continue
        if start is None:
            start, fence = index, match[2]
        elif not match[3] and match[2][0] == fence[0] and len(match[2]) >= len(fence):
            yield start, index
            start = None
    if start is not None:
        yield start, None


def prose(body: str) -> str:
    """Return `body` with all code blanked out, every line and column in its place."""
    paragraphs = re.split(r"(\n[ ]*\n)", "\n".join(unfenced(body)))
    return "".join(_CODE_SPAN.sub(_blank, part) for part in paragraphs)


def unfenced(body: str) -> list[str]:
    """Return the lines of `body` with fenced code blanked out."""
    lines = body.split("\n")
    for first, last in fences(lines):
        for index in range(first, len(lines) if last is None else last + 1):
            lines[index] = " " * len(lines[index])
    return lines


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])
