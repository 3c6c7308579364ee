"""The Markdown of advisories: what is understood, and that nothing else can happen."""

from __future__ import annotations

import sys
import time
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher import markup
from tests.markup.hostile import BODIES

READ = {
    "joined lines": ("a\nb", "<p>a b</p>"),
    "joined wide lines": ("日本\n語", "<p>日本語</p>"),
    "joined mixed lines": ("日本\nand 語", "<p>日本 and 語</p>"),
    "joined around emphasis": (
        "日\n**本**\n語",
        "<p>日<strong>本</strong>語</p>",
    ),
    "joined around code": ("日\n`x`\n語", "<p>日 <code>x</code> 語</p>"),
    "joined around a link": (
        "[日](https://a.example)\n本",
        '<p><a href="https://a.example">日</a>本</p>',
    ),
    "line break": ("a  \nb", "<p>a<br />b</p>"),
    "html is text": ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
    "entities are text": ("&lt;&#65;", "<p>&amp;lt;&amp;#65;</p>"),
    "images are text": ("![a](b)", "<p>![a](b)</p>"),
    "mail addresses are text": ("<a@b.example>", "<p>&lt;a@b.example&gt;</p>"),
    "indented code is text": ("a\n\n    b", "<p>a</p><p>b</p>"),
    "escapes": (r"\*a\* \_ \\", r"<p>*a* _ \</p>"),
    "code is verbatim": (
        "`<b> &amp; \\*`",
        "<p><code>&lt;b&gt; &amp;amp; \\*</code></p>",
    ),
    "fenced code": (
        "```sh\na <b>\n\n  *c*  \n```",
        "<pre><code>a &lt;b&gt;\n\n  *c*  </code></pre>",
    ),
    "fence directly below text": (
        "a\n~~~\nb\n~~~\nc",
        "<p>a</p><pre><code>b</code></pre><p>c</p>",
    ),
    "unclosed fence": ("```\na", "<pre><code>a</code></pre>"),
    "tabs in code": ("```\na\tb\n```", "<pre><code>a   b</code></pre>"),
    "code in a list": (
        "* a\n\n    ```\n    b\n      c\n    ```",
        "<ul><li><p>a</p><pre><code>b\n  c</code></pre></li></ul>",
    ),
    "nested lists": (
        "* a\n    1. b\n    2. c\n* d",
        "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>",
    ),
    "definitions": (
        "[a], [b][a]\n\n[a]: https://a.example",
        '<p><a href="https://a.example">a</a>, <a href="https://a.example">b</a></p>',
    ),
    "what is no definition": ("[注意]: 更新", "<p>[注意]: 更新</p>"),
    "placeholders": (
        "\x02fence:0\x03 \x02klzzwxh:0000\x03",
        "<p>fence:0 klzzwxh:0000</p>",
    ),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("body", "expected"), READ.values(), ids=READ)
def test_a_body_is_read(body: str, expected: str) -> None:
    tree = markup.parse(body)

    assert ElementTree.tostring(tree, encoding="unicode") == (
        f"<div>{expected}</div>" if expected else "<div />"
    )


PIECES = st.sampled_from(
    (
        *("*", "**", "_", "`", "``", "```\n", "~~~\n", "\\", "[", "](", ")", "<", ">"),
        *("> ", "# ", "* ", "1. ", "    ", "|", "|-|-|\n", "\n", "\n\n", "---\n", "&"),
        *(
            "a",
            "b ",
            "日",
            "\u3000",
            "https://c.example",
            "\t",
            "!",
            "]: b:c\n",
            "\x02",
        ),
    )
)
SOURCES = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=40).map("".join))


@given(SOURCES)
@settings(max_examples=400)
def test_nothing_but_the_elements_comes_out(body: str) -> None:
    try:
        tree = markup.parse(body)
    except markup.ExcessError:
        return
    names = {name for element in tree.iter() for name in element.attrib}

    assert tree.tag == "div"
    assert {element.tag for each in tree for element in each.iter()} <= markup.ELEMENTS
    assert names <= {"href", "title", "start", "style"}


@given(SOURCES)
@settings(max_examples=300)
def test_prose_keeps_every_line_and_column(body: str) -> None:
    prose = markup.prose(body)

    assert [len(line) for line in prose.split("\n")] == [
        len(line) for line in body.split("\n")
    ]
    assert all(a in (b, " ") for a, b in zip(prose, body, strict=True))


