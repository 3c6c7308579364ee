"""Read the settings of a list off the server, as `publisher.lists` names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from publisher.lists import language_code, names, policy
from publisher.lists.texts import TEMPLATES

if TYPE_CHECKING:
    from publisher.adapters.mailman.server import Content, Server
    from publisher.model.settings import MailingList

OPEN_ACTIONS = ("accept", "defer", "hold", "reject")
"""The moderation actions by which a post passes, waits for a human or is answered."""
_HASHED = "moderator_password"
_TOLD = (
    names.COMPONENTS,
    names.POSTING_CHAIN,
    names.DECORATION,
    names.FINGERPRINTS,
    names.LEAVE_URL,
)
"""What the plugin tells of a list, by the names that we have for it."""
_NO = ("no", "false", "off", "0")
DIGEST_MODES = ("mime_digests", "plaintext_digests", "summary_digests")


def path(mailing_list: MailingList) -> str:
    """Return where the list is on the server."""
    return f"lists/{quote(mailing_list.list_id)}"


def plugin_path(mailing_list: MailingList) -> str:
    """Return where the plugin speaks of the list."""
    return f"plugins/publisher/{path(mailing_list)}"


def settings(server: Server, mailing_list: MailingList) -> dict[str, object] | None:
    """Return all settings of a list; None if there is no such list."""
    base = path(mailing_list)
    config = server.find(f"{base}/config")
    if config is None:
        return None
    values: dict[str, object] = {name: _frozen(value) for name, value in config.items()}
    if values.get(_HASHED) is not None:
        # The server tells the hash; nobody needs to see it.
        values[_HASHED] = "(set)"
    values |= templates(server, mailing_list)
    values[names.OWNERS] = roster(server, mailing_list, "owner")
    values[names.MODERATORS] = roster(server, mailing_list, "moderator")
    values[names.HEADER_MATCHES] = tuple(
        "{header}: {pattern} -> {action}".format_map({"action": "default", **entry})
        for entry in server.entries(f"{base}/header-matches")
    )
    values[names.OPEN_MEMBERS] = len(open_members(server, mailing_list))
    values[names.CHARSET] = _charset(server, mailing_list)
    values[names.RUNNERS] = _stopped_runners(server)
    values[names.PLUGIN] = plugin_version(server) or ""
    return values | _plugin_settings(server, mailing_list)


def plugin_version(server: Server) -> str | None:
    """Return the version of our plugin; None if the server has none."""
    told = server.find("plugins/publisher/version")
    return None if told is None else str(told.get("version"))


def canary(server: Server, mailing_list: MailingList, address: str) -> str:
    """Return `address` if it is subscribed and gets mail, else what is wrong, or ""."""
    member = membership(server, mailing_list, address)
    if member is None:
        return ""
    preferences = server.get(f"members/{member}/all/preferences")
    status = preferences.get("delivery_status", "enabled")
    mode = preferences.get("delivery_mode", "regular")
    wrong = [each for each in (status, mode) if each not in ("enabled", "regular")]
    if not is_guarded(server, mailing_list, address):
        wrong.append("a bounce can end it")
    return f"{address} ({', '.join(wrong)})" if wrong else address


def is_guarded(server: Server, mailing_list: MailingList, address: str) -> bool:
    """Tell whether the plugin knows the canary, against which no bounce counts.

    A plugin that cannot know it, or none, has nothing to be told.
    """
    told = server.find(plugin_path(mailing_list)) or {}
    return bool(told.get(names.CANARY, address) == address)


def membership(server: Server, mailing_list: MailingList, address: str) -> str | None:
    """Return the id under which an address is subscribed; None if it is not."""
    like = {"role": "member", "subscriber": address}
    found = _members(server, mailing_list, **like)
    return found[0] if found else None


def roster(server: Server, mailing_list: MailingList, role: str) -> tuple[str, ...]:
    """Return the addresses of those with a role, in lower case, sorted."""
    entries = server.entries(f"{path(mailing_list)}/roster/{role}")
    return tuple(sorted(str(entry.get("email", "")).lower() for entry in entries))


def open_members(server: Server, mailing_list: MailingList) -> Sequence[str]:
    """Return the ids of those whose own moderation action is not to discard."""
    return [
        member
        for role in ("member", "nonmember")
        for action in OPEN_ACTIONS
        for member in _members(
            server, mailing_list, role=role, moderation_action=action
        )
    ]


def digest_members(server: Server, mailing_list: MailingList) -> Sequence[str]:
    """Return the ids of the subscribers who chose digests."""
    return [
        member
        for mode in DIGEST_MODES
        for member in _members(server, mailing_list, role="member", delivery_mode=mode)
    ]


def _members(server: Server, mailing_list: MailingList, **like: str) -> list[str]:
    query = urlencode({"list_id": mailing_list.list_id, "fields": "member_id", **like})
    found = server.entries(f"members/find?{query}")
    return [str(entry.get("member_id")) for entry in found]


def templates(server: Server, mailing_list: MailingList) -> dict[str, object]:
    """Return the addresses of a list's templates, and which ones are not of ours."""
    prefix = names.template("")
    values: dict[str, object] = {n: "" for n in policy.RULES if n.startswith(prefix)}
    found = {
        str(entry.get("name")): entry.get("uri")
        for entry in server.entries(f"{path(mailing_list)}/uris")
    }
    values |= {prefix + name: uri for name, uri in found.items()}
    ours = {name.removeprefix(prefix) for name in policy.RULES} | set(TEMPLATES)
    values[names.OTHER_TEMPLATES] = tuple(sorted(set(found) - ours))
    return values


def _stopped_runners(server: Server) -> tuple[str, ...]:
    stopped = []
    for name in policy.RUNNERS:
        section = server.find(f"system/configuration/runner.{name}") or {}
        if str(section.get("start", "yes")).strip().lower() in _NO:
            stopped.append(name)
    return tuple(stopped)


def _charset(server: Server, mailing_list: MailingList) -> object:
    code = language_code(mailing_list.language)
    section: Content | None = server.find(f"system/configuration/language.{code}")
    charset = "" if section is None else str(section.get("charset", "")).lower()
    # Stock English has US-ASCII, and Mailman takes UTF-8 where that does not suffice.
    return "utf-8" if charset == "us-ascii" else charset


def _plugin_settings(server: Server, mailing_list: MailingList) -> dict[str, object]:
    told = server.find(plugin_path(mailing_list))
    if told is None:
        return {}
    values: dict[str, object] = {
        name: _frozen(told[name]) for name in _TOLD if name in told
    }
    texts = told.get("notices", {})
    return values | {names.notice(name): text for name, text in texts.items()}


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
