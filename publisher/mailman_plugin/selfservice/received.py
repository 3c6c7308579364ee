"""Who connected, as our own MTA wrote it into `Received` (RFC 5321, 4.4). No IO.

Whoever connects chooses what he says in HELO, and most MTAs write that first:

    Postfix, OpenSMTPD  from HELO (NAME [203.0.113.5]) by mx.example …
    Sendmail            from HELO (NAME [203.0.113.5] (may be forged)) by …
    Exim                from NAME ([203.0.113.5] helo=HELO) by …
                        from [203.0.113.5] (helo=HELO) by …
    qmail               from NAME (HELO HELO) (203.0.113.5) by …

So an address counts only where one of these puts that of the connection, and a line of
any other form says nothing. An address that is HELO, that stands behind `by`, or beside
which there is a second one, never counts.
"""

from __future__ import annotations

import ipaddress
import re

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Where translators put all of IPv4 (RFC 6052, section 2.1)."""
_LONGEST = 2000
"""Characters of a line that are looked at; what connects stands at its beginning."""
_MOST_COMMENTS = 6
_HOST = r"(?:IPv6:)?([0-9A-Fa-f:.]{3,45})"
_LITERAL = rf"\[{_HOST}\](?::[0-9]{{1,5}})?"
_START = re.compile(r"from ([^\s()]+)(?: |$)", re.IGNORECASE)
_ALONE = re.compile(_LITERAL, re.IGNORECASE)
# Sendmail puts what it thinks of a name into a comment of its own.
_NAMED = re.compile(
    rf"(?:[^\s\[\]()]+ )?{_LITERAL}(?: (?:helo|ident)=.*)?(?: \(may be forged\))?",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"(?:port|helo|ident)=.*", re.IGNORECASE)
_GREETED = re.compile(r"HELO .*", re.IGNORECASE)
_BARE = re.compile(rf"(?:[^\s@()\[\]]+@)?{_HOST}", re.IGNORECASE)
_EXIM = re.compile(r"by \S+ with \S+ [^;]*\(Exim ", re.IGNORECASE)


def connection(field: str) -> Address | None:
    """Return the address of who connected; None if the line does not tell."""
    line = " ".join(field[:_LONGEST].split())
    start = _START.match(line)
    if start is None:
        return None
    comments, rest = _comments(line[start.end() :])
    # A second `by` is not an MTA's: somebody's HELO was taken as it came. What is in
    # angle brackets is the envelope, whose sender may put there what he likes.
    if not rest.startswith("by ") or " by " in rest.partition("<")[0]:
        return None
    return _read(start[1], comments, rest)


def _read(greeting: str, comments: list[str], rest: str) -> Address | None:
    if not comments:
        # Exim drops a HELO that is the very address. Of others, it would be HELO.
        return _first(_ALONE, greeting) if _EXIM.match(rest) else None
    first, *more = comments
    if _LABELLED.fullmatch(first):
        return _first(_ALONE, greeting)
    if _GREETED.fullmatch(first):
        return _first(_BARE, more[0]) if len(more) == 1 else None
    if any(_NAMED.fullmatch(each) or _BARE.fullmatch(each) for each in more):
        return None
    return _first(_NAMED, first) or _first(_BARE, first)


def _comments(text: str) -> tuple[list[str], str]:
    """Return the comments that `text` begins with, without brackets, and the rest."""
    found: list[str] = []
    while text.startswith("(") and len(found) < _MOST_COMMENTS:
        end = _end(text)
        found.append(text[1:end].strip())
        text = text[end + 1 :].lstrip()
    return found, text


def _end(text: str) -> int:
    """Return where the comment ends that `text` begins with (RFC 5322, 3.2.2)."""
    depth, escaped = 0, False
    for place, each in enumerate(text):
        if escaped:
            escaped = False
        elif each == "\\":
            escaped = True
        elif each in "()":
            depth += 1 if each == "(" else -1
            if depth == 0:
                return place
    return len(text)


def _first(form: re.Pattern[str], text: str) -> Address | None:
    found = form.fullmatch(text)
    if found is None:
        return None
    try:
        address = ipaddress.ip_address(found[1])
    except ValueError:
        return None
    return address if address.version == 4 else _translated(address) or address


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an address of IPv6 stands for, if it does."""
    if address in _NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped
