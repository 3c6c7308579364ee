"""OpenPGP signatures by their shape: what they are made of, and signed texts with them.

Nothing here is signed by anybody: these are for what is read before a signature is
checked. Each part is written as RFC 9580 says, and can be written wrongly.
"""

from __future__ import annotations

from base64 import b64encode

CREATED = (2, bytes.fromhex("67c24b80"))
ISSUER = (33, b"\x04" + b"\xaa" * 20)
ISSUER_ID = (16, b"\xaa" * 8)
MARKER = b"\xca\x03PGP"
"""A packet that means nothing (section 5.8), as a new one."""
LITERAL = b"\xcb\x0bb\x00\x00\x00\x00\x00hello"
PADDING = b"\xd5\x04\x00\x00\x00\x00"
COMPRESSED = b"\xc8\x0e\x00" + LITERAL
PRIVATE = b"\xfc\x04note"
"""A packet of type 60, which everybody may use as they like."""


def subpacket(kind: int, data: bytes) -> bytes:
    return bytes([len(data) + 1, kind]) + data


def inside(
    *,
    version: int = 4,
    hashed: tuple[tuple[int, bytes], ...] = (CREATED, ISSUER),
    other: tuple[tuple[int, bytes], ...] = (ISSUER_ID,),
    algorithm: int = 22,
    values: bytes = b"\x01\x00" + b"\xff" * 32 + b"\x00\xff" + b"\x7f" * 32,
) -> bytes:
    """Return the body of a signature packet (section 5.2.3)."""
    size = 4 if version == 6 else 2
    areas = b""
    for area in (hashed, other):
        data = b"".join(subpacket(*each) for each in area)
        areas += len(data).to_bytes(size, "big") + data
    salt = b"\x10" + b"s" * 16 if version == 6 else b""
    return bytes([version, 1, algorithm, 10]) + areas + b"\xbe\xef" + salt + values


def old(body: bytes, length_type: int = 0, tag: int = 2) -> bytes:
    """Return a packet with an old header (section 4.2.2)."""
    size = b"" if length_type == 3 else len(body).to_bytes(1 << length_type, "big")
    return bytes([0x80 | tag << 2 | length_type]) + size + body


def new(body: bytes, octets: int = 1, tag: int = 2) -> bytes:
    """Return a packet with a new header (section 4.2.1) of so many octets of length."""
    size = len(body)
    if octets == 1:
        length = bytes([size])
    elif octets == 2:
        length = bytes([(size - 192 >> 8) + 192, size - 192 & 0xFF])
    else:
        length = b"\xff" + size.to_bytes(4, "big")
    return bytes([0xC0 | tag]) + length + body


def partial(body: bytes, tag: int = 2) -> bytes:
    """Return a packet whose first 64 bytes are a part of it, and then the rest."""
    rest = body[64:]
    return bytes([0xC0 | tag, 224 + 6]) + body[:64] + bytes([len(rest)]) + rest


def armor(data: bytes) -> bytes:
    """Return packets as the inside of a signature's armor."""
    text = b64encode(data)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    # GnuPG 2.2 reads no armor that is padded and has no sum.
    total = b"=" + b64encode(crc24(data).to_bytes(3, "big"))
    return b"\n" + b"\n".join([*lines, total]) + b"\n"


def crc24(data: bytes) -> int:
    """Return the sum of an armor (section 6.1)."""
    total = 0xB704CE
    for octet in data:
        total ^= octet << 16
        for _ in range(8):
            total <<= 1
            if total & 0x1000000:
                total ^= 0x1864CFB
    return total


def cleartext(text: str, packets: bytes | None = None) -> bytes:
    """Return a text as gpg writes it, with these packets as its signature."""
    return (
        b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"
        + text.encode()
        + b"-----BEGIN PGP SIGNATURE-----\n"
        + armor(old(inside()) if packets is None else packets)
        + b"-----END PGP SIGNATURE-----\n"
    )
