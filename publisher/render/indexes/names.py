"""Vendors and their products: whose advisories there are, and under which letter.

Lists of names stay small as well: with more than two hundred vendors each letter has
a page, and a letter with more is cut after names whose digest says so. A cut is
thus a matter of one name, so that a new name touches the part where it belongs
and no other.
"""

from __future__ import annotations

import hashlib
import itertools
import unicodedata
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from publisher.render.slugs import identity, slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from publisher.render.indexes.site import Item

MANY = 200
"""How many names a page lists at most."""
_CUT = 4
"""In 256: after how many of all names a list is cut, so in parts of about 64."""
# The first katakana of each row of the syllabary, and what follows the last one.
_ROWS = "\u30a2\u30ab\u30b5\u30bf\u30ca\u30cf\u30de\u30e4\u30e9\u30ef\u30f7"
_KANA = ("a", "ka", "sa", "ta", "na", "ha", "ma", "ya", "ra", "wa")
_HIRAGANA = range(0x3041, 0x3097)
_TO_KATAKANA = 0x60
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
LETTERS: dict[str, str] = {
    **{chr(code): chr(code).upper() for code in range(ord("a"), ord("z") + 1)},
    "0-9": "0–9",
    **{f"kana-{row}": kana for row, kana in zip(_KANA, _ROWS, strict=False)},
    "other": "",
}
"""What each initial is called, in the order of the list; empty: by no letter."""


class Product:
    """A product and the advisories on it, oldest first."""

    def __init__(self, name: str) -> None:
        """Begin with the spelling that was used first."""
        self.name = name
        self.items: list[Item] = []

    def add(self, item: Item) -> None:
        """Add an advisory that is newer than those before; once is enough."""
        if not self.items or self.items[-1] is not item:
            self.items.append(item)


class Vendor(Product):
    """A vendor, the advisories on its products, and these, all by their identity."""

    def __init__(self, name: str) -> None:
        """Begin with the spelling that was used first."""
        super().__init__(name)
        self.products: dict[str, Product] = {}


class Name(NamedTuple):
    """A name in a list; a value of JSON."""

    name: str
    total: int
    """Of its advisories."""


class Part(NamedTuple):
    """Some of the names of a list, in their order."""

    id: str
    """Its part of an address."""
    names: tuple[Name, ...]

    @property
    def shown(self) -> tuple[str, str, int]:
        """Return first and last name and the number of names as JSON values."""
        return self.names[0].name, self.names[-1].name, len(self.names)


def vendors(items: Sequence[Item]) -> dict[str, Vendor]:
    """Return the vendors of all advisories, which come oldest first.

    Spellings of one name count as one, and the first that was used is shown: what is
    on a page does not turn over with every new spelling.
    """
    found: dict[str, Vendor] = {}
    for item in items:
        for affected in item.summary.affected:
            who, what = identity(affected.vendor), identity(affected.name)
            vendor = found.get(who)
            if vendor is None:
                vendor = found[who] = Vendor(affected.vendor)
            product = vendor.products.get(what)
            if product is None:
                product = vendor.products[what] = Product(affected.name)
            vendor.add(item)
            product.add(item)
    return found


def ordered(found: Iterable[Product]) -> list[Name]:
    """Return names as a list shows them: by letters, kana by sound."""
    names = (Name(each.name, len(each.items)) for each in found)
    return sorted(names, key=lambda name: (_sound(name.name), identity(name.name)))


def by_letter(names: Sequence[Name]) -> dict[str, list[Name]]:
    """Return the names under each letter that any of them has."""
    groups: dict[str, list[Name]] = {letter: [] for letter in LETTERS}
    for name in names:
        groups[initial(name.name)].append(name)
    return {letter: found for letter, found in groups.items() if found}


def initial(name: str) -> str:
    """Return under which of the LETTERS a name stands."""
    sound = _sound(name)[:1]
    if "0" <= sound <= "9":
        return "0-9"
    if sound in LETTERS:
        return sound
    row = bisect_right(_ROWS, sound) - 1
    return f"kana-{_KANA[row]}" if 0 <= row < len(_KANA) else "other"


def parts(names: Sequence[Name]) -> Iterator[Part]:
    """Cut a list of names into parts of at most MANY names."""
    begun: list[Name] = []
    for name in names:
        begun.append(name)
        if len(begun) == MANY or _is_cut(name):
            yield Part(f"to-{slug(name.name)}", tuple(begun))
            begun = []
    if begun:
        yield Part("rest", tuple(begun))


def _is_cut(name: Name) -> bool:
    data = identity(name.name).encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).digest()[0] < _CUT


def _sound(name: str) -> str:
    """Return a name without accents and voicing marks, in katakana."""
    bare = (
        chr(ord(each) + _TO_KATAKANA) if ord(each) in _HIRAGANA else each
        for each in unicodedata.normalize("NFD", identity(name))
        if not unicodedata.combining(each)
    )
    return "".join(itertools.chain(bare)).translate(_SMALL)
