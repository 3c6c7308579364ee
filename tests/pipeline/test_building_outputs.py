"""What a build makes beside pages, and that it asks only for what it shows."""

from __future__ import annotations

import json
from pathlib import PurePosixPath

import pytest

from publisher.errors import SettingsError
from publisher.model.ids import AdvisoryId
from publisher.model.redirect import Redirect
from publisher.wiring import Project
from tests.projects import ID, Workplace

pytestmark = pytest.mark.gpg

FACTS = PurePosixPath("api/v1/advisories/ADV-2026-0007.json")
FEED = PurePosixPath("en/feed.json")


def declare(workplace: Workplace, text: str) -> None:
    (workplace.root / "redirects.toml").write_text(text, encoding="utf-8")
    # A project reads it once in a run.
    workplace.project.__dict__.pop("redirects", None)


def test_feeds_quote_what_the_machine_index_says(workplace: Workplace) -> None:
    workplace.sign()
    workplace.build()

    facts = json.loads((workplace.site / FACTS).read_text(encoding="utf-8"))
    newest = json.loads((workplace.site / FEED).read_text(encoding="utf-8"))["items"][0]
    assert facts["texts"][0]["signed"]["sha256"] in newest["content_html"]
    assert "at once" in newest["content_html"]


def test_facts_that_are_missing_are_made_again_before_a_feed_needs_them(
    workplace: Workplace,
) -> None:
    workplace.sign()
    workplace.build()
    before = (workplace.site / FEED).read_bytes()
    (workplace.site / FACTS).unlink()
    (workplace.site / FEED).unlink()

    built = workplace.build()

    assert set(built.written) == {FACTS, FEED}
    assert (workplace.site / FEED).read_bytes() == before


def test_a_rehearsal_quotes_what_is_not_written_yet(workplace: Workplace) -> None:
    from publisher.pipeline import building

    workplace.sign()
    built = building.build(workplace.project.rehearsal())

    assert FEED in built.written
    assert not workplace.site.exists()


def test_what_is_not_for_everybody_leaves_no_trace_in_machine_formats(
    workplace: Workplace,
) -> None:
    changes = (("tlp: CLEAR", "tlp: AMBER"), ("Example Server", "Secret Server"))
    workplace.write(*changes, advisory=AdvisoryId("ADV", 2026, 8))
    workplace.sign()
    workplace.build()

    for file in workplace.site.rglob("*"):
        assert "ADV-2026-0008" not in file.name
        if file.is_file():
            assert b"ADV-2026-0008" not in file.read_bytes(), file
            assert b"Secret" not in file.read_bytes(), file


def test_an_old_address_leads_to_what_is_published(workplace: Workplace) -> None:
    workplace.sign()
    declare(workplace, f'"/at/a.html" = "{ID}"\n"/rss/all.rdf" = "/ja/feed.rdf"\n')

    workplace.build()

    page = (workplace.site / "at/a.html").read_text(encoding="utf-8")
    assert f'content="0; url=/advisories/2026/{ID}/"' in page
    copied = (workplace.site / "rss/all.rdf").read_bytes()
    assert copied == (workplace.site / "ja/feed.rdf").read_bytes()
    assert workplace.build().written == ()


def test_an_address_that_is_not_declared_any_more_is_gone(workplace: Workplace) -> None:
    workplace.sign()
    declare(workplace, f'"/at/a.html" = "{ID}"\n')
    workplace.build()
    declare(workplace, "")

    assert workplace.build().removed == (PurePosixPath("at/a.html"),)


def test_an_old_address_of_what_is_not_public_stops_the_build(
    workplace: Workplace,
) -> None:
    declare(workplace, f'\n"/at/a.html" = "{ID}"\n')

    with pytest.raises(SettingsError, match=r"redirects\.toml:2: ADV-2026-0007 is not"):
        workplace.build()
    assert not (workplace.site / "at").exists()


def test_nothing_is_written_if_an_old_address_leads_to_nothing_public(
    workplace: Workplace,
) -> None:
    workplace.sign()
    declare(workplace, '"/at/a.html" = "ADV-2026-0099"\n')

    with pytest.raises(SettingsError, match=r"redirects\.toml:1: ADV-2026-0099 is not"):
        workplace.build()
    assert [each for each in workplace.site.rglob("*") if each.is_file()] == []


def test_the_project_hands_its_redirects_over(workplace: Workplace) -> None:
    declare(workplace, '"/old/" = "/ja/"\n')

    found = Project(workplace.root).redirects

    assert found == (Redirect("/old/", "/ja/", "redirects.toml:1"),)
