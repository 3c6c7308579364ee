"""Why a connection failed, in plain words: who cannot be reached, and what to do next.

Libraries wrap what the system said in layers of their own, whose text is made for those
who wrote them. So the exceptions are looked through down to the first cause. Those of
urllib3, requests, smtplib and imaplib are known by name: the page on which subscribers
leave loads none of these.
"""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

_LONGEST = 120
"""Characters of another program's that a message shows."""
_DEEPEST = 50
"""Exceptions that are looked through; there are about five."""
_PORTS = {"http": 80, "https": 443, "imap": 143, "imaps": 993}
_TRUST = "SSL_CERT_FILE"
"""The variable that names authorities to Python's own ssl."""


class Fault(StrEnum):
    """What went wrong."""

    NAME = "name"
    """There is no host of this name."""
    LOOKUP = "lookup"
    """No name server answers."""
    REFUSED = "refused"
    """Nothing listens on the port."""
    ROUTE = "route"
    """No network leads there."""
    PROXY = "proxy"
    """The proxy that the environment names is in the way."""
    CERTIFICATE = "certificate"
    """The certificate is not trusted, or is another host's."""
    TLS = "tls"
    """There is no TLS, or none that both sides speak."""
    SILENT = "silent"
    """Nothing came in time."""
    CUT = "cut"
    """The answer broke off, or is damaged."""
    CLOSED = "closed"
    """The connection was closed before the answer."""
    FOREIGN = "foreign"
    """What answers there speaks another protocol."""
    ADDRESS = "address"
    """The address itself cannot be used."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is asked, and which setting says where that is."""

    what: str
    """For people, e.g. `the list server`."""
    host: str
    port: int
    setting: str
    """E.g. `mailman.url`; empty: none says it."""
    speaks: str = "HTTP"
    seconds: float = 0.0
    """For how long an answer is waited for; 0: it is not known."""
    trust: str = _TRUST
    """The variable that names authorities."""

    @classmethod
    def at(
        cls,
        url: str,
        what: str,
        setting: str,
        *,
        seconds: float = 0.0,
        trust: str = _TRUST,
    ) -> Peer:
        """Return who answers at a URL; its user and password are in no message."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError):
            return cls(what, _short(url.rpartition("@")[2]), 0, setting)
        speaks = parts.scheme.upper().removesuffix("S")
        return cls(what, host, port, setting, speaks, seconds, trust)

    @property
    def place(self) -> str:
        """Host and port, e.g. `lists.cert.example:8001`, `[::1]:25`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else self.host


def told(error: BaseException, peer: Peer) -> str:
    """Return one sentence: who cannot be reached, why, and what to do."""
    found = fault(error)
    name = f"{peer.what} ({peer.setting})" if peer.setting else peer.what
    answered = found in (Fault.CUT, Fault.CLOSED, Fault.FOREIGN)
    verb = "does not answer as it should" if answered else "cannot be reached"
    return f"{name} {verb}: {why(error, peer)}: {_todo(found, peer)}"


def why(error: BaseException, peer: Peer) -> str:
    """Return what went wrong, in words that need no knowledge of the library."""
    found, at = fault(error), peer.place
    time = f" within {peer.seconds:g} s" if peer.seconds else " in time"
    words = {
        Fault.NAME: f"there is no host named {peer.host!r}",
        Fault.LOOKUP: f"the name {peer.host!r} cannot be looked up now",
        Fault.REFUSED: f"nothing listens at {at}",
        Fault.ROUTE: f"no network leads from here to {at}",
        Fault.PROXY: f"the proxy that the environment names does not lead to {at}",
        Fault.CERTIFICATE: f"the certificate of {at} is not trusted",
        Fault.TLS: f"what answers at {at} does not speak TLS, or not as this machine",
        Fault.SILENT: f"{at} did not answer{time}",
        Fault.CUT: f"{at} broke off in the middle of its answer",
        Fault.CLOSED: f"{at} closed the connection before it had answered",
        Fault.FOREIGN: f"what answers at {at} does not speak {peer.speaks}",
        Fault.ADDRESS: f"{at!r} is no address that can be used",
        Fault.OTHER: f"the connection to {at} failed",
    }
    detail = _detail(found, error)
    return f"{words[found]} ({detail})" if detail else words[found]


def status(code: int) -> str:
    """Return what a status of HTTP means (RFC 9110, section 15); empty: who knows."""
    return _STATUSES.get(code, "")


def fault(error: BaseException) -> Fault:
    """Return what went wrong, by the cause that says most."""
    causes = list(_causes(error))
    for found, fits in _TESTS:
        if any(map(fits, causes)):
            return found
    return Fault.OTHER


