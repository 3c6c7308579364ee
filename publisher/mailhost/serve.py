"""A mail host in the foreground, until somebody ends it."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from types import FrameType

from publisher.mailhost.host import MailHost
from publisher.mailhost.settings import MailHostSettings

_CHECK_EVERY = 1.0


def serve(settings: MailHostSettings, *, on_progress: Callable[[str], None]) -> None:
    """Run a mail host until Ctrl-C or SIGTERM; call this in the main thread.

    Raise MailHostError if it cannot start, or if Mailman dies.
    """
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with MailHost(settings, on_progress=on_progress) as host:
            while True:
                time.sleep(_CHECK_EVERY)
                host.check()
    except KeyboardInterrupt:
        on_progress("stopped")
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
