"""`completion`: the script that makes a shell ask this program what to offer."""

from __future__ import annotations

import click
from click import shell_completion

from publisher.cli import cli, command

_SHELLS = {
    "bash": shell_completion.BashComplete,
    "zsh": shell_completion.ZshComplete,
    "fish": shell_completion.FishComplete,
}
_VARIABLE = "_PUBLISHER_COMPLETE"


@click.command(
    "completion",
    cls=command.Command,
    examples=[
        "publisher completion bash > ~/.bash_completion.d/publisher",
        "publisher completion zsh > ~/.zfunc/_publisher",
        "publisher completion fish > ~/.config/fish/completions/publisher.fish",
    ],
)
@click.argument("shell", type=click.Choice(list(_SHELLS)))
def completion_command(shell: str) -> None:
    """Print the completion script of a shell.

    It offers commands, options, and the ids of the project one is in.
    """
    # Not its `source()`, which wants to run the very shell first.
    complete = _SHELLS[shell](cli, {}, "publisher", _VARIABLE)
    click.echo(complete.source_template % complete.source_vars())
