"""What a feed is about: everything, a kind, a severity, a vendor, a product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.model.score import Severity
from publisher.render import html, layout, paths

if TYPE_CHECKING:
    from publisher.model.advisory import Kind
    from publisher.model.ids import Language
    from publisher.presentation import Presentation

SEVERITIES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
"""Those with a feed; of what is not severe at all nobody needs to hear."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One slice of the archive with feeds of its own."""

    folder: str
    """Where its feeds lie."""
    page: str
    """The list for people of the same advisories."""
    name: str
    """What it is called in the feed's language; empty for everything."""
    note: str
    """What it is for, in the feed's language."""


def everything(language: Language, presentation: Presentation) -> Scope:
    """Return the scope of all that is published."""
    team = presentation.settings.team.name[language]
    words = presentation.words[language]
    note = words("Everything that {team} publishes.", team=team)
    return Scope(language, paths.home(language), "", note)


def of_kind(kind: Kind, language: Language, presentation: Presentation) -> Scope:
    """Return the scope of one kind."""
    words = presentation.words[language]
    return Scope(
        f"{language}/{kind}",
        paths.kind(language, kind),
        words(layout.KIND_TITLES[kind]),
        words(layout.KIND_NOTES[kind]),
    )


def of_severity(
    severity: Severity, language: Language, presentation: Presentation
) -> Scope:
    """Return the scope of what is rated with one severity."""
    words = presentation.words[language]
    name = words("Severity: {name}", name=words.severity(severity))
    rating = words.severity(severity)
    note = words("What is rated {name} by its highest score.", name=rating)
    page = paths.severity(language, severity.slug)
    return Scope(page.removesuffix("/index.html"), page, name, note)


def of_product(
    vendor: str, product: str, language: Language, presentation: Presentation
) -> Scope:
    """Return the scope of a product, or of all of a vendor's if `product` is empty."""
    words = presentation.words[language]
    name = f"{vendor} {product}" if product else vendor
    team = presentation.settings.team.name[language]
    if product:
        page = paths.product(language, vendor, product)
        about = "What {team} published about {product} of {vendor}."
    else:
        page = paths.vendor(language, vendor)
        about = "What {team} published about products of {vendor}."
    note = words(about, product=product, vendor=vendor, team=team)
    return Scope(page.removesuffix("/index.html"), page, name, note)


def title(scope: Scope, language: Language, presentation: Presentation) -> str:
    """Return what the feeds of a scope are called."""
    team = presentation.settings.team.name[language]
    if not scope.name:
        return html.visible(team)
    words = presentation.words[language]
    return html.visible(words("{team}: {kind}", team=team, kind=scope.name))
