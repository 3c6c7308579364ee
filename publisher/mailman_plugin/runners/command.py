"""The runner for mail to `LIST-request`, `-join`, `-leave` and `-confirm`.

In mailman.cfg:

    [runner.command]
    class: publisher.mailman_plugin.runners.command.Commands

Lists that are not ours are left to Mailman's own runner. For our lists nothing of what
comes in reaches Mailman's code but an address that was checked.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mailman.config import config
from mailman.core.i18n import _
from mailman.interfaces.address import IEmailValidator
from mailman.runners.command import CommandRunner
from sqlalchemy.exc import SQLAlchemyError
from zope.component import getUtility

from publisher.errors import PublisherError, SettingsError
from publisher.mailman_plugin import allowance, configuration
from publisher.mailman_plugin.selfservice import (
    asking,
    automatic,
    commands,
    confirming,
    limits,
    membership,
    origin,
    reading,
    waiting,
)
from publisher.mailman_plugin.selfservice.asking import Letter
from publisher.mailman_plugin.selfservice.commands import Command, Mistake, Verb
from publisher.mime import addresses

if TYPE_CHECKING:
    from email.message import Message

    from mailman.interfaces.mailinglist import IMailingList

logger = logging.getLogger("mailman.vette")

_PRUNE_AFTER = timedelta(hours=1)
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
_COOKIE = "cookie"


class Commands(CommandRunner):  # type: ignore[misc]  # Mailman has no types.
    """Mailman's runner for mail commands, but for our lists."""

    _pruned: datetime | None = None

    def _process_one_file(self, msg: Message, msgdata: dict[str, Any]) -> None:
        list_id = msgdata.get("listid")
        mlist = None if list_id is None else membership.by_id(list_id)
        if mlist is None:
            super()._process_one_file(msg, msgdata)
            return
        with _.using(mlist.preferred_language.code):
            try:
                _answer(mlist, msg, msgdata.get("subaddress", ""))
            except (PublisherError, allowance.TooDearError) as error:
                # Nothing is done of which nobody would be told.
                config.db.abort()
                logger.error("publisher: %s", error)  # noqa: TRY400
            except Exception:
                # What is put aside waits for a human; a request can be made again.
                config.db.abort()
                logger.exception("publisher: %s drops a mail command", list_id)

    def _do_periodic(self) -> None:
        super()._do_periodic()
        now = datetime.now(UTC)
        if self._pruned is not None and now - self._pruned < _PRUNE_AFTER:
            return
        self._pruned = now
        try:
            waiting.prune(config.db.store, now)
            limits.prune(config.db.store, now)
        except SQLAlchemyError:
            config.db.abort()
            logger.exception("publisher: what is over could not be dropped")


def _answer(mlist: IMailingList, msg: Message, subaddress: str) -> None:
    """Do what a mail asks for, if a person wrote it."""
    with allowance.limited(allowance.SECONDS):
        reason = automatic.reason(msg)
        sender, source = reading.sender(msg), origin.of(msg)
        command = _command(mlist, msg, subaddress)
    reason = reason or _bad_sender(sender)
    if reason:
        logger.info("publisher: %s ignores a mail command: %s", mlist.list_id, reason)
        return
    now = datetime.now(UTC)
    letter = Letter(mlist, sender, source, now, _limits())
    if isinstance(command, Mistake):
        asking.tell_mistake(letter, command)
        return
    if command.verb not in {Verb.CONFIRM, Verb.UNDO}:
        asking.ask(letter, command)
        return
    deed = confirming.undo if command.verb is Verb.UNDO else confirming.confirm
    if not deed(mlist, command.argument, now):
        # It was answered before, or too late: what is now is told.
        asking.tell_lists(letter)


def _command(mlist: IMailingList, msg: Message, subaddress: str) -> Command | Mistake:
    """Return what is asked for, by the address that was written to or in words."""
    if subaddress in {Verb.JOIN, Verb.LEAVE}:
        return Command(Verb(subaddress))
    token = _token(mlist, msg) if subaddress == Verb.CONFIRM else ""
    if token:
        return Command(Verb.CONFIRM, token)
    return commands.find(reading.subject(msg), reading.lines(msg))


def _token(mlist: IMailingList, msg: Message) -> str:
    """Return the token in the address that was written to; "" if there is none."""
    pattern = re.escape(mlist.confirm_address(_COOKIE).lower())
    wanted = re.compile(pattern.replace(_COOKIE, "([0-9a-f]{16,64})"))
    fields = [
        str(each)[:1000] for name in _RECIPIENTS for each in msg.get_all(name, [])
    ]
    for _name, address in addresses.found(fields):
        found = wanted.fullmatch(address.strip().lower())
        if found is not None:
            return found[1]
    return ""


def _bad_sender(email: str) -> str:
    """Return why nobody can be answered; "" if somebody can."""
    if not getUtility(IEmailValidator).is_valid(email):
        return "From is not one address"
    name = membership.list_of(email)
    if name:
        return f"it is from {name} itself"
    return ""


def _limits() -> limits.Limits:
    try:
        return limits.Limits.read(configuration.values())
    except SettingsError as error:
        logger.error("publisher: %s; the usual limits hold", error)  # noqa: TRY400
        return limits.Limits()
