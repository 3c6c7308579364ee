"""The embedded mail host: a real Mailman core on SQLite and a small local MTA.

For demonstrations, for tests, and for small teams that run it as it is. It needs the
extra `mailhost` and Linux.

- All data is in one directory; lists and members are kept from run to run.
- All servers listen on the loopback interface only.
- No process outlives the one that started it, however that one ends.
"""

from publisher.mailhost.errors import (
    MailHostError,
    MailHostRunningError,
    MailHostSettingsError,
    MailRefusedError,
)
from publisher.mailhost.host import MailHost
from publisher.mailhost.serve import serve
from publisher.mailhost.settings import MailHostSettings

__all__ = [
    "MailHost",
    "MailHostError",
    "MailHostRunningError",
    "MailHostSettings",
    "MailHostSettingsError",
    "MailRefusedError",
    "serve",
]
