"""Ask other clocks before anything is signed, put up or taken as due.

An embargo ends, and a signature is dated, by the clock of this machine. So it is held
against those of the web server and the list server, and against the last commit.
Whoever does not answer is left out: a server that is down stops nobody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
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
_SOON = 5.0
"""Seconds that all of them together are waited for: an emergency does not wait long for
a server, or a name server, that is down."""
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
    """Yield what clocks show that answer soon; all are asked at once."""
    asked = [_begun(ask) for ask in _clocks(settings, outside)]
    wait(asked, timeout=_SOON)
    for each in asked:
        reading = each.result() if each.done() else None
        if reading is not None:
            yield reading


def _clocks(
    settings: Settings, outside: Outside
) -> Iterator[Callable[[], Reading | None]]:
    site, web = settings.site.url, outside.web
    its = f"the web server of {urlsplit(site).hostname}"
    yield lambda: _asked(lambda: web.date(site), outside, its, site)
    if settings.mailman is None:
        return
    url = settings.mailman.url
    with suppress(SettingsError):
        lists = outside.lists
        yield lambda: _asked(lists.clock, outside, "the list server", url, refuses=True)


def _begun(ask: Callable[[], Reading | None]) -> Future[Reading | None]:
    """Ask in a thread that nothing waits for, not even the end of the program."""
    answer: Future[Reading | None] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:  # noqa: BLE001  (raised where it is read)
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return answer


def _asked(
    ask: Callable[[], datetime | None],
    outside: Outside,
    name: str,
    url: str,
    *,
    refuses: bool = False,
) -> Reading | None:
    """Return what a clock shows, beside this machine's before and after; or None."""
    before = outside.clock()
    try:
        shown = ask()
    except (MailmanError, SettingsError):
        return None
    if shown is None:
        return None
    after, elsewhere = outside.clock(), not _is_here(url)
    return Reading(name, shown, before, after, _SECOND, refuses, elsewhere)


def _is_here(url: str) -> bool:
    """Tell whether a server may be on this very machine; or behind a tunnel."""
    return (urlsplit(url).hostname or "") in _LOOPBACK
