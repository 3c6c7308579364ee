"""What the shell offers at the press of a key; nothing, if there is any trouble."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import PublisherError
from publisher.wiring import Project

if TYPE_CHECKING:
    import click


def ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Offer the ids of the project."""
    del param
    project = _project(ctx)
    if project is None:
        return []
    return sorted(
        folder.name
        for folder in (project.root / "advisories").glob("[12]*/*")
        if folder.name.startswith(incomplete.upper())
    )


def languages(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Offer the languages of the project."""
    del param
    project = _project(ctx)
    try:
        tags = project.settings.languages if project else ()
    except PublisherError:
        return []
    return [tag for tag in tags if tag.startswith(incomplete)]


def unsettled(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Offer the Message-IDs of mails of unknown outcome."""
    del param
    from publisher.ports import Outcome

    project = _project(ctx)
    if project is None or not project.state.is_dir():
        return []
    try:
        outcomes = project.journal.outcomes()
    except PublisherError:
        return []
    finally:
        project.close()
    return [
        name
        for name, outcome in outcomes.items()
        if outcome is Outcome.INTENDED and name.startswith(incomplete)
    ]


def _project(ctx: click.Context) -> Project | None:
    try:
        return Project.find(Path(ctx.params.get("start") or "."))
    except PublisherError:
        return None
