"""Addresses of another time, and where what was there is now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from publisher.model.ids import AdvisoryId

_PATH = re.compile(r"/|(?:/[A-Za-z0-9_~@+,=-][A-Za-z0-9._~@+,=-]*)+/?")
_PAGES = ("", ".html", ".htm")


@dataclass(frozen=True, slots=True)
class Redirect:
    """One old address of the site."""

    old: str
    """With a slash first, e.g. `/at/2025/at250001.html`."""
    target: str
    """A path of the site, or the id of an advisory."""
    place: str
    """Where it is declared, for messages: `redirects.toml:3`."""

    @property
    def advisory(self) -> AdvisoryId | None:
        """Return the advisory that is meant; None: the target is a path."""
        return None if self.target.startswith("/") else AdvisoryId.parse(self.target)

    @property
    def is_page(self) -> bool:
        """Tell whether browsers take what lies there for a page."""
        return PurePosixPath(self.old).suffix in _PAGES

    @property
    def file(self) -> PurePosixPath:
        """Return the file that answers at the old address."""
        return file(self.old)


def path(text: str) -> str:
    """Return the path of an address, or raise ValueError.

    It is written as it reads, without `%`; what it may hold is what every web server
    and file system takes as it is.
    """
    if not _PATH.fullmatch(text):
        msg = (
            f"{text!r} is no path such as '/at/2025/at250001.html': it begins with a "
            "slash, holds no empty or hidden parts, and of characters only letters and "
            "digits of ASCII and . _ ~ @ + , = -"
        )
        raise ValueError(msg)
    return text


def file(path: str) -> PurePosixPath:
    """Return the file that answers at `path`: a folder's is its `index.html`."""
    relative = PurePosixPath(path.removeprefix("/"))
    if path.endswith("/") or not relative.suffix:
        return relative / "index.html"
    return relative


def followed(redirects: Mapping[str, Redirect], first: Redirect) -> Redirect:
    """Return the last redirect of a chain, or raise ValueError if it is a loop."""
    seen = [first.old]
    last = first
    while last.target in redirects:
        last = redirects[last.target]
        if last.old in seen:
            msg = f"{' leads to '.join([*seen, last.old])}: this never ends"
            raise ValueError(msg)
        seen.append(last.old)
    return last
