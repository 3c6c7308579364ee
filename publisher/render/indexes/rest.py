"""The pages and files that list nothing: explanations, keys, style, missing pages."""

from __future__ import annotations

import functools
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher.model.chain import Planned
from publisher.render import keys, layout, paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from publisher.model.ids import Language
    from publisher.model.keys import KeyState
    from publisher.presentation import Presentation

FILES = ("style.css", "favicon.svg", "robots.txt", paths.VERIFIER)
"""Files at the root of the site that each come from one template."""
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BESIDE_BRACES = re.compile(r" (\{) ?|;? ?(\})(?=$| )")
_DECLARATION = re.compile(r"^([a-z-]+): ")
_BLANK = re.compile(r"(?<=[:;,>]) | (?=>)")
_ZERO = re.compile(r"(?<![\w.#-])0(?=\.[0-9])")


def planned(
    known: Sequence[KeyState], presentation: Presentation, now: datetime
) -> Iterator[Planned]:
    """Plan the team's public keys and what has one language or none."""
    for key in keys.ordered(known, presentation.settings.team, now):
        yield _file(presentation, paths.public_key(key.fingerprint), key.public)
    language = presentation.settings.languages[0]
    for name in FILES:
        template = f"site/{name}"
        make = functools.partial(_text, presentation, template, language)
        yield Planned(PurePosixPath(name), layout.key(presentation, template), make)
    yield _missing(presentation, language)


def _missing(presentation: Presentation, language: Language) -> Planned:
    site = presentation.settings.site.url
    page = layout.Page(path="404.html", site=site, root=layout.root(site))
    template = "site/404.html"
    make = functools.partial(
        layout.render,
        presentation,
        template,
        language,
        page,
    )
    return Planned(PurePosixPath(page.path), layout.key(presentation, template), make)


def _text(presentation: Presentation, template: str, language: Language) -> bytes:
    text = presentation.render(template, language)
    return (compact(text) if template.endswith(".css") else text).encode()


def compact(style: str) -> str:
    """Return a style sheet with one rule on a line, without comments and indents.

    On lines with quotes only the beginnings and ends are changed, so a string within
    a value stays as it is; on others, blanks that separate nothing and zeros before a
    point go, too.
    """
    plain = _COMMENT.sub("", style)
    lines = (_DECLARATION.sub(r"\1:", line.strip()) for line in plain.split("\n"))
    return "".join(_ended(line) for line in lines if line).replace(";}\n", "}\n")


def _ended(line: str) -> str:
    if '"' not in line and "'" not in line:
        line = _ZERO.sub("", _BLANK.sub("", _BESIDE_BRACES.sub(r"\1\2", line)))
    if line.endswith(" {"):
        return f"{line[:-2]}{{"
    return line if line.endswith((";", ",", "{")) else f"{line}\n"


def _file(presentation: Presentation, path: str, data: bytes) -> Planned:
    key = layout.key(presentation, path, data.hex())
    return Planned(PurePosixPath(path), key, lambda: data)
