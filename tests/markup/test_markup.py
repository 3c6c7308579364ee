"""The Markdown of advisories: what is understood, and that nothing else can happen."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher import markup
from publisher.markup import commonmark, reading
from tests import growth
from tests.markup.hostile import BODIES

READ = {
    "joined lines": ("a\nb", "<p>a b</p>"),
    "joined wide lines": ("日本\n語", "<p>日本語</p>"),
    "joined mixed lines": ("日本\nand 語", "<p>日本and 語</p>"),
    "joined in an item": ("- 日\n  本", "<ul><li>日本</li></ul>"),
    "joined in a quotation": (
        "> 日\n> 「本」",
        "<blockquote><p>日「本」</p></blockquote>",
    ),
    "joined Korean lines": ("한국\n말", "<p>한국 말</p>"),
    "joined around emphasis": (
        "日\n**本**\n語",
        "<p>日<strong>本</strong>語</p>",
    ),
    "joined around code": ("日\n`x`\n語", "<p>日<code>x</code>語</p>"),
    "joined around a link": (
        "[日](https://a.example)\n本",
        '<p><a href="https://a.example">日</a>本</p>',
    ),
    "line break": ("a  \nb", "<p>a<br />b</p>"),
    "html is text": ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
    "entities are text": ("&lt;&#65;", "<p>&amp;lt;&amp;#65;</p>"),
    "images are text": ("![a](b)", "<p>![a](b)</p>"),
    "a line that the author ends": ("a\\\nb\\\\\nc", "<p>a<br />b\\ c</p>"),
    "a mail address": (
        "<a_b_@b.example>",
        '<p><a href="mailto:a_b_@b.example">a_b_@b.example</a></p>',
    ),
    "a bare mail address": (
        "(a_b_@b.example)",
        '<p>(<a href="mailto:a_b_@b.example" bare="">a_b_@b.example</a>)</p>',
    ),
    "a bare address": (
        "https://a.example/_b_/(c)).",
        '<p><a href="https://a.example/_b_/(c)" bare="">https://a.example/_b_/(c)</a>).</p>',
    ),
    "a bare address in Japanese": (
        "https://a.example/bを参照",
        '<p><a href="https://a.example/b" bare="">https://a.example/b</a>を参照</p>',
    ),
    "indented code": (
        "a\n\n    b\n\n     c\n\nd",
        "<p>a</p><pre><code>b\n\n c</code></pre><p>d</p>",
    ),
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
    "tabs in code": ("```\na\tb\n```", "<pre><code>a\tb</code></pre>"),
    "code in a list": (
        "* a\n\n    ```\n    b\n      c\n    ```",
        "<ul><li><p>a</p><pre><code>b\n  c</code></pre></li></ul>",
    ),
    "nested lists": (
        "* a\n    1. b\n    2. c\n* d",
        "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>",
    ),
    "lists as formatters write them": (
        "- a\n  1) b\n  2) c\n\n     d",
        '<ul><li>a<ol class="parenthesis"><li><p>b</p></li>'
        "<li><p>c</p><p>d</p></li></ol></li></ul>",
    ),
    "a list that goes on": (
        "3. a\n4. b\n\nc\n5. d",
        '<ol start="3"><li>a</li><li>b</li></ol><p>c 5. d</p>',
    ),
    "lazy lines": (
        "> a\nb\n- c\nd",
        "<blockquote><p>a b</p></blockquote><ul><li>c d</li></ul>",
    ),
    "headings": ("## C#\nB\n---\n### a ##", "<h2>C#</h2><h2>B</h2><h3>a</h3>"),
    "a fence in an item": (
        "1. a\n   ```\n   \tb\n   ```",
        "<ol><li><p>a</p><pre><code>\tb</code></pre></li></ol>",
    ),
    "a fence that is indented": (
        "  ```\n    a\n b\n  ```",
        "<pre><code>  a\nb</code></pre>",
    ),
    "a table below text": (
        "a\n|b|c|\n|:-|-:|\n|`d\\|e`|",
        '<p>a</p><table><thead><tr><th style="text-align: left;">b</th>'
        '<th style="text-align: right;">c</th></tr></thead><tbody><tr>'
        '<td style="text-align: left;"><code>d|e</code></td>'
        '<td style="text-align: right;" /></tr></tbody></table>',
    ),
    "emphasis in emphasis": (
        "***a** b* *c **d***",
        "<p><em><strong>a</strong> b</em> <em>c <strong>d</strong></em></p>",
    ),
    "emphasis beside brackets": (
        "**「重要」**です",
        "<p><strong>「重要」</strong>です</p>",
    ),
    "marks in words": (
        "(*A).b, (*C).d; e_f_g 5 * 3",
        "<p>(*A).b, (*C).d; e_f_g 5 * 3</p>",
    ),
    "definitions": (
        "[a], [b][a]\n\n[a]: https://a.example",
        '<p><a href="https://a.example">a</a>, <a href="https://a.example">b</a></p>',
    ),
    "a definition named as code": (
        "[`a`] [[b]] [b] [c]\n\n[`a`]: https://a.example\n[B]: <https://b.example>",
        '<p><a href="https://a.example"><code>a</code></a> '
        '[<a href="https://b.example">b</a>] <a href="https://b.example">b</a> [c]</p>',
    ),
    "lines of another system": (
        "```\r\na\r\n```\r\nb\r\nc",
        "<pre><code>a</code></pre><p>b c</p>",
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
    assert names <= {"href", "title", "start", "style", "class", "bare"}


@given(st.text("ab1._`*-> \n|", max_size=60))
@settings(max_examples=300)
def test_prose_keeps_every_line_and_column(body: str) -> None:
    prose = markup.prose(body)

    assert [len(line) for line in prose] == [len(line) for line in body.split("\n")]
    assert all(a in (b, " ") for a, b in zip("\n".join(prose), body, strict=True))


LINES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\x02\x03"),
    max_size=20,
).filter(lambda line: not line.strip().startswith(("```", "~~~")))


@given(st.lists(st.tuples(st.text("ab #*_", max_size=9), st.lists(LINES, max_size=4))))
@settings(max_examples=200)
def test_code_stays_what_it_is(blocks: list[tuple[str, list[str]]]) -> None:
    written = []
    body = ""
    for text, code in blocks:
        body += (
            f"{text.strip()}\n\n```\n" + "".join(f"{line}\n" for line in code) + "```\n"
        )
        written.append("\n".join(code))
    tree = markup.parse(body)

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


@pytest.mark.large
@pytest.mark.parametrize("name", BODIES)
def test_hostile_bodies_take_time_in_proportion_to_their_length(name: str) -> None:
    block = BODIES[name](6_000)[:19_000]

    growth.is_linear(lambda count: read("\n\n".join([block] * count)), 2, 8)


def read(body: str) -> None:
    """Read a body in each way."""
    try:
        # Whoever writes the tree climbs it.
        ElementTree.tostring(markup.parse(body))
        markup.prose(body)
        list(reading.parts(markup.parse(body)))
        commonmark.read(body)
    except markup.ExcessError:
        pass


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("a" * 200_001, 0, "200001 characters"),
        ("a\n\n" + "b" * 20_001, 2, "more than 20000 characters"),
        ("a\n\n" + "> " * 13 + "a", 2, "nested deeper than 12 levels"),
        ("- " * 13 + "a", 0, "nested deeper than 12 levels"),
        ("a\n\n" + "## " + "b" * 20_001, 2, "more than 20000 characters"),
        ("*" * 1000 + "a" + "*" * 1000, 0, "nested too deeply"),
        ("|a" * 150 + "\n" + "|-" * 150 + "\n" + "|\n" * 400, 0, "cells in tables"),
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
    deep = "> " * 2 + "- " * 10 + "*a **b _c __d " * 12 + "\n"

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
