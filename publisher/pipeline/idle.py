"""Whether a release has anything to do: a timer asks each minute, so it is cheap.

Nothing is asked of the network but the canary's mailbox, and that only while a mail is
awaited there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.pipeline import awaiting, building
from publisher.pipeline.release import SITE
from publisher.push import due

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.pipeline.tools import Outside, Tools
    from publisher.push.due import Delivery

PUT_UP = "put up"
"""The kind of what the cache knows of targets: the digest of what was put up there."""


def reason(tools: Tools, outside: Outside, digest: str) -> str:
    """Say what there is to do; empty if it is nothing.

    `tools` are those of a rehearsal, `digest` is that of the site as it lies there.
    """
    built = building.build(tools)
    if built.written:
        return f"{len(built.written)} files of the site change"
    if not is_up(tools, outside, digest):
        return "the site was not put up since it changed"
    outcomes = outside.journal.outcomes()
    deliveries = list(due.deliveries(built.summaries, tools.settings, outcomes))
    open_ = [each for each in deliveries if each.state in due.OPEN]
    if open_:
        return f"{len(open_)} mails are to be sent"
    sent = [each for each in deliveries if each.state is due.State.SENT]
    return "a mail has arrived" if _arrived(sent, tools, outside) else ""


def is_up(tools: Tools, outside: Outside, digest: str) -> bool:
    """Tell whether what lies in the site was put up, whole and without an error."""
    target = outside.target
    if target is None:
        return True
    last = outside.journal.last(SITE)
    if last is None or last.ended is None or last.problem:
        return False
    return tools.cache.get(PUT_UP).get(target.name) == digest


def remember(tools: Tools, outside: Outside, digest: str) -> None:
    """Note that what lies in the site was put up."""
    if outside.target is not None:
        tools.cache.put(PUT_UP, {outside.target.name: digest})


def _arrived(sent: Sequence[Delivery], tools: Tools, outside: Outside) -> bool:
    """Tell whether a mail has come into the canary's mailbox that nobody looked at."""
    inbox = outside.inbox
    if inbox is None or not sent:
        return False
    since = tools.now - awaiting.AGE
    recent = outside.journal.recent(since)
    names = [due.message_id(each.key, each.mailing_list) for each in sent]
    wanted = [name for name in names if name in recent]
    return bool(wanted) and bool(inbox.find(wanted, since))
