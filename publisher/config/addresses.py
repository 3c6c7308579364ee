"""Addresses in `publisher.toml`: what they may be, and what they must not hold."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import unquote, urlsplit

_MAIL = re.compile(r"[a-z0-9][a-z0-9._+-]*@[a-z0-9-]+(\.[a-z0-9-]+)+")

_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_TAG = re.compile(
    rf"(?:[a-z0-9._-]+@)?{_LABEL}(?:\.{_LABEL})*,[12][0-9]{{3}}(?:-[01][0-9]"
    r"(?:-[0-3][0-9])?)?"
)


def tag(text: str) -> str:
    """Return a tagging entity (RFC 4151, section 2.1), or raise ValueError."""
    if not _TAG.fullmatch(text):
        msg = f"{text!r} is no host name or mail address with a date behind a comma"
        raise ValueError(msg)
    return text


def mail(text: str) -> str:
    """Return a mail address, or raise ValueError."""
    if not _MAIL.fullmatch(text):
        msg = f"{text!r} is no mail address in lower case"
        raise ValueError(msg)
    return text


def site(text: str) -> str:
    """Return the address of a site without its last slash, or raise ValueError."""
    parts = urlsplit(text)
    if "@" in parts.netloc:
        # It is not shown: there may be a password in it.
        msg = "it holds a user's name or password before the host: take that away"
        raise ValueError(msg)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        msg = f"{text!r} is no address of a site"
        raise ValueError(msg)
    if parts.fragment or not text.isascii() or " " in text:
        msg = f"{text!r} holds more than an address"
        raise ValueError(msg)
    return text.rstrip("/")


def rest(text: str) -> str:
    """Return the address of a REST interface, or raise ValueError.

    A password goes there, so plain http stays on this machine.
    """
    url = site(text)
    parts = urlsplit(url)
    if parts.scheme == "http" and not _is_here(parts.hostname or ""):
        msg = (
            f"{text!r} would send the password readably over the network: use https, "
            "or a tunnel that ends on this machine (`ssh -L`)"
        )
        raise ValueError(msg)
    return url


def imap(text: str) -> str:
    """Return the address of a mailbox (RFC 5092), or raise ValueError.

    A password goes there, so plain imap stays on this machine.
    """
    parts = urlsplit(text)
    if parts.password is not None:
        msg = "it holds a password: name it by `password` in the same table"
        raise ValueError(msg)
    is_whole = parts.username and parts.hostname and unquote(parts.path).strip("/")
    if parts.scheme not in ("imap", "imaps") or not is_whole or not text.isascii():
        msg = f"{text!r} is no address of a mailbox"
        raise ValueError(msg)
    if parts.scheme == "imap" and not _is_here(parts.hostname or ""):
        msg = f"{text!r} would send the password readably over the network: use imaps"
        raise ValueError(msg)
    return text


def leave(text: str) -> str:
    """Return the address of the page on which one leaves, or raise ValueError.

    Each mail says it in a header, with a query behind it. It is https (RFC 8058,
    section 3.1).
    """
    url = site(text)
    if not url.startswith("https://") or any(char in url for char in "<>,?#"):
        msg = f"{text!r} is no address that begins https:// and can stand in a header"
        raise ValueError(msg)
    return url


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        # RFC 6761, section 6.3.
        return host == "localhost" or host.endswith(".localhost")
