"""The farewell says why a subscription ended.

Mailman has one text for all farewells, and looks it up right after it has ended the
subscription, in the same thread. What ends one says why (`because`); where nobody said
so, and Mailman itself did it since mail was returned, the member's own record tells;
and all else is the administrators' doing. So there are as many texts as reasons, and
Mailman's loader of templates is asked for the one that is true.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailman.interfaces.member import DeliveryStatus, UnsubscriptionEvent
from mailman.interfaces.template import ITemplateLoader
from zope import event
from zope.component import getGlobalSiteManager, getUtility
from zope.interface import implementer

from publisher.lists import answers, names, texts

if TYPE_CHECKING:
    from mailman.interfaces.member import IMember


class _State(threading.local):
    """What is known in this thread about the subscription that is being ended."""

    reason: str = ""
    """The text's name that whoever ends it asks for."""
    dead: str = ""
    """The list whose member was the last to go, if mail to it was returned."""


_state = _State()


def install() -> None:
    """Put `Loader` in front of Mailman's loader of templates."""
    stock = getUtility(ITemplateLoader)
    if not isinstance(stock, Loader):
        getGlobalSiteManager().registerUtility(Loader(stock), ITemplateLoader)
    if notice not in event.subscribers:
        event.subscribers.append(notice)


@contextmanager
def because(reason: str) -> Iterator[None]:
    """Let the farewell to who is taken off a list meanwhile be the text `reason`."""
    before, _state.reason = _state.reason, reason
    try:
        yield
    finally:
        _state.reason = before


def notice(happened: object) -> None:
    """Remember, when a subscription ends, whether returned mail was the cause."""
    if isinstance(happened, UnsubscriptionEvent):
        is_dead = _is_dead(happened.member)
        _state.dead = happened.mlist.list_id if is_dead else ""


@implementer(ITemplateLoader)
@dataclass(frozen=True, slots=True)
class Loader:
    """Mailman's loader of templates, but for the farewell of our lists."""

    stock: Any

    def get(self, name: str, context: Any = None, **values: str) -> str:
        """Return a template as Mailman does, or raise what it raises."""
        if name == texts.GOODBYE and _is_ours(context):
            # A list that was not given our newest texts has the general one.
            with suppress(OSError):
                return str(self.stock.get(_reason(context.list_id), context, **values))
        return str(self.stock.get(name, context, **values))


def _reason(list_id: str) -> str:
    dead, _state.dead = _state.dead, ""
    return _state.reason or (answers.GOODBYE_BOUNCES if dead == list_id else "")


def _is_ours(context: Any) -> bool:
    return bool(getattr(context, "posting_chain", "") == names.CHAIN)


def _is_dead(member: IMember) -> bool:
    """Tell whether Mailman removes a member by itself: after the last warning."""
    warned = member.total_warnings_sent
    enough = member.mailing_list.bounce_you_are_disabled_warnings
    return bool(
        member.delivery_status is DeliveryStatus.by_bounces and warned >= enough
    )
