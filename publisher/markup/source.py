"""The source of a body: where it is code and where it is prose."""

from __future__ import annotations

import functools
import re

from publisher.markup import blocks
from publisher.markup.blocks import Block, Kind

_CODE_SPAN = re.compile(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)


# A body is looked at by several rules in a row.
@functools.lru_cache(maxsize=8)
def outline(body: str) -> Block:
    """Return the blocks of `body`, which are shared, or raise ExcessError."""
    # A carriage return before the line feed belongs to the end of the line.
    lines = body.removesuffix("\n").split("\n")
    return blocks.read([line.removesuffix("\r") for line in lines])


def code_lines(body: str) -> frozenset[int]:
    """Return the lines of `body` that are code, without the fences around it."""
    found: set[int] = set()
    for block in outline(body).walk():
        if block.kind is Kind.CODE:
            fence = 1 if block.mark else 0
            end = block.last if fence and block.is_closed else block.last + 1
            found.update(range(block.first + fence, end))
    return frozenset(found)


def unfenced(body: str) -> list[str]:
    """Return the lines of `body` with blocks of code blanked out, fences too."""
    lines = body.split("\n")
    for block in outline(body).walk():
        if block.kind is Kind.CODE:
            for index in range(block.first, block.last + 1):
                lines[index] = " " * len(lines[index])
    return lines


def prose(body: str) -> list[str]:
    """Return the lines of `body` with code blanked out, every column in its place."""
    paragraphs = re.split(r"(\n[ ]*\n)", "\n".join(unfenced(body)))
    return "".join(_CODE_SPAN.sub(_blank, part) for part in paragraphs).split("\n")


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])
