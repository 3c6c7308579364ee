"""What each command does: it sends a mail, and changes nothing.

Changes come with the answer to that mail; see `confirming`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.lists import answers as texts
from publisher.lists.texts import RESULTS
from publisher.mailman_plugin.selfservice import answers, membership, pacing, sending
from publisher.mailman_plugin.selfservice.commands import Command, Mistake, Verb
from publisher.mailman_plugin.selfservice.limits import Limits
from publisher.mailman_plugin.selfservice.origin import Source
from publisher.mailman_plugin.selfservice.sending import Answer
from publisher.mailman_plugin.selfservice.waiting import Kind, Request

if TYPE_CHECKING:
    from mailman.interfaces.mailinglist import IMailingList

logger = logging.getLogger("mailman.vette")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to a list's program, as far as it matters."""

    mlist: IMailingList
    sender: str
    """The address in From."""
    source: Source
    now: datetime
    limits: Limits


def ask(letter: Letter, command: Command) -> None:
    """Do what a mail asks for."""
    verb, argument = command.verb, command.argument
    if verb is Verb.CHANGE:
        _change(letter, argument, everywhere=command.everywhere)
    elif verb is Verb.LEAVE:
        _leave(letter, argument or letter.sender)
    elif verb is Verb.LANGUAGE:
        _language(letter, argument)
    elif verb is Verb.JOIN:
        _join(letter)
    elif verb is Verb.LISTS:
        tell_lists(letter)
    else:
        _tell(letter, texts.HELP)


def tell_mistake(letter: Letter, mistake: Mistake) -> None:
    """Tell that a mail was not understood, and which line of it.

    Nothing of the line is quoted but a word of ours.
    """
    values = {
        "line": str(mistake.line),
        "command": mistake.word,
        "usage": answers.indented(mistake.usage),
    }
    if mistake.word:
        name = texts.INCOMPLETE
    elif mistake.line is None:
        name = texts.NO_COMMAND
    else:
        name = texts.UNKNOWN_LINE if mistake.line else texts.UNKNOWN_SUBJECT
    # One limit for all of them.
    _tell(letter, name, kind=RESULTS, **values)


def tell_lists(letter: Letter) -> None:
    """Tell an address, and nobody else, what it is subscribed to."""
    found = membership.subscribed(letter.sender)
    _tell(letter, texts.SUBSCRIPTIONS if found else texts.NOT_SUBSCRIBED)


def _join(letter: Letter) -> None:
    mlist, email = letter.mlist, letter.sender
    known = membership.member(mlist, email)
    if known is not None and membership.is_alive(known):
        tell_lists(letter)
    elif known is not None or membership.can_be_member(mlist, email):
        _request(letter, Request(Kind.JOIN, mlist.list_id, email))


def _leave(letter: Letter, email: str) -> None:
    """Ask the subscribed address; whoever named it for another hears nothing."""
    mlist = letter.mlist
    if membership.member(mlist, email) is not None:
        _request(letter, Request(Kind.LEAVE, mlist.list_id, email))
    elif email == letter.sender:
        _tell(letter, texts.NOT_SUBSCRIBED)


def _change(letter: Letter, new: str, *, everywhere: bool) -> None:
    """Ask the new address, whether or not the old one is subscribed.

    From is no proof. If the new address were asked only for a subscriber, anybody could
    find out who is one, with an address of his own as the new one.
    """
    mlist, old = letter.mlist, letter.sender
    if new == old or not membership.can_be_member(mlist, new):
        tell_mistake(letter, Mistake(None, Verb.CHANGE))
        return
    if membership.member(mlist, old) is None:
        _tell(letter, texts.NOT_SUBSCRIBED)
    _request(letter, Request(Kind.CHANGE, mlist.list_id, new, old, everywhere))


def _language(letter: Letter, code: str) -> None:
    mlist, email = letter.mlist, letter.sender
    if membership.member(mlist, email) is None:
        _tell(letter, texts.NOT_SUBSCRIBED)
        return
    known = membership.siblings(mlist)
    languages = {each.preferred_language.code.lower(): each for each in known}
    target = languages.get(code)
    if target is None or target.list_id == mlist.list_id:
        _tell(letter, texts.LANGUAGE_CHOICES, lists=answers.choices(known))
        return
    _request(letter, Request(Kind.LANGUAGE, mlist.list_id, email, target.list_id))


def _request(letter: Letter, request: Request) -> None:
    """Send a mail to be confirmed, unless that was done within a day."""
    answer = Answer(request.kind, request.email, request)
    if sending.is_sent(answer, letter.now):
        what = "publisher: %s answers no %s: it waits for an answer already"
        logger.info(what, letter.mlist.list_id, request.kind)
    else:
        _admit(letter, answer)


def _tell(letter: Letter, name: str, kind: str = "", **values: str) -> None:
    _admit(letter, Answer(kind or name, letter.sender, text=name, values=values))


def _admit(letter: Letter, answer: Answer) -> None:
    pacing.admit(letter.mlist, answer, letter.source, letter.limits, letter.now)
