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
from tests import builders
from tests.lint.linting import body
from tests.markup.hostile import BODIES

PATH = PurePosixPath("advisories/2026/ADV-2026-0007/en.md")

BODIES_MENDED = {
    "blanks": ("a \nb\t\n \t\nc\u3000\n\n\u3000\n\nd\n", "a\nb\n\nc\n\n\n\nd\n"),
    "a break of two blanks": ("a  \nb   \nc  \n", "a\\\nb\\\nc\n"),
    "a break in a quotation": ("> a  \n> b\n", "> a\\\n> b\n"),
    "a break in an item": ("- a  \n  b\n", "- a\\\n  b\n"),
    "a break behind an escaped backslash": ("a\\\\  \nb\n", "a\\\\\\\nb\n"),
    "blanks of code that goes on": ("`a  \nb` c  \nd\n", "`a\nb` c\\\nd\n"),
    "blanks in code": ("```\na  \n\tb\t\n```  \n", "```\na  \n\tb\t\n```\n"),
    "code in a list": (
        "-\ta\n\n\t```sh\n\tb\tc  \n\t```\n",
        "-   a\n\n    ```sh\n\tb\tc  \n    ```\n",
    ),
    "code in a quotation": ("> ```\n> a\tb \n> ```\n", "> ```\n> a\tb \n> ```\n"),
    "tabs": ("a\tb\n\n1.\tc\n\td\n", "a   b\n\n1.  c\n    d\n"),
    "composition": ("か\u3099 e\u0301 \u212b\n", "が é Å\n"),
    "names' ideographs": ("\ufa11\n", "\ufa11\n"),
    "indented code": ("a\n\n    b\tc \n\td\n",) * 2,
    "underlined headings": ("A\n===\n\nB\n---\nc\n", "## A\n\n### B\nc\n"),
    "an underlined heading on two lines": ("A\nB\n---\n", "## A B\n"),
    "an underlined heading that ends in a mark": ("C #\n---\n", "## C \\#\n"),
    "a heading in an item": ("- A\n  ===\n", "- A\n  ===\n"),
    "high headings": ("# A\n\n## B #\n\n> # C\n", "## A\n\n### B #\n\n> ## C\n"),
    "a high heading further down": ("## A\n\n# B\n",) * 2,
    "headings that fill all levels": ("# A\n\n###### B\n", "# A\n\n###### B\n"),
    "a rule": ("a\n\n---\n\n***\n", "a\n\n---\n\n***\n"),
    "numbers": ("1. a\n1. b\n1. c\n", "1. a\n2. b\n3. c\n"),
    "numbers that begin elsewhere": ("3) a\n9) b\n", "3) a\n4) b\n"),
    "numbers that skip": ("1. a\n\n2. b\n\n4. c\n", "1. a\n\n2. b\n\n3. c\n"),
    "numbers within numbers": (
        "1. a\n   1. b\n   1. c\n1. d\n",
        "1. a\n   1. b\n   2. c\n2. d\n",
    ),
    "numbers on one line": ("1. 7. a\n   7. b\n1. c\n", "1. 7. a\n   8. b\n2. c\n"),
    "a number that becomes wider": (
        "9. a\n9. b\n\n   c\n\n   ```\n   d\n   ```\n",
        "9. a\n10. b\n\n    c\n\n    ```\n    d\n    ```\n",
    ),
    "a number that becomes wider beside blanks": (
        "9.  a\n9.  b\n\n    c\n",
        "9.  a\n10. b\n\n    c\n",
    ),
    "a number that becomes narrower": (
        "8. a\n10. b\n\n    c\n",
        "8. a\n9.  b\n\n    c\n",
    ),
    "a wider number in a quotation": (
        "> 9. a\n> 9. b\n>\n>    c\nd\n",
        "> 9. a\n> 10. b\n>\n>     c\nd\n",
    ),
    "the largest number": ("999999999. a\n1. b\n", "999999999. a\n1. b\n"),
    "entities": ("a &lt; b &amp; AT&amp;T &gt;&quot;&copy;\n", 'a < b & AT&T \\>"©\n'),
    "entities that could be marks": (
        "&lt;b&gt; &amp;lt; &#42;a&#x2a; &lbrack;a](b) &#35;\n",
        "\\<b> \\&lt; \\*a\\* \\[a](b) \\#\n",
    ),
    "an entity at the beginning": ("&#35; a\n&gt; b\n", "\\# a\n\\> b\n"),
    "entities of what nobody sees": ("a&nbsp;b &#12288; &shy;\n",) * 2,
    "entities in code": ("`&lt;` <https://a.example/?b&amp;c>\n",) * 2,
    "entities in a row": (
        "| &lt; | `&lt;` &lt; |\n|---|---|\n| &amp; | &amp; |\n",
        "| \\< | `&lt;` \\< |\n|---|---|\n| & | & |\n",
    ),
    "what is no entity": ("&foo; &amp &#xZ;\n",) * 2,
    "HTML": ("<pre>\na\tb  \n</pre>\n",) * 2,
    "bullets and emphasis": ("* a\n* __b__\n\n+ c\n",) * 2,
    "the end": ("a\n\n \n\n", "a\n"),
    "no end": ("a", "a\n"),
    "an open fence": ("```\na  \n\n\n", "```\na  \n"),
}
"""What a body is before and after."""


