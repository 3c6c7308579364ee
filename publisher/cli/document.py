"""The JSON document of a command that acts: one on standard output, whatever happens.

All that people read goes to standard error meanwhile.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from typing import Any

import click

from publisher.cli import command, common


@contextmanager
def printed(make: Callable[[], Mapping[str, Any]], *, as_json: bool) -> Iterator[None]:
    """Print as JSON what `make` returns when all is over, with the error that ended it.

    Without `as_json`, nothing is changed.
    """
    if not as_json:
        yield
        return
    error: dict[str, Any] | None = None
    try:
        with redirect_stdout(sys.stderr):
            yield
    except BaseException as raised:
        error = command.ending(raised).to_json()
        raise
    finally:
        common.show_json({**make(), "error": error})


def require_yes(*, as_json: bool, asks: bool) -> None:
    """Raise UsageError if a command would ask, and nobody is there to answer."""
    if as_json and asks:
        msg = "--json asks nothing, and texts are signed: add --yes"
        raise click.UsageError(msg)
