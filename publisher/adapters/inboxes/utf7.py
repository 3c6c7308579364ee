"""Names of IMAP folders on the wire: modified UTF-7 (RFC 3501, section 5.1.3)."""

from __future__ import annotations

import re
from base64 import b64encode

_OTHER = re.compile(r"[^ -~]+")


def encoded(name: str) -> str:
    """Return a folder's name as IMAP writes it, in printable ASCII."""
    return _OTHER.sub(_shifted, name.replace("&", "&-"))


def _shifted(match: re.Match[str]) -> str:
    data = b64encode(match[0].encode("utf-16-be")).decode().rstrip("=")
    return f"&{data.replace('/', ',')}-"


def quoted(text: str) -> str:
    """Return a quoted string (RFC 3501, section 4.3) of printable ASCII."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
