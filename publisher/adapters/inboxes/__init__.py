"""The canary's mailbox, by what the settings name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.model.settings import Canary
    from publisher.ports import Inbox


def inbox(
    settings: Canary | None, root: Path, password: Callable[[], str]
) -> Inbox | None:
    """Return the mailbox that `settings` describe; None if none can be read.

    The `password` is asked for when a mailbox is opened that needs one.
    """
    if settings is None or not settings.readable:
        return None
    if settings.maildir:
        from publisher.adapters.inboxes.maildir import MaildirInbox

        return MaildirInbox(root / Path(settings.maildir).expanduser())
    from publisher.adapters.inboxes.imap import ImapInbox

    return ImapInbox(settings.imap, password)
