"""OPML 2.0: all feeds of a language, for feed readers that take many at once."""

from __future__ import annotations

import functools
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher.model.chain import Planned
from publisher.render import html, layout, paths
from publisher.render.feeds import scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.model.ids import Language
    from publisher.presentation import Presentation
    from publisher.render.feeds.scope import Scope


def planned(
    scopes: Sequence[Scope], language: Language, presentation: Presentation
) -> Planned:
    """Plan the list of feeds; those of vendors and products are not in it."""
    path = paths.opml(language)
    make = functools.partial(_opml, scopes, language, presentation)
    return Planned(PurePosixPath(path), layout.key(presentation, path), make)


def _opml(
    scopes: Sequence[Scope], language: Language, presentation: Presentation
) -> bytes:
    from lxml import etree

    settings = presentation.settings
    url = functools.partial(layout.address, settings.site.url)
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    team = html.visible(settings.team.name[language])
    for name, text in (
        ("title", team),
        ("ownerName", team),
        ("ownerId", url(paths.home(language))),
        ("docs", "https://opml.org/spec2.opml"),
    ):
        etree.SubElement(head, name).text = text
    body = etree.SubElement(root, "body")
    for about in scopes:
        title = scope.title(about, language, presentation)
        etree.SubElement(
            body,
            "outline",
            type="rss",
            version="RSS2",
            text=title,
            title=title,
            description=html.visible(about.note),
            language=language,
            xmlUrl=url(paths.channel(about.folder, "rss")),
            htmlUrl=url(about.page),
        )
    data: bytes = etree.tostring(
        root, pretty_print=True, encoding="UTF-8", xml_declaration=True
    )
    return data
