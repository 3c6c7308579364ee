"""The reader of signature packets, and its copy in the stand-alone script."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.sign import packets
from tests import script
from tests.sign import shapes
from tests.sign.shapes import CREATED, ISSUER, ISSUER_ID


def test_a_signature_is_read_with_all_that_it_says() -> None:
    (found,) = packets.signatures(shapes.old(shapes.inside()))

    assert found.version == 4
    assert [(each.kind, each.data, each.hashed) for each in found.subpackets] == [
        (*CREATED, True),
        (*ISSUER, True),
        (*ISSUER_ID, False),
    ]


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize(
    ("algorithm", "values"),
    [
        (1, b"\x08\x00" + b"\xff" * 256),
        (19, (b"\x01\x00" + b"\xff" * 32) * 2),
        (22, (b"\x00\xff" + b"\x7f" * 32) * 2),
        (27, b"x" * 64),
        (28, b"x" * 114),
    ],
)
def test_each_algorithm_ends_where_it_ends(
    version: int, algorithm: int, values: bytes
) -> None:
    body = shapes.inside(version=version, algorithm=algorithm, values=values)
    head = shapes.old(body, 1)

    assert len(packets.signatures(head * 3)) == 3
    for wrong in (body[:-1], body + b"\x00"):
        with pytest.raises(ValueError, match="a signature in the armor"):
            packets.signatures(shapes.old(wrong, 1))


def test_a_subpacket_may_be_long_and_critical() -> None:
    long = b"\xff\x00\x00\x01\x01" + bytes([0x80 | 20]) + b"x" * 256
    body = shapes.inside(hashed=(), other=())
    body = body[:4] + len(long).to_bytes(2, "big") + long + body[6:]

    (found,) = packets.signatures(shapes.old(body, 1))

    assert [(each.kind, len(each.data)) for each in found.subpackets] == [(20, 256)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no signature"),
        (shapes.MARKER, "something else than signatures: a marker"),
        (shapes.LITERAL, "literal data"),
        (shapes.PRIVATE, "a packet of type 60"),
        (b"\x08\x00", "no packet"),
        (b"\x88", "cut off"),
        (b"\x8b" + shapes.inside(), "how long it is"),
        (shapes.partial(shapes.inside()), "how long it is"),
        (shapes.old(b"\x03" + shapes.inside()[1:]), "version 3"),
        (shapes.old(shapes.inside(algorithm=17, values=b"")), "cut off"),
        (shapes.old(shapes.inside(algorithm=100, values=b"")), "the algorithm 100"),
        (shapes.old(shapes.inside()) * 65, "more than 64"),
    ],
)
def test_anything_else_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        packets.signatures(data)


PARTS = st.sampled_from(
    [
        shapes.old(shapes.inside()),
        shapes.new(shapes.inside()),
        shapes.new(shapes.inside(), 5),
        shapes.old(shapes.inside(version=6), 2),
        shapes.old(shapes.inside(algorithm=1, values=b"\x00\x09\x01\xff")),
        shapes.MARKER,
        shapes.PADDING,
        shapes.partial(shapes.inside()),
        b"\x8b",
    ]
)


@given(st.lists(PARTS, max_size=3).map(b"".join), st.data())
@settings(max_examples=500)
def test_the_script_reads_the_same_whatever_is_changed(
    data: bytes, draw: st.DataObject
) -> None:
    changed = bytearray(data)
    for _ in range(draw.draw(st.integers(0, 3))):
        if changed:
            at = draw.draw(st.integers(0, len(changed) - 1))
            changed[at] = draw.draw(st.integers(0, 255))
    cut = bytes(changed[: draw.draw(st.integers(0, len(changed)))])

    for each in (bytes(changed), cut):
        assert is_read_by_script(each) == is_read(each)


def is_read(data: bytes) -> bool:
    try:
        packets.signatures(data)
    except ValueError:
        return False
    return True


def is_read_by_script(data: bytes) -> bool:
    theirs = script.module()
    try:
        theirs.check_packets(theirs.Octets(data))
    except (theirs.Doubt, LookupError, ValueError):
        return False
    return True


def test_what_hurts_is_read_at_once() -> None:
    many = shapes.inside(hashed=((2, b""),) * 20_000, other=())
    for data in (shapes.old(many, 2), b"\x88\x00" * 500_000, b"\xca\x00" * 500_000):
        is_read(data)
        is_read_by_script(data)
