from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.edition import characters, layout
from publisher.edition.characters import width
from publisher.edition.layout import Piece, fill, flat, pad

URL = "https://www.example.com/a/very/long/address/that/fits/on/no/line?at=all"
KANA = "あいうえおかきくけこアイウエオ漢字仮名文書情報"
CLOSERS = "、。」）】・：？！ー々ゃっッ…"
OPENERS = "「（【『"

japanese_groups = st.builds(
    lambda opening, word, closing: opening + word + closing,
    st.text(OPENERS, max_size=2),
    st.text(KANA, min_size=1, max_size=3)
    | st.sampled_from(["Example Serverの", "CVE-2026-90007は", "2.4.1が", "第2版"]),
    st.text(CLOSERS, max_size=2),
)
japanese = st.lists(japanese_groups, max_size=40).map("".join)
english = st.lists(
    st.text(string.ascii_letters + string.digits + ",.()-", min_size=1, max_size=12),
    max_size=60,
).map(" ".join)
anything = st.text() | st.text("ab あ。「」（́ ̄👩‍🏽ｶﾞ\u3000\u00a0[1]") | japanese
unhurried = settings(deadline=None)
columns = st.integers(min_value=16, max_value=80)
enough_columns = st.integers(min_value=28, max_value=80)


def test_wide_characters_take_two_columns_and_combining_ones_none() -> None:
    assert width("aあ漢ｱ、") == 1 + 2 + 2 + 1 + 2
    assert width("e\u0301") == 1
    assert width("か\u3099") == 2


@unhurried
@given(anything, columns)
def test_nothing_but_blanks_is_added_or_lost(text: str, room: int) -> None:
    lines = fill(text, room)

    assert "".join("".join(lines).split()) == "".join(text.split())


@unhurried
@given(anything, columns)
def test_lines_are_no_wider_than_asked_for(text: str, room: int) -> None:
    lines = fill(text, room)

    assert max(map(width, lines), default=0) <= room


@unhurried
@given(anything, columns)
def test_lines_neither_begin_nor_end_with_blanks(text: str, room: int) -> None:
    lines = fill(text, room)

    assert lines == [line.strip() for line in lines]
    assert all(lines)


@unhurried
@given(japanese, enough_columns)
def test_japanese_lines_keep_the_rules_for_their_ends(text: str, room: int) -> None:
    lines = fill(text, room)

    assert not [line for line in lines[1:] if line[0] in characters.NO_START]
    assert not [line for line in lines[:-1] if line[-1] in characters.NO_END]


@unhurried
@given(japanese, enough_columns)
def test_latin_words_in_japanese_are_not_broken(text: str, room: int) -> None:
    lines = fill(text, room)

    for word in ("CVE-2026-90007", "Example", "2.4.1"):
        assert sum(line.count(word) for line in lines) == text.count(word)


@unhurried
@given(english, columns)
def test_english_breaks_between_words_only(text: str, room: int) -> None:
    lines = fill(text, room)

    assert " ".join(lines).split() == text.split()


@unhurried
@given(english, columns)
def test_filling_english_twice_changes_nothing(text: str, room: int) -> None:
    lines = fill(text, room)

    assert fill(" ".join(lines), room) == lines


@unhurried
@given(st.lists(st.sampled_from([URL, "。", "「", "語", "word", " "]), max_size=20))
def test_addresses_are_never_broken(parts: list[str]) -> None:
    # A letter or a sign right after an address would be part of it.
    text = " ".join(parts)

    lines = fill(text, 30)

    assert sum(line.count(URL) for line in lines) == parts.count(URL)


@unhurried
@given(st.text("。、」「（ー", min_size=1), columns)
def test_text_of_forbidden_characters_alone_is_laid_out(text: str, room: int) -> None:
    lines = fill(text, room)

    assert "".join(lines) == text
    assert max(map(width, lines)) <= room


