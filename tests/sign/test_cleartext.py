import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.sign import cleartext
from tests.sign import shapes

TEXT = "First line\n- - dashed\n- From afar\n\n日本語\n"
SIGNED = shapes.cleartext(TEXT)
LAST, SUM = SIGNED.split(b"\n")[-4:-2]
"""The last line of base64, which is padded, and the armor's sum."""


def test_the_text_of_a_block_is_what_was_signed() -> None:
    text = cleartext.payload(SIGNED)

    assert text == "First line\n- dashed\nFrom afar\n\n日本語\n"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"-----BEGIN PGP SIGNED", b"Dear all\n-----BEGIN PGP SIGNED", "begin"),
        (
            b"-----END PGP SIGNATURE-----\n",
            b"-----END PGP SIGNATURE-----\nP.S.\n",
            "behind",
        ),
        (
            b"-----END PGP SIGNATURE-----\n",
            b"-----END PGP SIGNATURE-----\n\n",
            "behind",
        ),
        (b"-----END PGP SIGNATURE-----\n", b"-----END PGP SIGNATURE-----", "line end"),
        (b"Hash: SHA512\n\n", b"", "header"),
        (b"Hash: SHA512", b"Hash: SHA1", "header"),
        (b"Hash: SHA512", b"Hash: SHA512\nComment: buy this", "header"),
        (b"Hash: SHA512", b"Hash: SHA512\nNotDashEscaped: You need GnuPG", "header"),
        (b"SIGNATURE-----\n\niH", b"SIGNATURE-----\nComment: x\n\niH", "armor"),
        (SUM, SUM + b"\nhello there", "armor"),
        (LAST + b"\n" + SUM, SUM + b"\n" + LAST, "armor"),
        (LAST, LAST + b"\n", "armor"),
        (LAST, LAST[:-3] + b"/==", "armor"),
        (LAST, LAST[:-1], "armor"),
        (b"First line", b"First line ", "blank"),
        (b"First line", b"First line\r", "U\\+000D"),
        (b"First line", b"First\x00line", "U\\+0000"),
        (b"First line", "First\u202eline".encode(), "U\\+202E"),
        (b"First line", b"-First line", "dash-escaped"),
        (b"First line", b"- First line", "dash-escaped"),
        (b"First line", b"From here", "dash-escaped"),
        (b"First line", b"\xff", "UTF-8"),
        (b"First line", b"-----BEGIN PGP SIGNATURE-----", "times"),
        (b"First line", b"-----BEGIN PGP SIGNED MESSAGE-----", "times"),
        (b"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", b"", "line end"),
    ],
)
def test_any_other_form_is_refused(old: bytes, new: bytes, reason: str) -> None:
    assert old in SIGNED

    with pytest.raises(ValueError, match=reason):
        cleartext.payload(SIGNED.replace(old, new, 1))


@pytest.mark.parametrize("text", ["", "\n", "x", "x\n\n", "x \ny\n", "x\u200b\n"])
def test_a_text_that_a_signature_would_not_cover_is_no_canonical_one(text: str) -> None:
    with pytest.raises(ValueError, match="text"):
        cleartext.check_canonical(text)


@given(st.binary(max_size=200), st.integers(0, len(SIGNED)))
@settings(max_examples=300)
def test_arbitrary_bytes_never_crash_the_reader(noise: bytes, position: int) -> None:
    for data in (noise, SIGNED[:position] + noise + SIGNED[position:]):
        try:
            text = cleartext.payload(data)
        except ValueError:
            continue
        cleartext.check_canonical(text)
