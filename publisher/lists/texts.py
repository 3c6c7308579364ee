"""What Mailman writes to people on our lists, in the list's language.

Mailman's own texts explain how to post and speak of passwords, their subjects are in
whatever language, and some attach the mail that came in. Ours are templates to Mailman
in their turn: `$user_email`, `$token` and the like are filled in by it. Each begins
with its subject, of which the plugin makes the header. Only the plugin can give them
to Mailman.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from publisher.lists import answers, names
from publisher.model.settings import Rejections

if TYPE_CHECKING:
    from publisher.model.settings import MailingList, Settings
    from publisher.presentation import Presentation

GOODBYE = "list:user:notice:goodbye"
"""The template of the farewell; the plugin has others for each reason but one: that
the administrators removed an address."""
REJECTED = "list:user:notice:rejected"
"""The template of the answer to mail that is not passed on; empty: there is none."""
RESULTS = "publisher:results"
"""The template of the answer to a mail command where Mailman's own program reads them,
understood or not. Mailman has none: it strings together what the commands said and what
came in."""

TEMPLATES: Mapping[str, str] = {
    "list:user:action:subscribe": "mail/confirm-join.txt",
    "list:user:action:unsubscribe": "mail/confirm-leave.txt",
    "list:user:action:invite": "mail/invite.txt",
    "list:user:notice:welcome": "mail/welcome.txt",
    GOODBYE: "mail/goodbye.txt",
    "list:user:notice:warning": "mail/bounced.txt",
    "list:user:notice:probe": "mail/probe.txt",
    REJECTED: "mail/rejected.txt",
    RESULTS: "mail/results.txt",
    **answers.TEMPLATES,
}
"""The file of each of Mailman's templates that has one of ours."""

NEVER: Mapping[str, str] = {
    "domain:admin:notice:new-list": "lists are made by REST, which tells nobody",
    "list:admin:action:post": "no post is held",
    "list:admin:action:subscribe": "nobody is asked about a subscription",
    "list:admin:action:unsubscribe": "as above",
    "list:admin:notice:disable": "`bounce_notify_owner_on_disable` is off",
    "list:admin:notice:increment": "`bounce_notify_owner_on_bounce_increment` is off",
    "list:admin:notice:pending": "no request waits for a human",
    "list:admin:notice:removal": "`bounce_notify_owner_on_removal` is off",
    "list:admin:notice:subscribe": "`admin_notify_mchanges` is off",
    "list:admin:notice:unrecognized": "unrecognized bounces are discarded",
    "list:admin:notice:unsubscribe": "`admin_notify_mchanges` is off",
    "list:member:digest:footer": "there are no digests",
    "list:member:digest:header": "as above",
    "list:member:digest:masthead": "as above",
    "list:member:regular:footer": "empty: nothing stands around a signed text",
    "list:member:regular:header": "as above",
    "list:user:notice:hold": "no post is held",
    "list:user:notice:no-more-today": "as above, and no answer is counted",
    "list:user:notice:post": "only the team posts, and asks for no receipt",
    "list:user:notice:refuse": "nobody decides about requests",
}
"""The templates of Mailman that our lists never use, and why."""

_FILLED = frozenset(
    {
        GOODBYE,
        answers.GOODBYE_MAIL,
        answers.GOODBYE_CLICK,
        answers.GOODBYE_BOUNCES,
        "list:user:notice:probe",
        "list:user:notice:warning",
        "list:user:notice:welcome",
    }
)
"""The templates whose paragraphs Mailman fills, joining lines with blanks."""
_SUBJECT = "Subject: "


def notices(mailing_list: MailingList, presentation: Presentation) -> Mapping[str, str]:
    """Return the settings that are texts to those who write to a list."""
    made = {name: text(name, mailing_list, presentation) for name in TEMPLATES}
    texts = {
        names.notice(name): _indented(each) if name in _FILLED else each
        for name, each in made.items()
    }
    if mailing_list.rejections is Rejections.SILENT:
        texts[names.notice(REJECTED)] = ""
    return texts


def text(name: str, mailing_list: MailingList, presentation: Presentation) -> str:
    """Return one of the texts, before its lines are kept from being filled."""
    given = values(mailing_list, presentation.settings)
    # A dollar is Mailman's mark of what it fills in.
    escaped = {key: value.replace("$", "$$") for key, value in given.items()}
    return presentation.render(TEMPLATES[name], mailing_list.language, **escaped)


def values(mailing_list: MailingList, settings: Settings) -> Mapping[str, str]:
    """Return what the templates of a list are given."""
    return {
        "title": " ".join(mailing_list.title.split()),
        "team": settings.team.name[mailing_list.language],
        "contact": settings.team.contact,
        "site": settings.site.url,
        "join": mailing_list.sub_address("join"),
        "leave": mailing_list.sub_address("leave"),
        "request": mailing_list.sub_address("request"),
    }


def parts(text: str) -> tuple[str, str] | None:
    """Return subject and body of a text that `notices` made; None of any other."""
    if text.startswith(f" {_SUBJECT}"):
        lines = (line.removeprefix(" ") for line in text.splitlines(keepends=True))
        text = "".join(lines)
    subject, _, body = text.partition("\n")
    if not subject.startswith(_SUBJECT):
        return None
    return subject.removeprefix(_SUBJECT).strip(), body.strip("\n") + "\n"


def _indented(text: str) -> str:
    """Return `text` so that Mailman leaves its lines as they are.

    Japanese has no blanks between words, and lines that begin with one are not filled.
    The plugin takes the blank away again.
    """
    return "".join(
        f" {line}" if line.strip() else line for line in text.splitlines(keepends=True)
    )
