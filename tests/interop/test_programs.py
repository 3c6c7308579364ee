"""Programs that others wrote come to the same verdict on every signature.

They judge less than this project does: whether a signature is good, not whether the
file says nothing else, or what the text is. So their verdict is compared with what
the table of cases says of the signature itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.sign import cleartext
from tests.interop.exceptions import EXCEPTIONS, TESTED
from tests.interop.programs import PROGRAMS, Program
from tests.sign.bench import Made
from tests.sign.case import Case
from tests.sign.cases import CASES

pytestmark = [pytest.mark.gpg, pytest.mark.interop]

ROOT = Path(__file__).parents[2]
SIGNED = [*sorted(ROOT.glob("advisories/*/*/*.asc")), *ROOT.glob("security.txt")]


@pytest.fixture(params=PROGRAMS, ids=lambda program: program.name)
def program(request: pytest.FixtureRequest) -> Program:
    """A program; PUBLISHER_INTEROP names those that may not be missing."""
    found: Program = request.param
    if not found.missing:
        return found
    if found.name in os.environ.get("PUBLISHER_INTEROP", "").split():
        pytest.fail(found.missing)
    pytest.skip(found.missing)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_signature_is_as_good_to_others(
    case: Case, program: Program, made: Callable[[Case], Made]
) -> None:
    file = made(case)

    good = program.text(file.data, file.ring) is not None

    excepted = case.name in EXCEPTIONS[program.name]
    if case.signature is None:
        return
    # Of another version nobody knows whether it still differs.
    if excepted and program.version != TESTED[program.name]:
        return
    assert good == (case.signature != excepted)


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.reason], ids=lambda case: case.name
)
def test_a_text_that_counts_says_the_same_to_others(
    case: Case, program: Program, made: Callable[[Case], Made]
) -> None:
    file = made(case)

    text = program.text(file.data, file.ring)

    if case.name not in EXCEPTIONS[program.name]:
        assert text is not None
        assert lines(text) == lines(cleartext.payload(file.data).encode())


def test_every_signed_text_of_this_repository_is_good_to_others(
    program: Program,
) -> None:
    keys = [file.read_bytes() for file in sorted(ROOT.glob("keys/*.asc"))]

    read = {file: program.text(file.read_bytes(), keys) for file in SIGNED}

    assert SIGNED
    assert [file for file, text in read.items() if text is None] == []
    for file, text in read.items():
        assert text is not None
        assert lines(text) == lines(cleartext.payload(file.read_bytes()).encode())


def test_exceptions_are_about_cases_and_programs_that_are_there() -> None:
    named = {name for cases in EXCEPTIONS.values() for name in cases}

    assert named <= {case.name for case in CASES}
    assert EXCEPTIONS.keys() == TESTED.keys() == {each.name for each in PROGRAMS}


def lines(text: bytes) -> list[bytes]:
    """Return the lines of a text, however they end."""
    return text.rstrip(b"\r\n").replace(b"\r\n", b"\n").split(b"\n")
