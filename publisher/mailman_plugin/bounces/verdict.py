"""Whether a report says that an address is dead. No IO.

A report in the standard's form says so by `Action: failed` and a status of class 5 (RFC
3464, section 2.3, and RFC 3463). A status of class 4 beside `failed` means that a
server gave up on a host that may come back: it says nothing about the address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import islice

from publisher.mailman_plugin.bounces import phrases
from publisher.mailman_plugin.bounces.received import Group, Report

_FAILED = ("fail", "error")
"""How the action begins; OpenSMTPD writes `error`, others a comment behind it."""
_STATUS = re.compile(r"\s*([245])\.[0-9]{1,3}\.[0-9]{1,3}", re.ASCII)
_REPLY = re.compile(r"[^;]{0,40};\D{0,40}([245])[0-9]{2}\b", re.ASCII)
"""`smtp; 550 no such user`, in a report that has no status."""
_ESCAPE = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
"""A character as RFC 6533, section 3, writes it where only ASCII may stand."""
_LAST = 0x10FFFF


class Verdict(Enum):
    """What a mail to `LIST-bounces@` is."""

    DEAD = "a report of a dead address"
    NOT_NOW = "a report of what may pass"
    NO_REPORT = "no report that is known"


def judge(report: Report) -> Verdict:
    """Return what a mail is; its recipient is known from elsewhere."""
    if report.is_other:
        return Verdict.NO_REPORT
    if any("action" in group for group in report.groups):
        is_dead = any(map(_is_dead, report.groups))
        return Verdict.DEAD if is_dead else Verdict.NOT_NOW
    if not report.is_machine or not phrases.is_report(report.text):
        return Verdict.NO_REPORT
    is_dead = phrases.is_for_good(report.text)
    return Verdict.DEAD if is_dead else Verdict.NOT_NOW


def dead(report: Report, most: int) -> Sequence[str]:
    """Return the first `most` addresses that a report in the standard's form names."""
    if report.is_other:
        return ()
    groups = islice(filter(_is_dead, report.groups), most)
    return [address for group in groups for address in _addresses(group)]


def _is_dead(group: Group) -> bool:
    if not group.get("action", "").lower().startswith(_FAILED):
        return False
    status = _STATUS.match(group.get("status", ""))
    found = status or _REPLY.match(group.get("diagnostic-code", ""))
    return found is not None and found[1] == "5"


def _addresses(group: Group) -> Iterator[str]:
    """Yield what was written to, and what it was forwarded to, in lower case.

    What cannot be printed is no member's, and some of it no database can be asked for:
    a NUL, half of a surrogate pair.
    """
    for name in ("original-recipient", "final-recipient"):
        kind, _, address = group.get(name, "").partition(";")
        if kind.strip().lower() in {"rfc822", "utf-8"}:
            found = _ESCAPE.sub(_character, address).strip().strip("<>").lower()
            if found.isprintable():
                yield found


def _character(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return chr(number) if number <= _LAST else match[0]
