"""What all pages share: their address, their links, the words of their frame."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from babel import Locale
from babel.core import get_global
from babel.dates import format_skeleton
from markupsafe import Markup

from publisher import markup
from publisher.model.advisory import Kind
from publisher.render import html, paths, vector
from publisher.words import SEVERITIES

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from publisher.model.ids import Language
    from publisher.presentation import Presentation

KIND_TITLES: Mapping[Kind, str] = {
    Kind.ALERT: "Alerts",
    Kind.EMERGENCY: "Emergency reports",
    Kind.ADVISORY: "Security advisories",
    Kind.NOTE: "Technical notes",
    Kind.REPORT: "Reports",
    Kind.TRANSLATION: "Translations",
}
"""The message of what the list of each kind is called."""
KIND_NOTES: Mapping[Kind, str] = {
    Kind.ALERT: "Dangers that are widespread or imminent, and what to do about them.",
    Kind.EMERGENCY: "What is known of many similar incidents while they happen; "
    "short, and updated often.",
    Kind.ADVISORY: "Vulnerabilities, the products that they affect and the versions "
    "that fix them.",
    Kind.NOTE: "Technical guidance that stays useful, for example how to examine a "
    "compromised host.",
    Kind.REPORT: "What was reported to us and what we published, in regular figures.",
    Kind.TRANSLATION: "Important documents of others in another language, with their "
    "source and licence.",
}
"""The message of what each kind is for."""

FEW = 3
"""More CVE ids or products than these stand below a text, as in its text edition."""
FOLD = 5
"""More CVE ids than these are folded up on a page, all but the first ones."""
_LONG_WORD = 20
SEVERITY_NAMES: Mapping[str, str] = {
    severity.slug: name for severity, name in SEVERITIES.items()
}
"""The message of each severity's name, by its slug."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: where it lies, and what else says the same."""

    path: str
    site: str
    """The address of the site, without a slash at its end."""
    alternates: Mapping[Language, str] = field(default_factory=dict)
    """The same page in each language, itself among them, by path."""
    default: str = ""
    """Where readers of any other language are sent."""
    canonical: str = ""
    """The path of the page that this one repeats; empty if it is its own."""
    root: str = ""
    """Set, links begin with it; empty, they are relative to the page."""

    def to(self, path: str) -> str:
        """Return the link from this page to the file at `path`."""
        if self.root:
            return self.root + path
        return paths.relative(path, self.path)

    def url(self, path: str) -> str:
        """Return the public address of the file at `path`."""
        return address(self.site, path)

    @property
    def address(self) -> str:
        """Return the public address by which this page is known."""
        return self.url(self.canonical or self.path)


def address(site: str, path: str) -> str:
    """Return the public address of the file at `path`; folders end in a slash."""
    return f"{site}/{quote(path.removesuffix('index.html'))}"


def root(site: str) -> str:
    """Return where the site begins on its host: `/`, or a prefix such as `/csirt/`."""
    return urlsplit(site).path + "/"


def render(
    presentation: Presentation,
    template: str,
    language: Language,
    page: Page,
    **values: object,
) -> bytes:
    """Return the page that `template` makes, as the site serves it."""
    text = presentation.render(
        template,
        language,
        page=page,
        paths=paths,
        few=FEW,
        fold=FOLD,
        kinds=tuple(Kind),
        kind_titles=KIND_TITLES,
        kind_notes=KIND_NOTES,
        severity_names=SEVERITY_NAMES,
        autonym=autonym,
        direction=direction,
        territorial=territorial,
        everyone=presentation.words,
        explained=vector.explained,
        month_of=functools.partial(
            month, language=language, zone=presentation.settings.team.timezone
        ),
        excerpt=excerpt,
        grouped=grouped,
        printed=printed,
        mailbox=mailbox,
        is_web=html.is_web,
        scrollable=html.scrollable,
        **values,
    )
    return html.visible(text).encode()


def key(presentation: Presentation, template: str, *slices: object) -> str:
    """Return the digest of all that a page is made from; `slices` are JSON values."""
    data = json.dumps(
        [presentation.digest, template, slices],
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )
    return hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()


@functools.cache
def autonym(language: Language) -> str:
    """Return what a language is called by those who speak it."""
    locale = Locale.parse(language, sep="-")
    return locale.get_display_name(locale) or language


@functools.cache
def direction(language: Language) -> Markup:
    """Return the attribute of an element in `language`, if that runs right to left."""
    runs = Locale.parse(language, sep="-").text_direction
    return Markup(' dir="rtl"') if runs == "rtl" else Markup("")


@functools.cache
def territorial(language: Language) -> str:
    """Return `language` with where it is mostly spoken, e.g. `ja_JP` (Open Graph)."""
    known = Locale.parse(language, sep="-")
    if known.territory is None:
        likely: str = get_global("likely_subtags").get(str(known), str(known))
        known = Locale.parse(likely)
    return f"{known.language}_{known.territory}" if known.territory else str(known)


def month(moment: datetime, language: Language, zone: ZoneInfo) -> str:
    """Return the month of `moment` in `zone`, as a language writes it."""
    local = moment.astimezone(zone)
    return _month(date(local.year, local.month, 1), language)


@functools.cache
def _month(first: date, language: Language) -> str:
    return format_skeleton("yMMMM", first, locale=Locale.parse(language, sep="-"))


def excerpt(text: str, columns: int) -> str:
    """Return the beginning of `text`, at most `columns` wide, and an ellipsis."""
    room = columns
    for end, character in enumerate(text):
        room -= 2 if markup.is_wide(character) else 1
        if room < 0:
            return _whole_words(text[:end]) + "…"
    return text


def _whole_words(text: str) -> str:
    whole, blank, rest = text.rpartition(" ")
    # Where words have no blanks between them, a text is cut anywhere.
    return (whole if blank and len(rest) < _LONG_WORD else text).rstrip(" 、。,.;:")


def mailbox(address: str) -> str:
    """Return a mail address as it stands in a `mailto` link (RFC 6068)."""
    return quote(address, safe="@")


def grouped(fingerprint: str) -> str:
    """Return a fingerprint in groups of four digits."""
    return " ".join(_groups(fingerprint))


def printed(fingerprint: str) -> str:
    """Return a fingerprint as GnuPG prints it, with a wider gap in the middle."""
    groups = _groups(fingerprint)
    middle = len(groups) // 2
    return " ".join([*groups[:middle], "", *groups[middle:]])


def _groups(fingerprint: str) -> list[str]:
    return [fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4)]
