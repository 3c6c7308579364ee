"""Ask other clocks before anything is signed, put up or taken as due.

An embargo ends, and a signature is dated, by the clock of this machine. So it is held
against those of the web server and the list server, and against the last commit.
Whoever does not answer is left out: a server that is down stops nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from publisher.errors import ClockError, MailmanError, SettingsError
from publisher.model import clocks
from publisher.model.clocks import Reading, Verdict
from publisher.pipeline import recording

if TYPE_CHECKING:
    from publisher.model.settings import Settings
    from publisher.pipeline.tools import Outside, Tools

_LATELY = timedelta(days=7)
"""Without a commit, what became public in this time may have been under embargo."""
_SECOND = timedelta(seconds=1)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def require(settings: Settings, outside: Outside) -> tuple[str, ...]:
    """Raise ClockError if this machine's clock cannot be relied on.

    Return what is odd about the clocks of others, which stops nothing.
    """
    verdict = look(settings, outside)
    if verdict.wrong:
        msg = (
            f"clocks differ, and nothing was done: {'; '.join(verdict.wrong)}: set the "
            "clock that is wrong (`timedatectl` shows whether NTP keeps it), then run "
            "this again (docs/operating.md, Clocks)"
        )
        raise ClockError(msg)
    return verdict.odd


def require_for_embargoes(tools: Tools, outside: Outside) -> None:
    """Raise as `require`, if an embargo has ended since the last commit.

    A build asks nobody otherwise: what is older than the last commit is public by any
    clock.
    """
    since = outside.committed() or tools.now - _LATELY
    entries = recording.current(tools).entries.values()
    if any(since < entry.date <= tools.now for entry in entries):
        require(tools.settings, outside)


def look(settings: Settings, outside: Outside) -> Verdict:
    """Compare this machine's clock with those that answer."""
    readings = list(_readings(settings, outside))
    return clocks.compare(readings, outside.committed(), outside.clock())


def _readings(settings: Settings, outside: Outside) -> Iterator[Reading]:
    site = settings.site.url
    asked = _asked(lambda: outside.web.date(site), outside)
    if asked is not None:
        name = f"the web server of {urlsplit(site).hostname}"
        yield Reading(name, *asked, cut=_SECOND, elsewhere=not _is_here(site))
    if settings.mailman is None:
        return
    url = settings.mailman.url
    with suppress(MailmanError, SettingsError):
        asked = _asked(lambda: outside.lists.clock(), outside)
        if asked is not None:
            yield Reading(
                "the list server",
                *asked,
                cut=_SECOND,
                refuses=True,
                elsewhere=not _is_here(url),
            )


def _asked(
    ask: Callable[[], datetime | None], outside: Outside
) -> tuple[datetime, datetime, datetime] | None:
    """Return what a clock shows, and this machine's before and after."""
    before = outside.clock()
    shown = ask()
    return None if shown is None else (shown, before, outside.clock())


def _is_here(url: str) -> bool:
    """Tell whether a server may be on this very machine; or behind a tunnel."""
    return (urlsplit(url).hostname or "") in _LOOPBACK
