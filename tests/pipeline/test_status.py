from __future__ import annotations

from pathlib import Path

import pytest

from publisher.model.state import Standing, State
from publisher.pipeline.pushing import Result
from publisher.pipeline.status import Status, status
from tests.projects import ID, Workplace

pytestmark = pytest.mark.gpg

LISTS = {"en": "announce-en@lists.cert.example", "ja": "announce-ja@lists.cert.example"}


def only(workplace: Workplace) -> Status:
    (found,) = status(workplace.tools(), workplace)
    return found


def test_an_advisory_goes_from_unsigned_to_sent(workplace: Workplace) -> None:
    workplace.apply_lists()
    assert only(workplace).standing.state is State.UNSIGNED

    workplace.sign()
    signed = only(workplace)
    assert signed.standing.state is State.UNBUILT
    assert [(t.signed, t.built) for t in signed.texts] == [(True, False)] * 2

    workplace.build()
    built = only(workplace)
    assert built.standing.state is State.PUBLISHED
    assert [(t.signed, t.built) for t in built.texts] == [(True, True)] * 2
    assert [dict(t.lists) for t in built.texts] == [
        {LISTS["en"]: "due"},
        {LISTS["ja"]: "due"},
    ]

    workplace.push()
    assert [dict(t.lists) for t in only(workplace).texts] == [
        {LISTS["en"]: "sent"},
        {LISTS["ja"]: "sent"},
    ]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (("## Overview", "## FIXME"), Standing(State.FAULTY)),
        (("tlp: CLEAR", "tlp: CLEAR\ndraft: true"), Standing(State.DRAFT)),
        (("tlp: CLEAR", "tlp: AMBER"), Standing(State.RESTRICTED, tlp="AMBER")),
    ],
)
def test_what_is_not_published_says_why(
    workplace: Workplace, change: tuple[str, str], state: Standing
) -> None:
    workplace.write(change)

    assert only(workplace).standing == state


def test_what_is_in_doubt_says_why(workplace: Workplace) -> None:
    workplace.sign()
    workplace.write(("at once", "soon"))

    found = only(workplace)

    assert found.standing.state is State.DOUBTFUL
    assert "changed after revision 2 was signed" in found.problems[0]


def test_the_status_as_json_has_everything(workplace: Workplace) -> None:
    workplace.sign()

    shown = only(workplace).to_json()

    assert shown["id"] == str(ID)
    assert shown["texts"][0] == {
        "language": "en",
        "revision": 2,
        "signed": True,
        "built": False,
        "lists": {LISTS["en"]: "due"},
    }


def test_what_is_accepted_is_no_problem(workplace: Workplace) -> None:
    title = "title: Remote code execution"
    entry = "{finding: L309, reason: the product's full name is this long}"
    workplace.write(
        (title, f"{title}{' again' * 25}"),
        ("references:", f"accepted:\n  - {entry}\nreferences:"),
        ("## Overview", "## FIXME"),
    )

    (problem,) = only(workplace).problems

    assert " L425 " in problem


def test_what_another_clone_sent_is_called_neither_due_nor_sent(
    workplace: Workplace, tmp_path: Path
) -> None:
    workplace.apply_lists()
    workplace.sign()
    workplace.build()
    workplace.push()
    second = workplace.clone(tmp_path / "second")
    second.build()

    [found] = status(second.tools(), second)
    pushed = second.push()
    [later] = status(second.tools(), second)
    second.close()

    assert [set(text.lists.values()) for text in found.texts] == [{"elsewhere"}] * 2
    assert [each.result for each in pushed] == [Result.FOUND] * 2
    assert [set(text.lists.values()) for text in later.texts] == [{"sent"}] * 2
    assert len(workplace.lists.mails) == 2
