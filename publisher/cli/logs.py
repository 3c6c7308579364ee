"""Where the acts outside are written: `.publisher/acts.log`, and what `-v` shows.

The file is opened anew by each run, and by none that acts on nothing, so whatever
rotates logs may move it away at any time.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click

from publisher.errors import PublisherError

if TYPE_CHECKING:
    from publisher.wiring import Project

NAME = "acts.log"
VARIABLE = "PUBLISHER_LOG"
"""Of the environment: `info` shows the acts, `debug` all that there is."""


class _Line(logging.Formatter):
    """One line, with the time and its zone first (RFC 3339)."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        at = datetime.fromtimestamp(record.created).astimezone()
        shown = at.isoformat(timespec="milliseconds")
        # What came from elsewhere must not make lines of its own.
        return f"{shown} {' '.join(record.getMessage().splitlines())}"


class _File(logging.FileHandler):
    """The project's file; that it cannot be written stops nothing."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._told = False
        file = project.state / NAME
        super().__init__(file, encoding="utf-8", delay=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; the first one opens the file."""
        try:
            if self.stream is None:
                self._project.local(NAME)
            super().emit(record)
        except (OSError, PublisherError) as error:
            self._tell(error)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Say once that the file is not written."""
        del record
        self._tell("it is full or gone")

    def close(self) -> None:
        """Close the file; a full disk may have kept its end."""
        try:
            super().close()
        except OSError as error:
            self._tell(error)

    def _tell(self, why: object) -> None:
        if not self._told:
            self._told = True
            msg = f"publisher: {self.baseFilename} is not written: {why}"
            click.echo(msg, err=True)


class _Shown(logging.Handler):
    """Standard error, as click has it at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Show a record."""
        click.echo(self.format(record), err=True)


@contextmanager
def written(project: Project) -> Iterator[None]:
    """Write the acts of one command down."""
    with ExitStack() as stack:
        acts = logging.getLogger("publisher.acts")
        _attach(stack, acts, _File(project), logging.INFO)
        level = _level()
        if level is not None:
            above = logging.getLogger("publisher") if level < logging.INFO else acts
            _attach(stack, above, _Shown(), level)
        yield


def _attach(
    stack: ExitStack, logger: logging.Logger, handler: logging.Handler, level: int
) -> None:
    handler.setFormatter(_Line())
    stack.callback(logger.setLevel, logger.level)
    logger.setLevel(level)
    logger.addHandler(handler)
    stack.callback(handler.close)
    stack.callback(logger.removeHandler, handler)


def _level() -> int | None:
    context = click.get_current_context(silent=True)
    verbose = context.find_root().params.get("verbose") if context else False
    word = os.environ.get(VARIABLE, "").lower()
    if word == "debug":
        return logging.DEBUG
    return logging.INFO if verbose or word in ("info", "1") else None
