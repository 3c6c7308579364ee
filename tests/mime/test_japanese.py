"""ISO-2022-JP, with the characters that its senders add."""

from __future__ import annotations

import pytest

from publisher.mime import japanese


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"\x1b$B|b66\x1b(B san", "髙橋 san"),
        (b'\x1b$B-!-5\x1b(B\r\n\x1b$B$"\x1b(B', "①Ⅰ\r\nあ"),
        (b"\x1b$@-j\x1b(Jx\x1b(I123\x1b(B", "㈱xｱｲｳ"),
        (b"\x1b$(D0!\x1b$B-!", "丂①"),
    ],
)
def test_what_nec_and_ibm_added_is_read(data: bytes, wanted: str) -> None:
    with pytest.raises(UnicodeError):
        data.decode("iso2022_jp_ext")

    assert japanese.text(data) == wanted


def test_all_of_the_standard_is_where_the_code_page_has_it() -> None:
    pairs = [bytes((row, cell)) for row in range(33, 127) for cell in range(33, 127)]
    both = {}
    for pair in pairs:
        try:
            standard = (b"\x1b$B" + pair + b"\x1b(B").decode("iso2022_jp_ext")
        except UnicodeError:
            continue
        # The empty row makes the codec refuse the whole.
        both[standard] = japanese.text(b"\x1b$B" + pair + b"))")[0]

    assert len(both) == 6879
    # Microsoft's signs for these are others that look the same.
    assert {each for each in both if both[each] != each} == set("〜‖\u2212¢£¬")


@pytest.mark.parametrize(
    "data", [b"\x1b$", b"\x1b$B$", b"\x1b$B\xff\x80-!", b"\xff\x1b$B"]
)
def test_what_is_no_character_is_replaced(data: bytes) -> None:
    assert isinstance(japanese.text(data), str)
