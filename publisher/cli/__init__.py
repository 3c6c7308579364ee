"""The command line: options in, exit codes out; the only part that prints."""

from __future__ import annotations

import importlib
import sys

import click

from publisher import __version__
from publisher.errors import PublisherError

_COMMANDS = {
    "init": ("start", "Make a fresh project."),
    "new": ("start", "Begin an advisory with the next free id."),
    "lint": ("authoring", "Check advisories and say what to mend."),
    "preview": ("authoring", "Show the text that would be signed."),
    "sign": ("release", "Sign what is not signed yet."),
    "build": ("release", "Bring the site up to date."),
    "push": ("release", "Mail what is due to the lists."),
    "publish": ("release", "Lint, sign, build, put up, probe and push."),
    "settle": ("release", "Say what became of a mail of unknown outcome."),
    "status": ("inspect", "Show where each advisory stands."),
    "verify": ("inspect", "Check signed texts and mails."),
    "lists": ("lists", "Compare, set and check the mailing lists."),
    "mailhost": ("hosting", "Run the embedded mail host."),
    "serve": ("hosting", "Serve the built site on this machine."),
    "demo": ("hosting", "Show the whole chain in a throw-away project."),
    "completion": ("start", "Print the shell completion script."),
}
"""Each command's module and summary; a module is imported when it is needed."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the work."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a command."""
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"publisher.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the summaries without importing what they are of."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(n, s) for n, (_, s) in _COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="publisher")
def cli() -> None:
    """Publish signed security advisories to a site, a feed and mailing lists.

    Run it anywhere inside a project, the folder with `publisher.toml`.

    \b
    Exit codes: 0 done; 1 an author must act; 2 the operator must act;
    3 something outside failed and trying again may help.
    """


def main() -> None:
    """Run the command line; errors that a user can mend end it without a trace."""
    try:
        cli(prog_name="publisher")
    except PublisherError as error:
        click.secho("publisher: ", fg="red", nl=False, err=True)
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
