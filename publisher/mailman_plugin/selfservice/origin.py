"""Where a mail came from, to count by: who handed it to our own MTA. No IO.

In the plugin's configuration, all of them optional:

    own_hosts: 192.0.2.25 2001:db8:25::/64
    source_ipv4: 32
    source_ipv6: 64
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from publisher.errors import SettingsError
from publisher.mailman_plugin.selfservice import reading, received
from publisher.mailman_plugin.selfservice.received import Address

if TYPE_CHECKING:
    from email.message import Message

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_MOST_HOPS = 10
# A content filter on this machine hands mail back from here.
_LOOPBACK: tuple[Network, ...] = (
    ipaddress.IPv4Network("127.0.0.0/8"),
    ipaddress.IPv6Network("::1/128"),
)
# What one party can have without effort: providers rent out a /48 to whoever asks, and
# a rented machine has neighbours of the same tenant in its /24.
_WIDE = {4: 24, 6: 48}


@dataclass(frozen=True, slots=True)
class Source:
    """Who wrote, as far as our own MTA can know."""

    host: str
    """What counts as one source: a network, or a domain if no network is known."""
    network: str
    """What is served in turns: the wider network that `host` is part of."""


@dataclass(frozen=True, slots=True)
class Networks:
    """Which hosts are ours, and how much of the Internet is one source."""

    own: tuple[Network, ...] = ()
    """Gateways and filters in front of our MTA, besides this very machine.

    Each has to write a `Received` of its own: the next one is believed.
    """
    ipv4: int = 32
    """Bits of an IPv4 address that tell sources apart."""
    ipv6: int = 64
    """The same of IPv6. One host has 64 bits to choose from, at the least."""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Self:
        """Return what the plugin's configuration says, or raise SettingsError."""
        own = tuple(_network(text) for text in values.get("own_hosts", "").split())
        return cls(
            own,
            _bits(values, "source_ipv4", usual=32),
            _bits(values, "source_ipv6", usual=64),
        )

    def source(self, host: Address) -> Source:
        """Return the source that a host belongs to."""
        bits = self.ipv4 if host.version == 4 else self.ipv6
        wide = min(bits, _WIDE[host.version])
        return Source(_name(host, bits), _name(host, wide))

    def has(self, host: Address) -> bool:
        """Tell whether a host is ours."""
        return any(host in network for network in (*_LOOPBACK, *self.own))


def of(message: Message, networks: Networks) -> Source:
    """Return the source of `message`.

    The topmost `Received` is our own MTA's, and tells who connected. Where that was a
    host of our own, the next one is that host's, and so on. All that a sender made up
    lies below and is never read. If no connection is told, say since the mail was
    written on this very machine, the source is the domain of `From`.
    """
    for field in message.get_all("received", [])[:_MOST_HOPS]:
        host = received.connection(str(field))
        if host is None:
            break
        if not networks.has(host):
            return networks.source(host)
    domain = "@" + reading.sender(message).rpartition("@")[2]
    return Source(domain, domain)


def _name(host: Address, bits: int) -> str:
    return str(ipaddress.ip_network((host, bits), strict=False))


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        msg = (
            f"the plugin's configuration: `own_hosts` cannot be used: {error}: write"
            " addresses or networks, e.g. 192.0.2.25 2001:db8:25::/64"
        )
        raise SettingsError(msg) from error


def _bits(values: Mapping[str, str], name: str, *, usual: int) -> int:
    text = values.get(name, str(usual)).strip().removeprefix("/")
    least, most = usual // 4, usual if usual == 32 else 128
    if text.isascii() and text.isdigit() and least <= int(text[:4]) <= most:
        return int(text)
    msg = (
        f"the plugin's configuration: `{name}` cannot be used: {text!r} is no length"
        f" of a network: write a number from {least} to {most}"
    )
    raise SettingsError(msg)
