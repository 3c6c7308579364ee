"""All pages that are not one advisory's: lists, explanations, keys, the rest.

Each page is bounded, planned with the digest of exactly what it shows, and made only
on demand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.render import keys, paths, record, wellknown
from publisher.render.indexes import home, lists, rest, site

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from publisher.model.chain import Planned
    from publisher.model.keys import KeyState
    from publisher.model.summary import Summary
    from publisher.presentation import Presentation


def indexes(
    summaries: Sequence[Summary],
    known: Sequence[KeyState],
    presentation: Presentation,
    now: datetime,
) -> Iterator[Planned]:
    """Plan every page and file of the site that is not one advisory's or a feed.

    Of the keys that are `known`, those are served whose fingerprints the settings
    pin: no other key vouches for a text. `now` tells which of them have expired.
    """
    settings = presentation.settings
    whole = site.Site(presentation)
    items = site.items(summaries, settings.languages)
    yield from home.planned(whole, items)
    yield from lists.planned(whole, items)
    yield from whole.plan(
        "site/verify.html",
        paths.verify,
        keys=keys.shown(known, settings.team, now),
        locatable=wellknown.locatable(known, settings, now),
        record=record.INDEX,
    )
    yield from whole.plan("site/subscribe.html", paths.subscribe)
    yield from whole.plan("site/feeds.html", paths.feeds)
    yield from rest.planned(known, presentation, now)
