"""The terms of texts are kept when they are rendered, and not read again."""

from __future__ import annotations

from pathlib import Path

from publisher.adapters.store import SqliteCache
from publisher.model.ids import AdvisoryId
from publisher.pipeline import terms
from tests.projects import Workplace


def test_terms_are_kept_in_batches_and_the_rest_at_the_end(tmp_path: Path) -> None:
    cache = SqliteCache(tmp_path / "cache.sqlite")
    kept = terms.Terms(cache)
    read = terms.known(cache)
    for number in range(700):
        kept.keep({f"{number}.en": f"term{number}"})
    early = read(["0.en", "699.en"])
    kept.flush()
    late = read(["0.en", "699.en", "700.en"])
    cache.close()

    assert early == {"0.en": "term0"}
    assert late == {"0.en": "term0", "699.en": "term699"}


def test_a_second_advisory_finds_the_terms_of_the_first(workplace: Workplace) -> None:
    workplace.sign()
    workplace.build()
    workplace.write(advisory=AdvisoryId("ADV", 2026, 8))
    workplace.sign()
    built = workplace.build()
    cards = (workplace.site / "search/en/ADV-2026/0.json").read_text()

    assert "ADV-2026-0007" in cards
    assert "ADV-2026-0008" in cards
    assert len([path for path in built.written if path.parts[0] == "search"]) <= 2 * 33
