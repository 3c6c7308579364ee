"""The headers with which the site is served: one table for every web server.

Patterns are of the path from the site's root, without a slash first; they are kept to
what Python, PCRE and RE2 understand alike.
"""

from __future__ import annotations

import re

OPEN = r"\.well-known/.*|.*\.(?:asc|json|jsonl|opml|py|rdf|txt|xml)"
"""What programs on other sites may read: feeds, machine formats, keys, signed texts."""
FOREVER = r"advisories/[0-9]{4}/[^/]+/r[0-9]+\.[^/]+\.asc"
"""Signed texts, whose bytes never change."""
SEARCH = r"[^/]+/search\.html"
"""The one page with a script."""
SHORT = r"([A-Z][A-Z0-9]{0,11}-([12][0-9]{3})-[0-9]{4,7})/?"
"""The short address of an advisory: its id, and within it the year."""

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
POLICY = _POLICY
"""The Content Security Policy of all pages but one: no script, nothing from others."""
SEARCH_POLICY = f"{_POLICY}; script-src 'self'; connect-src 'self'"
"""That of the page for searching, which reads the index of the same site."""

ALWAYS: dict[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), "
        "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""What every answer says."""
REVALIDATE = "no-cache"
"""Caches ask each time; what has not changed costs one answer without a body."""
KEEP = "public, max-age=31536000, immutable"
TRANSPORT = "max-age=31536000"
"""HSTS (RFC 6797): a year. Never on plain HTTP."""

_OPEN, _FOREVER, _SEARCH = map(re.compile, (OPEN, FOREVER, SEARCH))


def headers(path: str) -> dict[str, str]:
    """Return the headers of the file at `path`, beside those of HTTP itself."""
    found = dict(ALWAYS)
    is_search = _SEARCH.fullmatch(path)
    found["Content-Security-Policy"] = SEARCH_POLICY if is_search else POLICY
    found["Cache-Control"] = KEEP if _FOREVER.fullmatch(path) else REVALIDATE
    if _OPEN.fullmatch(path):
        found["Access-Control-Allow-Origin"] = "*"
    return found


def short(path: str) -> str | None:
    """Return where the short address of an advisory leads, within the site."""
    found = re.fullmatch(SHORT, path)
    return f"advisories/{found[2]}/{found[1]}/" if found else None
