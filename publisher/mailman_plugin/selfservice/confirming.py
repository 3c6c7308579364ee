"""What the answer to a mail of ours does. Whoever has its token may answer it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from mailman.app.membership import delete_member
from mailman.config import config
from mailman.interfaces.member import MembershipError, NotAMemberError
from mailman.interfaces.pending import IPendings
from mailman.interfaces.subscriptions import ISubscriptionManager
from zope.component import getUtility

from publisher.lists import answers as texts
from publisher.mailman_plugin import farewell
from publisher.mailman_plugin.selfservice import answers, membership, waiting
from publisher.mailman_plugin.selfservice.waiting import Kind, Request

if TYPE_CHECKING:
    from mailman.interfaces.mailinglist import IMailingList

_MAILMANS = frozenset({"subscription", "unsubscription"})
"""The kinds of requests that Mailman itself keeps: those made by REST."""


def confirm(mlist: IMailingList, token: str, now: datetime) -> bool:
    """Do what a token stands for; return whether it stood for anything."""
    request = waiting.find(config.db.store, mlist.list_id, token, now)
    if request is None:
        return _confirm_mailmans(mlist, token)
    waiting.drop(config.db.store, request)
    _DEEDS[request.kind](mlist, request, now)
    return True


def undo(mlist: IMailingList, token: str, now: datetime) -> bool:
    """Undo a change of address; return whether the token stood for one."""
    request = waiting.find(config.db.store, mlist.list_id, token, now)
    if request is None or request.kind is not Kind.UNDO:
        return False
    return confirm(mlist, token, now)


def _join(mlist: IMailingList, request: Request, now: datetime) -> None:
    del now
    if membership.can_be_member(mlist, request.email):
        membership.join(mlist, request.email)


def _leave(mlist: IMailingList, request: Request, now: datetime) -> None:
    del now
    try:
        with farewell.because(texts.GOODBYE_MAIL):
            delete_member(mlist, request.email)
    except NotAMemberError:
        # It was removed in between; that is what it wanted.
        return


def _change(mlist: IMailingList, request: Request, now: datetime) -> None:
    new, old = request.email, request.other
    meant = membership.subscribed(old) if request.everywhere else [mlist]
    moved: list[IMailingList] = []
    joined: list[IMailingList] = []
    for each in meant:
        known = membership.member(each, old)
        if known is not None and membership.can_be_member(each, new):
            fresh = membership.move(known, each, new)
            (moved if fresh else joined).append(each)
    if not moved and not joined:
        answers.send(mlist, texts.NOT_SUBSCRIBED, new)
        return
    undo = Request(
        Kind.UNDO, mlist.list_id, old, new, moved=_ids(moved), joined=_ids(joined)
    )
    token = waiting.add(config.db.store, undo, now)
    lists = answers.titles([*moved, *joined])
    answers.send(
        mlist, texts.CHANGE_NOTICE, old, token=token, new_email=new, lists=lists
    )
    answers.send(mlist, texts.CHANGE_DONE, new, lists=lists)


def _undo(mlist: IMailingList, request: Request, now: datetime) -> None:
    """Put the old address back, wherever the new one may have gone since."""
    del now
    old, new = request.email, request.other
    back = []
    for list_id in (*request.moved, *request.joined):
        each = membership.by_id(list_id)
        if each is None or not membership.can_be_member(each, old):
            continue
        known = membership.member(each, new)
        if known is not None and list_id in request.moved:
            membership.move(known, each, old)
        elif membership.member(each, old) is None:
            membership.join_quietly(each, old)
        back.append(each)
    lists = answers.titles(back)
    for email in (old, new):
        answers.send(mlist, texts.CHANGE_UNDONE, email, lists=lists)


def _language(mlist: IMailingList, request: Request, now: datetime) -> None:
    del now
    target = membership.by_id(request.other)
    known = membership.member(mlist, request.email)
    if target is None or known is None:
        answers.send(mlist, texts.NOT_SUBSCRIBED, request.email)
    elif membership.can_be_member(target, request.email):
        membership.move(known, target, request.email)
        answers.send(target, texts.LANGUAGE_DONE, request.email)


def _confirm_mailmans(mlist: IMailingList, token: str) -> bool:
    pended = getUtility(IPendings).confirm(token, expunge=False)
    if pended is None or pended.get("type") not in _MAILMANS:
        return False
    if pended.get("list_id") != mlist.list_id:
        return False
    try:
        with farewell.because(texts.GOODBYE_MAIL):
            ISubscriptionManager(mlist).confirm(token)
    except (LookupError, MembershipError):
        return False
    return True


def _ids(mlists: Sequence[IMailingList]) -> tuple[str, ...]:
    return tuple(mlist.list_id for mlist in mlists)


_DEEDS: Mapping[Kind, Callable[[IMailingList, Request, datetime], None]] = {
    Kind.JOIN: _join,
    Kind.LEAVE: _leave,
    Kind.CHANGE: _change,
    Kind.LANGUAGE: _language,
    Kind.UNDO: _undo,
}
