"""What Mailman and the plugin fill in when they send our texts: `$token` and the like.

From Mailman core 3.3.10: `mailman.utilities.string.expand` for all of them, and
`app.subscriptions`, `app.notifications` and `app.bounces` for their own. What they do
not know they leave as it stands, so a subscriber would read `$tokn`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Template

_ALL = frozenset(
    ("site_email", "listname", "list_id", "display_name", "short_listname", "domain",
     "description", "info", "request_email", "owner_email", "language")
)  # fmt: skip
_ASKING = frozenset(
    ("token", "subject", "confirm_email", "user_email", "confirm_address",
     "email_address", "domain_name", "contact_address")
)  # fmt: skip
_TOLD = frozenset(
    ("user_email", "user_address", "fqdn_listname", "list_name", "list_requests")
)
_OWN: Mapping[str, frozenset[str]] = {
    "list:user:action:subscribe": _ASKING,
    "list:user:action:unsubscribe": _ASKING,
    "list:user:action:invite": _ASKING,
    "list:user:notice:welcome": _TOLD | {"user_name"},
    "list:user:notice:goodbye": _TOLD,
    "publisher:goodbye:mail": _TOLD,
    "publisher:goodbye:click": _TOLD,
    "publisher:goodbye:bounces": _TOLD,
    "list:user:notice:warning": frozenset(("sender_email",)),
    "list:user:notice:probe": frozenset(
        ("sender_email", "address", "email", "owneraddr")
    ),
}
NEEDED = frozenset(("token", "new_email", "line", "lists", "command"))
"""Those that a text cannot do without, where the packaged one has them."""
NEEDED_ADDRESSES: Mapping[str, frozenset[str]] = {
    "list:user:notice:welcome": frozenset(("leave",)),
    "list:user:notice:rejected": frozenset(("contact", "leave")),
    "publisher:help": frozenset(("leave",)),
}
"""The addresses that a text has to name, where the packaged one does."""
_BRACES = re.compile(r"(?<![\w{$])\{([a-z_]{2,20})\}(?!\})")


def known(name: str, packaged: str) -> frozenset[str]:
    """Return what is filled in in the template `name`.

    The plugin fills in what the packaged text has.
    """
    return _ALL | _OWN.get(name, frozenset()) | used(packaged)


def used(text: str) -> frozenset[str]:
    """Return the names behind dollars in a text for Mailman."""
    found = Template.pattern.finditer(text)
    return frozenset(m["named"] or m["braced"] for m in found) - {None}


def bare(text: str) -> frozenset[str]:
    """Return names in single braces, which nobody fills in here."""
    return frozenset(_BRACES.findall(text))
