"""Try the texts of archives, and print a table for each of them."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import click

from benchmarks.strangers import archives, fixing, report, stranger
from benchmarks.strangers.stranger import Stranger
from benchmarks.strangers.trial import NAME, Bench, Verdict
from publisher.model.ids import AdvisoryId
from publisher.wiring import Project

ROOT = Path(__file__).parents[2]


def strangers(folders: Sequence[Path], limit: int) -> dict[str, list[Stranger]]:
    """Return what is read, by archive: of more than `limit`, some from all over it."""
    found: dict[str, list[Stranger]] = defaultdict(list)
    for folder in folders:
        for form, path, text in archives.files(folder):
            read = form.read(path, text)
            if read is not None and read.body.strip():
                found[form.name].append(read)
    return {
        name: every[:: -(-len(every) // limit)] if limit else every
        for name, every in found.items()
    }


def written(
    root: Path, prefix: str, texts: Sequence[Stranger]
) -> dict[AdvisoryId, Stranger]:
    """Write the sources of an archive below `root`; return each with its id."""
    shutil.rmtree(root / "advisories", ignore_errors=True)
    counts: Counter[int] = Counter()
    named = {}
    for each in texts:
        year = each.published.year
        counts[year] += 1
        advisory = AdvisoryId(prefix, year, counts[year])
        folder = root / "advisories" / str(year) / str(advisory)
        folder.mkdir(parents=True)
        source = stranger.source(each, advisory)
        (folder / NAME).write_text(source, encoding="utf-8", newline="")
        named[advisory] = each
    origins = {str(advisory): each.origin for advisory, each in named.items()}
    (root / "origins.json").write_text(json.dumps(origins, indent=1))
    return named


def tried(
    root: Path, bench: Bench, named: dict[AdvisoryId, Stranger]
) -> dict[AdvisoryId, Verdict]:
    """Try the sources of an archive as they now stand."""
    verdicts = {}
    for advisory, each in named.items():
        file = root / "advisories" / str(advisory.year) / str(advisory) / NAME
        text = file.read_bytes().decode()
        body = stranger.trimmed(each.body) + "\n"
        verdicts[advisory] = bench.verdict(advisory, text, body)
    return verdicts


def result_of(
    root: Path, bench: Bench, named: dict[AdvisoryId, Stranger]
) -> report.Result:
    """Try an archive as it is, and once more after mending what was refused."""
    first = tried(root, bench, named)
    if not fixing.is_known():
        return report.Result(root.name, named, first, None)
    fixing.fix(root, [i for i, each in first.items() if not each.passes])
    return report.Result(root.name, named, first, tried(root, bench, named))


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path))
@click.option("--limit", default=0, help="Texts of each archive; 0: all.")
@click.option("--project", default=ROOT, type=click.Path(path_type=Path))
@click.option("--show", default=10, show_default=True, help="Differences to show.")
def main(
    folders: Sequence[Path], out: Path, limit: int, project: Path, show: int
) -> None:
    """Convert the archives in FOLDERS, and try what they become."""
    settings = project / "publisher.toml"
    opened = Project(project)
    try:
        bench = Bench(opened.presentation)
        prefix = opened.settings.prefix
    finally:
        opened.close()
    results = []
    for name, texts in strangers(folders, limit).items():
        root = out / name
        root.mkdir(parents=True, exist_ok=True)
        shutil.copy(settings, root)
        results.append(result_of(root, bench, written(root, prefix, texts)))
        click.echo(report.archive(results[-1], show))
    click.echo(report.whole(results), nl=False)


if __name__ == "__main__":
    main()
