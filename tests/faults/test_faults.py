"""A sample of the faults; `python -m tests.faults` injects hundreds of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import report, world
from tests.faults.judge import Verdict
from tests.faults.kinds import KINDS, Kind
from tests.faults.world import World
from tests.keys import Key

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]

SAMPLE = [(kind, number) for kind in KINDS for number in kind.few]
PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


@pytest.fixture(scope="module")
def here(team_key: Key) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        # To measure the coverage of processes that are killed takes time and is vain.
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        with world.running(team_key) as running:
            yield running


@pytest.mark.parametrize(
    ("kind", "number"), SAMPLE, ids=[f"{kind.name} {n}" for kind, n in SAMPLE]
)
def test_after_a_fault_and_another_run_each_reader_has_each_mail_once(
    here: World, kind: Kind, number: int
) -> None:
    if not kind.can():
        pytest.skip(f"{kind.name}: not possible on this machine")

    verdict = kind.inject(here, number)

    assert verdict is not None
    assert verdict.good, str(verdict)


def test_the_report_names_every_kind_of_fault() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert [kind.what for kind in KINDS if kind.what not in text] == []


def test_the_report_counts_what_was_found() -> None:
    kind = KINDS[0].name
    bad = Verdict(kind, "somewhere", lost=2, doubled=1, repeated=3)
    found = [Verdict(kind, "elsewhere"), bad]

    page = report.document(found)

    assert f"| {KINDS[0].what} | 2 | 2 | 1 | 3 | 0 | 0 | 0 |" in page
    assert "somewhere" in page
    assert "elsewhere" not in page


def test_the_sample_has_every_family_of_faults() -> None:
    names = {kind.name for kind, _ in SAMPLE}

    assert {"kill", "full", "runner in", "answer", "clock", "both sign"} <= names
    assert {"power", "flipped", "gpg", "rsync", "bucket", "one clone"} <= names
