"""Rules of addresses and links, wherever they stand (L31x and L44x)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.lint import addresses
from publisher.lint.rule import Problem

if TYPE_CHECKING:
    from publisher.lint.body import Body
    from publisher.lint.subject import Subject
    from publisher.source import Location

_DEFINITION = re.compile(
    r"^[ >*+0-9.-]*\[([^\[\]\n]*)\]:[ \t]*"
    r"(?:<([^<>\n]*)>|([A-Za-z][A-Za-z0-9+.-]*:[^\s>]+))[ \t]*$",
    re.MULTILINE,
)


def address(subject: Subject) -> Iterator[Problem]:
    """Find addresses that readers could not use, or should not."""
    for at, url in addresses_of(subject):
        fault = addresses.fault(url)
        if fault:
            expected = "one such as https://vendor.example/sb-1"
            yield Problem(at, f"the address {short(url)} {fault}", expected)


def likeness(subject: Subject) -> Iterator[Problem]:
    """Find hosts that can look like other ones."""
    for at, url in addresses_of(subject):
        reason = addresses.likeness(url)
        if reason:
            yield Problem(at, f"the host of {short(url)} {reason}", "a second look")


def disguise(subject: Subject) -> Iterator[Problem]:
    """Find links that show another address than the one that they lead to.

    What an advisory is about may be called like a host: the facts say so.
    """
    affected = subject.advisory.affected
    names = {name for each in affected for name in (each.vendor, each.name)}
    for body in subject.bodies:
        for link in body.links:
            is_name = link.text.strip() in names
            if not is_name and addresses.imitates(link.text, link.url):
                message = f"{short(link.text)} leads to {short(link.url)}"
                yield Problem(link.at, message, "words, or the address itself")


def wordless(subject: Subject) -> Iterator[Problem]:
    """Find links without words."""
    for body in subject.bodies:
        for link in body.links:
            if not link.text.strip():
                message = f"the link to {short(link.url)} has no words"
                yield Problem(link.at, message)


def title(subject: Subject) -> Iterator[Problem]:
    """Find titles of links, which a page would show and the signed text would not."""
    for body in subject.bodies:
        for link in body.links:
            if link.title is not None:
                message = f"the link to {short(link.url)} has a title"
                yield Problem(link.at, message, "an address only")


def broken(subject: Subject) -> Iterator[Problem]:
    """Find what was meant to be a link and is none."""
    for body in subject.bodies:
        offset = 0
        for text in _plain(body):
            for _ in range(text.count("](")):
                offset, at = body.find("](", offset)
                offset += 1
                message = "this looks like a link, but is none"
                yield Problem(at, message, "[words](address), or code")


def definition(subject: Subject) -> Iterator[Problem]:
    """Find link definitions that no link uses, which nobody would see."""
    for body in subject.bodies:
        used = {link.url for link in body.links}
        seen: set[str] = set()
        for match in _DEFINITION.finditer(body.whole):
            label = " ".join(match[1].split()).lower()
            if (match[2] or match[3]) not in used or label in seen:
                _, at = body.find(match[0][:80], match.start())
                message = f"no link uses this definition of {short(match[1])}"
                yield Problem(at, message, f"a link [{label[:40]}], or no definition")
            seen.add(label)


def addresses_of(subject: Subject) -> Iterator[tuple[Location, str]]:
    """Yield each address that readers can follow, and where it stands.

    Mail addresses that are nothing more are left out: there is nothing to visit.
    """
    for value in subject.addresses():
        yield value.at, value.text
    for body in subject.bodies:
        for link in body.links:
            if addresses.mail(link.url) is None:
                yield link.at, link.url


def _plain(body: Body) -> Iterator[str]:
    """Yield the text of the body that is no code, less what looks like images."""
    for element in body.tree.iter():
        parts = [element.tail or ""]
        if element.tag != "code":
            parts.append(element.text or "")
        for part in parts:
            yield re.sub(r"!\[[^\[\]]*\]\(", "", part)


def short(text: str) -> str:
    """Return an address as a message shows it."""
    return repr(text if len(text) <= 80 else f"{text[:79]}…")
