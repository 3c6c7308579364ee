"""The one spelling of a source: each case changes the bytes of the sample."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher import lint
from tests import builders
from tests.lint.linting import check

PATH = PurePosixPath("advisories/2026/ADV-2026-0007/en.md")
BODY = len(builders.ENGLISH.partition("---\n\n")[0].split("\n")) + 2
"""The line of the first heading."""


def findings(data: str | bytes) -> list[tuple[str, int, int]]:
    raw = data if isinstance(data, bytes) else data.encode()
    return [
        (found.code, found.location.line, found.location.column)
        for found in lint.canonical(PATH, raw)
    ]


def in_body(text: str) -> str:
    return builders.ENGLISH.replace("## Overview", text)


def test_the_samples_are_canonical() -> None:
    assert findings(builders.ENGLISH) == []
    assert findings(builders.JAPANESE) == []


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xef\xbb\xbf---\n---\nx\n", [("L101", 1, 1)]),
        (b"---\n---\n\xe3\x81\n", [("P001", 3, 0)]),
        ("---\r\n---\r\nx\r\n", [("L102", 1, 4)]),
        ("---\n---\nx\ry\n", [("L102", 3, 2), ("L106", 3, 2)]),
        ("---\n---\nx \n", [("L103", 3, 2)]),
        ("---\n---\nx\u3000\n", [("L103", 3, 2)]),
        ("---\n---\n  \nx\n", [("L103", 3, 1)]),
        ("---\na:\tb\n---\nx\n", [("L104", 2, 3)]),
        ("---\n---\nx\ty\n", [("L104", 3, 2)]),
        ("---\n---\n```\n\tx\n```\n\ty\n", []),
        ("---\n---\n```\n\tx\n```\ny\tz\n", [("L104", 6, 2)]),
        ("---\n---\nx", [("L105", 3, 2)]),
        ("---\n---\nx\n\n", [("L105", 4, 0)]),
        ("---\n---\nx\x1b[2Jy\n", [("L106", 3, 2)]),
        ("---\n---\nx\x85y\n", [("L106", 3, 2)]),
        ("---\n---\nか\u3099\n", [("L110", 3, 0)]),
        ("---\n---\n\u212a\n", [("L110", 3, 0)]),
        ("---\n---\n\ufa19\u3000か\u3099\n", [("L110", 3, 0)]),
        ("", [("L105", 1, 1)]),
        ("\ufe0f", [("L108", 1, 1), ("L105", 1, 2)]),
    ],
)
def test_other_spellings_are_refused_with_the_place(
    data: str | bytes, expected: list[tuple[str, int, int]]
) -> None:
    assert findings(data) == expected


@pytest.mark.parametrize(
    ("character", "code"),
    [
        *(
            (character, "L107")
            for character in "\u061c\u200e\u200f\u202a\u202e\u2066\u2069"
        ),
        *((character, "L108") for character in "\u00ad\u034f\u115f\u180e\u200b\u200d"),
        *((character, "L108") for character in "\u2028\u2029\u2060\u2064\u206a\u2800"),
        *((character, "L108") for character in "\u3164\ufeff\uffa0\ufff9\ufffc\ufffd"),
        *((character, "L108") for character in "\U000e0001\U000e0041\U000e007f"),
        *((character, "L108") for character in "\ufe0f\ufe00\U000e0100"),
        *(
            (character, "L109")
            for character in "\ue000\ufdd0\uffff\U0010ffff\U000f0000"
        ),
    ],
)
def test_hidden_characters_are_refused_anywhere(character: str, code: str) -> None:
    body = in_body(f"x{character}y")
    head = builders.ENGLISH.replace("title: Remote", f"title: R{character}emote")
    comment = builders.ENGLISH.replace("kind: alert", f"kind: alert # {character}")

    assert findings(body) == [(code, BODY, 2)]
    assert findings(head) == [(code, 4, 9)]
    assert findings(comment) == [(code, 3, 15)]


def test_a_finding_names_the_character() -> None:
    found = lint.canonical(PATH, in_body("x\u202ey").encode())

    assert found[0].message == (
        "the character U+202E (RIGHT-TO-LEFT OVERRIDE) may not stand here"
    )


@pytest.mark.parametrize(
    "text", ["葛\U000e0100城", "☎\ufe0f", "1\ufe0f\u20e3", "神\ufe00"]
)
def test_a_variation_of_what_stands_before_is_fine(text: str) -> None:
    assert findings(in_body(text)) == []


CONFLICT = "<<<<<<< HEAD\na\n||||||| 1234567\nb\n=======\nc\n>>>>>>> branch\n"


@pytest.mark.parametrize("around", ["{}", "```text\n{}```\n"])
def test_marks_of_a_conflict_are_found_in_code_too(around: str) -> None:
    first = around.partition("{}")[0].count("\n") + 3

    assert findings("---\n---\n" + around.format(CONFLICT)) == [
        ("L111", first + line, 0) for line in (0, 2, 4, 6)
    ]


def test_marks_of_a_conflict_are_found_in_the_front_matter() -> None:
    data = f"---\n{CONFLICT}---\nx\n"

    assert [code for code, _, _ in findings(data)] == ["L111"] * 4
    assert ("L111", 2, 0) in findings(data.replace("\n", "\r\n"))


@pytest.mark.parametrize(
    "mark", ["<<<<<<< HEAD", "<<<<<<<", ">>>>>>> 1234567", "||||||| x"]
)
def test_one_mark_is_enough(mark: str) -> None:
    assert findings(f"---\n---\nx\n{mark}\ny\n") == [("L111", 4, 0)]


@pytest.mark.parametrize(
    "text",
    [
        "Heading\n=======",
        "Heading\n========",
        "|||||||",
        "a <<<<<<< HEAD",
        "```text\n========\n=======\n```",
        ">>>>>> six",
        "<<<<<<<HEAD",
    ],
)
def test_these_are_no_marks(text: str) -> None:
    assert findings(f"---\n---\n{text}\n") == []


def test_many_marks_are_not_all_listed() -> None:
    assert len(findings("---\n---\n" + CONFLICT * 5000)) == 20


def test_names_with_compatibility_ideographs_stay_as_they_are() -> None:
    assert findings(in_body("\ufa19田さん")) == []


def test_check_finds_the_same_in_bodies() -> None:
    body = in_body("## Over\u202eview")
    advisory = builders.advisory(english=body)

    assert set(check(advisory)) == set(lint.canonical(PATH, body.encode()))


def test_many_findings_of_one_rule_are_not_all_listed() -> None:
    found = findings("---\n---\n" + "x \n" * 5000)

    assert len(found) == 20


@given(st.binary(max_size=200))
def test_any_bytes_are_judged(data: bytes) -> None:
    assert findings(data) == sorted(findings(data), key=lambda f: (f[1], f[2], f[0]))


@given(st.text(max_size=200))
def test_what_has_no_finding_is_canonical(text: str) -> None:
    data = text.encode(errors="replace")

    if not findings(data):
        decoded = data.decode()
        lines = decoded.split("\n")
        assert decoded.endswith("\n")
        assert all(line == line.rstrip(" \t\u3000") for line in lines)
        assert "\r" not in decoded
