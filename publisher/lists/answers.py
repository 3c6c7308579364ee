"""The texts of the plugin's own mails to subscribers, by their names in Mailman.

The plugin fills in `$user_email`, `$new_email`, `$token`, `$lists`, `$line`, `$command`
and `$usage`.
"""

from __future__ import annotations

from collections.abc import Mapping

CHANGE_CONFIRM = "publisher:change:confirm"
"""To the new address: is it you?"""
CHANGE_NOTICE = "publisher:change:notice"
"""To the old address, when it is done, and how to undo it."""
CHANGE_DONE = "publisher:change:done"
"""To the new address, when it is done."""
CHANGE_UNDONE = "publisher:change:undone"
"""To both addresses, when it is undone."""
LANGUAGE_CONFIRM = "publisher:language:confirm"
LANGUAGE_DONE = "publisher:language:done"
"""From the new list, in its language."""
LANGUAGE_CHOICES = "publisher:language:choices"
"""To a subscriber who asked for a language that there is not."""
SUBSCRIPTIONS = "publisher:subscriptions"
NOT_SUBSCRIBED = "publisher:not-subscribed"
HELP = "publisher:help"
NO_COMMAND = "publisher:unknown:nothing"
"""To who sent a mail without subject and text."""
UNKNOWN_SUBJECT = "publisher:unknown:subject"
UNKNOWN_LINE = "publisher:unknown:line"
"""To who wrote no command: which line is the first that is none."""
INCOMPLETE = "publisher:unknown:command"
"""To who wrote a line that begins as a command does, and is none."""
GOODBYE_MAIL = "publisher:goodbye:mail"
"""To who left by mail."""
GOODBYE_CLICK = "publisher:goodbye:click"
"""To who left with one click."""
GOODBYE_BOUNCES = "publisher:goodbye:bounces"
"""To whom no mail could be delivered."""

TEMPLATES: Mapping[str, str] = {
    CHANGE_CONFIRM: "mail/change-confirm.txt",
    CHANGE_NOTICE: "mail/change-notice.txt",
    CHANGE_DONE: "mail/change-done.txt",
    CHANGE_UNDONE: "mail/change-undone.txt",
    LANGUAGE_CONFIRM: "mail/language-confirm.txt",
    LANGUAGE_DONE: "mail/language-done.txt",
    LANGUAGE_CHOICES: "mail/language-choices.txt",
    SUBSCRIPTIONS: "mail/subscriptions.txt",
    NOT_SUBSCRIBED: "mail/not-subscribed.txt",
    HELP: "mail/help.txt",
    NO_COMMAND: "mail/no-command.txt",
    UNKNOWN_SUBJECT: "mail/unknown-subject.txt",
    UNKNOWN_LINE: "mail/unknown-line.txt",
    INCOMPLETE: "mail/incomplete.txt",
    GOODBYE_MAIL: "mail/goodbye-mail.txt",
    GOODBYE_CLICK: "mail/goodbye-click.txt",
    GOODBYE_BOUNCES: "mail/goodbye-bounces.txt",
}
"""The file of each."""
