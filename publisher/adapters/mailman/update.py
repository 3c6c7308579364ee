"""Give settings of a list other values on the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from publisher.adapters.mailman import live
from publisher.errors import MailmanError
from publisher.lists import names, policy

if TYPE_CHECKING:
    from publisher.adapters.mailman.server import Server
    from publisher.model.settings import MailingList

Values = Mapping[str, object]


def apply(server: Server, mailing_list: MailingList, changes: Values) -> None:
    """Make the `changes`, those of Mailman's own configuration all at once."""
    by_hand = sorted(set(changes) & set(policy.BY_HAND))
    if by_hand:
        msg = f"the list server takes no orders about {', '.join(by_hand)}"
        raise MailmanError(msg, certain=True)
    for name in sorted(set(changes) & set(_SPECIAL)):
        _SPECIAL[name](server, mailing_list, changes[name])
    rest: Values = {
        name: value for name, value in changes.items() if name not in _SPECIAL
    }
    base = live.path(mailing_list)
    templates, rest = _split(rest, names.template(""))
    notices, config = _split(rest, names.notice(""))
    if config:
        server.patch(f"{base}/config", config)
    if templates:
        server.patch(f"{base}/uris", templates)
    if notices:
        # The plugin writes them in the list's language, which is set by now.
        server.patch(live.plugin_path(mailing_list), {"notices": notices})


def send_no_digests(server: Server, mailing_list: MailingList, *, plugin: bool) -> None:
    """Have mail sent to subscribers who chose digests, of which there are none.

    Whoever joins may choose them (`join digest=mime`), and would get nothing.
    """
    if plugin:
        # At once; Mailman's own REST asks each member, which takes minutes for many.
        server.delete(f"plugins/publisher/digests/{quote(mailing_list.list_id)}")
        return
    for member in live.digest_members(server, mailing_list):
        server.patch(f"members/{member}", {"delivery_mode": "regular"})


def _split(values: Values, prefix: str) -> tuple[Values, Values]:
    """Return the settings with a prefix, without it, and the others."""
    found = {
        name.removeprefix(prefix): value
        for name, value in values.items()
        if name.startswith(prefix)
    }
    others = {n: value for n, value in values.items() if not n.startswith(prefix)}
    return found, others


def _owners(server: Server, mailing_list: MailingList, value: object) -> None:
    _set_roster(server, mailing_list, "owner", value)


def _moderators(server: Server, mailing_list: MailingList, value: object) -> None:
    _set_roster(server, mailing_list, "moderator", value)


def _set_roster(
    server: Server, mailing_list: MailingList, role: str, value: object
) -> None:
    wanted = set(_texts(value))
    there = set(live.roster(server, mailing_list, role))
    # New ones first: at no time is a list without an owner.
    for address in sorted(wanted - there):
        member = {"list_id": mailing_list.list_id, "subscriber": address, "role": role}
        server.post("members", member)
    for address in sorted(there - wanted):
        server.delete(f"{live.path(mailing_list)}/{role}/{quote(address)}")


def _header_matches(server: Server, mailing_list: MailingList, value: object) -> None:
    _only((), value)
    server.delete(f"{live.path(mailing_list)}/header-matches")


def _open_members(server: Server, mailing_list: MailingList, value: object) -> None:
    _only(0, value)
    for member in live.open_members(server, mailing_list):
        # An empty action means that the list's defaults hold.
        server.patch(f"members/{member}", {"moderation_action": ""})


def _canary(server: Server, mailing_list: MailingList, value: object) -> None:
    """Subscribe the canary, or have mail sent to it again, and never end that."""
    address = str(value)
    if not live.is_guarded(server, mailing_list, address):
        server.patch(live.plugin_path(mailing_list), {names.CANARY: address})
    member = live.membership(server, mailing_list, address)
    if member is not None:
        enabled = {"delivery_status": "enabled", "delivery_mode": "regular"}
        server.patch(f"members/{member}/preferences", enabled)
        return
    subscription = {
        "list_id": mailing_list.list_id,
        "subscriber": address,
        "pre_verified": "yes",
        "pre_confirmed": "yes",
        "pre_approved": "yes",
        "send_welcome_message": "no",
    }
    server.post("members", subscription)


def _other_templates(server: Server, mailing_list: MailingList, value: object) -> None:
    _only((), value)
    found = live.templates(server, mailing_list)[names.OTHER_TEMPLATES]
    # An empty address means that the list has none.
    none = dict.fromkeys(_texts(found), "")
    if none:
        server.patch(f"{live.path(mailing_list)}/uris", none)


def _posting_chain(server: Server, mailing_list: MailingList, value: object) -> None:
    server.patch(live.plugin_path(mailing_list), {names.POSTING_CHAIN: value})


def _leave_url(server: Server, mailing_list: MailingList, value: object) -> None:
    server.patch(live.plugin_path(mailing_list), {names.LEAVE_URL: value})


_SPECIAL: Mapping[str, Callable[[Server, MailingList, object], None]] = {
    names.CANARY: _canary,
    names.OTHER_TEMPLATES: _other_templates,
    names.OWNERS: _owners,
    names.MODERATORS: _moderators,
    names.HEADER_MATCHES: _header_matches,
    names.OPEN_MEMBERS: _open_members,
    names.POSTING_CHAIN: _posting_chain,
    names.LEAVE_URL: _leave_url,
}


def _only(possible: object, value: object) -> None:
    if value != possible:
        msg = f"{value!r} cannot be set by REST, only {possible!r} can"
        raise MailmanError(msg, certain=True)


def _texts(value: object) -> Iterable[str]:
    return map(str, value) if isinstance(value, tuple | list) else ()
