"""What REST does for the page on which a subscriber leaves: `leave`.

The answer is 204 to every good token, also if the member is gone, and 403 to every bad
one, also if there is no such list: nobody learns from it who subscribes.
"""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from mailman.app.membership import delete_member
from mailman.config import config
from mailman.interfaces.listmanager import IListManager
from mailman.interfaces.member import MemberRole, NotAMemberError
from mailman.interfaces.subscriptions import ISubscriptionService
from mailman.rest.helpers import bad_request, forbidden, no_content
from mailman.rest.validator import Validator
from zope.component import getUtility

from publisher.lists import answers
from publisher.mailman_plugin import farewell, leaving

if TYPE_CHECKING:
    from falcon import Request, Response
    from mailman.interfaces.mailinglist import IMailingList
    from mailman.interfaces.member import IMember

logger = logging.getLogger("mailman.subscribe")

_MEMBER = re.compile(r"[0-9a-f]{32}")


class Leave:
    """Ends one membership, for whoever holds its token."""

    def on_post(self, request: Request, response: Response) -> None:
        """Take a member off a list."""
        try:
            # Hyphens are no part of names in Python.
            values = Validator(list=str, member=str, token=str)(request)
        except ValueError as error:
            bad_request(response, str(error))
            return
        list_id, member_id = values["list"], values["member"]
        if leave(list_id, member_id, values["token"]):
            no_content(response)
        else:
            forbidden(response)


def leave(list_id: str, member_id: str, token: str) -> bool:
    """Take a member off a list; False if the token is not that of both."""
    tokens = leaving.Tokens(leaving.secret(config.db.store), list_id)
    if not _MEMBER.fullmatch(member_id) or not tokens.is_good(member_id, token):
        return False
    mlist = getUtility(IListManager).get_by_list_id(list_id)
    member = getUtility(ISubscriptionService).get_member(UUID(member_id))
    is_there = member is not None and member.list_id == list_id
    if mlist is not None and is_there and member.role is MemberRole.member:
        _end(mlist, member)
        logger.info("publisher: a member left %s with one click", list_id)
    return True


def _end(mlist: IMailingList, member: IMember) -> None:
    """End a membership as Mailman does when it was confirmed: with a farewell."""
    if member.address is None:
        # A user without any address, whom no farewell can reach.
        member.unsubscribe()
        return
    with suppress(NotAMemberError), farewell.because(answers.GOODBYE_CLICK):
        # Another request may have been faster.
        delete_member(mlist, member.address.email)
