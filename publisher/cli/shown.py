"""What whoever signs is shown before, and asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from publisher.cli import common
from publisher.errors import OperatorError

if TYPE_CHECKING:
    from publisher.model.chain import ToSign
    from publisher.pipeline.checking import Loaded

_RULE = 60
"""Columns of the line above a text."""


def findings(loaded: Iterable[Loaded], about: Iterable[ToSign]) -> None:
    """Warn of what is about to be signed; what was signed was warned of then.

    What does not pass lint is told in any case.
    """
    from publisher.pipeline import checking

    ids = {each.key.id for each in about if each.key is not None}
    told = [each for each in loaded if each.id in ids or each.checked is None]
    # Last, and so next to what is said of it in the end.
    told.sort(key=lambda each: each.checked is None)
    found = [finding for each in told for finding in each.findings]
    news = [finding for finding in found if checking.is_news(finding)]
    common.show_findings(news, err=True)
    if accepted := len(found) - len(news):
        counted = common.counted(accepted, "finding")
        click.echo(
            f"{counted} accepted, with a reason: `publisher lint` shows them", err=True
        )


def texts(every: Iterable[ToSign]) -> None:
    """Show each text whole, with what is to be known of it."""
    for each in every:
        head = f"── {each.title} "
        click.secho(f"{head}{'─' * (_RULE - len(head))}", bold=True)
        for line in _notes(each):
            click.secho(line, fg="yellow")
        click.echo(each.text)


def warn(every: Iterable[ToSign]) -> None:
    """Say what is to be known of texts that nobody looks at now."""
    for each in every:
        for line in _notes(each):
            click.echo(f"{each.title}: {line}", err=True)


def _notes(each: ToSign) -> Iterator[str]:
    if each.unannounced:
        yield f"will not be mailed: {each.unannounced}"
    if each.stale and each.key:
        yield (
            f"says that it is released at {each.stale}, over an hour ago: "
            f"`publisher ready {each.key.id}` dates it now"
        )


def confirm(question: str) -> None:
    """Go on if the operator says yes, or raise OperatorError."""
    try:
        agreed = click.confirm(question)
    except click.Abort as error:
        click.echo()
        # The end of an input, say in a script, is no answer; Ctrl-C is one.
        if isinstance(error.__context__, KeyboardInterrupt):
            raise
        agreed = False
    if not agreed:
        msg = "nothing was signed: that takes a yes (or `--yes`, which does not ask)"
        raise OperatorError(msg)
