"""Whether the links of advisories are alive (L801 to L803).

Asking tells a server that somebody writes about it. Of what is not public, nothing is
asked therefore, unless somebody wants it so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from publisher import lint
from publisher.lint import own
from publisher.lint.asked import Asked

if TYPE_CHECKING:
    from publisher.pipeline.checking import Loaded
    from publisher.pipeline.tools import Tools
    from publisher.ports import Links
    from publisher.source import Finding, Location


def check(
    tools: Tools,
    loaded: Sequence[Loaded],
    links: Links,
    seconds: float,
    *,
    withheld: bool = False,
) -> tuple[Finding, ...]:
    """Return what is wrong with the links of advisories that pass lint.

    Those that nobody may know of yet are left alone unless `withheld` ones are wanted,
    too. Links to ourselves that lint judges are not asked after: what they lead to may
    not be up yet.
    """
    places: dict[str, list[Location]] = defaultdict(list)
    for each in loaded:
        if each.checked is not None and (withheld or is_public(tools, each)):
            advisory = each.checked.advisory
            for at, url in lint.links_of(advisory, tools.settings, tools.now):
                if not own.is_known(url, tools.settings):
                    # What stands behind the # stays with the reader.
                    places[url.partition("#")[0]].append(at)
    replies = links.ask(list(places), seconds)
    return lint.linked(
        Asked(
            url,
            tuple(found),
            own.path(url, tools.settings) is not None,
            replies[url],
        )
        for url, found in places.items()
    )


def is_public(tools: Tools, each: Loaded) -> bool:
    """Tell whether an advisory may be published now."""
    return each.checked is not None and not each.checked.advisory.withheld(tools.now)
