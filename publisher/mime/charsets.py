"""Names of charsets that mails give, and which of them are decoded.

Python has codecs for much that is no charset of mail; two of them, for names of hosts
(RFC 3492, RFC 3490), take time that grows with the square of the text, and a name that
is unknown costs a search for a module. So a name is looked up only if it is listed.
"""

from __future__ import annotations

import codecs
from encodings import aliases, normalize_encoding

_DEAR = frozenset({"idna", "punycode"})
_FAMILIES = (
    "ascii",
    "big5",
    "cp",
    "euc_",
    "gb",
    "hz",
    "iso2022_",
    "iso8859_",
    "johab",
    "koi8_",
    "latin_1",
    "mac_",
    "ptcp154",
    "shift_jis",
    "tis_620",
    "utf_",
)
"""How the names of Python's modules begin that decode a charset of mail."""
_LONGEST = 40


def is_dear(name: str) -> bool:
    """Tell whether decoding by this name may take time without measure."""
    return normalize_encoding(name.lower()) in _DEAR


def codec(name: str) -> str:
    """Return Python's name of the charset that is called `name`; "" if it is none."""
    if not name or len(name) > _LONGEST:
        return ""
    folded = normalize_encoding(name.lower())
    found = aliases.aliases.get(folded, folded)
    if not found.startswith(_FAMILIES):
        return ""
    try:
        return codecs.lookup(found).name
    except LookupError:
        return ""
