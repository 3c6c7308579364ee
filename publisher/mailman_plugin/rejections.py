"""One polite answer to a subscriber whose mail to a list was not passed on.

A From is no proof, so an answer may go to somebody who wrote nothing. What is left of
that, where a list answers at all:

- only a subscriber whose mail arrives is answered, at his own address;
- only if that is what the envelope and the one From say, so that a check of the
  envelope (SPF) speaks for both;
- once a day and list, however much comes in;
- no program is answered: no bounce, no automatic reply, no other list (RFC 3834,
  section 2);
- nothing of what came in is in the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailman.email.message import UserNotification
from mailman.interfaces.autorespond import IAutoResponseSet, Response
from mailman.interfaces.member import DeliveryStatus

from publisher.lists import texts
from publisher.mailman_plugin import wording
from publisher.mailman_plugin.selfservice import automatic, reading

if TYPE_CHECKING:
    from email.message import Message

    from mailman.interfaces.mailinglist import IMailingList
    from mailman.interfaces.member import IMember


def answer(mlist: IMailingList, msg: Message) -> None:
    """Answer a refused mail if the list does so and its sender is to be told."""
    text = wording.template(mlist, texts.REJECTED)
    if texts.parts(text) is None or automatic.reason(msg):
        return
    member = _member(mlist, sender(msg))
    if member is None or not _is_first_today(mlist, member):
        return
    address = member.address.email
    language = mlist.preferred_language
    mail = UserNotification(address, mlist.request_address, None, text, language)
    mail["Auto-Submitted"] = "auto-replied"
    mail.send(mlist)


def sender(msg: Message) -> str:
    """Return the address that both envelope and From name; "" if they do not agree."""
    envelope = (msg.get_unixfrom() or "").strip("<> ").lower()
    return envelope if "@" in envelope and envelope == reading.sender(msg) else ""


def _member(mlist: IMailingList, address: str) -> IMember | None:
    member = mlist.members.get_member(address) if address else None
    if member is None or member.delivery_status is not DeliveryStatus.enabled:
        return None
    return member


def _is_first_today(mlist: IMailingList, member: IMember) -> bool:
    """Tell whether nothing was answered today, and record that it is now."""
    answered = IAutoResponseSet(mlist)
    if answered.todays_count(member.address, Response.postings):
        return False
    answered.response_sent(member.address, Response.postings)
    return True
