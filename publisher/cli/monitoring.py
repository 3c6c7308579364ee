"""`status --check` and `--prometheus`: the same facts, for programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publisher.cli import common
from publisher.errors import PublisherError, WorldError
from publisher.model import room
from publisher.model.concern import Urgency

if TYPE_CHECKING:
    from publisher.model.concern import Concern
    from publisher.pipeline.watching import Facts
    from publisher.wiring import Project


def look(project: Project, limit: timedelta) -> tuple[Facts, Sequence[Concern]]:
    """Return what there is to know, and what is to be looked at."""
    from publisher.pipeline import concerns, watching

    facts = watching.facts(project.rehearsal(), project, busy=project.busy())
    limits = concerns.Limits(limit, project.settings.canary)
    return facts, concerns.concerns(facts, limits)


def watch(
    start: Path,
    now: datetime | None,
    limit: timedelta,
    metrics: Path | None,
    *,
    check: bool,
) -> None:
    """Write the metrics, then end with the line and the code of a check."""
    from publisher.pipeline import metrics as rendering

    try:
        with common.project(start, now) as project:
            facts, concerns = look(project, limit)
    except PublisherError as error:
        if not check:
            raise
        told = " ".join(room.named(str(error)).split())
        click.echo(f"{Urgency.UNKNOWN.name}: {told}")
        sys.exit(Urgency.UNKNOWN)
    if metrics is not None:
        _write(metrics, rendering.text(facts, concerns))
    if check:
        click.echo(_line(facts, concerns))
        sys.exit(max((each.urgency for each in concerns), default=Urgency.OK))


def to_json(facts: Facts, concerns: Sequence[Concern]) -> dict[str, Any]:
    """Return what `publisher status --json` has beside advisories and server."""
    worst = max((each.urgency for each in concerns), default=Urgency.OK)
    act = facts.deploy
    return {
        "status": worst.word,
        "concerns": [each.to_json() for each in concerns],
        "mails": dict(sorted(facts.states.items())),
        "latest": [
            {
                "id": str(each.key.id),
                "revision": each.key.revision,
                "language": each.key.language,
                "list": each.mailing_list.address,
                "message_id": each.message_id,
                "state": str(each.state),
                "since": each.since.isoformat(),
                "seconds": each.seconds,
            }
            for each in facts.mails
        ],
        "deploy": act
        and {
            "where": act.where,
            "begun": act.begun.isoformat(),
            "ended": _moment(act.ended),
            "problem": act.problem,
        },
        "last_post": _moment(facts.published),
        "keys": {name: _moment(end) for name, end in facts.keys.items()},
        "security_txt": {"until": _moment(facts.expires)},
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _line(facts: Facts, concerns: Sequence[Concern]) -> str:
    """Return a line as monitoring plugins write it, with numbers behind the bar."""
    worst = max((each.urgency for each in concerns), default=Urgency.OK)
    if concerns:
        # The bar divides text from numbers.
        text = concerns[0].text.replace("|", "/")
        more = f" (and {len(concerns) - 1} more)" if len(concerns) > 1 else ""
    else:
        text = common.counted(facts.advisories, "advisory", "advisories")
        more = " published, nothing stuck"
    counts = " ".join(f"{name}={n}" for name, n in sorted(facts.states.items()))
    return f"{worst.name}: {text}{more} | {counts}".removesuffix(" | ")


def _write(file: Path, text: str) -> None:
    """Replace a file at once: node_exporter may read it at any moment."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        # Whoever collects metrics is another user.
        temporary.chmod(0o644)
        temporary.replace(file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        msg = f"{file}: cannot be written: {error.strerror}"
        raise WorldError(msg) from error
