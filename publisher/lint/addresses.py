"""What makes an address usable, and what makes its host look like another one."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import SplitResult, urlsplit

MAX_URL = 2000
"""Longer addresses are cut by some mail and web programs."""
_SPOILT = re.compile(
    '[\x00-\x20\x7f-\xa0"<>\\\\^`{|}\u2000-\u206f\u3000\ufe00-\ufe0f\ufeff]'
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# Full stops of other scripts part labels too (RFC 3490, section 3.1).
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s]+")
_DOMAIN = re.compile(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,}(?::[0-9]+)?(?:/\S*)?"
)
_JAPANESE = frozenset(("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "LATIN"))


def fault(url: str) -> str | None:
    """Say what keeps `url` from being an address that readers can use, if anything.

    It has to be absolute, with http or https, a host, and nobody's password.
    """
    spoilt = _SPOILT.search(url)
    if spoilt:
        return f"holds the character U+{ord(spoilt[0]):04X}"
    if len(url) > MAX_URL:
        return f"has {len(url)} characters"
    return _fault(_split(url))


def likeness(url: str) -> str | None:
    """Say why the host of `url` might be taken for another one, if so."""
    parts = _split(url)
    host = _readable(parts.hostname or "") if parts else ""
    if host.isascii():
        return None
    scripts = {_script(c) for c in host if c.isalpha()}
    if len(scripts) > 1 and not scripts <= _JAPANESE:
        return f"mixes the scripts {', '.join(sorted(scripts))}: {host!a}"
    return f"is written with other letters than a to z: {host!a}"


def imitates(text: str, url: str) -> bool:
    """Tell whether `text`, which links to `url`, shows another address than that."""
    shown = unicodedata.normalize("NFKC", text).strip().casefold()
    target = _split(url)
    if target is None or shown.rstrip("/") == url.casefold().rstrip("/"):
        return False
    host = (target.hostname or "").casefold()
    full = _ADDRESS.search(shown)
    if full:
        if full[0] == shown:
            return True
        other = _split(full[0])
        return other is None or not _same_host(other.hostname or "", host)
    domain = _DOMAIN.fullmatch(shown)
    return bool(domain) and not _same_host(re.split("[/:]", shown)[0], host)


def _fault(parts: SplitResult | None) -> str | None:
    if parts is None:
        return "cannot be read as an address"
    if parts.scheme not in ("http", "https"):
        return "does not begin with https:// or http://"
    if "@" in parts.netloc:
        return "holds a user name or password"
    return None if _is_host(parts.hostname or "") else "has no usable host"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        # Asking for the port is what checks it.
        is_usable = parts.port is None or parts.port > 0
    except ValueError:
        return None
    return parts if is_usable else None


def _is_host(host: str) -> bool:
    if ":" in host:
        # urlsplit lets only IPv6 addresses have colons.
        return True
    labels = _DOTS.split(host)
    if len(labels) > 1 and not labels[-1]:
        del labels[-1]
    shown = [label for label in labels if label.isascii()]
    return len(host) <= 253 and all(labels) and all(map(_LABEL.fullmatch, shown))


def _readable(host: str) -> str:
    """Return a host with its IDNA labels (RFC 3492) as they are shown."""
    return ".".join(_decoded(label) for label in host.split("."))


def _decoded(label: str) -> str:
    # The decoder's time grows with the square of the length.
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return "\N{REPLACEMENT CHARACTER}"


def _script(character: str) -> str:
    return unicodedata.name(character, "UNKNOWN").split()[0]


def _same_host(shown: str, host: str) -> bool:
    return shown.removeprefix("www.") == host.removeprefix("www.")
