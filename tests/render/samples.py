"""Signed advisories, and the site that is built from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from publisher.imprint import Imprint
from publisher.model.advisory import Advisory
from publisher.model.chain import (
    Edition,
    EditionKey,
    Signature,
    Signed,
    SignedFile,
    SignedText,
)
from publisher.model.ids import AdvisoryId, Language
from publisher.model.keys import KeyState, Revocation
from publisher.model.summary import Summary
from publisher.presentation import Presentation
from publisher.record import Record
from publisher.render import (
    api,
    feeds,
    indexes,
    pages,
    paths,
    record,
    search,
    search_terms,
    sitemap,
)
from tests import builders
from tests.builders import EN

VOID = {"br", "hr", "img", "input", "link", "meta"}
"""The elements without an end that our pages use."""
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def key(
    fingerprint: str = builders.FINGERPRINT,
    user: str = "Example CERT <csirt@cert.example>",
    expires: datetime | None = datetime(2029, 1, 1, tzinfo=UTC),
    revocation: Revocation | None = None,
) -> KeyState:
    """Return a public key that signs with its primary key."""
    made = builders.key_state(fingerprint, user, expires=expires, revocation=revocation)
    public = f"-----BEGIN PGP PUBLIC KEY BLOCK-----\n{fingerprint}\n"
    return replace(made, public=public.encode())


KEY = key()


def signed_text(key: EditionKey) -> SignedText:
    """Return a text as if it were signed."""
    imprint = Imprint(key, ((f"{key.language}.md", "1" * 64),), "0" * 64)
    text = f"{key}\n\nThe same in each revision.\n\n{imprint}"
    return SignedText(Edition(key, text), (signed_file(key),))


def signed_file(
    key: EditionKey,
    number: int = 1,
    signers: Sequence[str] = (builders.FINGERPRINT,),
) -> SignedFile:
    """Return the file with a text's first, second, … signature."""
    data = f"-----BEGIN PGP SIGNED MESSAGE-----\n{key}\n"
    time = datetime(2026, 11, 19 + number, tzinfo=UTC)
    return SignedFile(
        key.signed_name(number),
        (data + "x" * (number - 1)).encode(),
        tuple(Signature(signer, time) for signer in signers),
    )


def signed(
    advisory: Advisory, revisions: Mapping[Language, Sequence[int]] | None = None
) -> Signed:
    """Return `advisory` with signed texts, of all revisions or of those given."""
    current: list[SignedText] = []
    earlier: list[SignedText] = []
    for text in advisory.texts:
        numbers = range(1, text.revision + 1)
        for number in (revisions or {}).get(text.language, numbers):
            made = signed_text(EditionKey(advisory.id, number, text.language))
            (current if number == text.revision else earlier).append(made)
    return Signed(advisory, tuple(current), tuple(earlier))


def numbered(number: int, *changes: tuple[str, str], **sources: str | None) -> Signed:
    """Return the sample advisory under another number."""
    advisory = builders.advisory(*changes, **sources)  # type: ignore[arg-type]
    return signed(replace(advisory, id=AdvisoryId("ADV", 2026, number)))


def summary(number: int, *changes: tuple[str, str]) -> Summary:
    """Return the summary of the sample advisory under another number."""
    return pages.summary(numbered(number, *changes))


def moved(summary: Summary, by: timedelta) -> Summary:
    """Return `summary` with all its dates moved."""
    texts = tuple(
        replace(text, changes=tuple(replace(c, date=c.date + by) for c in text.changes))
        for text in summary.texts
    )
    first, last = summary.first_published + by, summary.last_updated + by
    return replace(summary, first_published=first, last_updated=last, texts=texts)


def facts(files: Mapping[str, bytes]) -> Callable[[AdvisoryId], Mapping[str, Any]]:
    """Return what reads the facts of an advisory among the files of a site."""

    def known(advisory: AdvisoryId) -> Mapping[str, Any]:
        found: dict[str, Any] = json.loads(files[paths.api_advisory(advisory)])
        return found

    return known


def terms(
    published: Iterable[Signed],
) -> Callable[[Sequence[str]], Mapping[str, str]]:
    """Return what reads the terms of texts by their keys."""
    kept: dict[str, str] = {}
    for one in published:
        kept |= search_terms.of(one)
    return lambda keys: {key: kept[key] for key in keys}


def site(
    published: Iterable[Signed],
    presentation: Presentation | None = None,
    keys: Sequence[KeyState] = (KEY,),
) -> dict[str, bytes]:
    """Return every file of the site by its path."""
    look = presentation or builders.presentation()
    known = list(published)
    files: dict[str, bytes] = {}
    for one in known:
        before = tuple(
            other.advisory.id
            for other in known
            if other.advisory.superseded_by == one.advisory.id
        )
        for artifact in pages.advisory(one, before, look):
            files[str(artifact.path)] = artifact.data
    summaries = [pages.summary(one) for one in known]
    plans = [
        *indexes.indexes(summaries, keys, look, NOW),
        *feeds.feeds(summaries, look, facts(files)),
        *api.files(summaries, look),
        *sitemap.files(summaries, look),
        *search.search(summaries, look, terms(known)),
        *record.files(Record({})),
    ]
    for plan in plans:
        assert str(plan.path) not in files, plan.path
        files[str(plan.path)] = plan.make()
    return files


def page(
    one: Signed,
    language: Language = EN,
    supersedes: tuple[AdvisoryId, ...] = (),
    presentation: Presentation | None = None,
) -> str:
    """Return the page of an advisory."""
    look = presentation or builders.presentation()
    made = pages.advisory(one, supersedes, look)
    name = f"{language}.html"
    return next(a.data.decode() for a in made if a.path.name == name)


class Outline(HTMLParser):
    """What a browser would find in a page: elements, attributes, text, faults."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.faults: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(source)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> has an attribute twice")
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()} closes something else")

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, attribute: str) -> list[str]:
        """Return all values of an attribute."""
        return [attrs[attribute] for _, attrs in self.elements if attribute in attrs]
