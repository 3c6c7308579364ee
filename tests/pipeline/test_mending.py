"""Which sources are mended, and that a signed text keeps its own."""

from __future__ import annotations

import pytest

from publisher.model.ids import AdvisoryId
from publisher.pipeline import mending
from publisher.pipeline.mending import Mended
from tests.projects import ID, Workplace

pytestmark = pytest.mark.gpg
UNTIDY = ("Example Server reads", "Example Server\treads")
LABEL = ("tlp: CLEAR", "tlp: TLP:CLEAR")
WEAKNESS = ("cwe: CWE-787", "cwe: 787")
LATER = (
    "summary: Exploitation observed}",
    "summary: Exploitation observed}\n"
    "  - {date: 2026-11-22T09:00:00+09:00, summary: Typing errors}",
)


def found(workplace: Workplace) -> list[Mended]:
    return list(mending.mended(workplace.tools(), [ID]))


def sources(workplace: Workplace) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in workplace.folder().glob("*.md")}


def test_what_is_not_signed_is_mended(workplace: Workplace) -> None:
    tidy = sources(workplace)
    workplace.write(UNTIDY)

    (mended,) = found(workplace)
    assert sources(workplace) != tidy
    mending.write(workplace.tools(), [mended])

    assert str(mended.path) == "advisories/2026/ADV-2026-0007/en.md"
    assert [change.line for change in mended.done] == [23]
    assert mended.left == ()
    expected = tidy["en.md"].replace(b"Server reads", b"Server  reads")
    assert sources(workplace) == tidy | {"en.md": expected}
    assert found(workplace) == []


def test_the_source_of_a_signed_text_is_not_touched(workplace: Workplace) -> None:
    workplace.write(LABEL)
    workplace.sign()
    before = sources(workplace)
    assert LABEL[1].encode() in before["en.md"]

    (mended,) = found(workplace)
    mending.write(workplace.tools(), [mended])

    assert mended.done == ()
    (left,) = mended.left
    assert left.what.startswith("r2.")
    assert "was made from it: it is mended together with a new entry" in left.what
    assert sources(workplace) == before


def test_a_revision_to_come_is_mended(workplace: Workplace) -> None:
    workplace.sign()
    workplace.write(LATER, UNTIDY, ("summaries:", "summaries: \t"))

    mended = found(workplace)
    mending.write(workplace.tools(), mended)

    # The translation is still that of the revision that is signed.
    original, translation = mended
    assert original.done
    assert translation.done == ()
    assert translation.left[0].what.startswith("r2.ja.txt.asc was made from it")
    assert b"\t" not in sources(workplace)["en.md"]
    assert b"\t" in sources(workplace)["ja.md"]


def test_a_source_that_was_changed_after_signing_is_not_mended(
    workplace: Workplace,
) -> None:
    workplace.sign()
    workplace.write(UNTIDY)

    (mended,) = found(workplace)

    assert mended.done == ()
    assert mended.left[0].what.startswith("r2.en.txt.asc was made from it")


def test_a_damaged_signed_text_guards_its_source_still(workplace: Workplace) -> None:
    workplace.write(LABEL)
    workplace.sign()
    for file in workplace.folder().glob("*.asc"):
        file.write_bytes(b"\xff" + file.read_bytes())

    (mended,) = found(workplace)

    assert mended.done == ()


def test_a_source_that_cannot_be_read_is_mended_as_far_as_it_goes(
    workplace: Workplace,
) -> None:
    workplace.write(("kind: alert", "kind: warning \t"), WEAKNESS)

    (mended,) = found(workplace)
    mending.write(workplace.tools(), [mended])

    text = sources(workplace)["en.md"].decode()
    assert "kind: warning\n" in text
    assert "cwe: CWE-787\n" in text


def test_what_cannot_be_mended_is_named_and_not_written(workplace: Workplace) -> None:
    workplace.write(("## Overview", "<<<<<<< ours\n## Overview \n=======\n>>>>>>> b"))
    before = sources(workplace)

    (mended,) = found(workplace)
    mending.write(workplace.tools(), [mended])

    assert mended.done == ()
    assert mended.left[0].line == 21
    assert sources(workplace) == before


def test_other_advisories_are_left_alone(workplace: Workplace) -> None:
    workplace.write(UNTIDY)

    assert list(mending.mended(workplace.tools(), list[AdvisoryId]())) == []
