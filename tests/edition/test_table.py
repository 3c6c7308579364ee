from __future__ import annotations

from tests.edition.samples import laid_out


def test_columns_line_up_by_display_width() -> None:
    text = laid_out("| 名前 | n |\n|---|---|\n| a | 1 |\n| 漢字仮名 | 22 |\n")

    assert text == ("  名前      n\n  ========  ==\n  a         1\n  漢字仮名  22")


def test_columns_are_aligned_as_the_author_says() -> None:
    text = laid_out("| aa | bbbb | cccc |\n|:--|--:|:-:|\n| 1 | 2 | 33 |\n")

    assert text.split("\n")[2] == "  1      2   33"


def test_a_table_without_labels_has_no_head() -> None:
    assert laid_out("| | |\n|---|---|\n| a | b |\n") == "  a  b"


def test_code_and_links_in_cells_are_kept() -> None:
    text = laid_out("| A |\n|---|\n| `x` [l](https://a.example/) |\n")

    assert text.split("\n")[2] == "  `x` l [1]"


def test_a_table_wider_than_the_page_becomes_a_list() -> None:
    row = f"| one | {'two ' * 25}|\n"

    text = laid_out(f"| A | B |\n|---|---|\n{row}{row}")

    item = f"  * A: one\n    B: {' '.join(['two'] * 17)}\n      {' '.join(['two'] * 8)}"
    assert text == f"{item}\n{item}"


def test_labels_of_such_a_list_follow_the_language() -> None:
    text = laid_out(
        f"| 項目 | |\n|---|---|\n| {'あ' * 40} | い |\n", "{label}：{value}"
    )

    assert text == f"  * 項目：{'あ' * 32}\n      {'あ' * 8}\n    い"


def test_a_wide_head_without_rows_is_shown() -> None:
    head = "word " * 20

    text = laid_out(f"| {head} | b |\n|---|---|\n")

    assert "".join(text.split()) == "*" + "word" * 20 + "b"
