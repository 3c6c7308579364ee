"""See what the public sees: the site that was built, before anything is mailed.

Fetched are, for each mail, the page, the signed text and the feeds that tell of it. A
site that was put up a moment ago may take a while to appear, so what is not right yet
is asked for again until the settings' patience ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher.errors import WebError
from publisher.render import paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.model.advisory import Kind
    from publisher.model.chain import Announcement
    from publisher.model.ids import AdvisoryId
    from publisher.model.summary import Summary
    from publisher.pipeline.tools import Outside, Tools
    from publisher.ports import Page

_PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds before it is asked again; then the last one over and over."""
_MARKUP = ("text/html", "application/xhtml+xml")
"""Types as which a browser would run what stands in a text."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A file that the public has to see."""

    path: PurePosixPath
    digest: str | None
    signed: str
    """The name of the signed text that it is, or that has to be in it; or empty."""

    @property
    def is_signed(self) -> bool:
        return self.path.name == self.signed


def probe(
    tools: Tools,
    mails: Sequence[Announcement],
    summaries: Iterable[Summary],
    outside: Outside,
) -> int:
    """Raise WebError unless the public sees the pages, texts and feeds that were built.

    `summaries` are of what is published. Return how many files were fetched.
    """
    kinds = {summary.id: summary.kind for summary in summaries}
    wanted = list(_wanted(tools, mails, kinds).values())
    pending, problems = wanted, dict[PurePosixPath, str]()
    for pause in _pauses(tools.settings.site.patience):
        outside.sleep(pause)
        problems = {each.path: _problem(tools, each, outside) for each in pending}
        pending = [each for each in pending if problems[each.path]]
        done = len(wanted) - len(pending)
        tools.progress("probed", done, len(wanted))
        if not pending:
            return len(wanted)
    msg = problems[pending[0].path]
    if len(pending) > 1:
        msg += f" (and {len(pending) - 1} more of {len(wanted)} files)"
    raise WebError(msg)


def _pauses(patience: float) -> Iterator[float]:
    """Yield how long to wait before each attempt; together they are `patience`."""
    yield 0.0
    waited = 0.0
    number = 0
    while waited < patience:
        pause = min(_PAUSES[min(number, len(_PAUSES) - 1)], patience - waited)
        yield pause
        waited += pause
        number += 1


def _wanted(
    tools: Tools, mails: Sequence[Announcement], kinds: Mapping[AdvisoryId, Kind]
) -> Mapping[PurePosixPath, _Wanted]:
    wanted: dict[PurePosixPath, _Wanted] = {}
    for each in mails:
        folder, language = tools.repository.folder(each.key.id), each.key.language
        files = {folder / f"{language}.html": each.file, folder / each.file: each.file}
        feeds = [paths.channel(language, form) for form in paths.FORMATS]
        feeds.append(paths.feed(language, kinds[each.key.id]))
        files |= dict.fromkeys(map(PurePosixPath, feeds), "")
        for path, signed in files.items():
            digest = tools.site.holds(path)
            # A page or text that is missing is told; which feeds there are may differ.
            if signed or digest is not None:
                wanted.setdefault(path, _Wanted(path, digest, signed))
    return wanted


def _problem(tools: Tools, wanted: _Wanted, outside: Outside) -> str:
    """Say what the public sees that it should not; empty: all is well."""
    url = f"{tools.settings.site.url}/{wanted.path}"
    try:
        page = outside.web.look(url)
    except WebError as error:
        return (
            f"{error}: see whether the site was put up where site.url leads, "
            f"{tools.settings.site.url} (docs/deploying.md), then push again; no mail "
            "was sent"
        )
    if wanted.is_signed and page.media_type in _MARKUP:
        return (
            f"{url}: a signed text is served as {page.media_type}: let the web server "
            "serve .asc as text/plain (docs/deploying.md), then push again; no mail "
            "was sent"
        )
    if sha256(page.data).hexdigest() == wanted.digest:
        return ""
    return (
        f"{url}: shows something else than was built{_difference(wanted, page)}: put "
        "the new site up, then push again; no mail was sent"
    )


def _difference(wanted: _Wanted, page: Page) -> str:
    told = []
    if not wanted.is_signed and wanted.signed.encode() not in page.data:
        told.append(f"it does not name {wanted.signed}, so it is of another revision")
    if page.cached:
        told.append(f"a cache answered ({page.cached}): empty it, or wait")
    return f" ({'; '.join(told)})" if told else ""
