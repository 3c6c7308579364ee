"""Weigh what a reader's browser loads for a page, against a budget.

    python -m benchmarks.weight [--size 10000]

A page is weighed with the style sheet and the icon, which it shares with all others;
images apart there is nothing else. The samples are built as a whole; of an archive
of 10,000 advisories there are the front pages and all lists. Sizes do not depend on
the machine, so whatever is over its budget is an error. After gzip, which the printed
settings of web servers use, all of it has to fit into the first packets.
"""

from __future__ import annotations

import gzip
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import click

from benchmarks import summaries
from publisher.adapters.workers import ForkedWorkers
from publisher.pipeline import building
from publisher.presentation import Presentation
from publisher.render import indexes
from publisher.wiring import Project

ROOT = Path(__file__).parent.parent
FRAME = ("style.css", "favicon.svg")
SENT = 14_600
"""Bytes that any page may be, compressed, with what it loads: so many a server sends
before it hears of the reader, in ten packets (RFC 6928)."""
_NOW = datetime(2026, 11, 30, tzinfo=UTC)
_ADVISORY = re.compile(r"advisories/[0-9]+/[^/]+/[a-z]{2,3}(-[A-Z]{2})?\.html")
_HOME = re.compile(r"([a-z]{2,3}(-[A-Z]{2})?/)?index\.html")


@dataclass(frozen=True, slots=True)
class Budget:
    """What the pages of one sort may weigh."""

    name: str
    pages: re.Pattern[str]
    limit: int
    """In bytes, as they are before compression; page, style sheet and icon."""


BUDGETS = (
    Budget("front page", _HOME, 50_000),
    Budget("advisory", _ADVISORY, 40_000),
    Budget("any other page", re.compile(r".*\.html"), 80_000),
)
"""The first one that fits a path counts."""


class Weight(NamedTuple):
    """The heaviest page of one sort."""

    budget: Budget
    pages: int
    """How many there are."""
    path: str
    size: int
    zipped: int
    """After gzip, which the server is told to use."""


class _Page(NamedTuple):
    path: str
    size: int
    zipped: int


def weights(pages: Iterable[_Page], frame: _Page) -> Iterator[Weight]:
    """Yield the heaviest page of each sort that there is."""
    sorts: dict[str, list[_Page]] = {budget.name: [] for budget in BUDGETS}
    for page in pages:
        fitting = next(b for b in BUDGETS if b.pages.fullmatch(page.path))
        sorts[fitting.name].append(page)
    for budget in BUDGETS:
        found = sorts[budget.name]
        if found:
            path, size, zipped = max(found, key=lambda page: (page.size, page.path))
            whole = size + frame.size, zipped + frame.zipped
            yield Weight(budget, len(found), path, *whole)


def of_samples() -> list[Weight]:
    """Weigh the site of the sample advisories."""
    with tempfile.TemporaryDirectory(prefix="pb-") as folder:
        root = Path(folder)
        for name in ("publisher.toml", "security.txt"):
            shutil.copy(ROOT / name, root)
        for name in ("advisories", "keys", "record"):
            shutil.copytree(ROOT / name, root / name)
        project = Project(root)
        try:
            building.build(project.tools())
            files = {str(p): (root / "site" / p) for p in project.site.files()}
            html = (path for path in files if path.endswith(".html"))
            pages = [_page(path, files[path].read_bytes()) for path in html]
            frame = _frame({name: files[name].read_bytes() for name in FRAME})
            return list(weights(pages, frame))
        finally:
            project.close()


def of_archive(presentation: Presentation, size: int) -> list[Weight]:
    """Weigh the front pages and lists of an archive that is made for it."""
    found = summaries.many(size)
    planned = list(indexes.indexes(found, [], presentation, _NOW))
    named = {str(each.path): each for each in planned}
    html = [path for path in named if path.endswith(".html")]
    made = ForkedWorkers().map(lambda path: _page(path, named[path].make()), html)
    frame = _frame({name: named[name].make() for name in FRAME})
    return list(weights(made, frame))


def _frame(files: Mapping[str, bytes]) -> _Page:
    pages = [_page(name, data) for name, data in files.items()]
    return _Page("", sum(p.size for p in pages), sum(p.zipped for p in pages))


def _page(path: str, data: bytes) -> _Page:
    return _Page(path, len(data), len(gzip.compress(data, mtime=0)))


@click.command()
@click.option("--size", default=10_000, show_default=True)
def main(size: int) -> None:
    """Print the heaviest pages; exit with 1 if one is over its budget."""
    project = Project(ROOT)
    try:
        presentation = project.tools().presentation
    finally:
        project.close()
    head = ("heaviest", "pages", "bytes", "gzip", "budget")
    click.echo("{:16}{:>8}{:>9}{:>8}{:>9}  at".format(*head))
    over = False
    for title, found in (
        ("the samples", of_samples()),
        (f"{size} advisories", of_archive(presentation, size)),
    ):
        click.echo(f"{title}:")
        for each in found:
            over |= each.size > each.budget.limit or each.zipped > SENT
            click.echo(
                f"{each.budget.name:16}{each.pages:8}{each.size:9}{each.zipped:8}"
                f"{each.budget.limit:9}  {each.path}"
            )
    sys.exit(over)


if __name__ == "__main__":
    main()
