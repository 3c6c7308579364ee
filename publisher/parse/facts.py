"""The facts of an advisory, read from the front matter of its original."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.model import ids, remedy
from publisher.model.advisory import (
    Kind,
    Origin,
    Product,
    Reference,
    Revision,
    Tlp,
    Vulnerability,
    Withdrawal,
)
from publisher.model.moment import UNDATED, UNWRITTEN
from publisher.model.score import Score

if TYPE_CHECKING:
    from publisher.parse.frontmatter import Fields


_MOMENT = re.compile(
    r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an original says beside its text."""

    id: ids.AdvisoryId | None
    kind: Kind | None
    title: str | None
    tlp: Tlp | None
    draft: bool
    history: tuple[Revision, ...]
    vulnerabilities: tuple[Vulnerability, ...]
    affected: tuple[Product, ...]
    references: tuple[Reference, ...]
    acknowledgments: tuple[str, ...]
    origin: Origin | None
    withdrawn: Withdrawal | None
    superseded_by: ids.AdvisoryId | None


def facts(head: Fields) -> Facts:
    """Read all facts; what cannot be read is None or left out, with a finding."""
    read = Facts(
        id=head.value("id", ids.AdvisoryId.parse),
        kind=head.value("kind", kind),
        title=head.text("title"),
        tlp=head.value("tlp", tlp),
        draft=head.value("draft", flag, required=False) or False,
        history=_history(head),
        vulnerabilities=_vulnerabilities(head),
        affected=_affected(head),
        references=_references(head),
        acknowledgments=head.values("acknowledgments", str),
        origin=origin(head, None),
        withdrawn=_withdrawn(head),
        superseded_by=head.value("superseded_by", ids.AdvisoryId.parse, required=False),
    )
    head.close()
    return read


def kind(text: str) -> Kind:
    """Return `text` as a kind, or raise ValueError."""
    try:
        return Kind(text)
    except ValueError:
        msg = f"{text!r} is none of " + ", ".join(Kind)
        raise ValueError(msg) from None


def tlp(text: str) -> Tlp:
    """Return `text` as a label of TLP 2.0, or raise ValueError."""
    try:
        return Tlp(text.removeprefix("TLP:"))
    except ValueError:
        msg = f"{text!r} is none of " + ", ".join(Tlp)
        raise ValueError(msg) from None


def flag(text: str) -> bool:
    """Return `true` or `false` as a truth value, or raise ValueError."""
    if text not in ("true", "false"):
        msg = f"{text!r} is neither true nor false"
        raise ValueError(msg)
    return text == "true"


def moment(text: str) -> datetime:
    """Return a date with time and zone (RFC 3339, section 5.6), or raise ValueError.

    Seconds may be left out, and a blank may stand for the T; years outside of this
    and the last century are refused.
    """
    parsed = None
    if _MOMENT.fullmatch(text):
        with contextlib.suppress(ValueError):
            parsed = datetime.fromisoformat(text)
    if parsed is None:
        example = "2026-11-20T10:00:00+09:00"
        msg = f"{text!r} is no date with time and zone such as {example}"
        raise ValueError(msg)
    return parsed


def origin(head: Fields, default: Origin | None) -> Origin | None:
    """Read `source`; with `default` given, each of its entries may be left out."""
    entry = head.mapping("source")
    if entry is None:
        return default
    needed = default is None
    title = entry.text("title", required=needed)
    publisher = entry.text("publisher", required=needed)
    url = entry.text("url", required=needed)
    licence = entry.text("license", required=needed)
    entry.close()
    if default is not None:
        return Origin(
            title or default.title,
            publisher or default.publisher,
            url or default.url,
            licence or default.license,
        )
    if title is None or publisher is None or url is None or licence is None:
        return None
    return Origin(title, publisher, url, licence)


def said(head: Fields, original: Facts | None) -> dict[str, str]:
    """Read `facts` of a translation: texts of the original's, and how it says them."""
    found = head.texts("facts")
    for product in original.affected if original else ():
        try:
            remedy.parse(found.get(product.fixed or "", ""))
        except ValueError as error:
            head.refuse("facts", f"'facts': {error}")
    return found


def _date(text: str) -> datetime:
    """Return the date of a revision, which is known when it is released."""
    return UNDATED if text == UNWRITTEN else moment(text)


def _history(head: Fields) -> tuple[Revision, ...]:
    revisions = []
    entries = 0
    for entry in head.mappings("history", required=True):
        entries += 1
        date = entry.value("date", _date)
        summary = entry.text("summary")
        notify = entry.value("notify", flag, required=False)
        entry.close()
        if date is not None and summary is not None:
            told = True if notify is None else notify
            revisions.append(Revision(entries, date, summary, told))
    if not entries and head.has("history"):
        head.refuse("history", "the history is empty", "at least its first revision")
    return tuple(revisions) if len(revisions) == entries else ()


def _vulnerabilities(head: Fields) -> tuple[Vulnerability, ...]:
    found = []
    for entry in head.mappings("vulnerabilities"):
        cve = entry.value("cve", ids.cve, required=False)
        title = entry.text("title", required=False)
        scores = entry.values("cvss", Score.parse)
        cwes = entry.values("cwe", ids.cwe)
        entry.close()
        found.append(Vulnerability(cve, title, scores, cwes))
    return tuple(found)


def _affected(head: Fields) -> tuple[Product, ...]:
    products = []
    for entry in head.mappings("affected"):
        vendor = entry.text("vendor")
        product = entry.text("product")
        versions = entry.text("versions")
        fixed = entry.value("fixed", remedy.written, required=False)
        entry.close()
        if vendor is not None and product is not None and versions is not None:
            products.append(Product(vendor, product, versions, fixed))
    return tuple(products)


def _references(head: Fields) -> tuple[Reference, ...]:
    references = []
    for entry in head.mappings("references"):
        title = entry.text("title")
        url = entry.text("url")
        entry.close()
        if title is not None and url is not None:
            references.append(Reference(title, url))
    return tuple(references)


def _withdrawn(head: Fields) -> Withdrawal | None:
    entry = head.mapping("withdrawn")
    if entry is None:
        return None
    date = entry.value("date", _date)
    reason = entry.text("reason")
    entry.close()
    return None if date is None or reason is None else Withdrawal(date, reason)
