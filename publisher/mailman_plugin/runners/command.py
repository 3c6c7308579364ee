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
from typing import TYPE_CHECKING, Any, TypeVar

from mailman.config import config
from mailman.core.i18n import _
from mailman.interfaces.address import IEmailValidator
from mailman.runners.command import CommandRunner
from zope.component import getUtility

from publisher.errors import PublisherError, SettingsError
from publisher.mailman_plugin import allowance, configuration
from publisher.mailman_plugin.selfservice import (
    asking,
    automatic,
    backlog,
    commands,
    confirming,
    limits,
    membership,
    origin,
    pacing,
    reading,
    turns,
    waiting,
)
from publisher.mailman_plugin.selfservice.asking import Letter
from publisher.mailman_plugin.selfservice.commands import Command, Mistake, Verb
from publisher.mailman_plugin.selfservice.limits import Limits
from publisher.mailman_plugin.selfservice.origin import Networks
from publisher.mime import addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from email.message import Message

    from mailman.interfaces.mailinglist import IMailingList

logger = logging.getLogger("mailman.vette")

_T = TypeVar("_T")
_PRUNE_AFTER = timedelta(hours=1)
_RELEASE_AFTER = timedelta(seconds=1)
_AFTER_FAILURE = timedelta(minutes=1)
_NEVER = datetime.min.replace(tzinfo=UTC)
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
_COOKIE = "="
"""Stands for a token; no list can have it in its name."""


class Commands(CommandRunner):  # type: ignore[misc]  # Mailman has no types.
    """Mailman's runner for mail commands, but for our lists."""

    switchboard: Any
    _pruned = _NEVER
    _released = _NEVER
    _pause = _RELEASE_AFTER

    def __init__(self, name: str, part: int | None = None) -> None:
        """Take mails out of the queue by turns; `part` is which part of the queue."""
        super().__init__(name, part)
        self.switchboard = backlog.Fair(self.switchboard, _networks)

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
        # Mailman calls this after each mail, and when there is none.
        now = datetime.now(UTC)
        if abs(now - self._released) >= self._pause:
            self._released = now
            self._pause = _RELEASE_AFTER if _safely(_release, now) else _AFTER_FAILURE
        if abs(now - self._pruned) >= _PRUNE_AFTER:
            self._pruned = now
            _safely(_prune, now)


def _safely(do: Callable[[datetime], None], now: datetime) -> bool:
    """Do something without which mail is answered all the same; tell whether it was.

    Mailman gives up a runner that has failed some times in here.
    """
    try:
        do(now)
        # Mailman sleeps next, and must not hold anything in its database meanwhile.
        config.db.commit()
    except Exception:
        config.db.abort()
        logger.exception("publisher: what waits could not be looked through")
        return False
    return True


def _release(now: datetime) -> None:
    # Limits are read, and what is wrong with them is logged, only if somebody waits.
    if turns.groups(config.db.store, now):
        pacing.release(_limits(), now)


def _prune(now: datetime) -> None:
    waiting.prune(config.db.store, now)
    limits.prune(config.db.store, now)
    late = turns.prune(config.db.store, now)
    if late:
        logger.warning("publisher: %d requests have waited too long: dropped", late)


def _answer(mlist: IMailingList, msg: Message, subaddress: str) -> None:
    """Do what a mail asks for, if a person wrote it."""
    networks = _networks()
    with allowance.limited(allowance.SECONDS):
        reason = automatic.reason(msg)
        sender, source = reading.sender(msg), origin.of(msg, networks)
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


def _limits() -> Limits:
    return _set(Limits.read, Limits())


def _networks() -> Networks:
    return _set(Networks.read, Networks())


def _set(read: Callable[[Mapping[str, str]], _T], usual: _T) -> _T:
    """Return what is set; a mistake in it must not stop who wants to leave."""
    try:
        return read(configuration.values())
    except SettingsError as error:
        logger.error("publisher: %s; what is usual holds", error)  # noqa: TRY400
        return usual
