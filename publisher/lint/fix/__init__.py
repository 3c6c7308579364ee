"""Mend what is mechanical in a source, and nothing else.

Each mend is kept only if the text stays the same for a reader that is not ours
(`reading`), and if the front matter says the same values. What would change either is
left to the author, and named. A file is mended once: to mend it again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from publisher import markup
from publisher.lint.fix import head, reading
from publisher.lint.fix.mend import BODY, HEAD, Mend
from publisher.lint.fix.part import Line, Part, changed, lines, parted, text
from publisher.parse import frontmatter

_ROUNDS = 6
"""Each mend may uncover something for another one, but not for ever."""
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: |$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was mended, or that was left to the author."""

    line: int
    """Of the file as it was before; 0: the whole file."""
    what: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """A source after all mends."""

    data: bytes
    done: tuple[Change, ...] = ()
    left: tuple[Change, ...] = ()
    """What would have been mended, had the text stayed the same; or why nothing was."""


def fix(data: bytes) -> Fixed:
    """Mend a source file; what is wrong beyond that stays as it is."""
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        return _untouched(data, "it is not UTF-8: save it as that first")
    if len(data) > frontmatter.MAX_BYTES:
        return _untouched(data, "it is larger than 1 MiB")
    if found := _CONFLICT.search(whole):
        line = whole.count("\n", 0, found.start()) + 1
        msg = "two versions stand side by side there: decide for one of them first"
        return _untouched(data, msg, line)
    work = _Work()
    start, body = parted(work.lines(whole))
    try:
        markup.parse(text(body))
    except markup.ExcessError as error:
        return _untouched(data, f"the text is beyond a limit: {error}")
    return work.result(data, start, body)


@dataclass(slots=True)
class _Work:
    """One file on its way, and what was done to it."""

    done: list[Change] = field(default_factory=list)
    left: list[Change] = field(default_factory=list)

    def lines(self, whole: str) -> Part:
        """Return the lines of `whole` as every reader divides them."""
        found = lines(whole)
        plain = tuple(_divided(found))
        self._note(found, plain, "the line end written as LF")
        if plain[0].text.startswith("\ufeff"):
            plain = (plain[0].but(plain[0].text.lstrip("\ufeff")), *plain[1:])
            self.done.append(Change(1, "the byte order mark taken away"))
        return plain

    def result(self, data: bytes, start: Part, body: Part) -> Fixed:
        """Mend front matter and body until there is nothing left to mend."""
        # Without a line feed after the front matter there are no lines behind it.
        body = body or (Line(start[-1].number, ""),)
        for _ in range(_ROUNDS):
            before = (start, body)
            self.left.clear()
            start = self._mended(start, HEAD, _says_the_same)
            body = self._mended(body, BODY, _reads_the_same)
            if (start, body) == before:
                made = text((*start, *body)).encode()
                return Fixed(made, _in_order(self.done), _in_order(self.left))
        return _untouched(data, "what is to be mended comes to no end")

    def _mended(
        self, part: Part, mends: Iterable[Mend], is_same: Callable[[Part, Part], bool]
    ) -> Part:
        for mend in mends:
            after = mend.mended(part)
            if after == part:
                continue
            if is_same(part, after):
                self._note(part, after, mend.what)
                part = after
            else:
                what = f"this would change the text, so decide for it: {mend.what}"
                self.left.append(Change(changed(part, after)[0], what))
        return part

    def _note(self, before: Part, after: Part, what: str) -> None:
        self.done += [Change(number, what) for number in changed(before, after)]


def _divided(whole: Part) -> Iterator[Line]:
    """Yield lines without carriage returns: before a line feed, one belongs to it."""
    for line in whole:
        is_last = line.number == len(whole)
        bare = line.text if is_last else line.text.removesuffix("\r")
        for piece in bare.split("\r"):
            yield line.but(piece)


def _reads_the_same(before: Part, after: Part) -> bool:
    return reading.shown(text(before)) == reading.shown(text(after))


def _says_the_same(before: Part, after: Part) -> bool:
    """Tell whether front matter says the same; what is no YAML says nothing."""
    said = head.values(before)
    return said is None or said == head.values(after)


def _in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    unique = dict.fromkeys(changes)
    return tuple(sorted(unique, key=lambda change: (change.line, change.what)))


def _untouched(data: bytes, why: str, line: int = 0) -> Fixed:
    return Fixed(data, (), (Change(line, why),))
