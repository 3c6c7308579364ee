from __future__ import annotations

import pytest

from publisher.edition.characters import width
from publisher.edition.inline import BodyError
from tests.edition.samples import laid_out


def test_a_paragraph_is_indented_and_broken() -> None:
    text = laid_out("word " * 20)

    assert text == "  " + " ".join(["word"] * 15) + "\n  " + " ".join(["word"] * 5)


def test_headings_begin_in_the_first_column_and_are_underlined() -> None:
    text = laid_out("## 概要\n\n### Details\n\n#### More\n")

    assert text == "概要\n====\n\nDetails\n~~~~~~~\n\nMore\n^^^^"


@pytest.mark.parametrize("heading", ["\\- a", "From here on", ".htaccess"])
def test_a_heading_begins_with_nothing_that_mail_or_openpgp_escapes(
    heading: str,
) -> None:
    text = laid_out(f"## {heading}\n")

    assert text.startswith(" " + heading.removeprefix("\\"))


def test_emphasis_has_no_marks_in_plain_text() -> None:
    assert laid_out("*one* **two** ***three***") == "  one two three"


def test_code_in_a_line_keeps_its_backquotes() -> None:
    assert laid_out("run `a  --b`.") == "  run `a  --b`."


def test_code_with_a_backquote_has_longer_ones_around_it() -> None:
    assert laid_out("``a`b``") == "  `` a`b ``"


def test_a_line_break_of_the_author_is_kept() -> None:
    assert laid_out("one  \ntwo") == "  one\n  two"


def test_code_is_verbatim_however_long_its_lines_are() -> None:
    code = "x" * 100 + "\n\n\n  - *a*\n-----"

    text = laid_out(f"```\n{code}\n```\n")

    assert text == "    " + "x" * 100 + "\n\n\n      - *a*\n    -----"


def test_a_tight_list_has_no_blank_lines() -> None:
    text = laid_out("- one\n- two\n    - three\n        1. four\n- five\n")

    assert text == "  * one\n  * two\n    * three\n      1. four\n  * five"


def test_a_loose_list_has_blank_lines() -> None:
    text = laid_out("- one\n\n    more\n\n- two\n")

    assert text == "  * one\n\n    more\n\n  * two"


def test_the_lines_of_an_item_hang_from_its_mark() -> None:
    text = laid_out("- " + "あ" * 40 + "\n")

    assert text == "  * " + "あ" * 36 + "\n    ああああ"


def test_the_numbers_of_a_list_line_up() -> None:
    items = "\n".join(f"{number}. x" for number in range(9, 12))

    assert laid_out(items) == "   9. x\n  10. x\n  11. x"


def test_an_item_can_hold_code_and_quotations() -> None:
    text = laid_out("1. one\n\n    ```\n    code\n    ```\n\n    > said\n")

    assert text == "  1. one\n\n       code\n\n     > said"


def test_an_empty_item_is_its_mark() -> None:
    assert laid_out("* a\n*  \n* b\n") == "  * a\n  *\n  * b"


def test_a_quotation_is_marked_on_each_line() -> None:
    text = laid_out("> " + "あ" * 40 + "\n>\n> - b\n")

    assert text == "  > " + "あ" * 36 + "\n  > ああああ\n  >\n  > * b"


def test_a_rule_is_a_short_line() -> None:
    assert laid_out("a\n\n***\n\nb") == "  a\n\n  ~~~~~~~~\n\n  b"


def test_an_empty_body_is_no_text() -> None:
    assert laid_out("\n") == ""


def test_lists_that_leave_no_room_for_text_are_refused() -> None:
    with pytest.raises(BodyError, match="nested too deeply"):
        laid_out("12345. " * 9 + "x\n")


def test_emphasis_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(BodyError, match="nested too deeply"):
        laid_out("*" * 40 + "a" + "*" * 40)


def test_nested_text_is_no_wider_than_the_page() -> None:
    items = "\n".join("    " * level + "- " + "あ " * 90 for level in range(7))

    text = laid_out(items)

    assert max(map(width, text.split("\n"))) <= 76


def test_tabs_in_code_stay() -> None:
    assert laid_out("```\na\tb\n\tc\n```\n") == "    a\tb\n    \tc"


def test_numbers_end_as_they_are_written() -> None:
    assert laid_out("9) a\n10) b\n") == "   9) a\n  10) b"


def test_no_line_of_text_begins_where_openpgp_would_escape_it() -> None:
    text = laid_out("\\- a\n\nFrom here\n\n.b\n\n" + "- \n" + "word -x From " * 30)

    assert all(line.startswith("  ") for line in text.split("\n") if line)
