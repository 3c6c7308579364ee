"""The mails that the plugin itself writes to subscribers, in the list's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mailman.email.message import UserNotification

from publisher.errors import SettingsError
from publisher.mailman_plugin import wording

if TYPE_CHECKING:
    from mailman.interfaces.mailinglist import IMailingList


def send(
    mlist: IMailingList, name: str, email: str, *, token: str = "", **values: str
) -> None:
    """Write to `email` about its own subscription.

    With a `token`, an answer to the mail is the answer to the request. Raise
    SettingsError if the list was never given the text.
    """
    values |= {"user_email": email, "token": token}
    text = wording.template(mlist, name, **values)
    if not text:
        msg = f"{mlist.list_id} has no text {name}: run `publisher lists apply`"
        raise SettingsError(msg)
    sender = mlist.confirm_address(token) if token else mlist.request_address
    # The subject is the text's first line; `wording` makes the header of it.
    mail = UserNotification(email, sender, "", text, mlist.preferred_language)
    # RFC 3834, section 5.2; and what Exchange looks for instead.
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.send(mlist, add_precedence=False)


def titles(mlists: Iterable[IMailingList]) -> str:
    """Return the block of text that names lists, each with where to write about it."""
    return "\n".join(
        f"    {mlist.display_name}\n        {mlist.request_address}" for mlist in mlists
    )


def indented(lines: Iterable[str]) -> str:
    """Return the block of text that shows lines as they are to be written."""
    return "\n".join(f"    {line}" for line in lines)


def choices(mlists: Iterable[IMailingList]) -> str:
    """Return the block of text that names lists by their language."""
    return "\n".join(
        f"    language {mlist.preferred_language.code}\n        {mlist.display_name}"
        for mlist in mlists
    )
