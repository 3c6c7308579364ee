"""Where a mail came from, to count by: who handed it to our own MTA. No IO."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from publisher.mailman_plugin.selfservice import reading

if TYPE_CHECKING:
    from email.message import Message

_HOST = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{3,45})\]")
_MOST_HEADERS = 10
# Of this host and of networks that are not the Internet's (RFC 1918, RFC 4193).
_OWN = tuple(
    ipaddress.ip_network(each)
    for each in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
# One host has 64 bits of IPv6 addresses to choose from, at the least.
_PREFIX = 64


def of(message: Message) -> str:
    """Return the name of the source of `message`.

    The topmost `Received` is our own MTA's, and whoever connected stands in it in
    brackets (RFC 5321, section 4.4). Where that was a host of our own, say a content
    filter or a gateway, the next one counts. Those that a sender makes up lie below.
    Without any, the source is the domain of `From`.
    """
    for field in message.get_all("received", [])[:_MOST_HEADERS]:
        host = _host(str(field)[:1000])
        if host is None:
            break
        if not any(host in network for network in _OWN):
            return _name(host)
    return reading.sender(message).rpartition("@")[2]


def _host(field: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    found = _HOST.search(field.partition(" by ")[0])
    if found is None:
        return None
    try:
        return ipaddress.ip_address(found[1])
    except ValueError:
        return None


def _name(host: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    if isinstance(host, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((host, _PREFIX), strict=False))
    return str(host)
