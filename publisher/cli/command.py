"""How commands look and end: help with examples, failures with a code."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import Any

import click

from publisher.errors import FindingsError, PublisherError, WorldError
from publisher.model import room

_STOPPED = 130
"""What shells report of a program that Ctrl-C ended."""
_MACHINE = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
    }
)
"""What the machine says no to, whatever the program does."""


class Command(click.Command):
    """A command with examples."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        """Take command lines that show how it is used."""
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        super().format_epilog(ctx, formatter)
        show_lines(formatter, "Examples", self.examples)


class Group(click.Group):
    """A group of commands, with examples."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        """Take command lines that show how it is used."""
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the work."""
        del ctx
        return list(self.commands)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        super().format_epilog(ctx, formatter)
        show_lines(formatter, "Examples", self.examples)


def tell(error: BaseException) -> int | None:
    """Say what a user can mend, and return the exit code; None if `error` is a bug."""
    match error:
        case FindingsError():
            for finding in error.findings:
                click.echo(str(finding), err=True)
            return _tell("lint found errors; nothing was done", error.exit_code)
        case PublisherError():
            return _tell(str(error), error.exit_code)
        case KeyboardInterrupt() | click.Abort():
            return _tell(
                "stopped; what was done is kept and skipped next time", _STOPPED
            )
        case OSError() if error.errno in _MACHINE:
            place = f"{error.filename or 'output, or a file of the project'}: "
            return _tell(f"{place}{error.strerror}", WorldError.exit_code)
    return None


def _tell(message: str, exit_code: int) -> int:
    click.secho("publisher: ", fg="red", nl=False, err=True)
    click.echo(room.named(message), err=True)
    return exit_code


def show_lines(
    formatter: click.HelpFormatter, heading: str, lines: Sequence[str]
) -> None:
    """Write a section whose lines stay as they are."""
    with formatter.section(heading):
        for line in lines:
            formatter.write(f"{'':{formatter.current_indent}}{line}\n")
