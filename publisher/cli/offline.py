"""`sign --export` and `sign --import`: the folder that travels to the key and back."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from publisher import wiring
from publisher.cli import common, signers, signing
from publisher.cli.left import Left

if TYPE_CHECKING:
    from publisher.pipeline.bundle import Brought, Files
    from publisher.pipeline.signing import Kept
    from publisher.pipeline.tools import Tools
    from publisher.wiring import Project


def export(
    project: Project, wanted: signing.Wanted, folder: Path, *, dry_run: bool
) -> None:
    """Write what is wanted into a new folder, and name what cannot be signed."""
    from publisher.pipeline import bundle
    from publisher.pipeline import signing as stage

    plan = signing.planned(project, wanted, dry_run=dry_run)
    if not plan.texts:
        click.echo("nothing to sign, so nothing was exported")
        plan.left.require_nothing()
        return
    keys = signers.fit(project, wanted.keys)
    plan = signing.reviewed(project, plan, keys, here=False)
    stage.require_signable(plan.texts)
    files = bundle.export(project.presentation, plan.texts, [*map(str, keys)])
    counted = common.counted(len(plan.texts), "text")
    if dry_run:
        click.echo(f"{counted} would be exported")
    else:
        wiring.write_folder(folder, files)
        _tell(folder, plan, files)
    plan.left.require_nothing()


def _tell(folder: Path, plan: signing.Planned, files: Files) -> None:
    from publisher.pipeline import bundle

    for each in plan.texts:
        click.echo(f"exported {each.title}")
    digest = sha256(files[PurePosixPath(bundle.SUMS)]).hexdigest()
    click.echo(f"carry {folder} to the machine with the key; {bundle.NOTE} says how")
    click.echo(f"the SHA-256 of its {bundle.SUMS}, to compare there:\n{digest}")


def bring(project: Project, folder: Path, *, dry_run: bool) -> None:
    """Keep what came back signed and is good, and name the rest."""
    from publisher.pipeline import bundle
    from publisher.pipeline import signing as stage

    files = wiring.read_folder(folder, bundle.SIGNED)
    # Only their names are of use, and only for those that brought the whole folder.
    there = (folder / bundle.TEXTS).exists()
    texts = wiring.read_folder(folder, bundle.TEXTS) if there else {}
    brought, rest = _verified(project, files)
    for path in brought.present:
        click.echo(f"skipped  {path}: kept already")
    if dry_run:
        for each in brought.signed:
            click.echo(f"good     {each.to_sign.title}")
    else:
        tools = project.tools()
        for path in stage.keep(tools, brought.signed, project.clock):
            click.echo(f"signed   {path}")
    for name in bundle.unsigned(texts, files):
        click.echo(f"open     {name}: was not signed")
    rest.require_nothing()


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
) -> tuple[tuple[Kept, ...], tuple[str, ...]]:
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
    unlinted = tuple(each.id for each in every if each.checked is None)
    planned, doubts = bundle.expected(tools, loaded, files)
    other = housekeeping.to_sign(tools)
    texts = (*planned, *([other] if other else []))
    return signing.Planned(texts, Left(unlinted, tuple(doubts)))
