"""What makes an address usable, and what makes its host look like another one."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import SplitResult, unquote, urlsplit

from publisher.lint import filenames, sites

MAX_URL = 2000
"""Longer addresses are cut by some mail and web programs."""
_MAX_MAIL = 254
_SPOILT = re.compile(
    '[\x00-\x20\x7f-\xa0"<>\\\\^`{|}\u2000-\u206f\u3000\ufe00-\ufe0f\ufeff]'
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{0,30}://[^\s]+", re.IGNORECASE)
_IPV4 = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_MAILTO = re.compile("mailto:", re.IGNORECASE)
_MAIL = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@([a-z0-9.-]+)", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s<>()「」（）:,;]+")
_PORTS = {"http": 80, "https": 443}
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
    host = sites.spelt(parts.hostname or "") if parts else ""
    if host.isascii():
        return None
    scripts = {_script(c) for c in host if c.isalpha()}
    if len(scripts) > 1 and not scripts <= _JAPANESE:
        return f"mixes the scripts {', '.join(sorted(scripts))}: {host!a}"
    return f"is written with other letters than a to z: {host!a}"


def mail(url: str) -> str | None:
    """Return the mail address of a `mailto:` address that holds nothing else."""
    scheme = _MAILTO.match(url)
    address = url[scheme.end() :] if scheme else ""
    plain = _MAIL.fullmatch(address)
    if plain is None or len(address) > _MAX_MAIL or "xn--" in address.lower():
        return None
    return address if "." in plain[1] and _is_host(plain[1]) else None


def imitates(text: str, url: str) -> bool:
    """Tell whether `text`, which links to `url`, shows another address than that.

    Another spelling of the same address, another host of the same site, and what only
    looks like a host, since it names a file or a product, are none.
    """
    # Full stops in brackets keep others from following an address, and still show it.
    shown = unicodedata.normalize("NFKC", text).strip().replace("[.]", ".")
    parts = _split(url)
    if parts is None or _one_spelling(shown) == _one_spelling(url):
        return False
    host = parts.hostname or ""
    if _MAILTO.match(url):
        address = unquote(_MAILTO.sub("", url, count=1).partition("?")[0])
        named = [word for word in _BETWEEN.split(shown) if _MAIL.fullmatch(word)]
        if named:
            return address.casefold() not in (word.casefold() for word in named)
        host = address.rpartition("@")[2]
    full = _ADDRESS.search(shown)
    if full:
        return _differs(full[0], url, host, is_all=full[0] == shown)
    sent_to = _MAIL.fullmatch(shown)
    if sent_to:
        return not sites.same(sent_to[1], host)
    is_host = _DOMAIN.fullmatch(shown) and not filenames.is_name(shown, url)
    if is_host or _IPV4.fullmatch(shown):
        return not sites.same(re.split("[/:]", shown)[0], host)
    return False


def _differs(shown: str, url: str, host: str, *, is_all: bool) -> bool:
    """Tell whether an address that is shown is another one than that of the link.

    Words before and behind it say what it is. Where there are none, all of it counts.
    """
    other = _split(shown)
    if other is None or not sites.same(other.hostname or "", host):
        return True
    return is_all and _rest(shown) not in ("", _rest(url))


def _one_spelling(url: str) -> str:
    """Return an address as all of its spellings are written here."""
    parts = _split(url)
    if parts is None:
        return url.casefold()
    port = parts.port or _PORTS.get(parts.scheme)
    return f"{parts.scheme}://{sites.spelt(parts.hostname or '')}:{port}{_rest(url)}"


def _rest(url: str) -> str:
    """Return what stands behind the host of an address, in one spelling."""
    parts = _split(url)
    rest = "" if parts is None else parts._replace(scheme="", netloc="").geturl()
    return unicodedata.normalize("NFKC", unquote(rest)).casefold().rstrip("/")


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
    labels = sites.DOTS.split(host)
    if len(labels) > 1 and not labels[-1]:
        del labels[-1]
    shown = [label for label in labels if label.isascii()]
    return len(host) <= 253 and all(labels) and all(map(_LABEL.fullmatch, shown))


def _script(character: str) -> str:
    return unicodedata.name(character, "UNKNOWN").split()[0]
