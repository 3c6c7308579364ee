"""`keys`: the team's keys, what they are for, and what they have signed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import command, common

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.model.keys import KeyState, Revocation
    from publisher.pipeline.keyring import HeldKey


@click.command(
    "keys",
    cls=command.Command,
    examples=["publisher keys", "publisher keys --texts", "publisher keys --json"],
)
@click.option("--texts", is_flag=True, help="Name each text that a key has signed.")
@common.project_option
@common.json_option
def keys_command(texts: bool, start: Path, as_json: bool) -> None:
    """List the team's keys with their role, their end and what they have signed.

    Current keys sign; previous ones did, and what they signed still counts; a revoked
    one signs nothing, and if it was revoked as compromised, nothing of it counts.
    docs/keys.md says how to change from one to the next.
    """
    from publisher.pipeline import keyring

    with common.project(start) as project:
        held = keyring.held(project.tools())
    if as_json:
        common.show_json([each.to_json() for each in held])
        return
    for each in held:
        _show(each, texts=texts)
    if not held:
        click.echo("no key is named yet: docs/keys.md says how to make one")


def _show(held: HeldKey, *, texts: bool) -> None:
    key = held.key
    click.secho(f"{held.role:<9} {key.fingerprint}", bold=True)
    for user in key.user_ids:
        click.echo(f"          {user}")
    click.echo(f"          {key.primary.algorithm_name}, {_end(key)}")
    for part in key.parts[1:]:
        if part.signs:
            click.echo(f"          subkey {part.fingerprint}, {_until(part.expires)}")
    if key.revocation is not None:
        click.echo(f"          {_revoked(key.revocation)}")
    click.echo(f"          {_signed(held)}")
    if texts:
        for each in held.signed:
            click.echo(f"            {each.time.isoformat()}  {each.path}")


def _end(key: KeyState) -> str:
    made = f"made {key.primary.created.date().isoformat()}"
    end = key.signs_until
    return f"{made}, {_until(end)}"


def _until(end: datetime | None) -> str:
    return f"signs until {end.date().isoformat()}" if end else "does not expire"


def _revoked(revocation: Revocation) -> str:
    day = revocation.time.date().isoformat()
    if revocation.hard:
        return f"revoked {day} as compromised: nothing that it signed counts"
    return f"revoked {day}: what it signed before counts"


def _signed(held: HeldKey) -> str:
    if not held.signed:
        return "has signed nothing here"
    first, last = held.signed[0].time.date(), held.signed[-1].time.date()
    texts = common.counted(len(held.signed), "text")
    return f"has signed {texts}, from {first.isoformat()} to {last.isoformat()}"
