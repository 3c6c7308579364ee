"""Cases about the packets in an armor: whatever stands there beside signatures.

Each takes a text that a real key signed and writes its signature in another way, or
puts something beside it. The signature itself stays good to whoever looks at it alone.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable

from tests import keys
from tests.sign import shapes
from tests.sign.bench import Bench, Made, armored, rewrapped
from tests.sign.case import Case, differing, good


def packets(data: bytes) -> bytes:
    """Return what a signed text has in its armor."""
    return b64decode(b"".join(armored(data).strip().split(b"\n=")[0].split(b"\n")))


def inside(data: bytes) -> bytes:
    """Return the body of the one signature that gpg made, which is an old packet."""
    found = packets(data)
    size = 1 << (found[0] & 3)
    assert found[0] & 0xFC == 0x88
    return found[1 + size :]


def _with(change: Callable[[bytes], bytes]) -> Callable[[Bench], Made]:
    """Write the packets of an armor anew, from the body of its signature."""

    def make(bench: Bench) -> Made:
        key = bench.key()
        data = bench.sign(key)
        made = change(inside(data))
        return bench.made(rewrapped(data, shapes.armor(made)), key)

    return make


def _beside(packet: bytes, *, before: bool = False) -> Callable[[Bench], Made]:
    def change(body: bytes) -> bytes:
        signature = shapes.old(body)
        return packet + signature if before else signature + packet

    return _with(change)


def _key(bench: Bench) -> Made:
    """Put the public key itself into the armor."""
    key = bench.key()
    data = bench.sign(key)
    public = keys.gpg(bench.home, "--export", key.fingerprint)
    return bench.made(rewrapped(data, shapes.armor(packets(data) + public)), key)


def _resigned(*options: str) -> Callable[[Bench], Made]:
    """Let gpg say more in a signature."""

    def make(bench: Bench) -> Made:
        key = bench.key()
        return bench.made(bench.sign(key, options=options), key)

    return make


def _unhashed(data: bytes, subpacket: bytes) -> bytes:
    """Add a subpacket that the signature does not cover."""
    start = 6 + int.from_bytes(data[4:6], "big")
    size = int.from_bytes(data[start : start + 2], "big")
    new = (size + len(subpacket)).to_bytes(2, "big")
    end = start + 2 + size
    return data[:start] + new + data[start + 2 : end] + subpacket + data[end:]


def _padded(body: bytes) -> bytes:
    """Make a body so long that its length takes two octets."""
    return _unhashed(body, shapes.subpacket(100, b"x" * 150))


def _sum(change: Callable[[bytes], bytes]) -> Callable[[Bench], Made]:
    def make(bench: Bench) -> Made:
        key = bench.key()
        data = bench.sign(key)
        armor = armored(data)
        base64, mark, written = armor.rpartition(b"\n=")
        assert len(written) == 5
        return bench.made(rewrapped(data, base64 + change(mark + written)), key)

    return make


NO_SUM = "there is no signature$"
FOREIGN = "holds something else than signatures"
UNREAD = "a signature in the armor"
LENGTH = f"{UNREAD} does not say how long it is"
CUT = f"{UNREAD} is cut off"
BEHIND = f"{UNREAD} goes on behind its end"
MANY = "the armor holds more than 64 signatures"
PACKETS: tuple[Case, ...] = (
    good("a new header", _with(shapes.new)),
    good("an old header of two octets", _with(lambda b: shapes.old(b, 1))),
    good("an old header of four octets", _with(lambda b: shapes.old(b, 2))),
    good("a new header of two octets", _with(lambda b: shapes.new(_padded(b), 2))),
    good("a new header of five octets", _with(lambda b: shapes.new(b, 5))),
    good("the same signature twice", _with(lambda b: shapes.old(b) * 2)),
    good("a notation", _resigned("--sig-notation", "a@cert.example=word")),
    good("a policy", _resigned("--sig-policy-url", "https://a.example/")),
    good("a key server", _resigned("--sig-keyserver-url", "hkps://a.example/")),
    good("an embedded key", _resigned("--include-key-block")),
    good("it ends much later", _resigned("--default-sig-expire", "80y")),
    good("words that are not signed, where no reader sees them", _with(
        lambda b: shapes.old(_unhashed(b, shapes.subpacket(100, b"words"))))),
    good("no sum of the armor", _sum(lambda _: b"\n")),
    differing("another sum of the armor", _sum(lambda _: b"\n=AAAA\n"), NO_SUM),
    differing("partial lengths", _with(shapes.partial), LENGTH),
    differing("a length that is not told", _with(lambda b: shapes.old(b, 3)), LENGTH),
    differing("a marker before it", _beside(shapes.MARKER, before=True), FOREIGN),
    differing("a marker behind it", _beside(shapes.MARKER), FOREIGN),
    differing("padding", _beside(shapes.PADDING), FOREIGN),
    differing("a private packet", _beside(shapes.PRIVATE), FOREIGN),
    differing("compressed data beside it", _beside(shapes.COMPRESSED), FOREIGN),
    differing("literal data beside it", _beside(shapes.LITERAL), FOREIGN),
    differing("a key beside it", _key, FOREIGN),
    differing("something that is no packet", _beside(b"\x00words"), FOREIGN),
    differing("the beginning of another one", _beside(b"\x88"), CUT),
    differing("longer than there is", _with(lambda b: b"\x88\xff" + b), CUT),
    differing("shorter than it is",
              _with(lambda b: b"\x88" + bytes([len(b) - 9]) + b), CUT),
    differing("words behind its numbers", _with(lambda b: shapes.old(b + b"words")),
              BEHIND),
    differing("many signatures", _with(lambda b: shapes.old(b) * 65), MANY),
    differing("of version 3", _with(lambda b: shapes.old(b"\x03" + b[1:])),
              "of version 3"),
    differing("of an algorithm that nobody knows",
              _with(lambda b: shapes.old(b[:2] + b"\x63" + b[3:])), "the algorithm 99"),
    differing("an empty subpacket", _with(
        lambda b: shapes.old(_unhashed(b, b"\x00"))), "has an empty subpacket"),
)  # fmt: skip
