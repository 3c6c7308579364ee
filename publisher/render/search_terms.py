"""The terms under which a text can be found: the half of the search that Python does.

The browser does the other half, so this has one rule: what it needs of a script's
characters is said by the patterns below, in the syntax that `regex` shares with
JavaScript, and the index carries them (`rules`). Both sides then

- take Unicode's compatibility composition (NFKC) in lower case, and no prolonged
  sound mark at the end of a katakana word of four characters or more, as Lucene's
  JapaneseKatakanaStemFilter does;
- cut the text into runs of one script;
- of a run of kanji or katakana, take what begins at each of its characters, up to a
  length: a query is looked up by its beginning and so is found anywhere in a run;
- of hiragana, which is mostly grammar, take each two neighbours;
- of anything else, take the words; what holds figures and signs, such as
  `cve-2026-90001` or `2.4.1`, as a whole, too.
"""

from __future__ import annotations

import functools
import unicodedata
from typing import TYPE_CHECKING
from zlib import crc32

import regex

from publisher import markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from xml.etree.ElementTree import Element

    from publisher.model.advisory import Advisory, Text
    from publisher.model.chain import Signed
    from publisher.model.ids import AdvisoryId, Language

_JAPANESE = r"\p{Script=Han}\p{Script=Katakana}\p{Script=Hiragana}ー"
TOKEN = (
    r"(?<han>\p{Script=Han}+)|(?<kana>[\p{Script=Katakana}ー]+)"
    r"|(?<hira>\p{Script=Hiragana}+)"
    rf"|(?<word>(?:(?![{_JAPANESE}])[\p{{L}}\p{{M}}\p{{N}}])+"
    rf"(?:[-_.](?:(?![{_JAPANESE}])[\p{{L}}\p{{M}}\p{{N}}])+)*)"
)
"""A run of one script, by the name of its group."""
LONG_MARK = (
    r"(\p{Script=Katakana}[\p{Script=Katakana}ー]{2,})ー(?![\p{Script=Katakana}ー])"
)
"""The end of a katakana word with a prolonged sound mark, which is left out."""
BEGINNING = 4
"""How many characters of a word it takes to find it; a shorter one is itself."""
ROUTE = (
    rf"^(?:[{_JAPANESE}]{{1,2}}"
    rf"|(?!.*[-_.:])(?!\p{{N}}+$).{{1,{BEGINNING}}}|.+)"
)
"""The beginning of a term by which its part of the index is chosen."""
WINDOW: Mapping[str, int] = {"han": 4, "kana": 12, "hira": 2}
"""How much of a run, from each of its characters on, is a term."""
LONGEST = 40
"""The characters of a word that count."""
KIND, SEVERITY = "kind", "severity"
"""What precedes a fact by which results can be narrowed down: `kind:alert`."""

_TOKEN = regex.compile(TOKEN)
_LONG_MARK = regex.compile(LONG_MARK)
_ROUTE = regex.compile(ROUTE)
_PART = regex.compile(r"[-_.]")
_LETTER = regex.compile(r"\p{L}")
_NUMBER = regex.compile(r"\p{N}")
# Where a Japanese paragraph of the source is broken, there is no blank.
_BROKEN = regex.compile(rf"(?<=[{_JAPANESE}])[ \t]*\n[ \t]*(?=[{_JAPANESE}])")
_INLINE = ("a", "code", "em", "strong")


def rules() -> dict[str, object]:
    """Return what the browser has to know to make the same terms of a query."""
    return {
        "token": TOKEN,
        "longMark": LONG_MARK,
        "route": ROUTE,
        "window": dict(WINDOW),
        "longest": LONGEST,
        "beginning": BEGINNING,
    }


def of(signed: Signed) -> dict[str, str]:
    """Return the terms of each published text of an advisory, by its key."""
    return {
        key(signed.advisory.id, text.language): " ".join(
            sorted(terms(_texts(signed.advisory, text)) | _facts(signed.advisory))
        )
        for text, _ in signed.texts
    }


def key(advisory: AdvisoryId, language: Language) -> str:
    """Return the key under which the terms of a text are kept."""
    return f"{advisory}.{language}"


def _texts(facts: Advisory, text: Text) -> Iterator[str]:
    yield from (str(facts.id), text.title)
    for each in facts.vulnerabilities:
        yield from (each.cve or "", each.title or "", *each.cwes)
    for product in facts.affected:
        remedy = product.remedy
        yield from (product.vendor, product.name, (remedy and remedy.version) or "")
    yield from (reference.title for reference in facts.references)
    yield from text.facts.values()
    yield from _blocks(markup.parse(text.body))


def _blocks(root: Element) -> Iterator[str]:
    """Yield the text of each block of a body."""
    line = [root.text or ""]
    for child in root:
        if child.tag in _INLINE:
            line += ["".join(child.itertext())]
        else:
            yield _joined(line)
            yield from _blocks(child)
            line = []
        line.append(child.tail or "")
    yield _joined(line)


def _joined(parts: Iterable[str]) -> str:
    return _BROKEN.sub("", "".join(parts))


def _facts(advisory: Advisory) -> set[str]:
    severity = advisory.severity
    found = {f"{KIND}:{advisory.kind}"}
    return found if severity is None else {*found, f"{SEVERITY}:{severity.slug}"}


def terms(texts: Iterable[str]) -> set[str]:
    """Return the terms under which any of `texts` is found."""
    found: set[str] = set()
    for text in texts:
        for match in _TOKEN.finditer(normal(text)):
            found.update(_terms(match.lastgroup or "word", match[0]))
    return found


def normal(text: str) -> str:
    """Return what all spellings that are the same to readers have in common."""
    return _LONG_MARK.sub(r"\1", unicodedata.normalize("NFKC", text).lower())


@functools.lru_cache(maxsize=1 << 17)
def bucket(term: str, buckets: int) -> int:
    """Return in which of so many parts of the index a term is."""
    match = _ROUTE.match(term)
    return crc32((match[0] if match else term).encode()) % buckets


@functools.lru_cache(maxsize=1 << 16)
def _terms(script: str, run: str) -> tuple[str, ...]:
    if script == "word":
        return tuple(_word(run[:LONGEST]))
    size = WINDOW[script]
    # The last character alone is a term only of kanji, where it can be a word.
    last = len(run) if script == "han" else len(run) - 1
    return tuple(run[at : at + size] for at in range(last))


def _word(run: str) -> Iterator[str]:
    parts = _PART.split(run)
    if (len(parts) > 1 or not _LETTER.search(run)) and _NUMBER.search(run):
        yield run
    yield from (part for part in parts if _LETTER.search(part))
