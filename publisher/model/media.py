"""Which media type each file of the site is served as.

One table for the server snippets, the local server and whoever puts the site up.
It is sorted from the special to the general: the first row that fits counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePosixPath

TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
BINARY = "application/octet-stream"
ATOM = "application/atom+xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
RDF = "application/rdf+xml; charset=utf-8"
# JSON is UTF-8 always and its types have no charset (RFC 8259, section 11).
JSON_FEED = "application/feed+json"
JSON = "application/json"
SCHEMA = "application/schema+json"


@dataclass(frozen=True, slots=True)
class Place:
    """Files whose type does not follow from their suffix."""

    pattern: str
    """A regular expression of the path from the site's root, without a slash first.
    It is kept to what Python, PCRE and RE2 understand alike."""
    type: str


PLACES: tuple[Place, ...] = (
    # The two forms of a Web Key Directory (draft-koch-openpgp-webkey-service, 3.1).
    Place(r"\.well-known/openpgpkey/([^/]+/)?hu/[^/]+", BINARY),
    Place(r"\.well-known/openpgpkey/([^/]+/)?policy", TEXT),
    # RFC 9116, section 3.
    Place(r"\.well-known/security\.txt", TEXT),
    Place(r"([^/]+/)*atom\.xml", ATOM),
    Place(r"([^/]+/)*feed\.xml", RSS),
    Place(r"([^/]+/)*feed\.json", JSON_FEED),
    Place(r"api/v[0-9]+/schema/[^/]+\.json", SCHEMA),
)
SUFFIXES: dict[str, str] = {
    "asc": TEXT,
    "atom": ATOM,
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "gz": "application/gzip",
    "htm": HTML,
    "html": HTML,
    "ico": "image/vnd.microsoft.icon",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": JSON,
    "jsonl": "application/jsonl",
    "map": JSON,
    "md": "text/markdown; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "opml": "text/x-opml; charset=utf-8",
    "pdf": "application/pdf",
    "png": "image/png",
    "py": "text/x-python; charset=utf-8",
    "rdf": RDF,
    "rss": RSS,
    "sha256": TEXT,
    "sh": TEXT,
    "svg": "image/svg+xml",
    "toml": "application/toml",
    "txt": TEXT,
    "wasm": "application/wasm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff2": "font/woff2",
    "xml": "application/xml; charset=utf-8",
    "zip": "application/zip",
}
"""The type of each suffix, where no place says otherwise."""

ICON = "favicon.svg"
"""What is served as `/favicon.ico`, too: browsers ask for it beside a text."""
_TEXTS = re.compile(r"text/.*|application/(.*\+)?(json|jsonl|xml|toml)|image/svg\+xml")
_PLACES = tuple((re.compile(place.pattern), place.type) for place in PLACES)


def is_text(type_: str) -> bool:
    """Tell whether what is served as `type_` gets smaller by compression."""
    return _TEXTS.fullmatch(type_.partition(";")[0]) is not None


def media_type(path: PurePosixPath) -> str:
    """Return the media type of the file at `path`, relative to the site's root.

    What is not known is `application/octet-stream`: a browser saves it and runs none.
    """
    whole = path.as_posix()
    for pattern, found in _PLACES:
        if pattern.fullmatch(whole):
            return found
    return SUFFIXES.get(path.suffix.removeprefix(".").lower(), BINARY)