LINES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\t"), max_size=20
).filter(lambda line: not line.strip().startswith(("```", "~~~")))


@given(st.lists(st.tuples(SOURCES, st.lists(LINES, max_size=4)), max_size=3))
@settings(max_examples=200)
def test_code_stays_what_it_is(blocks: list[tuple[str, list[str]]]) -> None:
    written = []
    body = ""
    for text, code in blocks:
        # Whatever stands before, two closing fences end it.
        before = text.replace("`", "'").replace("~", "-")
        body += f"{before}\n```\n" + "".join(f"{line}\n" for line in code) + "```\n"
        written.append("\n".join(code))
    try:
        tree = markup.parse(body)
    except markup.ExcessError:
        return

    assert [pre[0].text or "" for pre in tree.iter("pre")] == written


@given(SOURCES, SOURCES)
@settings(max_examples=200)
def test_one_body_leaves_nothing_to_the_next(first: str, second: str) -> None:
    def read(body: str) -> str:
        try:
            return ElementTree.tostring(markup.parse(body), encoding="unicode")
        except markup.ExcessError as error:
            return str(error)

    alone = read(second)
    read(first)

    assert read(second) == alone


@pytest.mark.parametrize("name", BODIES)
def test_hostile_bodies_take_time_in_proportion_to_their_length(name: str) -> None:
    block = BODIES[name](6_000)[:19_000]
    times = [seconds("\n\n".join([block] * count)) for count in (2, 8)]

    # Four times the length: quadratic would be sixteen times as long. What takes
    # less than half a second then is no matter.
    assert times[1] < max(10 * times[0], 0.5)


def seconds(body: str) -> float:
    """Return the seconds of a processor that reading a body takes."""
    start = time.thread_time()
    try:
        # Whoever writes the tree climbs it.
        ElementTree.tostring(markup.parse(body))
        markup.prose(body)
    except markup.ExcessError:
        pass
    return time.thread_time() - start


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("a" * 200_001, 0, "200001 characters"),
        ("a\n\n" + "b" * 20_001, 2, "more than 20000 characters"),
        ("a\n\n" + "# b\n" * 101, 2, "more than 100 headings and rules"),
        ("> " * 13 + "a", 0, "nested deeper than 12 levels"),
        ("- " * 41 + "a", 0, "nested deeper than 40 levels"),
        ("    " * 13 + "a", 0, "nested deeper than 12 levels"),
        ("*" * 1000 + "a" + "*" * 1000, 0, "nested too deeply"),
        ("|a" * 150 + "\n" + "|-" * 150 + "\n" + "|\n" * 200, 0, "cells in tables"),
        ("[" * 5000, 0, "too many brackets"),
    ],
)
def test_a_body_beyond_a_limit_is_refused_with_its_line(
    body: str, line: int, message: str
) -> None:
    with pytest.raises(markup.ExcessError, match=message) as caught:
        markup.parse(body)

    assert isinstance(caught.value, ValueError)
    assert caught.value.line == line


def test_a_body_that_was_refused_leaves_nothing_to_the_next() -> None:
    for body in ("[" * 5000, "*" * 3000 + "a" + "*" * 3000):
        with pytest.raises(markup.ExcessError):
            markup.parse(body)

    assert "".join(markup.parse("*a* [b]").itertext()) == "a [b]"


def test_a_rule_of_many_marks_is_no_list() -> None:
    assert [element.tag for element in markup.parse("a\n\n" + "- " * 50)] == ["p", "hr"]


def test_long_code_is_no_long_block() -> None:
    body = "```\n" + "[x] # a | b\n" * 5000 + "```\n"

    assert [element.tag for element in markup.parse(body)] == ["pre"]


def test_depth_is_far_from_what_python_allows() -> None:
    limit = sys.getrecursionlimit()
    deep = "> " * 12 + "- " * 40 + "a\n"

    assert limit >= 1000
    assert markup.parse(deep).find(".//li") is not None


@pytest.mark.parametrize(
    ("body", "lead"),
    [
        ("## A\n\nThe *first*  \nparagraph.\n\nThe second.\n", "The first paragraph."),
        ("* a\n\n    b\n", "a"),
        ("## A\n", ""),
    ],
)
def test_the_lead_is_the_first_paragraph(body: str, lead: str) -> None:
    assert markup.lead(body) == lead
