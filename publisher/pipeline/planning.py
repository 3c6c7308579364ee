"""The files of the site that are not one advisory's: planned, and made if they changed.

One line here for each output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from publisher.pipeline import facts, terms
from publisher.render import (
    api,
    feeds,
    indexes,
    redirects,
    search,
    sitemap,
    wellknown,
)
from publisher.render import record as record_files

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from publisher.model.chain import Planned
    from publisher.model.summary import Summary
    from publisher.pipeline.tools import Tools
    from publisher.record import Record


def planned(
    tools: Tools,
    summaries: Sequence[Summary],
    record: Record,
    security_txt: bytes | None,
) -> Iterator[Planned]:
    """Plan what there is; of what did not change, nothing is made later."""
    keys = list(tools.verifier.keys().values())
    look, now = tools.presentation, tools.now
    yield from indexes.indexes(summaries, keys, look, now)
    yield from feeds.feeds(summaries, look, facts.known(tools.site))
    yield from api.files(summaries, look)
    yield from sitemap.files(summaries, look)
    yield from search.search(summaries, look, terms.known(tools.cache))
    yield from record_files.files(record)
    yield from wellknown.directory(keys, tools.verifier.exported, look, now)
    if security_txt is not None:
        yield wellknown.security_txt(security_txt, look)


def moved(
    tools: Tools,
    outputs: Set[str],
    known: Sequence[Planned],
) -> list[Planned]:
    """Plan what lies at old addresses; SettingsError if one cannot be meant.

    `outputs` are the files of the advisories that are published, `known` all others.
    """
    if not tools.redirects:
        return []
    others = {str(each.path): each for each in known}
    look = tools.presentation
    return list(redirects.pages(tools.redirects, outputs, others, look))


def write(tools: Tools, wanted: Sequence[Planned]) -> list[PurePosixPath]:
    """Make and write what is not in place as planned; return what changed."""
    known: Mapping[str, Any] = tools.cache.get("planned")
    fresh = {}
    written = []
    due = [
        each
        for each in wanted
        if known.get(str(each.path)) != f"{each.key} {tools.site.holds(each.path)}"
    ]
    # What a page is made from stays where it is; only its place goes to a worker.
    made = tools.workers.map(lambda place: due[place].make(), range(len(due)))
    for each, data in zip(due, made, strict=True):
        if tools.site.write(each.path, data):
            written.append(each.path)
        fresh[str(each.path)] = f"{each.key} {sha256(data).hexdigest()}"
    tools.cache.put("planned", fresh)
    return written
