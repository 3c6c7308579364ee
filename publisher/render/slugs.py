"""Names of vendors and products as parts of addresses.

Names are whatever somebody wrote, so

- names that differ in case, width or blanks only are one name (`identity`): NFKC and
  casefold of Unicode, which never change for characters that are assigned;
- a slug follows from one name alone, so that no other name can move it, and two
  names never share one: it is the name itself with `_` for a blank, `~` and two
  hexadecimal digits for what is no lower-case letter, digit, `-` or `.`, and
  `~~` before the Punycode (RFC 3492) of a name that is not ASCII;
- it has at most 81 characters: of a longer one the beginning stays, with 130 bits of
  the name's SHA-256;
- it is no file of its own but a folder that holds nothing of another name's, and it
  never is `.` or `..`, hidden, or empty.

Tests hold the slugs of some names for ever: a slug that changed breaks addresses.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
import unicodedata

_LONGEST = 80
_STEM = 54
_DIGEST = 26
_OTHER = re.compile(r"[^a-z0-9._\u0080-\U0010ffff-]|^\.|_")


@functools.lru_cache(maxsize=1 << 16)
def identity(name: str) -> str:
    """Return what all spellings of a name have in common."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    # Folding may leave characters that compose, and the reverse.
    folded = unicodedata.normalize("NFKC", folded).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


@functools.lru_cache(maxsize=1 << 16)
def slug(name: str) -> str:
    """Return the part of an address that stands for a name, in any spelling."""
    folded = identity(name)
    # One blank at a time, so that an underline of the name's own is told apart.
    found = "_".join(_OTHER.sub(_escaped, word) for word in folded.split(" "))
    if not found.isascii():
        found = f"~~{found.encode('punycode').decode()}"
    if len(found) > _LONGEST:
        digest = hashlib.sha256(folded.encode("utf-8", "surrogatepass")).digest()
        short = base64.b32encode(digest).decode().lower()[:_DIGEST]
        found = f"{found[:_STEM]}~{short}"
    return found or "~"


def _escaped(match: re.Match[str]) -> str:
    return f"~{ord(match[0]):02x}"
