"""The body of an advisory as HTML."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher import markup
from publisher.render import html
from tests.render.samples import Outline

ATTRIBUTES = {
    "a": {"href"},
    "ol": {"start"},
    "th": {"class", "scope"},
    "td": {"class"},
    **{tag: {"id"} for tag in html.HEADINGS},
}
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](//evil.example/)",
    "[x](/relative)",
    "[x](\\\\evil.example)",
    '[x](http://a.example/"onmouseover=alert(1)//)',
    '[x](<http://a.example/" onclick=alert(1) x=">)',
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "&#x3c;script>",
    "<!-- --><script>",
    "<![CDATA[<script>]]>",
    "<?php x ?>",
    "`</code><script>alert(1)</script>`",
    "```\n</pre><script>alert(1)</script>\n```",
    "# <style>@import 'x'</style>",
    "| <b>a</b> | b |\n|:--|--:|\n| <script> | <svg> |",
    "> <iframe src=x>",
    "<math><mi//xlink:href='data:x,<script>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "{{ 7 * 7 }} {% raw %}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_survives(text: str) -> None:
    check(text)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*HOSTILE, "<", ">", '"', "'", "&", "*", "_", "`", "\n", "\n\n"]
        )
        | st.text(max_size=8),
        max_size=8,
    ).map("".join)
)
def test_no_mixture_of_hostile_texts_survives(text: str) -> None:
    check(text)


@pytest.mark.parametrize("raw", HOSTILE)
def test_the_sanitiser_alone_would_do(raw: str) -> None:
    check_html(str(html.sanitised(raw)))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('<ol start="1 onclick=x"><li>a</li></ol>', "<ol><li>a</li></ol>"),
        ('<a href="/x" rel="x" target="_blank">a</a>', "<a>a</a>"),
        ('<p id="x" class="right" style="color:red">a</p>', "<p>a</p>"),
        ('<table><tr><td class="top right">a', None),
        ("<script>alert(1)</script><style>*{}</style>", ""),
    ],
)
def test_the_sanitiser_keeps_no_other_attribute(raw: str, expected: str | None) -> None:
    clean = html.sanitised(raw)

    assert expected is None or clean == expected
    assert "top" not in clean


def check(text: str) -> None:
    check_html(str(html.body(text).html))


def check_html(made: str) -> None:
    outline = Outline(made)
    for tag, attributes in outline.elements:
        assert tag in markup.ELEMENTS
        assert set(attributes) <= ATTRIBUTES.get(tag, set())
        assert html.is_web(attributes.get("href", "https://"))
        assert attributes.get("class", "left") in html.ALIGNMENTS
        assert attributes.get("start", "1").isdigit()
        assert attributes.get("scope", "col") == "col"
    assert outline.faults == []
    ids = outline.values("id")
    assert len(ids) == len(set(ids))
    assert not any(found.startswith("_") for found in ids)


def test_raw_html_is_shown_as_it_was_written() -> None:
    made = html.body("<b>bold</b> &amp; {{ 7 * 7 }}").html

    assert made == "<p>&lt;b&gt;bold&lt;/b&gt; &amp;amp; {{ 7 * 7 }}</p>"


def test_a_link_keeps_its_address_and_nothing_else() -> None:
    made = html.body("[x](https://a.example/?b=1&c=%22)").html

    assert made == '<p><a href="https://a.example/?b=1&amp;c=%22">x</a></p>'


def test_a_list_keeps_its_first_number() -> None:
    made = html.body("3. three\n4. four\n").html

    assert '<ol start="3">' in made


def test_a_column_keeps_its_alignment() -> None:
    made = html.body("| a | b | c |\n|---|--:|:-:|\n| 1 | 2 | 3 |\n").html

    assert "<td>1</td>" in made
    assert '<td class="right">2</td>' in made
    assert '<td class="center">3</td>' in made


def test_the_body_has_no_heading_of_the_first_level() -> None:
    body = html.body("# One\n\n## Two\n\n### Three\n")

    assert [heading.text for heading in body.headings] == ["One", "Two"]
    assert "<h1" not in body.html
    assert '<h3 id="three">' in body.html


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("How to check", "how-to-check"),
        ("概要（重要）", "概要-重要"),
        ("`code` *and* \uff26\uff35\uff2c\uff2c", "code-and-full"),
        ("__init__ _x_", "init-x"),
        ("!?", "section"),
        ("a" * 100, "a" * 60),
    ],
)
def test_an_id_follows_from_the_words_of_a_heading(heading: str, expected: str) -> None:
    made = html.body(f"## {heading}\n").headings

    assert [each.id for each in made] == [expected]


def test_equal_headings_have_different_ids() -> None:
    made = html.body("## A\n\n## A 2\n\n## A\n\n## A\n").headings

    assert [each.id for each in made] == ["a", "a-2", "a-3", "a-4"]


def test_the_head_of_a_table_says_so() -> None:
    made = html.body("| a |\n|---|\n| 1 |\n").html

    assert '<th scope="col">a</th>' in made
    assert "<td>1</td>" in made


def test_a_table_that_may_be_wide_scrolls_by_itself() -> None:
    body = html.body("| <table> |\n|---|\n| </table> |\n\ntext\n").html

    made = html.scrollable(body, 'a "table"')

    box = (
        '<div class="scroll" role="group" aria-label="a &#34;table&#34;" tabindex="0">'
    )
    assert made.startswith(f"{box}<table>")
    assert made.count("</table></div>") == 1
    assert Outline(made).faults == []


def test_what_hides_or_turns_text_around_becomes_visible() -> None:
    seen = html.visible("a\u202eb\u2066c\u0000d\u0085e\u2028f\u200bg\ng\th")

    assert seen == "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg\ng\th"


def test_the_joiners_of_scripts_and_emoji_stay() -> None:
    text = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f469\u200d\U0001f4bb"

    assert html.visible(text) == text


@settings(max_examples=100)
@given(st.text())
def test_only_characters_of_html_remain(text: str) -> None:
    seen = html.visible(text)

    assert len(seen) == len(text)
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", seen
    )
