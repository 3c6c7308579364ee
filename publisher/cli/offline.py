"""`sign --export` and `sign --import`: the folder that travels to the key and back."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from publisher import wiring
from publisher.cli import common, shown, signers, signing
from publisher.cli.left import Left
from publisher.model.unsigned import Reason, Unsigned

if TYPE_CHECKING:
    from publisher.cli.report import SigningRun
    from publisher.pipeline.bundle import Brought, Files
    from publisher.pipeline.signing import Kept
    from publisher.pipeline.tools import Tools
    from publisher.wiring import Project


def export(
    project: Project, wanted: signing.Wanted, folder: Path, told: SigningRun
) -> None:
    """Write what is wanted into a new folder, and name what cannot be signed."""
    from publisher.pipeline import bundle
    from publisher.pipeline import signing as stage

    plan = signing.planned(project, wanted, dry_run=told.dry_run)
    told.plan(plan.texts, plan.skipped, plan.left)
    if not plan.texts:
        click.echo("nothing to sign, so nothing was exported")
        return
    keys = signers.fit(project, wanted.keys)
    plan = signing.reviewed(project, plan, keys, told, here=False)
    stage.require_signable(plan.texts)
    # Where they are signed, nothing can be mended any more.
    shown.warn(plan.texts)
    files = bundle.export(project.presentation, plan.texts, [*map(str, keys)])
    counted = common.counted(len(plan.texts), "text")
    if told.dry_run:
        click.echo(f"{counted} would be exported")
        return
    wiring.write_folder(folder, files)
    for each in plan.texts:
        click.echo(f"exported {each.title}")
    told.folder = folder
    told.sums = sha256(files[PurePosixPath(bundle.SUMS)]).hexdigest()
    click.echo(f"carry {folder} to the machine with the key; {bundle.NOTE} says how")
    click.echo(f"the SHA-256 of its {bundle.SUMS}, to compare there:\n{told.sums}")


def bring(project: Project, folder: Path, told: SigningRun) -> None:
    """Keep what came back signed and is good, and name the rest."""
    from publisher.pipeline import bundle
    from publisher.pipeline import signing as stage

    files = wiring.read_folder(folder, bundle.SIGNED)
    # Only their names are of use, and only for those that brought the whole folder.
    there = (folder / bundle.TEXTS).exists()
    texts = wiring.read_folder(folder, bundle.TEXTS) if there else {}
    brought, rest = _verified(project, files)
    present = [
        Unsigned(Reason.SIGNED, "kept already", facts={"path": str(path)})
        for path in brought.present
    ]
    told.plan((each.to_sign for each in brought.signed), present, rest)
    told.open = tuple(bundle.unsigned(texts, files))
    for path in brought.present:
        click.echo(f"skipped  {path}: kept already")
    if told.dry_run:
        for each in brought.signed:
            click.echo(f"good     {each.to_sign.title}")
    else:
        tools = project.tools()
        for kept in stage.keep(tools, brought.signed, project.clock):
            told.signed.append(kept)
            click.echo(f"signed   {kept.path}")
    for name in told.open:
        click.echo(f"open     {name}: was not signed")


def _verified(project: Project, files: Files) -> tuple[Brought, Left]:
    """Return what is good and by others than its authors, and what is not."""
    from publisher.pipeline import bundle

    tools = project.tools()
    plan = _expected(tools, files)
    brought = bundle.read(tools, files, plan.texts)
    good, doubts = _reviewed(project, brought)
    return replace(brought, signed=good), plan.left.more([*brought.doubts, *doubts])


def _reviewed(
    project: Project, brought: Brought
) -> tuple[tuple[Kept, ...], tuple[Unsigned, ...]]:
    from publisher.pipeline import review

    if not project.settings.review.other_person:
        return brought.signed, ()
    known, history = project.verifier.keys(), project.history
    # For each by itself: they may have been signed by different people.
    pairs = [
        (kept.to_sign, review.signers(history, [known[s] for s in kept.signers]))
        for kept in brought.signed
    ]
    good, doubts = review.parted(history, pairs)
    return tuple(kept for kept in brought.signed if kept.to_sign in good), doubts


def _expected(tools: Tools, files: Files) -> signing.Planned:
    """Return all that could be signed now of what the files are about."""
    from publisher.pipeline import bundle, checking, housekeeping, proofing

    snapshot = tools.repository.snapshot()
    ids = [each for each in bundle.advisories(files) if each in snapshot]
    every = proofing.load(tools, ids, checking.succession(tools, snapshot))
    common.show_findings([f for each in every for f in each.findings], err=True)
    loaded = checking.passing(every)
    unlinted = tuple(each for each in every if each.checked is None)
    planned, doubts = bundle.expected(tools, loaded, files)
    other = housekeeping.to_sign(tools)
    texts = (*planned, *([other] if other else []))
    return signing.Planned(texts, Left(unlinted, tuple(doubts)))
