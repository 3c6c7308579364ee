"""Hosts: which two belong to one site, whatever spelling they have.

There is no full list of the suffixes below which strangers register here: where one is
missing, two hosts are taken for one site although they are two. Lint warns of mistakes
of our own authors; it is no browser.
"""

from __future__ import annotations

import re
import unicodedata

# Full stops of other scripts part labels too (RFC 3490, section 3.1).
DOTS = re.compile("[.\u3002\uff0e\uff61]")
_SECOND = frozenset(
    (
        *("ac", "ad", "co", "com", "ed", "edu", "go", "gob", "gov", "govt", "gr", "lg"),
        *("mil", "ne", "net", "nom", "or", "org", "sch"),
    )
)
"""Second labels below which countries register names, as in `co.jp`."""
_REGIONS = frozenset(
    (
        *("hokkaido", "aomori", "iwate", "miyagi", "akita", "yamagata", "fukushima"),
        *("ibaraki", "tochigi", "gunma", "saitama", "chiba", "tokyo", "kanagawa"),
        *("niigata", "toyama", "ishikawa", "fukui", "yamanashi", "nagano", "gifu"),
        *("shizuoka", "aichi", "mie", "shiga", "kyoto", "osaka", "hyogo", "nara"),
        *("wakayama", "tottori", "shimane", "okayama", "hiroshima", "yamaguchi"),
        *("tokushima", "kagawa", "ehime", "kochi", "fukuoka", "saga", "nagasaki"),
        *("kumamoto", "oita", "miyazaki", "kagoshima", "okinawa"),
    )
)
"""The prefectures of Japan, below whose names in `jp` anybody in them registers."""
_SHARED = frozenset(
    (
        *("github.io", "gitlab.io", "pages.dev", "workers.dev", "web.app"),
        *("firebaseapp.com", "appspot.com", "run.app", "herokuapp.com"),
        *("netlify.app", "vercel.app", "onrender.com", "fly.dev", "ngrok.io"),
        *("blogspot.com", "wordpress.com", "wixsite.com", "weebly.com"),
        *("azurewebsites.net", "cloudapp.net", "core.windows.net", "azureedge.net"),
        *("cloudfront.net", "amazonaws.com", "s3.amazonaws.com", "r2.dev"),
        *("sourceforge.io", "sourceforge.net", "readthedocs.io", "glitch.me"),
        *("duckdns.org", "hatenablog.com", "fc2.com", "sakura.ne.jp", "jimdo.com"),
    )
)
"""Names below which everybody has a host of their own."""


def same(one: str, other: str) -> bool:
    """Tell whether two hosts are the same, or are of one and the same site."""
    first, second = spelt(one), spelt(other)
    return first == second or (_site(first) == _site(second) != "")


def spelt(host: str) -> str:
    """Return a host in one spelling: lower case, IDNA labels (RFC 3492) decoded."""
    whole = unicodedata.normalize("NFKC", host).casefold().rstrip(".")
    return ".".join(map(_decoded, DOTS.split(whole)))


def _decoded(label: str) -> str:
    # The decoder's time grows with the square of the length.
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return "\N{REPLACEMENT CHARACTER}"


def _site(host: str) -> str:
    """Return the part of a host that somebody registered; empty if there is none."""
    labels = host.split(".")
    if ":" in host or labels[-1].isdecimal():
        return ""
    count = 2
    is_country = len(labels[-1]) == 2 and len(labels) > 1
    is_region = labels[-1] == "jp" and labels[-2:-1] and labels[-2] in _REGIONS
    if is_country and (labels[-2] in _SECOND or is_region):
        count = 3
    for length in (2, 3):
        if ".".join(labels[-length:]) in _SHARED:
            count = length + 1
    return ".".join(labels[-count:]) if len(labels) >= count else ""
