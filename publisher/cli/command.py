"""How commands look and end: help with examples, failures with a code."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from publisher.errors import FindingsError, PublisherError, WorldError
from publisher.model import room

if TYPE_CHECKING:
    from publisher.source import Finding

_STOPPED = 130
"""What shells report of a program that Ctrl-C ended."""
_BUG = "bug"
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


@dataclass(frozen=True, slots=True)
class Ending:
    """How a command ends that is not done."""

    code: str
    """What kind of error it is, as `errors` has it; `stopped` and `bug` beside."""
    exit_code: int
    text: str
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as scripts read it."""
        return {
            "code": self.code,
            "exit_code": self.exit_code,
            "text": self.text,
            "findings": [each.to_json() for each in self.findings],
        }


def ending(error: BaseException) -> Ending:
    """Return how `error` ends a command."""
    match error:
        case FindingsError():
            text = "lint found errors; nothing was done"
            return Ending(error.code, error.exit_code, text, error.findings)
        case PublisherError():
            return Ending(error.code, error.exit_code, room.named(str(error)))
        case KeyboardInterrupt() | click.Abort():
            text = "stopped; what was done is kept and skipped next time"
            return Ending("stopped", _STOPPED, text)
        case OSError() if error.errno in _MACHINE:
            place = f"{error.filename or 'output, or a file of the project'}: "
            text = room.named(f"{place}{error.strerror}")
            return Ending(WorldError.code, WorldError.exit_code, text)
    return Ending(_BUG, 1, f"{type(error).__name__}: a bug, whose trace is shown")


def tell(error: BaseException) -> int | None:
    """Say what a user can mend, and return the exit code; None if `error` is a bug."""
    end = ending(error)
    if end.code == _BUG:
        return None
    for finding in end.findings:
        click.echo(str(finding), err=True)
    click.secho("publisher: ", fg="red", nl=False, err=True)
    click.echo(end.text, err=True)
    return end.exit_code


def show_lines(
    formatter: click.HelpFormatter, heading: str, lines: Sequence[str]
) -> None:
    """Write a section whose lines stay as they are."""
    with formatter.section(heading):
        for line in lines:
            formatter.write(f"{'':{formatter.current_indent}}{line}\n")
