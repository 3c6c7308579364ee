"""How wide characters are."""

from __future__ import annotations

import unicodedata


def is_wide(character: str) -> bool:
    """Tell whether `character` takes two columns (UAX #11: wide or full-width)."""
    return unicodedata.east_asian_width(character) in "WF"
