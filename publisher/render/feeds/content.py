"""The text of an entry as HTML, the same in every form and every feed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from publisher.render import html, layout, paths
from publisher.render.api import form

if TYPE_CHECKING:
    from publisher.model.ids import AdvisoryId
    from publisher.presentation import Presentation
    from publisher.render.feeds.entry import Entry

Facts = Callable[["AdvisoryId"], Mapping[str, Any]]
"""Returns what the machine index says of a published advisory."""
_MANY = 2000
_ID = re.compile(r'(<h[1-6]) id="[^"]*"')


class Contents:
    """Makes the text of each entry, most of them once: many feeds have the same."""

    def __init__(self, presentation: Presentation, facts: Facts) -> None:
        """Take what the texts are made with and of."""
        self.facts = facts
        self._presentation = presentation
        self._known: dict[tuple[str, bool, bool], str] = {}

    def of(self, entry: Entry) -> str:
        """Return the text; of a revision that is outdated, what it changed."""
        key = entry.guid, entry.first, entry.newest
        if key not in self._known:
            if len(self._known) >= _MANY:
                self._known.clear()
            self._known[key] = self._made(entry)
        return self._known[key]

    def _made(self, entry: Entry) -> str:
        facts = self.facts(entry.summary.id)
        language = entry.text.language
        text = next(t for t in facts["texts"] if t["language"] == language)
        signed = facts["history"][entry.change.revision - 1]["signed"][language][0]
        made = self._presentation.render(
            "site/feed-entry.html",
            language,
            entry=entry,
            status=form.state(entry.summary),
            facts=facts,
            said=text["facts"],
            few=layout.FEW,
            fixed=_fixed,
            # Readers show many texts on one page, where an id could be there twice.
            body=_ID.sub(r"\1", text["html"]),
            signed=text["signed"] if entry.newest else signed,
            page=self._url(entry.path),
            successor=self._successor(entry),
        )
        return html.visible(made).strip()

    def _successor(self, entry: Entry) -> str:
        by = entry.summary.superseded_by
        return self._url(paths.landing(by)) if by else ""

    def _url(self, path: str) -> str:
        return layout.address(self._presentation.settings.site.url, path)


def _fixed(product: Mapping[str, Any]) -> str | None:
    """Return the `fixed` of an affected product as it was written."""
    version: str | None = product["fixed"]
    remediation = product["remediation"]
    if version or not remediation:
        return version
    return " ".join(filter(None, (remediation["category"], remediation["date"])))
