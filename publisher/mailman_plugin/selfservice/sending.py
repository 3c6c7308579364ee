"""What is sent in answer to a request: now, or when there is room for it again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Self

from mailman.config import config
from mailman.interfaces.subscriptions import (
    SubscriptionConfirmationNeededEvent,
    UnsubscriptionConfirmationNeededEvent,
)
from zope.event import notify

from publisher.lists import answers as texts
from publisher.mailman_plugin.selfservice import answers, membership, waiting
from publisher.mailman_plugin.selfservice.waiting import Kind, Request

if TYPE_CHECKING:
    from mailman.interfaces.mailinglist import IMailingList


@dataclass(frozen=True, slots=True)
class Answer:
    """A mail to one address: it asks for a confirmation, or it tells something."""

    kind: str
    """What it counts as."""
    email: str
    request: Request | None = None
    """What there is to confirm."""
    text: str = ""
    """The name of a text that tells something."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What stands in that text; never anything that came in."""

    def dump(self) -> str:
        """Write it down; the same answers in the same words."""
        request = self.request
        told = {
            "kind": self.kind,
            "email": self.email,
            "request": None if request is None else json.loads(request.details),
            "text": self.text,
            "values": dict(self.values),
        }
        return json.dumps(told, sort_keys=True)

    @classmethod
    def load(cls, list_id: str, text: str) -> Self:
        """Return what was written down about a list."""
        told = json.loads(text)
        kind, email, asked = told["kind"], told["email"], told["request"]
        request = None
        if asked is not None:
            everywhere = bool(asked["everywhere"])
            request = Request(Kind(kind), list_id, email, asked["other"], everywhere)
        return cls(kind, email, request, told["text"], told["values"])


def is_sent(answer: Answer, now: datetime) -> bool:
    """Tell whether a request waits for an answer already, since a day at most."""
    request = answer.request
    return request is not None and waiting.is_fresh(config.db.store, request, now)


def send(mlist: IMailingList, answer: Answer, now: datetime) -> None:
    """Send an answer, or raise SettingsError if the list has no text for it."""
    request, email = answer.request, answer.email
    if request is not None:
        token = waiting.add(config.db.store, request, now)
        _QUESTIONS[request.kind](mlist, request, token)
    elif answer.text in {texts.SUBSCRIPTIONS, texts.NOT_SUBSCRIBED}:
        _tell_lists(mlist, answer)
    else:
        answers.send(mlist, answer.text, email, **answer.values)


def _tell_lists(mlist: IMailingList, answer: Answer) -> None:
    """Tell what is now; it may have changed since it was asked for."""
    found = membership.subscribed(answer.email)
    is_on = mlist in found or answer.text == texts.SUBSCRIPTIONS
    if found and is_on:
        titles = answers.titles(found)
        answers.send(mlist, texts.SUBSCRIPTIONS, answer.email, lists=titles)
    else:
        answers.send(mlist, texts.NOT_SUBSCRIBED, answer.email)


def _join(mlist: IMailingList, request: Request, token: str) -> None:
    notify(SubscriptionConfirmationNeededEvent(mlist, token, request.email))


def _leave(mlist: IMailingList, request: Request, token: str) -> None:
    notify(UnsubscriptionConfirmationNeededEvent(mlist, token, request.email))


def _change(mlist: IMailingList, request: Request, token: str) -> None:
    answers.send(mlist, texts.CHANGE_CONFIRM, request.email, token=token)


def _language(mlist: IMailingList, request: Request, token: str) -> None:
    target = membership.by_id(request.other)
    if target is None:
        return
    lists = answers.titles([target])
    name = texts.LANGUAGE_CONFIRM
    answers.send(mlist, name, request.email, token=token, lists=lists)


_QUESTIONS: Mapping[Kind, Callable[[IMailingList, Request, str], None]] = {
    Kind.JOIN: _join,
    Kind.LEAVE: _leave,
    Kind.CHANGE: _change,
    Kind.LANGUAGE: _language,
}
