"""`sign --export` and `sign --import`: the folder that travels to the key and back."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from publisher import wiring
from publisher.cli import common, signing

if TYPE_CHECKING:
    from publisher.model.chain import ToSign
    from publisher.pipeline.bundle import Brought, Files
    from publisher.pipeline.tools import Tools
    from publisher.wiring import Project


def export(
    project: Project, wanted: signing.Wanted, folder: Path, *, dry_run: bool
) -> None:
    """Write what is wanted into a new folder."""
    from publisher.pipeline import bundle

    texts = signing.planned(project, wanted, dry_run=dry_run)
    if not texts:
        click.echo("nothing to sign, so nothing was exported")
        return
    keys = signing.fit_keys(project, wanted)
    signing.require_review(project, texts, keys, here=False)
    files = bundle.export(project.presentation, texts, keys)
    counted = common.counted(len(texts), "text")
    if dry_run:
        click.echo(f"{counted} would be exported")
        return
    wiring.write_folder(folder, files)
    for each in texts:
        click.echo(f"exported {each.title}")
    digest = sha256(files[PurePosixPath(bundle.SUMS)]).hexdigest()
    click.echo(f"carry {folder} to the machine with the key; {bundle.NOTE} says how")
    click.echo(f"the SHA-256 of its {bundle.SUMS}, to compare there:\n{digest}")


def bring(project: Project, folder: Path, *, dry_run: bool) -> None:
    """Keep what came back signed, if all of it is good."""
    from publisher.pipeline import bundle
    from publisher.pipeline import signing as stage

    files = wiring.read_folder(folder, bundle.SIGNED)
    # Only their names are of use, and only for those that brought the whole folder.
    there = (folder / bundle.TEXTS).exists()
    texts = wiring.read_folder(folder, bundle.TEXTS) if there else {}
    brought = _verified(project, files)
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


def _verified(project: Project, files: Files) -> Brought:
    """Verify all files and their signers, or raise TrustError."""
    from publisher.pipeline import bundle

    tools = project.tools()
    brought = bundle.read(tools, files, _expected(tools, files))
    # For each by itself: they may have been signed by different people.
    _review(project, brought)
    return brought


def _review(project: Project, brought: Brought) -> None:
    from publisher.pipeline import review

    if not project.settings.review.other_person:
        return
    known, history = project.verifier.keys(), project.history
    review.require_other_person(
        history,
        [
            (kept.to_sign, review.signers(history, [known[s] for s in kept.signers]))
            for kept in brought.signed
        ],
    )


def _expected(tools: Tools, files: Files) -> list[ToSign]:
    """Return all that could be signed now of what the files are about."""
    from publisher.pipeline import bundle, checking, housekeeping
    from publisher.pipeline import signing as stage

    snapshot = tools.repository.snapshot()
    ids = [each for each in bundle.advisories(files) if each in snapshot]
    loaded = checking.load(tools, ids, checking.succession(tools, snapshot))
    checking.require(loaded)
    if bundle.is_again(files):
        # Not beside the others: where no signature stands, nothing else is planned.
        keys = tools.settings.team.fingerprints
        plan = stage.plan_again(tools, loaded, keys, named=True)
    else:
        plan = stage.plan(tools, loaded)
    other = housekeeping.to_sign(tools)
    return [*plan.texts, *([other] if other else [])]
