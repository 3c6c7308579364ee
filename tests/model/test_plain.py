"""What a line of a signed text may hold, asked of every code point there is."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model import plain
from publisher.model.plain import Kind
from tests import script

SELECTORS = {*map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0))}
ROOT = Path(__file__).parents[2]
NASTY = st.text(
    st.one_of(
        st.sampled_from(" \t\u3000\u00a0\u2003\x85\r\x1f\u2028\ufe0f\ufe00\U000e0100"),
        st.sampled_from("#1\u00a9\u2602漢\U0001f600x。-"),
        st.characters(),
    ),
    max_size=20,
)


@cache
def every() -> tuple[str, ...]:
    """Return all code points but the one that ends lines."""
    return tuple(chr(code) for code in range(sys.maxunicode + 1) if chr(code) != "\n")


@cache
def refused() -> frozenset[str]:
    """Return what may not stand between letters."""
    return frozenset(each for each in every() if plain.fault(f"x{each}y"))


@pytest.mark.parametrize(
    ("line", "column", "kind"),
    [
        ("a\x00b", 2, Kind.CONTROL),
        ("a\x85", 2, Kind.CONTROL),
        ("a\rb", 2, Kind.CONTROL),
        ("\u202ea", 1, Kind.BIDIRECTIONAL),
        ("ab\u200b", 3, Kind.INVISIBLE),
        ("a\u0600", 2, Kind.INVISIBLE),
        ("a\ufe0f", 2, Kind.INVISIBLE),
        ("\u2602\U000e0100", 2, Kind.INVISIBLE),
        ("a\U000e0fff", 2, Kind.INVISIBLE),
        ("a\ue000", 2, Kind.NAMELESS),
        ("a\U0001ffff", 2, Kind.NAMELESS),
        ("a\ud800", 2, Kind.NAMELESS),
        ("a\u00a0b", 2, Kind.BLANK),
        ("a\u2003", 2, Kind.BLANK),
        ("ab  ", 3, Kind.END),
        ("ab\u3000", 3, Kind.END),
        ("ab\t", 3, Kind.END),
        (" ", 1, Kind.END),
        ("x" * 10_001, 1, Kind.LENGTH),
        ("漢" * 3_334, 1, Kind.LENGTH),
    ],
)
def test_a_fault_has_a_kind_and_a_column(line: str, column: int, kind: Kind) -> None:
    fault = plain.fault(line)

    assert fault is not None
    assert (fault.column, fault.kind) == (column, kind)


@pytest.mark.parametrize(
    "line",
    ["", "a\tb", "一\u3000二", "葛\U000e0100城", "☎\ufe0f", "1\ufe0f\u20e3", "神\ufe00",
     "x" * 10_000, "漢" * 3_333, "- From", "か\u3099", "\u0378"],
)  # fmt: skip
def test_what_is_seen_may_be_signed(line: str) -> None:
    assert plain.fault(line) is None


def test_a_source_may_hold_what_laying_out_replaces() -> None:
    assert plain.hidden("a\u00a0b " + "x" * 20_000) is None
    assert plain.hidden("a\u200b") is not None


def test_what_python_calls_a_format_or_a_control_is_refused() -> None:
    """Categories of any version are within the fixed ranges, but for new scripts."""
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"}
    held = {c for c in every() if unicodedata.category(c) in hidden}

    assert held - refused() == {" ", "\t", "\u3000"}


def test_what_unicode_has_set_aside_for_nobody_to_see_is_refused() -> None:
    """Default_Ignorable_Code_Point, as far as it has no category of its own."""
    ignorable = [
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0),
        *range(0xFFF0, 0xFFF9),
        *range(0xE0000, 0xE1000),
    ]

    assert set(map(chr, ignorable)) <= refused()


def test_no_letter_mark_number_or_symbol_is_refused_but_by_name() -> None:
    seen = {"L", "M", "N", "P", "S"}
    seen_not = {c for c in refused() if unicodedata.category(c)[0] in seen}

    # Fillers, joiners and what stands for something that could not be decoded.
    assert seen_not - SELECTORS == set(
        "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
        "\ufffc\ufffd"
    )


def test_the_script_that_stands_alone_holds_the_same_table() -> None:
    theirs = script.module().HIDDEN

    assert {c for c in every() if theirs.search(f"x{c}y")} == refused()
    for selector in ("\ufe0f", "\ufe00", "\U000e0100"):
        pairs = [f"{c}{selector}" for c in every()[0x20:0x30000] if c not in refused()]
        assert [p for p in pairs if theirs.search(p)] == [
            p for p in pairs if plain.fault(p)
        ]
    assert script.module().BLANKS == plain.BLANKS


@given(NASTY)
@settings(max_examples=500)
def test_the_script_that_stands_alone_decides_the_same(text: str) -> None:
    theirs = script.module()
    line = text.replace("\n", "")
    try:
        line.encode()
        theirs.check_line(line)
        is_good = True
    except (theirs.Doubt, UnicodeEncodeError):
        is_good = False

    assert is_good == (plain.fault(line) is None)


@given(NASTY)
def test_lines_without_a_fault_have_nothing_that_a_signature_leaves_out(
    text: str,
) -> None:
    if "\n" not in text and plain.fault(text) is None:
        assert text == text.rstrip()
        assert text.splitlines() in ([text], [])


def test_the_script_for_offline_keys_shows_all_that_may_be_signed(
    tmp_path: Path,
) -> None:
    """Whatever the predicate lets pass, `sign.sh` lets pass, too."""
    shell = (ROOT / "templates/offline/sign.sh").read_text(encoding="utf-8")
    function = shell[shell.index("is_harmless() {") : shell.index("# A plain file")]
    good = [c for c in every() if c not in refused()]
    lines = ["".join(good[at : at + 2000]) for at in range(0, len(good), 2000)]
    file = tmp_path / "text"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    done = subprocess.run(
        ["sh", "-c", f'{function}\nis_harmless "$1"', "sh", str(file)], check=False
    )

    assert done.returncode == 0


def test_a_line_that_hurts_is_read_at_once() -> None:
    for line in ("漢" * 2_000_000, "\ufe0f" * 2_000_000, " " * 2_000_000 + "x"):
        plain.fault(line)
        plain.hidden(line)
        plain.is_armor(line)
