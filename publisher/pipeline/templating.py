"""Try a project's own templates and words, before readers and subscribers see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import jinja2
from jinja2 import meta

from publisher import lint
from publisher.errors import OperatorError
from publisher.lint.own_templates import Broken, Mail, OwnTemplates
from publisher.lists import placeholders, texts

if TYPE_CHECKING:
    from publisher.model.settings import MailingList
    from publisher.presentation import Presentation
    from publisher.source import Finding

_FOLDERS = ("mail/", "locale/")
"""What has a part in mails to subscribers."""
_PLACE = re.compile(r"templates/([^:\n]+?)(?::([0-9]+))?: (.*)", re.DOTALL)


def findings(
    own: OwnTemplates, mine: Presentation, packaged: Presentation
) -> tuple[Finding, ...]:
    """Return what is wrong with a project's own templates.

    `mine` presents with them, `packaged` without.
    """
    if not own.files and not own.older:
        return ()
    # Most of a mail is made of words.
    concerned = any(p.startswith(_FOLDERS) for p in (*own.files, *own.older))
    tried = [
        each
        for mailing_list in (mine.settings.every_list if concerned else ())
        for each in _tried(own, mailing_list, mine, packaged)
    ]
    return lint.templates(
        replace(
            own,
            mails=tuple(dict.fromkeys(e for e in tried if isinstance(e, Mail))),
            broken=(*own.broken, *(e for e in tried if isinstance(e, Broken))),
        )
    )


def of_mails(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return what of it is about mails to subscribers, and words."""
    paths = ((str(each.location.path), each) for each in found)
    folders = tuple(f"templates/{folder}" for folder in _FOLDERS)
    return tuple(each for path, each in paths if path.startswith(folders))


def _tried(
    own: OwnTemplates,
    mailing_list: MailingList,
    mine: Presentation,
    packaged: Presentation,
) -> Iterator[Mail | Broken]:
    """Yield what the mails of a list come to, as far as they are not as packaged."""
    values = texts.values(mailing_list, mine.settings)
    for name, file in texts.TEMPLATES.items():
        theirs = texts.text(name, mailing_list, packaged)
        try:
            ours = texts.text(name, mailing_list, mine)
        except OperatorError as error:
            yield _broken(str(error), file)
            continue
        if ours == theirs:
            continue
        addresses = {
            key
            for key in ("contact", "join", "leave", "request")
            if values[key] in theirs and values[key] not in ours
        }
        missing = placeholders.used(theirs) - placeholders.used(ours)
        needed = placeholders.NEEDED_ADDRESSES.get(name, frozenset())
        yield Mail(
            path=_responsible(own, file),
            text=ours,
            used=placeholders.used(ours),
            known=placeholders.known(name, theirs),
            missing=_dollars(missing) | _braced(addresses),
            needed=_dollars(placeholders.NEEDED) | _braced(needed),
            bare=placeholders.bare(ours) - placeholders.bare(theirs),
        )


def _dollars(names: frozenset[str]) -> frozenset[str]:
    return frozenset(f"${name}" for name in names)


def _braced(names: set[str] | frozenset[str]) -> frozenset[str]:
    return frozenset(f"{{{{ {name} }}}}" for name in names)


def _responsible(own: OwnTemplates, file: str) -> str:
    """Return which of the project's own files a mail is made of."""
    tree = jinja2.Environment(autoescape=True).parse(own.packaged[file])
    parts = [each for each in meta.find_referenced_templates(tree) if each]
    return next((each for each in (file, *parts) if each in own.files), file)


def _broken(message: str, file: str) -> Broken:
    match = _PLACE.fullmatch(message)
    if match is None:
        return Broken(file, 0, message)
    reason = match[3].removeprefix("the template cannot be used: ")
    return Broken(match[1], int(match[2] or 0), reason)
