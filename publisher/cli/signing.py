"""`sign`: show each text, ask, have it signed here or on a machine that is offline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import command, common, document, left, signers
from publisher.cli.report import Signing, SigningRun
from publisher.errors import OperatorError
from publisher.model.unsigned import Reason, Unsigned

if TYPE_CHECKING:
    from publisher.model.chain import ToSign
    from publisher.model.keys import Chosen
    from publisher.pipeline.checking import Loaded
    from publisher.ports import Person
    from publisher.wiring import Project

_RULE = 60

keys_option = click.option(
    "-k",
    "--key",
    "keys",
    multiple=True,
    metavar="FINGERPRINT",
    help="Sign with this one of the team's keys; given twice, with both at once. "
    "FINGERPRINT! is a subkey, and no other one of its key signs.",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for."""

    names: Sequence[str] = ()
    """Advisories; none: everything."""
    keys: Sequence[str] = ()
    """Fingerprints; none: the team's first key."""
    again: bool = False
    """Whether texts that are signed are signed once more."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What there is to sign."""

    texts: tuple[ToSign, ...]
    left: left.Left
    skipped: tuple[Unsigned, ...] = ()
    """What needs no signature now."""


@click.command(
    "sign",
    cls=command.Command,
    examples=[
        "publisher sign ADV-2026-0007",
        "publisher sign --dry-run",
        "publisher sign --again --key FINGERPRINT ADV-2026-0007",
        "publisher sign --export /media/stick/to-sign",
        "publisher sign --import /media/stick/to-sign",
        "publisher sign --yes --json | jq '.unsigned[].reason'",
    ],
)
@common.ids_argument
@keys_option
@click.option(
    "--again",
    is_flag=True,
    help="Sign signed texts once more, and keep the first signatures. Without an ID: "
    "those that no signature stands for, say after a key was revoked. With IDs: each "
    "of their texts that the key has not signed.",
)
@click.option(
    "--export",
    "out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write what is to be signed into this new folder, for a machine that has the "
    "key and is offline.",
)
@click.option(
    "--import",
    "back",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take what was signed there: keep what is good, and name the rest.",
)
@common.yes_option
@common.dry_run_option
@common.project_option
@common.json_option
def sign_command(  # noqa: PLR0913, PLR0917  (one for each option)
    names: Sequence[str],
    keys: Sequence[str],
    again: bool,
    out: Path | None,
    back: Path | None,
    yes: bool,
    dry_run: bool,
    start: Path,
    as_json: bool,
) -> None:
    """Sign what is not signed yet, after showing it.

    The text of each advisory and language is shown, signed by gpg with your own
    agent (passphrase or smart card as it asks for them), read back, verified
    against the pinned fingerprints, and written beside its source. A signed text
    is never overwritten. Whoever signs must not have written the last change of the
    source (`review.other_person`). What cannot be signed is named, and the rest is
    signed all the same.

    With --export and --import the key never comes near this machine: a folder
    travels, and a script in it shows each text and has it signed. See
    docs/offline-signing.md.
    """
    from publisher.cli import offline

    wanted = Wanted(names, keys, again)
    _check_options(wanted, out, back)
    asks = not (yes or dry_run or out or back)
    document.require_yes(as_json=as_json, asks=asks)
    told = SigningRun(dry_run)
    with document.printed(told.to_json, as_json=as_json), common.project(start) as own:
        if out is not None:
            offline.export(own, wanted, out, told)
        elif back is not None:
            offline.bring(own, back, told)
        else:
            sign(own, wanted, told, ask=not yes)
        told.left.require_nothing()


def sign(project: Project, wanted: Wanted, told: Signing, *, ask: bool) -> None:
    """Sign what is wanted and can be signed, and say in `told` what became of it."""
    from publisher.pipeline import signing, timing

    dry_run = told.dry_run
    plan = planned(project, wanted, dry_run=dry_run)
    told.plan(plan.texts, plan.skipped, plan.left)
    if not plan.texts:
        click.echo("nothing to sign")
        return
    # Before anybody reads and says yes: what would be refused afterwards.
    if not dry_run:
        timing.require(project.settings, project)
    keys = signers.fit(project, wanted.keys, dry_run=dry_run, here=True)
    plan = reviewed(project, plan, keys, told, here=True)
    if ask or dry_run:
        _show(plan.texts)
    else:
        warn(plan.texts)
    counted = common.counted(len(plan.texts), "text")
    if dry_run:
        click.echo(f"{counted} would be signed")
        return
    if ask:
        _confirm(f"Sign {counted} as shown?")
    for kept in signing.sign(
        project.tools(), plan.texts, project.signer([*map(str, keys)]), project.clock
    ):
        told.signed.append(kept)
        click.echo(f"signed   {kept.path}")


