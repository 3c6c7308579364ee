"""The pages of one advisory, its signed texts, and what lists know of it."""

from __future__ import annotations

import functools
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher import markup
from publisher.errors import SettingsError
from publisher.model.chain import Artifact, EditionKey
from publisher.model.summary import ProductName, Summary, TextSummary
from publisher.render import api, changes, history, html, layout, paths, steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.model.advisory import Text
    from publisher.model.chain import Signed, SignedText
    from publisher.model.ids import AdvisoryId, Language
    from publisher.presentation import Presentation

# A page and its summary are made one after the other, and Markdown is the cost.
_lead = functools.lru_cache(maxsize=16)(markup.lead)


def advisory(
    signed: Signed, supersedes: tuple[AdvisoryId, ...], presentation: Presentation
) -> tuple[Artifact, ...]:
    """Return a page for each language, one to choose among them, the signed texts.

    `supersedes` are the published advisories that name this one as their successor.
    Raise SettingsError if it was signed in a language that the site no longer has.
    """
    _check_languages(signed, presentation)
    files = [
        _page(signed, text, current, supersedes, presentation)
        for text, current in signed.texts
    ]
    files.append(_landing(signed, presentation))
    files.append(api.advisory(signed, supersedes, presentation.settings.site.url))
    for text, _ in signed.texts:
        files += _changed(signed, text, presentation)
    files += [
        _artifact(paths.signed_file(signed.advisory.id, file.name), file.data)
        for text in (*signed.current, *signed.earlier)
        for file in text.files
    ]
    return tuple(files)


def summary(signed: Signed) -> Summary:
    """Return what indexes, feeds and announcements need to know of an advisory."""
    facts = signed.advisory
    top = facts.top_score
    return Summary(
        id=facts.id,
        kind=facts.kind,
        first_published=facts.first_published,
        last_updated=facts.last_updated,
        revision=facts.revision.number,
        severity=top.severity.slug if top else None,
        score=f"{top.value:.1f}" if top else None,
        cves=tuple(dict.fromkeys(facts.cves)),
        affected=tuple(
            dict.fromkeys(ProductName(p.vendor, p.name) for p in facts.affected)
        ),
        withdrawn=facts.withdrawn is not None,
        superseded_by=facts.superseded_by,
        texts=tuple(
            TextSummary(
                language=text.language,
                revision=text.revision,
                title=text.title,
                lead=_lead(text.body),
                changes=tuple(history.changes(signed, text)),
                sha256=current.sha256,
            )
            for text, current in signed.texts
        ),
    )


def _check_languages(signed: Signed, presentation: Presentation) -> None:
    for language in signed.languages:
        if language not in presentation.settings.languages:
            msg = (
                f"{signed.advisory.id}: a text in {language!r} is signed, which is not "
                "among the languages of the site: what was published cannot vanish, "
                "add the language again"
            )
            raise SettingsError(msg)


def _page(
    signed: Signed,
    text: Text,
    current: SignedText,
    supersedes: tuple[AdvisoryId, ...],
    presentation: Presentation,
) -> Artifact:
    facts = signed.advisory
    path = paths.advisory(facts.id, text.language)
    body = html.body(text.body)
    entries = history.entries(signed, text)
    page = layout.Page(
        path=path,
        site=presentation.settings.site.url,
        alternates=_alternates(signed, presentation),
        default=paths.landing(facts.id),
    )
    data = layout.render(
        presentation,
        "site/advisory.html",
        text.language,
        page,
        advisory=facts,
        text=text,
        current=current,
        body=body,
        first_steps=steps.first(body, presentation.words[text.language]),
        lead=_lead(text.body),
        history=entries,
        news=history.news(entries),
        others=tuple(other for other, _ in signed.texts if other is not text),
        supersedes=tuple(sorted(supersedes)),
    )
    return _artifact(path, data)


def _changed(
    signed: Signed, text: Text, presentation: Presentation
) -> Iterator[Artifact]:
    """Yield a page for each signed text that has one before it."""
    facts = signed.advisory
    signed_in = history.texts(signed, text.language)
    for old, new in history.steps(signed, text.language):
        same = {
            each: paths.changes(EditionKey(facts.id, new, each), old)
            for each in _alternates(signed, presentation)
            if (old, new) in history.steps(signed, each)
        }
        path = same[text.language]
        page = layout.Page(
            path=path,
            site=presentation.settings.site.url,
            alternates=same,
            default=paths.landing(facts.id),
        )
        data = layout.render(
            presentation,
            "site/changes.html",
            text.language,
            page,
            advisory=facts,
            text=text,
            old=signed_in[old],
            new=signed_in[new],
            revision=facts.history[new - 1],
            summary=text.summaries[new - 1],
            lines=changes.lines(signed_in[old], signed_in[new]),
        )
        yield _artifact(path, data)


def _landing(signed: Signed, presentation: Presentation) -> Artifact:
    """Return the page that other pages link to when they know the id alone."""
    facts = signed.advisory
    languages = presentation.settings.languages
    language = next(
        (lang for lang in languages if lang in signed.languages), languages[0]
    )
    page = layout.Page(
        path=paths.landing(facts.id),
        site=presentation.settings.site.url,
        alternates=_alternates(signed, presentation),
        default=paths.landing(facts.id),
    )
    texts = {text.language: text for text, _ in signed.texts}
    data = layout.render(
        presentation,
        "site/landing.html",
        language,
        page,
        advisory=facts,
        texts=[texts[language] for language in page.alternates],
    )
    return _artifact(page.path, data)


def _alternates(signed: Signed, presentation: Presentation) -> dict[Language, str]:
    """Return the page in each language, in the order of the site's languages."""
    facts = signed.advisory
    order = presentation.settings.languages
    languages = sorted(signed.languages, key=order.index)
    return {language: paths.advisory(facts.id, language) for language in languages}


def _artifact(path: str, data: bytes) -> Artifact:
    return Artifact(PurePosixPath(path), data)
