"""security.txt (RFC 9116): whom to tell of a vulnerability in the team's own systems.

The text is made from the settings, so it can be compared with them at any time; only
`Expires` is of the moment. It is signed like every text (section 2.3) and kept as
`security.txt` in the project.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from publisher.model.keys import KeyPart, KeyState
    from publisher.model.settings import Settings

NAME = "security.txt"
"""Where it is kept, relative to the project's root."""
VALID = timedelta(days=364)
"""How long it holds: less than a year (section 2.5.5)."""
FAST = timedelta(hours=12)
"""What the clock of a machine that signs may be fast by; still less than a year."""
RENEW = timedelta(days=180)
"""So long before its end it is signed anew, whenever somebody signs."""

_EXPIRES = re.compile(
    r"^Expires: ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z)$", re.MULTILINE
)
_RSA = 1
_ENCRYPTING = frozenset((2, 16, 18, 25, 26))
"""Algorithms that encrypt and do not sign (RFC 9580, section 9.1): RSA encrypt-only,
Elgamal, ECDH, X25519, X448."""


def text(settings: Settings, key: KeyState | None, now: datetime) -> str:
    """Return the text as it would be signed at `now`.

    `key` is the team's current key. It is named only if one can encrypt to it, and
    addresses of the site only if they begin with `https:` (sections 2.5.2, 2.5.4).
    """
    site = settings.site.url
    of = settings.security_txt
    lines = ["# How to report a vulnerability in our systems (RFC 9116)"]
    lines += [f"Contact: {uri}" for uri in of.contacts]
    lines.append(f"Expires: {_whole(now + VALID):%Y-%m-%dT%H:%M:%SZ}")
    if site.startswith("https://"):
        if key is not None and _can_encrypt(key, now):
            lines.append(f"Encryption: {site}/keys/{key.fingerprint}.asc")
        # Well-known addresses begin at the root of a host (RFC 8615, section 3).
        host = urlsplit(site).netloc
        lines.append(f"Canonical: https://{host}/.well-known/{NAME}")
    lines.append(f"Preferred-Languages: {', '.join(settings.languages)}")
    if of.policy:
        lines.append(f"Policy: {of.policy}")
    if of.acknowledgments:
        lines.append(f"Acknowledgments: {of.acknowledgments}")
    return "\n".join(lines) + "\n"


def expires(text: str) -> datetime:
    """Return when a text ceases to hold; ValueError if it does not say so once."""
    found = _EXPIRES.findall(text)
    if len(found) != 1:
        msg = f"the text has {len(found)} lines 'Expires' of the expected form, not one"
        raise ValueError(msg)
    return datetime.fromisoformat(found[0])


def is_of(found: str, settings: Settings, key: KeyState | None, now: datetime) -> bool:
    """Tell whether a text says what the settings say, whenever it was made."""
    try:
        end = expires(found)
    except ValueError:
        return False
    wanted = text(settings, key, now)
    same = _EXPIRES.sub("", found) == _EXPIRES.sub("", wanted)
    return same and end <= now + VALID + FAST


def holds(text: str, settings: Settings, key: KeyState | None, now: datetime) -> bool:
    """Tell whether a text may be served: it is of the settings, and not expired."""
    return is_of(text, settings, key, now) and now < expires(text)


def due(
    signed: str | None, settings: Settings, key: KeyState | None, now: datetime
) -> str:
    """Say why a text has to be signed anew; empty if it has not.

    `signed` is what the present one says; None if there is none that counts.
    """
    if signed is None:
        return "there is none yet"
    if not is_of(signed, settings, key, now):
        return "it says something else than the settings"
    end = expires(signed)
    if end - now < RENEW:
        return f"it holds until {end.date().isoformat()}"
    return ""


def _can_encrypt(key: KeyState, now: datetime) -> bool:
    ended = key.revocation is not None or (
        key.expires is not None and key.expires <= now
    )
    return not ended and any(_encrypts(part, now) for part in key.parts[1:])


def _encrypts(part: KeyPart, now: datetime) -> bool:
    # RSA does both; a subkey that does not sign is there to encrypt.
    able = part.algorithm in _ENCRYPTING or (part.algorithm == _RSA and not part.signs)
    ended = part.expires is not None and part.expires <= now
    return able and part.revocation is None and not ended


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