def planned(project: Project, wanted: Wanted, *, dry_run: bool) -> Planned:
    """Return what there is to sign, and tell what is left alone.

    What does not pass lint is left; what an earlier run left out of the publication
    record is made up for first.
    """
    from publisher.pipeline import checking, housekeeping, proofing, recording, signing

    tools = project.tools()
    snapshot = tools.repository.snapshot()
    chosen = common.select(snapshot, wanted.names)
    loaded = proofing.load(tools, chosen, checking.succession(tools, snapshot))
    good = checking.passing(loaded)
    if not dry_run:
        recording.complete(tools, good)
    named = bool(wanted.names)
    if wanted.again:
        keys = [each.fingerprint for each in project.signing_keys(wanted.keys)]
        plan = signing.plan_again(tools, good, keys, named=named)
    else:
        plan = signing.plan(tools, good)
    # What is signed again was warned of when it was signed first.
    _show_findings(loaded, () if wanted.again else plan.texts)
    skipped = tuple(
        each for each in plan.skipped if named or each.reason is not Reason.SIGNED
    )
    for one in skipped:
        click.echo(f"skipped  {one.name}: {one}")
    other = None if named or wanted.again else housekeeping.to_sign(tools)
    # A draft may be wrong as long as nobody asks for it.
    unlinted = tuple(
        each for each in loaded if each.checked is None and (named or not each.is_draft)
    )
    texts = (*plan.texts, *([other] if other else []))
    return Planned(texts, left.Left(unlinted, plan.doubts), skipped)


def reviewed(
    project: Project,
    plan: Planned,
    keys: Iterable[Chosen],
    told: Signing,
    *,
    here: bool,
) -> Planned:
    """Leave what was written by those who would sign it with `keys`; say so in `told`.

    `here`: whether it is this machine's user who signs. If nothing else is left, raise
    TrustError.
    """
    from publisher.pipeline import review

    if not project.settings.review.other_person:
        return plan
    known = project.verifier.keys()
    people: list[Person] = list(
        review.signers(project.history, [known[each.fingerprint] for each in keys])
    )
    if here and (operator := project.history.operator()):
        people.append(operator)
    pairs = ((each, people) for each in plan.texts)
    good, doubts = review.parted(project.history, pairs)
    rest = plan.left.more(doubts)
    told.plan(good, plan.skipped, rest)
    if doubts and not any(each.key for each in good):
        # What is no advisory's is signed beside others, and not instead of them.
        rest.require_nothing()
    return Planned(tuple(good), rest, plan.skipped)


def _check_options(wanted: Wanted, out: Path | None, back: Path | None) -> None:
    if out is not None and back is not None:
        msg = "--export and --import are two steps: name one of them"
        raise click.UsageError(msg)
    if back is not None and (wanted.names or wanted.keys or wanted.again):
        msg = (
            "--import takes what the folder holds, signed by whichever of the team's "
            "keys: name no ID, no --key and no --again with it"
        )
        raise click.UsageError(msg)


def _show_findings(loaded: Iterable[Loaded], texts: Iterable[ToSign]) -> None:
    """Warn of what is about to be signed; what was signed was warned of then.

    What does not pass lint is told in any case.
    """
    from publisher.pipeline import checking

    about = {each.key.id for each in texts if each.key is not None}
    told = [each for each in loaded if each.id in about or each.checked is None]
    # Last, and so next to what is said of it in the end.
    told.sort(key=lambda each: each.checked is None)
    found = [finding for each in told for finding in each.findings]
    news = [finding for finding in found if checking.is_news(finding)]
    common.show_findings(news, err=True)
    if accepted := len(found) - len(news):
        findings = common.counted(accepted, "finding")
        click.echo(
            f"{findings} accepted, with a reason: `publisher lint` shows them", err=True
        )


def _show(texts: Sequence[ToSign]) -> None:
    for each in texts:
        head = f"── {each.title} "
        click.secho(f"{head}{'─' * (_RULE - len(head))}", bold=True)
        for line in _notes(each):
            click.secho(line, fg="yellow")
        click.echo(each.text)


def warn(texts: Iterable[ToSign]) -> None:
    """Say what is to be known of texts that nobody looks at now."""
    for each in texts:
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


def _confirm(question: str) -> None:
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
