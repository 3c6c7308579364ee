"""Feeds: RSS 2.0, RSS 1.0 and JSON Feed tell of events, Atom of how things stand.

An event is one revision that the readers of a language were told of. It has an id of
its own, which is no address: it stays the same when the site moves, and is never used
again. Atom has one entry for each advisory; its id is for ever, its `updated` moves.

Nothing in a feed is taken from a clock.
"""

from publisher.render.feeds.plan import ITEMS, feeds

__all__ = ["ITEMS", "feeds"]
