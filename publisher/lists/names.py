"""The settings of a list that are not in Mailman's own configuration resource."""

from __future__ import annotations

OWNERS = "owners"
"""Addresses in lower case, sorted."""
MODERATORS = "moderators"
"""Addresses in lower case, sorted."""
HEADER_MATCHES = "header_matches"
"""`header: pattern -> action` of each header match."""
OPEN_MEMBERS = "open_members"
"""How many members and senders have a moderation action of their own that lets their
mail pass, or asks a human about it."""
CHARSET = "charset"
"""In which Mailman writes headers and messages in the list's language; "" if it does
not know the language."""
POSTING_CHAIN = "posting_chain"
"""Who decides about posts; told and set by the plugin."""
DECORATION = "decoration"
"""What Mailman puts around each post after all; told by the plugin."""
FINGERPRINTS = "fingerprints"
"""Of the keys whose signatures the plugin takes, sorted."""
LEAVE_URL = "leave_url"
"""Where subscribers leave with one click; "" if they do not. Kept by the plugin."""
PLUGIN = "plugin"
"""The version of our plugin on the server; "" if it has none."""
CANARY = "canary"
"""The canary's address if it is subscribed and gets mail; else what is wrong, or ""."""
COMPONENTS = "components"
RUNNERS = "runners"
"""Those of Mailman's programs that `mailman.cfg` does not start, sorted."""
OTHER_TEMPLATES = "other_templates"
"""Names of the message templates that somebody gave the list beside ours, sorted."""

CHAIN = "publisher-announce"
"""The name of the plugin's posting chain, and of its list style."""
PIPELINE = "publisher-posting-pipeline"
"""The name of the plugin's pipeline, which alters no body."""
EMPTY_TEMPLATE = "mailman:///en/list:member:digest:header.txt"
"""An empty file that every Mailman comes with, by Mailman's own address.

It needs no other host and no file of ours on Mailman's. When an `http:` template
cannot be fetched, or a `file:` one is gone, delivery fails.
"""


def template(name: str) -> str:
    """Return the setting that is the address of the template `name`."""
    return f"template:{name}"


def notice(name: str) -> str:
    """Return the setting that is the text of the template `name`."""
    return f"notice:{name}"
