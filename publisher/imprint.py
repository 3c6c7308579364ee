"""The imprint: the last lines of a text edition, which say what it was made from.

    Advisory ADV-2026-0007, revision 2, language ja
    SHA-256 of the sources of this text, as `sha256sum --check` reads them:
    <64 hexadecimal digits>  ja.md
    <64 hexadecimal digits>  en.md
    SHA-256 of the publication record before this text:
    <64 hexadecimal digits>

It is the same in every language and is written by no template, since the signature
covers the sources and the record (`publisher.record`) only through it. In the folder
of the advisory, `sha256sum --check` takes the signed text itself and checks the sources
that lie beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.model import ids
from publisher.model.chain import EditionKey

if TYPE_CHECKING:
    from publisher.model.advisory import Advisory, Text

_EXPLAINED = "SHA-256 of the sources of this text, as `sha256sum --check` reads them:"
_RECORD = "SHA-256 of the publication record before this text:"
_FIRST = re.compile(r"Advisory (\S+), revision ([1-9][0-9]{0,3}), language (\S+)")
_SOURCE = re.compile(r"([0-9a-f]{64})  (\S+)\.md")
_STATE = re.compile(r"[0-9a-f]{64}")
_WORDS = 60
"""No imprint has more."""
_IN_ONE_LINE = re.compile(
    rf"{_FIRST.pattern} {re.escape(_EXPLAINED)}(?: [0-9a-f]{{64}} \S+\.md){{1,2}} "
    rf"{re.escape(_RECORD)} [0-9a-f]{{64}}$"
)
_BEFORE = " >*~=+-0123456789."


@dataclass(frozen=True, slots=True)
class Imprint:
    """Which text it is, and from which bytes it was made."""

    key: EditionKey
    sources: tuple[tuple[str, str], ...]
    """File name and SHA-256 in lower-case hexadecimal: of its own source first,
    then, for a translation, of the original."""
    record: str
    """The state of the publication record when it was signed."""

    def __str__(self) -> str:
        """Write the lines that end a text edition."""
        key = self.key
        first = f"Advisory {key.id}, revision {key.revision}, language {key.language}"
        sources = (f"{digest}  {name}" for name, digest in self.sources)
        lines = (first, _EXPLAINED, *sources, _RECORD, self.record)
        return "\n".join(lines) + "\n"


def made_from(advisory: Advisory, text: Text, record: str) -> Imprint:
    """Return the imprint of `text` as it now stands, in this state of the record."""
    files = [text.source]
    if text.language != advisory.original.language:
        files.append(advisory.original.source)
    return Imprint(
        EditionKey(advisory.id, text.revision, text.language),
        tuple((file.path.name, file.sha256) for file in files),
        record,
    )


def imprint(text: str) -> Imprint:
    """Read the imprint of a text edition.

    Raise ValueError unless exactly one stands in `text`, well-formed, at the very
    end.
    """
    lines = text.split("\n")
    starts = [at for at, line in enumerate(lines) if _FIRST.fullmatch(line)]
    if len(starts) != 1:
        msg = f"the text has {len(starts)} imprints instead of one"
        raise ValueError(msg)
    found = _read(lines[starts[0] : -1])
    # Whatever is not exactly what would be written is no imprint.
    if found is None or str(found) != "\n".join(lines[starts[0] :]):
        msg = "the text does not end with a well-formed imprint"
        raise ValueError(msg)
    return found


def imitates(line: str) -> bool:
    """Tell whether `line` could be taken for the first line of an imprint.

    What Markdown or the text edition write before it makes no difference.
    """
    bare = line.lstrip(_BEFORE).rstrip(" >*~=")
    return _FIRST.fullmatch(bare) is not None


def is_rewrapped(text: str) -> bool:
    """Tell whether `text` ends with an imprint that is one but for its line ends."""
    words = text.split()[-_WORDS:]
    try:
        imprint(text)
    except ValueError:
        return _IN_ONE_LINE.search(" ".join(words)) is not None
    return False


def _read(lines: list[str]) -> Imprint | None:
    first = _FIRST.fullmatch(lines[0]) if lines else None
    sources = [_SOURCE.fullmatch(line) for line in lines[2:-2]]
    if first is None or not 1 <= len(sources) <= 2 or None in sources:
        return None
    if not _STATE.fullmatch(lines[-1]):
        return None
    key = EditionKey(
        ids.AdvisoryId.parse(first[1]), int(first[2]), ids.language(first[3])
    )
    named = [(ids.language(match[2]), match[1]) for match in sources if match]
    languages = [name for name, _ in named]
    if languages[0] != key.language or len(set(languages)) < len(languages):
        return None
    digests = tuple((f"{name}.md", digest) for name, digest in named)
    return Imprint(key, digests, lines[-1])
