"""The runner for mail to `LIST-bounces`.

In mailman.cfg:

    [runner.bounces]
    class: publisher.mailman_plugin.runners.bounces.Bounces

Lists that are not ours are left to Mailman's own runner, which believes every report.
For our lists, `publisher.mailman_plugin.bounces` says what counts; it is then counted
as Mailman does, once a day for each member. Nothing of what came in is kept or sent on.
"""

from __future__ import annotations

import logging
from datetime import date
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING, Any

from lazr.config import as_boolean
from mailman.config import config
from mailman.email.message import Message
from mailman.interfaces.bounce import BounceContext, InvalidBounceEvent
from mailman.runners.bounce import BounceRunner
from mailman.utilities.datetime import now

from publisher.mailman_plugin import envelopes
from publisher.mailman_plugin.bounces import received, verdict, who
from publisher.mailman_plugin.bounces.verdict import Verdict
from publisher.mailman_plugin.selfservice import membership

if TYPE_CHECKING:
    from mailman.interfaces.mailinglist import IMailingList
    from mailman.interfaces.member import IMember

logger = logging.getLogger("mailman.bounce")

MOST_NAMED = 100
"""How many members of a list can be named in a day by reports without a token."""


class Bounces(BounceRunner):  # type: ignore[misc]  # Mailman has no types.
    """Mailman's runner for bounces, but for our lists."""

    _is_among_files = False

    def __init__(self, name: str, slice: int | None = None) -> None:  # noqa: A002
        super().__init__(name, slice)
        self._named: dict[str, int] = {}
        self._day = date.min

    def _one_iteration(self) -> int:
        self._is_among_files = True
        try:
            return int(super()._one_iteration())
        finally:
            self._is_among_files = False

    def _do_periodic(self) -> None:
        # It asks about all members, and Mailman would do so after each mail.
        if not self._is_among_files:
            super()._do_periodic()

    def _process_one_file(self, msg: Message, msgdata: dict[str, Any]) -> None:
        list_id = msgdata.get("listid")
        mlist = None if list_id is None else membership.by_id(list_id)
        if mlist is None:
            super()._process_one_file(msg, msgdata)
            return
        try:
            told = self._count(mlist, msg, msgdata)
        except Exception:
            # A dead address is found by its next bounce; nobody has to look at this.
            config.db.abort()
            logger.exception("publisher: %s drops a bounce", list_id)
        else:
            logger.info("publisher: %s: %s", list_id, told)

    def _count(self, mlist: IMailingList, msg: Message, msgdata: dict[str, Any]) -> str:
        """Count what is a bounce; return what was done, for the log."""
        if not mlist.process_bounces:
            return "bounces are not counted on this list"
        if int(msgdata.get("original_size", 0)) > received.LARGEST:
            return "what came is larger than any report, and was not read"
        delimiter = config.mta.verp_delimiter
        token = received.extension(msg, mlist.bounces_address, delimiter)
        if token:
            return self._count_token(mlist, msg, token)
        if _takes_names(mlist):
            return self._count_named(mlist, msg)
        return "what came has no token of ours"

    def _count_token(self, mlist: IMailingList, msg: Message, token: str) -> str:
        """Count the bounce of a copy, or of a probe."""
        copied = who.by_token(mlist, token, now().date())
        probed = None if copied is not None else who.by_probe(mlist, token)
        if copied is None and probed is None:
            return "what came has a token that is not good, or has counted"
        found = verdict.judge(received.read(msg))
        if found is not Verdict.DEAD:
            return f"what came is {found.value}"
        if copied is not None:
            self._register(mlist, copied, BounceContext.normal)
            return "a copy came back"
        self._register(mlist, probed, BounceContext.probe)
        who.end_probe(token)
        return "a probe came back"

    def _count_named(self, mlist: IMailingList, msg: Message) -> str:
        """Count a report that names members, within the limit of the day."""
        left = self._left(mlist.list_id)
        addresses = verdict.dead(received.read(msg), MOST_NAMED) if left else ()
        members = who.named(mlist, addresses)[:left]
        self._named[mlist.list_id] = MOST_NAMED - left + len(members)
        for member in members:
            self._register(mlist, member, BounceContext.normal)
        return f"a report without a token names {len(members)} members"

    def _left(self, list_id: str) -> int:
        today = now().date()
        if today != self._day:
            self._named, self._day = {}, today
        return MOST_NAMED - self._named.get(list_id, 0)

    def _register(
        self, mlist: IMailingList, member: IMember, context: BounceContext
    ) -> None:
        email = member.address.email
        event = self._processor.register(mlist, email, _note(mlist), context)
        if event is None:
            return
        try:
            self._processor.process_event(event)
        except InvalidBounceEvent as error:
            logger.info("publisher: %s", error)


def _takes_names(mlist: IMailingList) -> bool:
    """Tell whether a report may name members: where nothing else can tell.

    It ends no subscription by itself; that takes the bounce of a probe.
    """
    has_probes = as_boolean(config.mta.verp_probes)
    return has_probes and not envelopes.have_tokens(mlist)


def _note(mlist: IMailingList) -> Message:
    """Return what Mailman keeps in the place of the report."""
    note = Message()
    note["From"] = note["To"] = mlist.bounces_address
    note["Subject"] = "A mail came back"
    note["Message-ID"] = make_msgid()
    note["Date"] = formatdate()
    note.set_payload("A server said that a subscriber's address is dead.\n")
    return note
