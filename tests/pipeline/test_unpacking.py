from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.mime import parts
from publisher.model.found import Found
from publisher.pipeline import unpacking
from publisher.pipeline.unpacking import Piece
from tests import letters

SIGNED = """\
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

至急、更新してください。
From here on, a line is long enough to be broken by every program that breaks lines.
-----BEGIN PGP SIGNATURE-----

aaaa
-----END PGP SIGNATURE-----
""".encode()


def unpack(data: bytes, within: str = "", name: str = "x.eml") -> list[Piece]:
    return unpacking.pieces(Found(name, data, within))


@pytest.mark.parametrize("change", letters.GOOD.values(), ids=letters.GOOD)
def test_a_mail_of_ours_holds_the_signed_bytes(
    change: Callable[[bytes], bytes],
) -> None:
    assert unpack(change(SIGNED)) == [Piece("x.eml", SIGNED)]


def test_a_text_is_taken_as_it_is() -> None:
    assert unpack(SIGNED + b"more\n") == [Piece("x.eml", SIGNED + b"more\n")]


def test_text_around_the_block_stays_around_it() -> None:
    (after,) = unpack(letters.with_a_footer(SIGNED))
    (before,) = unpack(letters.with_a_greeting(SIGNED))

    assert after.data == SIGNED + letters.FOOTER.encode()
    assert before.data.startswith(b"Dear reader,")


def test_a_part_beside_the_text_is_named() -> None:
    (piece,) = unpack(letters.with_a_footer_part(SIGNED))

    assert piece.doubt == (
        "has other parts beside the signed text (text/plain, text/plain): "
        "what is in them is not signed"
    )


def test_a_text_in_html_is_not_what_a_reader_sees() -> None:
    (piece,) = unpack(letters.as_html(SIGNED))

    assert "is text/html, not plain text" in piece.doubt


def test_a_forwarded_mail_is_looked_into() -> None:
    (piece,) = unpack(letters.forwarded(SIGNED, times=2))

    assert piece.name == "x.eml, forwarded mail 1, forwarded mail 1"
    assert piece.data == SIGNED


def test_endless_forwarding_ends() -> None:
    (piece,) = unpack(letters.forwarded(SIGNED, times=9))

    assert "lies in more than 8 other mails" in piece.doubt


def test_many_nested_parts_are_not_taken_apart() -> None:
    part = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
    data = b"Subject: x\n" + b"".join(part % (n, n) for n in range(5000)) + SIGNED

    (piece,) = unpack(data)

    assert piece.doubt == "has more than 20 nested parts"


@pytest.mark.parametrize(
    "data",
    [
        letters.unrelated(),
        letters.quoted(SIGNED),
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
        b"-----BEGIN PGP SIGNATURE-----\n",
        b"\0\1\2",
        b"",
    ],
    ids=["a mail", "an answer", "a key", "a detached signature", "NULs", "nothing"],
)
def test_what_holds_no_signed_text_is_passed_over_in_a_mailbox_only(
    data: bytes,
) -> None:
    assert unpack(data, within="box") == []
    (piece,) = unpack(data)
    assert piece.doubt or not piece.data


def test_a_text_that_lost_its_first_line_is_not_passed_over() -> None:
    rest = SIGNED.partition(b"\n")[2]

    (piece,) = unpack(rest, within="folder", name="r1.en.txt.asc")

    assert piece.doubt == "holds no signed text"


def test_what_could_not_be_read_is_in_doubt_anywhere() -> None:
    found = Found("x", b"", "folder", "is larger than 32 MiB and was not read")

    assert unpacking.pieces(found) == [Piece("x", doubt=found.doubt)]


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: multipart/mixed\n",
        b"Content-Type: multipart/mixed; boundary=\n",
        b"Content-Type: text/plain; charset=\xff\n",
        b"Content-Type: ;;;=;\n",
        b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: x-uuencode\nSubject: x\n",
        b"Content-Transfer-Encoding: \xe3\x81\nSubject: x\n",
    ],
)
def test_broken_mails_are_in_doubt_or_read(head: bytes) -> None:
    pieces = unpack(head + b"\n" + SIGNED)

    assert len(pieces) == 1


@given(st.binary(max_size=400), st.sampled_from(["", "box"]))
def test_nothing_that_comes_in_is_a_crash(noise: bytes, within: str) -> None:
    for head in (b"", b"Subject: x\n", b"Content-Type: multipart/mixed; boundary=b\n"):
        for piece in unpack(head + noise + SIGNED, within):
            assert piece.doubt or piece.data


@pytest.mark.parametrize("data", [letters.mail(SIGNED), letters.unrelated()])
def test_whatever_the_parser_ends_with_is_no_crash(
    monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    def fail(_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(parts, "leaves", fail)

    doubts = [piece.doubt for piece in unpack(data, within="box")]

    assert doubts in ([], ["is no mail that can be read: "])
    assert bool(doubts) == (b"BEGIN PGP" in data)
