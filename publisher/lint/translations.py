"""Rules of translations and languages (L5xx)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from publisher import markup
from publisher.lint.rule import Problem
from publisher.lint.subject import place
from publisher.model import ranges
from publisher.model.remedy import Category
from publisher.source import Location

if TYPE_CHECKING:
    from publisher.lint.body import Body
    from publisher.lint.subject import Subject
    from publisher.model.advisory import Advisory, Product, Text

_LONG = 60
_HINTS, _COMPARED = 5, 500
_WHOLE = "vulnerabilities", "vendors", "products", "references", "acknowledgments"
"""The kinds of facts of which all are translated, or none. Versions are named apart:
most of them are the same in every language."""


def ahead(subject: Subject) -> Iterator[Problem]:
    """Find translations of revisions that do not exist."""
    newest = subject.advisory.revision.number
    for text in subject.advisory.translations:
        if text.revision > newest:
            message = f"revision {text.revision} does not exist"
            yield Problem(place(text, "translates"), message, f"at most {newest}")


def behind(subject: Subject) -> Iterator[Problem]:
    """Find translations that are behind their original."""
    newest = subject.advisory.revision.number
    for text in subject.advisory.translations:
        if text.revision < newest:
            message = f"revision {text.revision} is behind its original"
            yield Problem(place(text, "translates"), message, str(newest))


def reason_missing(subject: Subject) -> Iterator[Problem]:
    """Find translations that do not say in their language why it is withdrawn."""
    if subject.advisory.withdrawn is None:
        return
    for text in subject.advisory.translations:
        if "withdrawn.reason" not in text.places:
            message = "the reason of the withdrawal is not translated"
            yield Problem(Location(text.source.path), message, "'withdrawn'")


def reason_unfounded(subject: Subject) -> Iterator[Problem]:
    """Find translations that give a reason although nothing is withdrawn."""
    if subject.advisory.withdrawn is not None:
        return
    for text in subject.advisory.translations:
        if "withdrawn.reason" in text.places:
            message = "the original is not withdrawn"
            yield Problem(place(text, "withdrawn"), message, "'withdrawn' there too")


def language(subject: Subject) -> Iterator[Problem]:
    """Find texts in languages that the project does not have."""
    for text in subject.advisory.texts:
        if text.language not in subject.settings.languages:
            message = f"{text.language!r} is no language of this project"
            expected = "one of " + ", ".join(subject.settings.languages)
            yield Problem(Location(text.source.path), message, expected)


def sections(subject: Subject) -> Iterator[Problem]:
    """Find translations of the newest revision with more or fewer sections."""
    original, *rest = subject.bodies
    expected = _sections(original)
    for body in rest:
        found = _sections(body)
        if body.text.revision == original.text.revision and found != expected:
            message = f"{found} sections, where the original has {expected}"
            yield Problem(body.at(0), message, "the same headings '##'")


def _sections(body: Body) -> int:
    return sum(heading.level == 2 for heading in body.headings)


def unknown_fact(subject: Subject) -> Iterator[Problem]:
    """Find translations of facts that the original does not have.

    A translation that is behind may have some of its own revision.
    """
    facts = _facts(subject.advisory)
    known = dict.fromkeys(fact for kind in facts.values() for fact in kind)
    for text in subject.advisory.translations:
        told = 0
        for fact in () if subject.advisory.is_behind(text) else text.facts:
            if fact not in known:
                # Each of them takes time for all that are known.
                some = list(known)[:_COMPARED] if told < _HINTS else []
                near = difflib.get_close_matches(fact[:_LONG], some, n=1)
                told += 1
                message = f"{_short(fact)} is none of the original's facts"
                expected = repr(near[0]) if near else "a text as it stands there"
                yield Problem(place(text, f"facts.{fact!r}"), message, expected)


def missing_fact(subject: Subject) -> Iterator[Problem]:
    """Find facts that are not translated, where others of their kind are."""
    facts = _facts(subject.advisory)
    for text in subject.advisory.translations:
        for name in _WHOLE if text.facts else ():
            missing = [
                fact
                for fact in facts[name]
                if fact not in text.facts and not _is_english(text, fact)
            ]
            if missing and len(missing) < len(facts[name]):
                listed = ", ".join(map(_short, missing[:3]))
                more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
                message = f"of the {name}, {listed}{more} are not translated"
                expected = "all of a kind in 'facts', unchanged ones too"
                yield Problem(place(text, "facts"), message, expected)


def wide_fact(subject: Subject) -> Iterator[Problem]:
    """Find wide characters in the facts of English texts, whose readers need others."""
    for text in subject.advisory.texts:
        # Of a text that is behind, the facts were others.
        if not _is_in_english(text) or subject.advisory.is_behind(text):
            continue
        shown = _facts(subject.advisory)
        for name in _WHOLE:
            for fact, at in shown[name].items():
                said = text.said(fact)
                if _is_english(text, said):
                    continue
                is_original = text is subject.advisory.original
                where = at if is_original else f"facts.{fact!r}"
                message = f"{_short(said)} of the {name} is not in English"
                expected = (
                    "English, and the other language in its 'facts'"
                    if is_original
                    else f"'facts: {{{_short(fact)}: …}}'"
                )
                yield Problem(place(text, where), message, expected)


def _facts(advisory: Advisory) -> Mapping[str, dict[str, str]]:
    """Return the texts among the facts by their kinds, each with its first place."""
    found: dict[str, dict[str, str]] = {name: {} for name in (*_WHOLE, "versions")}
    for index, each in enumerate(advisory.vulnerabilities):
        if each.title:
            place = f"vulnerabilities.{index}.title"
            found["vulnerabilities"].setdefault(each.title, place)
    for index, product in enumerate(advisory.affected):
        found["vendors"].setdefault(product.vendor, f"affected.{index}.vendor")
        found["products"].setdefault(product.name, f"affected.{index}.product")
        for name, fact in _prose(product):
            found["versions"].setdefault(fact, f"affected.{index}.{name}")
    for index, reference in enumerate(advisory.references):
        found["references"].setdefault(reference.title, f"references.{index}.title")
    for index, thanks in enumerate(advisory.acknowledgments):
        found["acknowledgments"].setdefault(thanks, f"acknowledgments.{index}")
    return found


def _is_in_english(text: Text) -> bool:
    return text.language.partition("-")[0] == "en"


def _is_english(text: Text, fact: str) -> bool:
    """Tell whether `text` is in English, and `fact` can be read there as it stands."""
    return _is_in_english(text) and not any(map(markup.is_wide, fact))


def _prose(product: Product) -> Iterator[tuple[str, str]]:
    """Yield what is said of versions in prose; words and ranges are said by us."""
    if ranges.parse(product.versions) is None:
        yield "versions", product.versions
    remedy = product.remedy
    if remedy is not None and remedy.category is Category.VENDOR_FIX:
        yield "fixed", remedy.version or ""


def _short(fact: str) -> str:
    return repr(fact if len(fact) <= _LONG else f"{fact[: _LONG - 1]}…")
