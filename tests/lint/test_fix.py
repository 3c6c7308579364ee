"""What is mended without a question, what is left, and that no letter changes."""

from __future__ import annotations

import time
from pathlib import PurePosixPath

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publisher import lint, parse
from publisher.lint.fix import fix, head, reading
from publisher.lint.fix.mend import BODY, HEAD
from publisher.parse import frontmatter
from publisher.source import Level
from tests import builders, growth
from tests.lint import untidy
from tests.lint.linting import body
from tests.markup.hostile import BODIES

PATH = PurePosixPath("advisories/2026/ADV-2026-0007/en.md")


@pytest.mark.parametrize("case", untidy.BODIES)
def test_a_body_is_mended(case: str) -> None:
    before, after = untidy.BODIES[case]

    fixed = fix(before.encode())

    assert fixed.data.decode() == after
    assert fixed.left == ()
    assert bool(fixed.done) == (before != after)


@pytest.mark.parametrize("case", untidy.HEADS)
def test_front_matter_is_mended(case: str) -> None:
    old, before, after = untidy.HEADS[case]
    assert old in builders.ENGLISH
    broken = builders.ENGLISH.replace(old, before)
    expected = builders.ENGLISH.replace(old, after)

    fixed = fix(broken.encode())

    assert fixed.data.decode() == expected
    assert bool(fixed.done) == (broken != expected)


def test_what_is_right_is_left_alone() -> None:
    for sample in (builders.ENGLISH, builders.JAPANESE, ""):
        assert fix(sample.encode()).data == sample.encode()
        assert fix(sample.encode()).done == ()


def test_bytes_are_mended_before_anything_is_understood() -> None:
    windows = "\ufeff" + builders.ENGLISH.replace("\n", "\r\n")

    fixed = fix(windows.encode())

    assert fixed.data == builders.ENGLISH.encode()
    assert {change.what for change in fixed.done} == {
        "the byte order mark taken away",
        "the line end written as LF",
    }


def test_old_line_ends_are_line_ends() -> None:
    assert fix(b"a\r\rb\r\n\r\nc\r").data == b"a\n\nb\n\nc\n"


def test_front_matter_that_is_no_yaml_gets_its_bytes_mended() -> None:
    fixed = fix(b"---\nid: [ \ntlp: clear\t\n---\na \n")

    assert fixed.data == b"---\nid: [\ntlp: clear\n---\na\n"


def test_front_matter_that_only_begins_is_text() -> None:
    assert fix(b"---\n\nid: a ").data == b"---\n\nid: a\n"


def test_a_file_without_a_text_ends_with_a_line_feed() -> None:
    assert fix(b"---\nid: a\n---").data == b"---\nid: a\n---\n"


def test_a_change_says_where_the_line_was() -> None:
    fixed = fix(b"A\n===\n\nB\n===\n\nc \n")

    assert [(change.line, change.what) for change in fixed.done] == [
        (1, "a heading put on the level that it has below the title"),
        (1, "an underlined heading written with number signs"),
        (2, "an underlined heading written with number signs"),
        (4, "a heading put on the level that it has below the title"),
        (4, "an underlined heading written with number signs"),
        (5, "an underlined heading written with number signs"),
        (7, "blanks at the end of the line taken away"),
    ]


def test_what_would_change_the_text_is_left_and_named() -> None:
    # In NFC the mark of the quotation would be another character.
    fixed = fix(">\u0338 a \n".encode())

    assert fixed.data.decode() == ">\u0338 a\n"
    (left,) = fixed.left
    assert left.line == 1
    assert left.what == (
        "this would change the text, so decide for it: written in Unicode's form NFC"
    )


def test_a_blank_that_keeps_a_backslash_from_breaking_the_line_stays() -> None:
    assert fix(b"a\\ \nb\n").data == b"a\\ \nb\n"


def test_wide_blanks_that_keep_a_paragraph_together_stay() -> None:
    kept = "あ\n\u3000\nい\n".encode()

    assert fix(kept).data == kept


@pytest.mark.parametrize(
    ("data", "line", "why"),
    [
        (b"\xff \n", 0, "it is not UTF-8"),
        (b"a \n" * frontmatter.MAX_BYTES, 0, "it is larger than 1 MiB"),
        (b"a \n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> d\n", 2, "two versions stand"),
        (b"> " * 40 + b"a \n", 0, "the text is beyond a limit: "),
    ],
)
def test_what_cannot_be_judged_is_left_alone(data: bytes, line: int, why: str) -> None:
    fixed = fix(data)

    assert fixed.data == data
    assert fixed.done == ()
    (left,) = fixed.left
    assert left.line == line
    assert left.what.startswith(why)