@pytest.mark.parametrize("digits", [32, 64, 128])
def test_digests_are_never_broken(digits: int) -> None:
    digest = "0123456789abcdef" * (digits // 16)

    lines = fill(f"The digest sha512: {digest} is right.", 40)

    assert any(digest in line for line in lines)


def test_cvss_vectors_are_never_broken() -> None:
    vector = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"

    lines = fill(f"ベクターは{vector}です。", 40)

    assert lines == ["ベクターは", vector, "です。"]


def test_a_long_word_is_broken_at_the_width() -> None:
    lines = fill("see " + "x" * 50, 20)

    assert lines == ["see", "x" * 20, "x" * 20, "x" * 10]


def test_brackets_stay_with_an_address_that_stands_out() -> None:
    lines = fill(f"詳細は参考の情報「{URL} 」、をご覧ください。", 30)

    assert lines == ["詳細は参考の情報", f"「{URL} 」、", "をご覧ください。"]


def test_what_follows_an_address_that_stands_out_begins_a_new_line() -> None:
    lines = fill(f"{URL} says more.", 30)

    assert lines == [URL, "says more."]


@pytest.mark.parametrize("sign", [".", ",", "),", "、", "」。"])
def test_signs_stay_with_code_that_stands_out(sign: str) -> None:
    code = "`" + "x" * 40 + "`"

    lines = fill([Piece("Open "), Piece(code, kept=True), Piece(f"{sign} Then")], 30)

    assert lines == ["Open", code + sign, "Then"]
    assert fill([Piece(code, kept=True), Piece(sign)], 30) == [code + sign]


def test_an_address_that_stands_out_can_end_the_text() -> None:
    lines = fill([Piece("「"), Piece(URL, kept=True)], 30)

    assert lines == [f"「{URL}"]


@pytest.mark.parametrize(
    "text",
    ["a limit of 40 MB", "at 10:00 JST", "on 20 November", "wait 30 s."],
)
def test_a_unit_stays_with_its_number(text: str) -> None:
    # One column too few for the whole: the number goes to the next line with it.
    lines = fill(text, width(text) - 1)

    assert lines[-1] == " ".join(text.split()[-2:])


@pytest.mark.parametrize("text", ["これは第2版", "全部で12件", "期限は11月"])
def test_a_counter_stays_with_its_number(text: str) -> None:
    lines = fill(text, width(text) - 1)

    assert lines == [text[:3], text[3:]]


def test_a_no_break_space_becomes_a_blank_at_which_no_line_ends() -> None:
    lines = fill("one two\u00a0three", 9)

    assert lines == ["one", "two three"]


def test_an_ideographic_space_is_kept_within_a_line_only() -> None:
    assert fill("第1版\u3000初版公開", 20) == ["第1版\u3000初版公開"]
    assert fill("第1版\u3000初版公開", 8) == ["第1版", "初版公開"]


def test_ascii_brackets_follow_the_same_rules_beside_japanese() -> None:
    lines = fill("概要(日本語)です", 6)

    assert lines == ["概要", "(日本", "語)で", "す"]


def test_dashes_in_pairs_are_not_parted() -> None:
    assert fill("そして――続く", 7) == ["そして", "――続く"]


@pytest.mark.parametrize(
    "cluster",
    ["e\u0301\u0302", "👩\u200d💻", "👍🏽", "🇯🇵", "か\u3099", "❤\ufe0f"],
)
def test_what_is_seen_as_one_character_is_not_parted(cluster: str) -> None:
    lines = fill(cluster * 12, 16)

    assert all(line.count(cluster) * len(cluster) == len(line) for line in lines)


def test_text_that_begins_with_a_combining_mark_is_kept() -> None:
    assert fill("\u0301a") == ["\u0301a"]


def test_a_verbatim_piece_keeps_its_blanks() -> None:
    assert fill([Piece("run "), Piece("`a  b`", kept=True)]) == ["run `a  b`"]


def test_a_verbatim_piece_is_not_broken_if_it_fits_on_a_line() -> None:
    lines = fill([Piece("run "), Piece("`show version`", kept=True)], 16)

    assert lines == ["run", "`show version`"]


def test_a_verbatim_piece_too_long_for_a_line_is_broken_at_its_blanks() -> None:
    code = Piece("`cp  --all first-file second-file`", kept=True)

    assert fill([code], 16) == ["`cp  --all", "first-file", "second-file`"]


def test_a_joined_piece_begins_no_line() -> None:
    pieces = [Piece("問い合わせ先の情報"), Piece("[12]", kept=True, joined=True)]

    assert fill([*pieces, Piece("です")], 18) == ["問い合わせ先の情", "報[12]です"]


def test_the_first_and_the_other_lines_have_their_own_beginning() -> None:
    assert fill("one two three", 9, "* ", "  ") == ["* one two", "  three"]


def test_nothing_fills_no_line_but_leaves_the_mark() -> None:
    assert fill("  ", 20, "    ") == []
    assert fill("", 20, "* ") == ["*"]


def test_flat_text_has_single_blanks_outside_of_code() -> None:
    text = flat([Piece(" a \n b "), Piece("`c  d`", kept=True), Piece("  ")])

    assert text == "a b `c  d`"


@pytest.mark.parametrize(
    ("align", "padded"),
    [("left", "版   "), ("right", "   版"), ("center", " 版  ")],
)
def test_padding_counts_columns(align: str, padded: str) -> None:
    assert pad("版", 5, align) == padded
    assert pad("版版版", 5, align) == "版版版"


def test_a_line_takes_all_that_fits() -> None:
    text = "あ" * 100

    assert list(map(width, fill(text))) == [76, 76, 48]
    assert layout.WIDTH == 76
