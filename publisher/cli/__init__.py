"""The command line: options in, exit codes out; the only part that prints."""

from __future__ import annotations

import importlib
import io
import sys

import click

from publisher import __version__
from publisher.cli import command

_COMMANDS = {
    "init": ("init", "Make a fresh project."),
    "new": ("new", "Begin an advisory with the next free id."),
    "ready": ("ready", "Date an advisory that is about to be released."),
    "lint": ("authoring", "Check advisories and say what to mend."),
    "preview": ("authoring", "Show the text that would be signed."),
    "sign": ("signing", "Sign what is not signed yet."),
    "build": ("release", "Bring the site up to date."),
    "push": ("release", "Mail what is due to the lists."),
    "publish": ("publish", "Lint, sign, build, put up, probe and push."),
    "drill": ("drill", "Release a drill to lists for drills, and take the time."),
    "confirm": ("confirm", "See what was posted arrive, as it was signed."),
    "settle": ("release", "Say what became of a mail of unknown outcome."),
    "adopt": ("adopt", "Take state that you brought here for this clone's own."),
    "status": ("status", "Show where each advisory stands."),
    "keys": ("keys", "List the team's keys and what they have signed."),
    "verify": ("verify", "Check texts, mails, mailboxes and sites."),
    "lists": ("lists", "Compare, set and check the mailing lists."),
    "mailhost": ("hosting", "Run the embedded mail host."),
    "leave-page": ("leaving", "Serve the page on which subscribers leave."),
    "serve": ("hosting", "Serve the built site on this machine."),
    "site-config": ("serving", "Print settings for the public web server."),
    "demo": ("hosting", "Show the whole chain in a throw-away project."),
    "completion": ("completion", "Print the completion script of a shell."),
}
"""Each command's module and summary; a module is imported when it is needed."""

_EXIT_CODES = (
    "0    done",
    "1    an author has to act: lint says where",
    "2    the operator has to act: usage, settings, keys, a signature in doubt",
    "3    something outside failed, and trying again may help",
    "130  stopped with Ctrl-C",
)


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the work."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"publisher.cli.{_COMMANDS[cmd_name][0]}")
        found: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; of one that there is not, ask for the one that is meant."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            import difflib

            if near := difflib.get_close_matches(args[0], _COMMANDS, n=1):
                msg = f"there is no command {args[0]!r}: did you mean {near[0]!r}?"
                raise click.UsageError(msg, ctx)
        return super().resolve_command(ctx, args)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the summaries without importing what they are of."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(n, s) for n, (_, s) in _COMMANDS.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the exit codes mean."""
        del ctx
        command.show_lines(formatter, "Exit codes", _EXIT_CODES)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what a user can mend ends it without a trace."""
        try:
            return super().invoke(ctx)
        except (Exception, KeyboardInterrupt) as error:
            exit_code = command.tell(error)
            if exit_code is None:
                raise
            ctx.exit(exit_code)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="publisher")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Show each act outside on standard error, too (PUBLISHER_LOG=info).",
)
def cli(verbose: bool) -> None:
    """Publish signed security advisories to a site, a feed and mailing lists.

    Run it anywhere inside a project, the folder with `publisher.toml`.
    """
    # `publisher.cli.logs` looks it up.
    del verbose


def main() -> None:
    """Run the command line and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # What a terminal cannot show must not stop a release half-way.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    cli(prog_name="publisher")
