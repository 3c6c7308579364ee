"""Memory, while a lot is made that stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def growing() -> Iterator[None]:
    """Put off the search for cycles of objects: what is made within has none.

    Python looks through everything again and again while much is new. With what a
    hundred thousand advisories leave, that takes longer than all the rest.
    """
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()
