"""Words behind a `#`: what YAML takes for a comment, and authors may not."""

from __future__ import annotations

import time

import pytest
import yaml

from publisher import parse
from publisher.parse import comments
from tests import builders

LOADERS = (yaml.SafeLoader, yaml.CSafeLoader)


@pytest.mark.parametrize("loader", LOADERS, ids=("python", "c"))
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: Part #2\nb: c", [("#2", 0, 12)]),
        ("title: Fixes #1 and #2\n", [("#1 and #2", 0, 13)]),
        ("title: 'Part' #2", [("#2", 0, 14)]),
        ('title: "Part"#2', [("#2", 0, 13)]),
        ("a: b\nc:\n  d #e\nf: g #h", [("#e", 2, 4), ("#h", 3, 5)]),
        ("a: one\n  two # three", [("# three", 1, 6)]),
        ("a:\n - b # c\n - d", [("# c", 1, 5)]),
        ("a:\n - {b: c, d: e} # f", [("# f", 1, 16)]),
        ("a:\n - {b: c, # d\n    e: f # g\n   }", [("# d", 1, 10), ("# g", 2, 9)]),
        ("a: [b, c] # d", [("# d", 0, 10)]),
        ("a: [ # b\n c, d # e\n ]", [("# e", 1, 6)]),
        ("a: >- # b\n  c\nd: |\n  e # f", [("# b", 0, 6)]),
        ("? [a]: b # c", [("# c", 0, 9)]),
        ("a: b\n  #2 c\nd: e", [("#2 c", 1, 2)]),
        ("a:\n  b\n  # c\nd: e", [("# c", 2, 2)]),
        ("a:\n  - b\n    #1 c\n  - d", [("#1 c", 2, 4)]),
    ],
)
def test_words_behind_a_value_are_found(
    loader: type[yaml.SafeLoader], text: str, expected: list[tuple[str, int, int]]
) -> None:
    found = comments.lost(text, yaml.parse(text, loader))

    assert [(each.words, each.line, each.column) for each in found] == expected


@pytest.mark.parametrize("loader", LOADERS, ids=("python", "c"))
@pytest.mark.parametrize(
    "text",
    [
        "# a\nb: c\n# d\n# e",
        "a:\n  - b: c\n    # d\n    e: f\n  # g\n  - h",
        "a:\n  - {b: c}\n    # d\n  - {e: f}",
        "a: # b\n  c: d\ne: # f\n - g",
        "a: b#c",
        "a: 'b # c'\nd: \"e # f\"",
        "a: |\n  b # c\n# d\ne: >-\n  f # g\n# h",
        "a: 'b\n  # c'",
        "a:\n - # b\n   c: d",
        "",
    ],
)
def test_other_comments_and_signs_are_fine(
    loader: type[yaml.SafeLoader], text: str
) -> None:
    assert list(comments.lost(text, yaml.parse(text, loader))) == []


def test_a_finding_says_what_is_lost_and_what_to_write() -> None:
    sources = builders.sources(("title: Remote code", "title: Bug #5: remote code"))

    advisory, found = parse.advisory(builders.FOLDER, sources)

    assert advisory is None
    assert [str(each) for each in found] == [
        "advisories/2026/ADV-2026-0007/en.md:4:12: P015 the words '#5: remote code"
        " execution in Example Server' are lost: YAML takes them for a comment"
        " (expected quotes around the whole value, or a comment on a line of its own)"
    ]


def test_translations_are_read_alike() -> None:
    sources = builders.sources(("- 悪用を確認", "- 悪用を確認 #123"))

    _, found = parse.advisory(builders.FOLDER, sources)

    assert [(each.code, each.location.line) for each in found] == [("P015", 6)]


def test_long_comments_are_cut_in_messages() -> None:
    sources = builders.sources(("tlp: CLEAR", f"tlp: CLEAR # {'x' * 9999}"))

    _, found = parse.advisory(builders.FOLDER, sources)

    assert "xxx…'" in found[0].message
    assert len(found[0].message) < 200


def test_very_many_comments_take_no_time() -> None:
    text = "a:\n" + " - {b: c} # d\n" * 9000 + "# e\n" * 50_000
    begun = time.process_time()

    found = list(comments.lost(text, yaml.parse(text, yaml.CSafeLoader)))

    assert len(found) == 9000
    assert time.process_time() - begun < 5
