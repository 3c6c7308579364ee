"""Public keys as the Web Key Directory gives them away: for one mail address each."""

from __future__ import annotations

from collections.abc import Callable

_USER_ID = 13
"""The packet's type (RFC 9580, section 5.12)."""


def of_address(gpg: Callable[..., bytes], fingerprint: str, address: str) -> bytes:
    """Return a key with the user ids of `address` only, not armored.

    `gpg` runs gpg with the arguments that it is given and returns what gpg writes.
    What others certified is left out; revocations, also of user ids, stay. Nothing is
    returned if the key has no such user id. `address` must be plain: filters know no
    quoting.
    """
    data = gpg(
        "--export-options", "export-minimal",
        "--export-filter", f"keep-uid=mbox = {address}",
        "--export", fingerprint,
    )  # fmt: skip
    return data if _USER_ID in _types(data) else b""


def _types(data: bytes) -> set[int]:
    """Return the types of the packets of a key (RFC 9580, section 4.2).

    Packets of a key have no partial lengths.
    """
    found = set()
    at = 0
    while at < len(data):
        tag = data[at]
        at += 1
        if tag & 0x40:
            found.add(tag & 0x3F)
            size, at = _new_length(data, at)
        else:
            found.add(tag >> 2 & 0x0F)
            width = 1 << (tag & 3)
            size, at = int.from_bytes(data[at : at + width]), at + width
        at += size
    return found


def _new_length(data: bytes, at: int) -> tuple[int, int]:
    first = data[at]
    if first < 192:
        return first, at + 1
    if first < 224:
        return (first - 192 << 8) + data[at + 1] + 192, at + 2
    return int.from_bytes(data[at + 1 : at + 5]), at + 5