@pytest.mark.parametrize("case", BODIES_MENDED)
def test_a_body_is_mended(case: str) -> None:
    before, after = BODIES_MENDED[case]

    fixed = fix(before.encode())

    assert fixed.data.decode() == after
    assert fixed.left == ()
    assert bool(fixed.done) == (before != after)


HEADS_MENDED = {
    "a weakness": ("cwe: CWE-787", "cwe: 787", "cwe: CWE-787"),
    "zeros": ("cwe: CWE-787", "cwe: cwe-0787", "cwe: CWE-787"),
    "a list of weaknesses": (
        "cwe: CWE-787",
        "cwe: ['79', CWE-80, \"81\"]",
        "cwe: ['CWE-79', CWE-80, \"CWE-81\"]",
    ),
    "small letters": ("CVE-2026-90007", "cve-2026-90007", "CVE-2026-90007"),
    "another hyphen": ("CVE-2026-90007", "CVE\u20112026\u201390007", "CVE-2026-90007"),
    "full-width letters": (
        "CVE-2026-90007",
        "cve－２０２６－90007",
        "CVE-2026-90007",
    ),
    "a bare id": ("cve: CVE-2026-90007", "cve: 2026-90007", "cve: CVE-2026-90007"),
    "no id": ("CVE-2026-90007", "CVE-26-90007", "CVE-26-90007"),
    "no year": ("CVE-2026-90007", "CVE-1926-90007", "CVE-1926-90007"),
    "no weakness": ("cwe: CWE-787", "cwe: overflow", "cwe: overflow"),
    "a label": ("tlp: CLEAR", "tlp: TLP:clear", "tlp: CLEAR"),
    "another label": ("tlp: CLEAR", "tlp: amber+strict", "tlp: AMBER+STRICT"),
    "no label": ("tlp: CLEAR", "tlp: white", "tlp: white"),
    "blanks": ("kind: alert", "kind: alert \t", "kind: alert"),
    "a tab": ("vendor: Example,", "vendor:\tExample,", "vendor:    Example,"),
    "composition": ("Hoshizora", "Ho\u0308shizora", "Höshizora"),
    "a title like a label": ("title: Remote", "title: tlp clear", "title: tlp clear"),
}
"""What stands in the sample, what is put there, what is made of it."""


@pytest.mark.parametrize("case", HEADS_MENDED)
def test_front_matter_is_mended(case: str) -> None:
    old, before, after = HEADS_MENDED[case]
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
        (1, "a heading put one level down"),
        (1, "an underlined heading written with number signs"),
        (2, "an underlined heading written with number signs"),
        (4, "a heading put one level down"),
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


@pytest.mark.parametrize("name", UNTIDY)
def test_mending_takes_time_in_proportion_to_the_length(name: str) -> None:
    block = UNTIDY[name] * max(1_000 // len(UNTIDY[name]), 1)
    times = []
    for count in (1, 4):
        data = "\n\n".join([block] * count).encode()
        start = time.thread_time()
        fix(data)
        times.append(time.thread_time() - start)

    # Four times the length: quadratic would be sixteen times as long.
    assert times[1] < max(10 * times[0], 0.7)


@pytest.mark.parametrize("yaml", ["[" * 200_000, "{a: " * 50_000, "a: b\n" * 20_000])
def test_hostile_front_matter_is_read_in_time(yaml: str) -> None:
    start = time.thread_time()
    fix(f"---\n{yaml}\n---\n\nText\n".encode())

    assert time.thread_time() - start < 3
