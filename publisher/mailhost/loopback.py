"""Free ports of the loopback interface."""

from __future__ import annotations

import contextlib
import secrets
import socket
from dataclasses import dataclass

from publisher.mailhost.errors import MailHostError
from publisher.mailhost.settings import MailHostSettings

HOST = "127.0.0.1"
# Below the range from which systems take the ports of outgoing connections
# (32768 to 60999 on Linux): a port that is free now is still free a second later,
# when Mailman binds it.
_FIRST, _COUNT = 20000, 10000
_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the parts of a running mail host listen."""

    rest: int
    """Mailman's REST interface."""
    smtp: int
    """The local MTA, for mail from outside and from Mailman."""
    lmtp: int
    """Mailman's entrance, for the local MTA only."""


def choose(settings: MailHostSettings) -> Ports:
    """Return the ports of `settings`, with a free one in place of each 0.

    Raise MailHostError if one of those that are given is in use.
    """
    with contextlib.ExitStack() as held:
        return Ports(
            rest=_given(settings.rest_port) or _free(held),
            smtp=_given(settings.smtp_port) or _free(held),
            lmtp=_given(settings.lmtp_port) or _free(held),
        )


def answers(port: int) -> bool:
    """Return whether something listens on `port`."""
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex((HOST, port)) == 0


def _given(port: int) -> int:
    """Return `port`, which may be 0, or raise MailHostError if nobody could use it."""
    with socket.socket() as candidate:
        # Connections of an earlier run that linger on the port do no harm.
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((HOST, port))
        except OSError as error:
            msg = f"port {port} cannot be used: {error.strerror}; choose another one"
            raise MailHostError(msg) from error
    return port


def _free(held: contextlib.ExitStack) -> int:
    """Return a port that can be bound; `held` keeps it so that none comes twice."""
    for _ in range(_ATTEMPTS):
        port = _FIRST + secrets.randbelow(_COUNT)
        candidate = socket.socket()
        try:
            candidate.bind((HOST, port))
        except OSError:
            candidate.close()
        else:
            held.enter_context(candidate)
            return port
    msg = (
        f"no free port found between {_FIRST} and {_FIRST + _COUNT - 1}; set the ports"
    )
    raise MailHostError(msg)