PIECES = st.sampled_from(
    [
        *("  \n", " \n", "\n", "\n\n", "\t", "    ", "   ", "  ", " ", "\\", "\\\n"),
        *("a", "b ", "あ", "か\u3099", "\ufa1e", "\u212b", "\u3000", "\u00a0"),
        *(
            "`",
            "``",
            "```\n",
            "~~~",
            "> ",
            ">",
            "- ",
            "* ",
            "1. ",
            "1) ",
            "9. ",
            "10. ",
        ),
        *("# ", "## ", "#", "---\n", "===\n", "=", "-", "|", "|-|-|\n", "x|y\n"),
        *("&lt;", "&amp;", "&gt;", "&nbsp;", "&#35;", "&eacute;", "&#x60;", "&lbrack;"),
        *("<b>", "<", "[a](b)", "[a]:", "[a]: b\n", "!", "*", "**", "_", "~~", ":"),
        *("<pre>", "</pre>", "<!--", "-->", ">\u0338", "\ufeff", "\u2028", "\x0b"),
        *("\r", "\r\n"),
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
@settings(max_examples=400)
@example("\ufeff\ufeff")
@example("1. a\n1. b\n\n   ```\n   c\n   ```\n" * 10)
def test_the_text_stays_the_same_and_is_mended_once(body: str) -> None:
    before = body.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")

    fixed = fix(body.encode())
    again = fix(fixed.data)

    if not before.startswith("---\n"):
        assert reading.shown(fixed.data.decode()) == reading.shown(before)
    assert again.data == fixed.data
    assert again.done == ()
    assert not any("no end" in change.what for change in fixed.left)


@given(st.lists(PIECES, max_size=15).map("".join))
@settings(max_examples=150)
def test_what_passes_lint_passes_it_when_it_is_mended(text: str) -> None:
    before = f"## A\n\n{text}\n"
    fixed = fix(before.encode()).data.decode()

    if fixed and not errors(before):
        assert errors(fixed) == set()


def errors(text: str) -> set[str]:
    return {found.code for found in body(text) if found.level is Level.ERROR}


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=200)
def test_what_the_front_matter_says_stays_the_same(value: str) -> None:
    yaml = f"tlp: TLP:clear\ntitle: {value}\nhistory: [{{a: b }}]"
    before = yaml.replace("\r\n", "\n").replace("\r", "\n")

    fixed = fix(f"---\n{yaml}\n---\n\nText\n".encode()).data.decode()

    made = frontmatter.split(fixed)
    told = head.scalars(before)
    if told is not None and made is not None and "---\n" not in before:
        said = head.scalars(made.yaml)
        assert said is not None
        assert [each.path for each in said] == [each.path for each in told]
        assert "tlp: CLEAR" in fixed
    assert fix(fixed.encode()).data == fixed.encode()


def test_what_was_mended_has_no_finding_that_can_be_mended() -> None:
    untidy = builders.ENGLISH.replace("Example Server reads", "Cafe\u0301\treads \t")
    untidy = untidy.replace("\n", "\r\n").replace("## ", "# ") + "\n\n"
    assert {f.code for f in lint.canonical(PATH, untidy.encode())} > {"L102", "L110"}

    fixed = fix(untidy.encode())

    assert lint.canonical(PATH, fixed.data) == ()
    assert parse.advisory(builders.FOLDER, {"en.md": fixed.data})[1] == ()


def test_each_mend_is_told_in_its_own_words() -> None:
    for table in (HEAD, BODY):
        assert len({mend.what for mend in table}) == len(table)


UNTIDY = {
    "numbers": "1. a\n\n",
    "entities": "&lt;a ",
    "rows of entities": "| &lt; | &amp; |\n",
    "underlined": "a\nb\n===\n\n",
    "indented": "    a\n\n",
    "tabs": "\ta\n",
    "old line ends": "a\r",
    "breaks": "a\\  \n",
    "wide blanks": "\u3000\n",
    **{name: made(1_000) for name, made in BODIES.items() if "bracket" not in name},
}


@pytest.mark.large
@pytest.mark.parametrize("name", UNTIDY)
def test_mending_takes_time_in_proportion_to_the_length(name: str) -> None:
    block = UNTIDY[name] * max(1_000 // len(UNTIDY[name]), 1)
    given = {count: "\n\n".join([block] * count).encode() for count in (1, 4)}

    growth.is_linear(lambda count: fix(given[count]), 1, 4)


@pytest.mark.parametrize("yaml", ["[" * 200_000, "{a: " * 50_000, "a: b\n" * 20_000])
def test_hostile_front_matter_is_read_in_time(yaml: str) -> None:
    start = time.thread_time()
    fix(f"---\n{yaml}\n---\n\nText\n".encode())

    assert time.thread_time() - start < 3
