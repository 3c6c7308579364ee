"""From a checked advisory to one text edition: body, template, imprint, checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher import markup
from publisher.columns import measure
from publisher.edition import blocks, body, guard, written
from publisher.edition.inline import BodyError, Links
from publisher.errors import FindingsError
from publisher.imprint import made_from
from publisher.model import drill
from publisher.model.chain import Edition, EditionKey
from publisher.source import Finding, Location

if TYPE_CHECKING:
    from publisher.model.advisory import Advisory, Text
    from publisher.model.chain import Checked
    from publisher.model.ids import Language
    from publisher.model.settings import Settings
    from publisher.presentation import Presentation

CODE = "L952"
TEMPLATE = "text/advisory.txt"
"""One template for all languages."""


def edition(
    checked: Checked, text: Text, presentation: Presentation, record: str
) -> Edition:
    """Return the text edition of `text`, in its one language and revision.

    `record` is the state of the publication record, for which the signature vouches.
    Raise FindingsError if `text` is behind its original, for then the facts of its
    revision are no longer at hand, or if it holds what cannot be written or signed;
    raise OperatorError if the template spoils the text.
    """
    advisory = checked.advisory.said_in(text)
    settings = presentation.settings
    _check_text(advisory, text, presentation)
    guard.check_sources(advisory, text)
    rendered = presentation.render(
        TEMPLATE,
        text.language,
        advisory=advisory,
        text=text,
        page_url=page_url(advisory, text.language, settings),
        signed_url=signed_url(advisory, text, settings),
        fingerprints=[grouped(each) for each in settings.team.fingerprints],
        leave_addresses=_leave_addresses(advisory, text, settings),
        **_body(advisory, text, presentation),
        **blocks.functions(measure(text.language)),
    )
    imprint = made_from(advisory, text, record)
    # Not by the template, which a project may replace.
    head = f"{drill.BANNER}\n" if settings.is_drill else ""
    whole = f"{head}{_trimmed(rendered)}\n\n{blocks.RULE}\n{imprint}"
    guard.check_whole(whole, imprint, TEMPLATE, advisory, text)
    return Edition(imprint.key, whole)


def page_url(advisory: Advisory, language: Language, settings: Settings) -> str:
    """Return where the page of an advisory lies."""
    return f"{_folder_url(advisory, settings)}/{language}.html"


def signed_url(advisory: Advisory, text: Text, settings: Settings) -> str:
    """Return where the signed text edition lies."""
    key = EditionKey(advisory.id, text.revision, text.language)
    return f"{_folder_url(advisory, settings)}/{key.filename}"


def grouped(fingerprint: str) -> list[str]:
    """Return a fingerprint in groups of four digits, ten groups or less on a line."""
    groups = [fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4)]
    count = 10 if len(groups) <= 10 else 8
    return [" ".join(groups[at : at + count]) for at in range(0, len(groups), count)]


def _folder_url(advisory: Advisory, settings: Settings) -> str:
    return f"{settings.site.url}/advisories/{advisory.id.year}/{advisory.id}"


def _check_text(advisory: Advisory, text: Text, presentation: Presentation) -> None:
    if text.revision != advisory.revision.number:
        newest = advisory.revision.number
        message = f"this translates revision {text.revision} of {newest}"
        at = text.place("translates")
        raise _error(at, message, "a translation that is up to date")
    if text.language not in presentation.words:
        known = ", ".join(presentation.words)
        message = f"{text.language!r} is none of the project's languages"
        raise _error(Location(text.source.path), message, f"one of {known}")


def _body(
    advisory: Advisory, text: Text, presentation: Presentation
) -> dict[str, object]:
    """Return the body as the template needs it, with the addresses it refers to."""
    links = Links(base=page_url(advisory, text.language, presentation.settings))
    pair = presentation.words[text.language]("{label}: {value}")
    try:
        for reference in advisory.references:
            links.add(reference.url, reference.title)
        tree = markup.parse(text.body)
        plain = body.body_text(tree, links, pair, measure(text.language))
    except markup.ExcessError as error:
        at = Location(text.source.path, text.body_line + error.line)
        raise _error(at, str(error), "less") from error
    except BodyError as error:
        at = written.within(text, error.words)
        message = f"it cannot be written as plain text: {error}"
        raise _error(at, message, "another form") from error
    guard.check_body(plain, text)
    return {
        "body": plain,
        "begins_with_heading": body.begins_with_heading(tree),
        "references": links.targets,
    }


def _error(at: Location, message: str, expected: str) -> FindingsError:
    return FindingsError([Finding(at, CODE, message, expected)])


def _leave_addresses(advisory: Advisory, text: Text, settings: Settings) -> list[str]:
    return [
        each.sub_address("leave")
        for each in settings.lists
        if each.language == text.language and advisory.kind in each.kinds
    ]


def _trimmed(rendered: str) -> str:
    """Take away what templates leave behind: blanks at the ends of lines and text."""
    return "\n".join(line.rstrip() for line in rendered.split("\n")).strip("\n")
