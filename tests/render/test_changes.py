"""What readers see of the difference between two signed texts."""

from __future__ import annotations

from dataclasses import replace

from publisher.imprint import Imprint
from publisher.model.chain import EditionKey, Signed, SignedText
from publisher.model.ids import AdvisoryId
from publisher.render import changes, pages
from publisher.render.changes import Line, Mark
from tests import builders
from tests.builders import EN, JA
from tests.render import samples

ID = AdvisoryId("ADV", 2026, 7)
COMMON = "\n".join(f"line {number}" for number in range(1, 21))


def text(revision: int, body: str) -> SignedText:
    key = EditionKey(ID, revision, EN)
    imprint = Imprint(key, (("en.md", f"{revision}" * 64),), "0" * 64)
    made = samples.signed_text(key)
    edition = replace(made.edition, text=f"{body}\n\n{'=' * 76}\n{imprint}")
    return replace(made, edition=edition)


def between(old: str, new: str) -> list[tuple[str, str]]:
    return [
        (line.mark, line.text) for line in changes.lines(text(1, old), text(2, new))
    ]


def test_added_and_removed_lines_are_told_from_those_that_stayed() -> None:
    assert between("a\nb\nc", "a\nB\nc\nd") == [
        ("same", "a"),
        ("removed", "b"),
        ("added", "B"),
        ("same", "c"),
        ("added", "d"),
    ]


def test_the_imprints_are_no_change() -> None:
    assert between(COMMON, COMMON) == []


def test_what_is_far_from_a_change_is_left_out_once() -> None:
    found = changes.lines(
        text(1, COMMON),
        text(2, COMMON.replace("line 10\n", "").replace("line 20", "line 20 and end")),
    )

    marks = [line.mark for line in found]
    assert marks.count(Mark.LEFT_OUT) == 2
    assert Line(Mark.SAME, "line 1") not in found
    assert Line(Mark.REMOVED, "line 10") in found
    assert found[-1] == Line(Mark.ADDED, "line 20 and end")


def pages_of(one: Signed) -> dict[str, str]:
    made = pages.advisory(one, (), builders.presentation())
    return {artifact.path.name: artifact.data.decode() for artifact in made}


def test_each_later_revision_has_a_page_in_each_language_and_is_linked() -> None:
    made = pages_of(samples.signed(builders.advisory()))

    assert {"r1-r2.en.html", "r1-r2.ja.html"} <= made.keys()
    assert 'href="r1-r2.en.html"' in made["en.html"]
    assert 'href="r1-r2.ja.html"' in made["ja.html"]
    assert "第2版の変更内容" in made["r1-r2.ja.html"]
    assert 'href="r1.en.txt.asc"' in made["r1-r2.en.html"]
    assert 'href="r2.en.txt.asc"' in made["r1-r2.en.html"]


def test_each_line_stands_on_a_line_of_its_own() -> None:
    signed = samples.signed(builders.advisory())
    changed = text(2, "new\nlines")
    current = tuple(
        changed if each.edition.key.language == EN else each for each in signed.current
    )

    page = pages_of(replace(signed, current=current))["r1-r2.en.html"]

    shown = page.partition('<pre class="changes">')[2].partition("</pre>")[0]
    assert "<ins>+ new</ins>\n<ins>+ lines</ins>\n" in shown


def test_a_revision_that_was_not_signed_is_passed_over() -> None:
    advisory = builders.advisory()

    made = pages_of(samples.signed(advisory, {EN: [2], JA: [1, 2]}))

    assert "r1-r2.ja.html" in made
    assert not any(name.endswith(".en.html") for name in made)


def test_a_hostile_line_is_only_text() -> None:
    advisory = builders.advisory()
    signed = samples.signed(advisory)
    evil = text(2, "</pre><script>alert(1)</script>")
    current = tuple(
        evil if each.edition.key.language == EN else each for each in signed.current
    )

    page = pages_of(replace(signed, current=current))["r1-r2.en.html"]

    assert "<script" not in page
    assert "+ &lt;/pre&gt;&lt;script&gt;" in page
    assert samples.Outline(page).faults == []
