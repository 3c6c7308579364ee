"""Where each file of the site lies, relative to its root."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.model.advisory import Kind
    from publisher.model.chain import EditionKey
    from publisher.model.ids import AdvisoryId, Language

VERIFIER = "verify.py"
"""The program that checks a signed text with Python and gpg alone."""


def home(language: Language) -> str:
    """Return where the front page in `language` lies."""
    return f"{language}/index.html"


def year(language: Language, number: int) -> str:
    """Return where the list of one year's advisories lies."""
    return f"{language}/{number}/index.html"


def kind(language: Language, kind: Kind) -> str:
    """Return where the list of one kind's newest advisories lies."""
    return f"{language}/{kind}/index.html"


def kind_year(language: Language, kind: Kind, number: int) -> str:
    """Return where the list of one kind's advisories of one year lies."""
    return f"{language}/{kind}/{number}.html"


def verify(language: Language) -> str:
    """Return where it is explained how to check a signature."""
    return f"{language}/verify.html"


def subscribe(language: Language) -> str:
    """Return where it is explained how to join and leave the lists."""
    return f"{language}/subscribe.html"


def feed(language: Language, kind: Kind | None = None) -> str:
    """Return where the feed of all kinds, or of one, lies."""
    return f"{language}/{kind}/feed.xml" if kind else f"{language}/feed.xml"


def advisory(advisory: AdvisoryId, language: Language) -> str:
    """Return where the page of an advisory lies."""
    return f"{_folder(advisory)}/{language}.html"


def changes(key: EditionKey, since: int) -> str:
    """Return where it is shown what changed in a text since an earlier revision."""
    return f"{_folder(key.id)}/r{since}-r{key.revision}.{key.language}.html"


def landing(advisory: AdvisoryId) -> str:
    """Return where readers choose the language of an advisory."""
    return f"{_folder(advisory)}/index.html"


def signed_file(advisory: AdvisoryId, name: str) -> str:
    """Return where a signed file of an advisory lies."""
    return f"{_folder(advisory)}/{name}"


def public_key(fingerprint: str) -> str:
    """Return where a public key lies."""
    return f"keys/{fingerprint}.asc"


def relative(path: str, start: str) -> str:
    """Return the link by which the page at `start` reaches the file at `path`."""
    here, there = start.split("/")[:-1], path.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    return "/".join([".."] * (len(here) - shared) + there[shared:])


def _folder(advisory: AdvisoryId) -> str:
    return f"advisories/{advisory.year:04d}/{advisory}"
