"""What programs look for below `/.well-known/`: keys by mail address, security.txt.

The Web Key Directory (draft-koch-openpgp-webkey-service-21, section 3.1) gives the
keys of an address to whoever asks the address's own domain for them, in one of two
ways: from the host `openpgpkey.DOMAIN` (advanced) or from `DOMAIN` itself (direct).
The site holds the files of both; which host serves them is up to its operator.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from publisher.model import roles
from publisher.model.chain import Planned
from publisher.model.roles import Role
from publisher.render import keys, layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from publisher.model.keys import KeyState
    from publisher.model.settings import Settings
    from publisher.presentation import Presentation

Export = Callable[[str, str], bytes]
"""Returns a key, by its fingerprint, with the user ids of one mail address only."""

SECURITY_TXT = ".well-known/security.txt"
_ROOT = ".well-known/openpgpkey"
_ZBASE32 = "ybndrfg8ejkmcpqxot1uwisza345h769"
_LOCAL = r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_ADDRESS = rf"({_LOCAL}@{_LABEL}(?:\.{_LABEL})+)"
# Only where there can be no two opinions on which part is the address.
_USER_ID = re.compile(rf"[^<>]*<{_ADDRESS}>|{_ADDRESS}", re.ASCII | re.IGNORECASE)


def digest(local: str) -> str:
    """Return the name of the file that holds the keys of a local part.

    It is the SHA-1 in z-base-32 (RFC 6189, section 5.1.6); letters of ASCII count as
    lower-case ones.
    """
    lower = "".join(c.lower() if c.isascii() else c for c in local)
    # Five octets make eight digits, so that nothing is left over of the twenty.
    number = int.from_bytes(
        hashlib.sha1(lower.encode(), usedforsecurity=False).digest()
    )
    return "".join(_ZBASE32[number >> shift & 31] for shift in range(155, -1, -5))


def addresses(key: KeyState) -> tuple[str, ...]:
    """Return the mail addresses of a key that can be served, in lower case.

    Others, such as those with letters beyond ASCII, are left out.
    """
    found = (_USER_ID.fullmatch(user) for user in key.user_ids)
    named = ((match[1] or match[2]).lower() for match in found if match)
    return tuple(dict.fromkeys(named))


def locatable(known: Sequence[KeyState], settings: Settings, now: datetime) -> str:
    """Return an address of a current key whose domain is the site's; or nothing."""
    current = [
        key
        for key in keys.ordered(known, settings.team, now)
        if roles.role(key, settings.team, now) is Role.CURRENT
    ]
    found = (address for key in current for address in addresses(key))
    return next((each for each in found if _is_home(each, settings)), "")


def directory(
    known: Sequence[KeyState],
    export: Export,
    presentation: Presentation,
    now: datetime,
) -> Iterator[Planned]:
    """Plan the Web Key Directory of the pinned keys' addresses.

    The keys of one address stand one behind the other, current ones first; revoked
    ones are among them, so that readers hear of it.
    """
    settings = presentation.settings
    holders: dict[str, list[KeyState]] = {}
    for key in keys.ordered(known, settings.team, now):
        for address in addresses(key):
            holders.setdefault(address, []).append(key)
    paths: dict[str, str] = {}
    # Direct paths do not name the domain: where two would share one, the site's own
    # domain has it.
    for address in sorted(holders, key=lambda each: not _is_home(each, settings)):
        local, _, domain = address.partition("@")
        for base in (_ROOT, f"{_ROOT}/{domain}"):
            paths.setdefault(f"{base}/policy", "")
            paths.setdefault(f"{base}/hu/{digest(local)}", address)
    for path, address in paths.items():
        shown = holders.get(address, [])
        states = [(k.fingerprint, hashlib.sha256(k.public).hexdigest()) for k in shown]
        yield Planned(
            PurePosixPath(path),
            layout.key(presentation, path, address, states),
            functools.partial(_exported, address, shown, export),
        )


def security_txt(signed: bytes, presentation: Presentation) -> Planned:
    """Plan security.txt (RFC 9116, section 3) as it was signed."""
    key = layout.key(presentation, SECURITY_TXT, hashlib.sha256(signed).hexdigest())
    return Planned(PurePosixPath(SECURITY_TXT), key, functools.partial(bytes, signed))


def _exported(address: str, known: Sequence[KeyState], export: Export) -> bytes:
    return b"".join(export(key.fingerprint, address) for key in known)


def _is_home(address: str, settings: Settings) -> bool:
    """Tell whether the site's host belongs to the domain of an address."""
    host = urlsplit(settings.site.url).hostname or ""
    domain = address.partition("@")[2]
    return host == domain or host.endswith(f".{domain}")
