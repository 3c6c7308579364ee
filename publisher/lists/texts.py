"""What Mailman writes to subscribers about their subscription, in the list's language.

The stock texts explain how to post and speak of passwords, and the stock goodbye is
empty. These are templates to Mailman in their turn: `$user_email` and `$token` are
filled in by it. Only the plugin can give them to Mailman.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from publisher.lists import names

if TYPE_CHECKING:
    from publisher.model.settings import MailingList
    from publisher.presentation import Presentation

TEMPLATES: Mapping[str, str] = {
    "list:user:action:subscribe": "mail/confirm-join.txt",
    "list:user:action:unsubscribe": "mail/confirm-leave.txt",
    "list:user:notice:goodbye": "mail/goodbye.txt",
    "list:user:notice:welcome": "mail/welcome.txt",
}
"""The file of each of Mailman's templates that has one of ours."""

_FILLED = frozenset({"list:user:notice:goodbye", "list:user:notice:welcome"})
"""The templates whose paragraphs Mailman fills, joining lines with blanks."""


def notices(mailing_list: MailingList, presentation: Presentation) -> Mapping[str, str]:
    """Return the settings that are texts to the subscribers of a list."""
    language = mailing_list.language
    values = {
        "title": mailing_list.title,
        "team": presentation.settings.team.name[language],
        "site": presentation.settings.site.url,
        "join": mailing_list.sub_address("join"),
        "leave": mailing_list.sub_address("leave"),
    }
    # A dollar is Mailman's mark of what it fills in.
    escaped = {name: value.replace("$", "$$") for name, value in values.items()}
    texts = {}
    for name, file in TEMPLATES.items():
        text = presentation.render(file, language, **escaped)
        texts[names.notice(name)] = _indented(text) if name in _FILLED else text
    return texts


def _indented(text: str) -> str:
    """Return `text` so that Mailman leaves its lines as they are.

    Japanese has no blanks between words, and lines that begin with one are not filled.
    """
    return "".join(
        f" {line}" if line.strip() else line for line in text.splitlines(keepends=True)
    )
