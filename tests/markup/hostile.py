"""Bodies that are made to take time or depth, each as a function of its length."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def _repeat(unit: str, before: str = "", after: str = "") -> Callable[[int], str]:
    return lambda length: before + unit * (length // len(unit)) + after


def _nested(unit: str, levels: int) -> Callable[[int], str]:
    def body(length: int) -> str:
        lines = ("    " * (line % levels) + unit for line in range(length // 20))
        return "".join(lines)[:length]

    return body


def _ticks(length: int) -> str:
    return " ".join("`" * count for count in range(1, int((2 * length) ** 0.5)))


BODIES: Mapping[str, Callable[[int], str]] = {
    "opening brackets": _repeat("["),
    "paragraphs of brackets": _repeat("[" * 60 + "\n\n"),
    "nested brackets": lambda length: "[" * (length // 2) + "]" * (length // 2),
    "links without an end": _repeat("[a]("),
    "quoted links without an end": _repeat('[a]("'),
    "angled links without an end": _repeat("[a](<"),
    "links": _repeat("[a](https://b.example) "),
    "lists of links": _repeat("* [a](https://b.example)\n"),
    "references": _repeat("[a] ", "[a]: https://b.example\n\n"),
    "opened emphasis": _repeat("*a "),
    "emphasis": _repeat("*a*"),
    "uneven emphasis": _repeat("**a* "),
    "three asterisks": _repeat("***a** "),
    "asterisks and underscores": _repeat("*_"),
    "nested emphasis": _repeat("*a **b "),
    "asterisks": _repeat("*", after="a"),
    "runs of backquotes": _ticks,
    "backquotes": _repeat("`"),
    "code spans": _repeat("`a` "),
    "uneven code spans": _repeat("``a` "),
    "escapes": _repeat("\\*"),
    "backslashes": _repeat("\\"),
    "escaped backquotes": _repeat("\\\\`"),
    "angles": _repeat("<a"),
    "autolinks": _repeat("<https://b.example> "),
    "open autolinks": _repeat("<https://"),
    "number signs": _repeat("#"),
    "headings": _repeat("# a\n"),
    "blocks of headings": _repeat("# a\n" * 90 + "\n"),
    "quotations": _repeat("> a\n"),
    "parted quotations": _repeat("> a\n\n"),
    "nested quotations": _repeat(">"),
    "deep quotations": _repeat("a\n", "> " * 12),
    "nested items": _repeat("- ", after="a"),
    "nested numbers": _repeat("1. ", after="a"),
    "lists": _repeat("* a\n"),
    "loose lists": _repeat("* a\n\n"),
    "two kinds of lists": _repeat("* a\n\n1. b\n\n"),
    "long items": _repeat("  b\n", "* a\n"),
    "items of paragraphs": _repeat("    b\n\n", "* a\n\n"),
    "lists in lists": _nested("* a\n", 8),
    "loose lists in lists": _nested("* a\n\n", 8),
    "a long number": _repeat("1", after=". a"),
    "dashes": _repeat("-", after="a"),
    "rules": _repeat("***\n"),
    "blocks of rules": _repeat("***\n" * 90 + "\n"),
    "underlined headings": _repeat("a\n-\n"),
    "blocks of underlined headings": _repeat("a\n-\n" * 90 + "\n"),
    "definitions": _repeat("[a]: https://b.example\n"),
    "parted definitions": _repeat("[a]: https://b.example\n\n"),
    "a quoted definition": _repeat('"', "[a]: b:", " x y"),
    "blocks of quoted definitions": _repeat('[a]: b:"' + '"a' * 400 + " x y\n\n"),
    "half definitions": _repeat('[a]: b\n   "\n'),
    "open definitions": _repeat("[a\n"),
    "columns": lambda length: "|a" * (length // 4) + "\n" + "|-" * (length // 4),
    "rows": _repeat("|\n", "|a|b|\n|-|-|\n"),
    "tables": _repeat("|a|b|\n|-|-|\n|c|d|\n\n"),
    "code in a table": lambda length: (
        "|a|`" + "` ``|" * (length // 12) + "\n" + "|-" * (length // 12)
    ),
    "escapes in a table": _repeat("\\|", after="|\n|-|-|"),
    "lines": _repeat("a\n"),
    "wide lines": _repeat("あ\n"),
    "paragraphs": _repeat("a\n\n"),
    "empty lines": _repeat("\n", "a", "b"),
    "blanks": _repeat(" ", "a", "b"),
    "indentation": _repeat(" ", after="a"),
    "wide blanks": _repeat("\u3000\n# a\n"),
    "blanks after a fence": _repeat(" ", "```", "!"),
    "line breaks": _repeat("a  \n"),
    "wide text": _repeat("あ"),
    "fences": _repeat("```\na\n```\n"),
    "fences in lists": _repeat("* a\n\n    ```\n    a\n    ```\n\n"),
    "open fences": _repeat("```sh\n"),
    "half fences": _repeat("``` a b\n"),
    "tags": _repeat('<a href="x">'),
    "comments": _repeat("<!--"),
    "entities": _repeat("&amp;"),
    "images": _repeat("![a]("),
    "punctuation": _repeat("*_`[]()<>&!|#\\~- "),
}