def _todo(found: Fault, peer: Peer) -> str:
    setting = f" in {peer.setting}" if peer.setting else ""
    advice = {
        Fault.NAME: f"mend the name{setting}",
        Fault.LOOKUP: "see the network and the name server of this machine, then try "
        "again",
        Fault.REFUSED: f"see that it runs, and the port{setting}, then try again",
        Fault.ROUTE: "see the network of this machine, then try again",
        Fault.PROXY: "mend HTTP_PROXY, HTTPS_PROXY or NO_PROXY, then try again",
        Fault.CERTIFICATE: f"make it right, or name its authority by {peer.trust}, "
        "then try again",
        Fault.TLS: f"see the port and the scheme{setting}",
        Fault.SILENT: "see its load and its log, and whether a firewall is between, "
        "then try again",
        Fault.ADDRESS: f"mend it{setting}",
    }
    default = f"see its log, and the port{setting}, then try again"
    return advice.get(found, default)


def _detail(found: Fault, error: BaseException) -> str:
    """Return what tells more to whoever has to mend it; empty: nothing does."""
    for each in _causes(error):
        if isinstance(each, ssl.SSLCertVerificationError):
            return _short(each.verify_message)
        if found is Fault.OTHER and isinstance(each, OSError) and each.strerror:
            return _short(str(each.strerror))
    return ""


def _short(text: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that it was made of, each once."""
    todo, seen = [error], set[int]()
    while todo and len(seen) < _DEEPEST:
        each = todo.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        context = None if each.__suppress_context__ else each.__context__
        # urllib3 and urllib have it as `reason`, requests among its arguments.
        inner = (each.__cause__, context, getattr(each, "reason", None), *each.args)
        todo += [one for one in inner if isinstance(one, BaseException)]


def _is(*kinds: type[BaseException]) -> Callable[[BaseException], bool]:
    return lambda error: isinstance(error, kinds)


def _named(*names: str) -> Callable[[BaseException], bool]:
    """Tell exceptions by their own name: classes above them mean something else."""
    return lambda error: type(error).__qualname__ in names


def _numbered(*numbers: int) -> Callable[[BaseException], bool]:
    return lambda error: isinstance(error, OSError) and error.errno in numbers


def _no_such_name(error: BaseException) -> bool:
    gone = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
    return isinstance(error, socket.gaierror) and error.errno in gone


def _ended(error: BaseException) -> bool:
    """Tell whether an IMAP server went away; imaplib has one class for all ends."""
    name = type(error).__qualname__
    return name == "IMAP4.abort" and "unexpected response" not in str(error)


_TESTS: tuple[tuple[Fault, Callable[[BaseException], bool]], ...] = (
    (Fault.PROXY, _named("ProxyError")),
    (Fault.CERTIFICATE, _is(ssl.SSLCertVerificationError)),
    (Fault.CLOSED, _is(ssl.SSLEOFError, ssl.SSLZeroReturnError)),
    (Fault.TLS, _is(ssl.SSLError)),
    (Fault.NAME, _no_such_name),
    (Fault.LOOKUP, _is(socket.gaierror)),
    (Fault.REFUSED, _is(ConnectionRefusedError)),
    (
        Fault.ROUTE,
        _numbered(
            errno.EHOSTUNREACH,
            errno.ENETUNREACH,
            errno.EHOSTDOWN,
            errno.ENETDOWN,
            errno.EADDRNOTAVAIL,
        ),
    ),
    (Fault.SILENT, _is(TimeoutError)),
    (Fault.SILENT, _named("ReadTimeoutError", "ConnectTimeoutError")),
    (Fault.CUT, _is(http.client.IncompleteRead)),
    (Fault.CUT, _named("DecodeError", "ContentDecodingError")),
    (Fault.CLOSED, _is(ConnectionError)),
    (Fault.CLOSED, _named("SMTPServerDisconnected")),
    (Fault.CLOSED, _ended),
    (Fault.FOREIGN, _is(http.client.HTTPException)),
    (Fault.FOREIGN, _named("InvalidHeader", "IMAP4.error", "IMAP4.abort")),
    (Fault.FOREIGN, _named("SMTPConnectError", "SMTPHeloError")),
    (Fault.ADDRESS, _is(ValueError)),
)
"""In this order: what is further up says more."""

_STATUSES = {
    400: "it does not understand the request",
    401: "it wants a user and a password",
    403: "it refuses access",
    404: "there is nothing at this address",
    407: "a proxy between wants a user and a password",
    408: "it was asked too slowly",
    410: "what was there is gone",
    421: "it is not responsible for this name",
    429: "it is asked too often",
    500: "it failed",
    502: "what stands before it got no good answer from it",
    503: "it is overloaded, or being worked on",
    504: "what stands before it waited for it in vain",
    507: "it has no room left",
}
