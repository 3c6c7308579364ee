"""Every way in which a signed text does not count, and the ways in which it does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from publisher.adapters.gpg import GpgVerifier
from publisher.errors import TrustError
from publisher.model.chain import Checked, EditionKey, Signed
from publisher.sign import accept, trust
from tests.builders import EN
from tests.sign.bench import Made
from tests.sign.case import Case
from tests.sign.cases import CASES

pytestmark = pytest.mark.gpg

REASONS = sorted({case.reason for case in CASES} - {""})


def judged(made: Made, home: Path) -> Signed | accept.Unsigned:
    """Put a signed file through all that a build asks of it."""
    verifier = GpgVerifier(made.ring, home)
    (report,) = verifier.reports([made.data])
    policy = trust.Policy(made.pinned, verifier.keys(), made.now)
    payload = trust.decide(made.data, report, policy)
    name = accept.FileName(EditionKey(made.advisory.id, 2, EN), 1)
    path = PurePosixPath(name.key.filename)
    file = accept.Verified(name, path, made.data, payload.text, payload.signatures)
    return accept.accept(Checked(made.advisory), [accept.read([file])])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_signed_text_counts_or_is_refused_for_the_reason_that_it_is(
    case: Case, made: Callable[[Case], Made], tmp_path: Path
) -> None:
    if not case.reason:
        assert isinstance(judged(made(case), tmp_path), Signed)
        return
    with pytest.raises(TrustError) as raised:
        judged(made(case), tmp_path)

    told = [reason for reason in REASONS if re.search(reason, str(raised.value))]
    assert told == [case.reason], raised.value


def test_each_case_has_a_name_of_its_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
