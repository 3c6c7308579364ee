"""`redirects.toml` to redirects: one line for each old address of the site."""

from __future__ import annotations

import os
import re
from pathlib import Path

from publisher.config import toml
from publisher.errors import SettingsError
from publisher.model import redirect
from publisher.model.ids import AdvisoryId
from publisher.model.redirect import Redirect

FILE = "redirects.toml"
_OURS = ("/advisories/", "/api/")
"""Folders in which every file belongs to an advisory."""


def redirects(root: Path) -> tuple[Redirect, ...]:
    """Read the redirects of a project; none if it has no such file.

    Raise SettingsError with the line of what cannot be meant.
    """
    file = root / FILE
    return parse(toml.read(file)) if os.path.lexists(file) else ()


def parse(text: str) -> tuple[Redirect, ...]:
    """Return what `text` declares, or raise SettingsError."""
    data = toml.parse(text, FILE)
    lines = text.split("\n")
    found = [_redirect(old, target, _place(old, lines)) for old, target in data.items()]
    by_path = {each.old: each for each in found}
    for each in found:
        try:
            redirect.followed(by_path, each)
        except ValueError as error:
            msg = f"{each.place}: {error}"
            raise SettingsError(msg) from error
    return tuple(found)


def _redirect(old: str, target: object, place: str) -> Redirect:
    if not isinstance(target, str):
        msg = f"{place}: {old} leads to {target!r}: write a path of the site or an id"
        raise SettingsError(msg)
    if old == "/" or old.startswith(_OURS):
        msg = f"{place}: {old} is the site's own: take the line away"
        raise SettingsError(msg)
    try:
        redirect.path(old)
        if target.startswith("/"):
            redirect.path(target)
        else:
            AdvisoryId.parse(target)
    except ValueError as error:
        msg = f"{place}: {error}"
        raise SettingsError(msg) from error
    return Redirect(old, target, place)


def _place(old: str, lines: list[str]) -> str:
    written = re.compile(rf"""\s*["']{re.escape(old)}["']\s*[=.]""")
    for number, line in enumerate(lines, start=1):
        if written.match(line):
            return f"{FILE}:{number}"
    return FILE
