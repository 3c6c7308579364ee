from __future__ import annotations

from publisher.edition import blocks


def test_a_banner_has_text_at_both_ends_of_its_line() -> None:
    assert blocks.banner("版", "TLP:CLEAR") == "版" + " " * 65 + "TLP:CLEAR"


def test_a_banner_that_is_too_long_takes_two_lines() -> None:
    text = blocks.banner("あ" * 34, "TLP:CLEAR")

    assert text == "あ" * 34 + "\n" + " " * 67 + "TLP:CLEAR"


def test_a_title_stands_between_rules() -> None:
    rule = "=" * 76

    assert blocks.title("- a") == f"{rule}\n  - a\n{rule}"


def test_a_heading_is_underlined_as_wide_as_it_is() -> None:
    assert blocks.heading("概要 A") == "概要 A\n======"


def test_a_long_heading_is_broken() -> None:
    text = blocks.heading("あ" * 40)

    assert text == "あ" * 38 + "\nああ\n" + "=" * 76


def test_an_address_stands_on_one_line() -> None:
    assert blocks.line("https://a.example/" + "x" * 90, 4).startswith("    https:")


def test_a_paragraph_hangs_from_its_mark() -> None:
    text = blocks.paragraph("あ" * 40, "[1] ")

    assert text == "  [1] " + "あ" * 35 + "\n      " + "あ" * 5


def test_rows_line_up_and_leave_out_what_is_not_known() -> None:
    text = blocks.rows([("版：", 2), ("CVE:", None), ("深刻度：", ("高", "低"))])

    assert text == "  版：      2\n  深刻度：  高\n            低"


def test_what_cannot_be_broken_stands_further_left_in_rows() -> None:
    vector = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"

    text = blocks.rows([("最大の深刻度：", ("緊急", vector))])

    assert text == f"  最大の深刻度：  緊急\n    {vector}"
