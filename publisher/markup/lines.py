"""A line that is read from the left, tabs counted as CommonMark does (section 2.2)."""

from __future__ import annotations

_STOP = 4


class Line:
    """What is left of a line, and the column in which that begins.

    A tab reaches to the next multiple of four columns of the whole line, and stays a
    tab unless only a part of it is taken.
    """

    __slots__ = ("_column", "rest")

    def __init__(self, text: str) -> None:
        """Begin at the first column of `text`."""
        self.rest = text
        self._column = 0

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing but blanks is left."""
        return not self.rest.strip(" \t")

    @property
    def indent(self) -> int:
        """Return the columns of blanks that what is left begins with."""
        column = self._column
        for character in self.rest:
            if character not in " \t":
                break
            column += _width(character, column)
        return column - self._column

    @property
    def stripped(self) -> str:
        """Return what is left without the blanks before it."""
        return self.rest.lstrip(" \t")

    def starts(self, mark: str) -> bool:
        """Tell whether what is left begins with `mark`, blanks aside."""
        return self.stripped.startswith(mark)

    def dedent(self, columns: int) -> None:
        """Take away blanks of at most `columns`."""
        left = columns
        while left and self.rest and self.rest[0] in " \t":
            taken = _width(self.rest[0], self._column)
            spare = max(0, taken - left)
            self.rest = " " * spare + self.rest[1:]
            self._column += taken - spare
            left -= taken - spare

    def skip(self, mark: str) -> None:
        """Take away the blanks before `mark`, the mark, and one column behind it."""
        self.dedent(_STOP)
        self.rest = self.rest[len(mark) :]
        self._column += len(mark)
        self.dedent(1)

    def skip_marker(self, size: int) -> int:
        """Take away the marker of an item and the blanks around it.

        Return the columns in all, by which what belongs to the item is indented
        (section 5.2): code that begins an item is one blank away from its marker.
        """
        before = self.indent
        self.dedent(before)
        self.rest = self.rest[size:]
        self._column += size
        behind = self.indent
        behind = behind if 0 < behind <= _STOP and not self.is_blank else 1
        self.dedent(behind)
        return before + size + behind


def _width(character: str, column: int) -> int:
    return _STOP - column % _STOP if character == "\t" else 1
