"""Why a setting is as it is wanted, and whether a post has to wait for it."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.lists import names, policy

OWN: Mapping[str, str] = {
    "preferred_language": "subscribers are written to in the language of the list",
    "display_name": "readers know the list by it",
    "description": "readers learn from it for whom the list is",
    "info": "as above",
    names.OWNERS: "whoever owns a list can change it",
    names.CANARY: "somebody of the team has to see what readers get",
    names.PLUGIN: "it lets only what the team has signed be posted, and that once",
    names.POSTING_CHAIN: "only what the team has signed is posted",
    names.LEAVE_URL: "providers of mailboxes ask for one click (RFC 8058)",
    names.FINGERPRINTS: "the plugin and the site trust the same keys",
}
"""Why the settings that a list has of its own, or with the plugin, are as they are."""

STOPS_POSTS = frozenset(
    {
        *policy.UNCHANGED,
        *policy.NO_DELAY,
        *policy.NOBODY_ELSE,
        "preferred_language",
        names.CHARSET,
        names.POSTING_CHAIN,
        names.FINGERPRINTS,
    }
)
"""Without these, a signed post would be held, changed or lost, or another one pass."""

_POSTING_RUNNERS = frozenset({"in", "pipeline", "out"})
_AS_ABOVE = "as above"
_NOTICES = names.notice("")


def stops(setting: str, live: object) -> bool:
    """Tell whether nothing should be posted while a setting is as it is."""
    if setting == names.RUNNERS and isinstance(live, tuple):
        return bool(_POSTING_RUNNERS & set(live))
    # Another version of the plugin is no danger: it decides about each post by itself.
    return setting in STOPS_POSTS or (setting == names.PLUGIN and not live)


def why(setting: str) -> str:
    """Return why a setting has to be as it is wanted."""
    if setting.startswith(_NOTICES):
        return "subscribers are told in their language which list it is about"
    reason = ""
    for name, text in {
        **OWN,
        **{n: rule.why for n, rule in policy.RULES.items()},
    }.items():
        reason = reason if text == _AS_ABOVE else text
        if name == setting:
            break
    return reason
