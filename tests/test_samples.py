"""This repository is a project: its samples lint, verify and build in a clone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher import config
from publisher.model.advisory import Kind, Tlp
from publisher.pipeline import building, checking, pushing
from publisher.pipeline.tools import Tools
from publisher.wiring import Project
from tests import sign_samples

pytestmark = pytest.mark.gpg

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 30, tzinfo=UTC)
GOLDEN = ("ADV-2026-0004", "ADV-2026-0005")
"""One with three revisions, one that was withdrawn."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A copy of this repository's project, as a fresh clone has it."""
    root = tmp_path_factory.mktemp("clone")
    for name in ("publisher.toml", "security.txt"):
        shutil.copy(ROOT / name, root)
    for folder in ("advisories", "keys", "record"):
        shutil.copytree(ROOT / folder, root / folder)
    opened = Project(root)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def tools(project: Project) -> Tools:
    return replace(project.tools(), now=NOW)


@pytest.fixture(scope="module")
def built(tools: Tools) -> building.Built:
    return building.build(tools)


@pytest.fixture(scope="module")
def site(project: Project, built: building.Built) -> Path:
    assert built.files
    return project.root / "site"


@pytest.fixture(scope="module")
def loaded(tools: Tools) -> list[checking.Loaded]:
    snapshot = tools.repository.snapshot()
    succession = checking.succession(tools, snapshot)
    return checking.load(tools, snapshot, succession)


def test_the_samples_pass_lint(loaded: list[checking.Loaded]) -> None:
    assert len(loaded) >= 8
    assert [each.id for each in loaded if each.checked is None] == []


def test_the_samples_show_every_case(loaded: list[checking.Loaded]) -> None:
    advisories = [each.checked.advisory for each in loaded if each.checked]

    assert {each.kind for each in advisories} == set(Kind)
    assert {each.original.language for each in advisories} == {"en", "ja"}
    assert any(len(each.history) == 3 for each in advisories)
    assert any(each.withdrawn for each in advisories)
    assert any(each.superseded_by for each in advisories)
    assert any(
        len(each.vulnerabilities) > 2 and len(each.affected) > 3 for each in advisories
    )
    assert any(each.first_published > NOW for each in advisories)
    assert any(each.tlp is Tlp.AMBER for each in advisories)
    versions = {
        score.version
        for each in advisories
        for vulnerability in each.vulnerabilities
        for score in vulnerability.scores
    }
    assert versions == {"2.0", "3.0", "3.1", "4.0"}


def test_the_samples_say_that_they_are_fictional(
    loaded: list[checking.Loaded],
) -> None:
    for each in loaded:
        assert b"fictional" in each.files["en.md"]
        assert "架空".encode() in each.files["ja.md"]


def test_all_public_samples_are_built_from_signed_texts(
    built: building.Built,
) -> None:
    assert len(built.summaries) >= 8
    assert {
        (str(advisory), str(reason).split()[0]) for advisory, reason in built.withheld
    } == {
        ("ADV-2026-0007", "TLP:AMBER"),
        ("ADV-2099-0001", "embargoed"),
    }


def test_every_text_that_can_be_signed_is_signed(project: Project) -> None:
    assert sign_samples.sign(project.root) == []


def test_every_signed_sample_is_what_its_source_makes(tools: Tools) -> None:
    compared = 0
    for name, signed, anew in sign_samples.made_anew(tools):
        assert signed == anew, f"{name}: run `make resign-samples`"
        compared += 1

    assert compared >= 25


def test_the_withheld_samples_leave_no_trace(site: Path) -> None:
    # The index of the search has everything in lower case.
    names = (b"kagerou", b"yoiyami", b"adv-2099-0001", b"adv-2026-0007", b"90999")
    marks = (*names, b"cve-2026-90099", b"cve-2026-90063")
    for file in site.rglob("*"):
        if file.is_file():
            data = file.read_bytes().lower()
            assert not any(mark in data for mark in marks), file


def test_old_revisions_stay_where_they_were(site: Path) -> None:
    folder = ROOT / "advisories/2026/ADV-2026-0004"
    names = [f"r{number}.{tag}.txt.asc" for number in (1, 2, 3) for tag in ("en", "ja")]

    for name in names:
        served = site / "advisories/2026/ADV-2026-0004" / name
        assert served.read_bytes() == (folder / name).read_bytes()


def test_the_sample_key_says_that_it_is_worthless(tools: Tools) -> None:
    (key,) = tools.verifier.keys().values()

    assert key.fingerprint == config.SAMPLE_FINGERPRINT
    assert all(user.startswith("WORTHLESS SAMPLE KEY") for user in key.user_ids)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", GOLDEN)
def test_golden_page(
    name: str, language: str, site: Path, golden: Callable[[str, bytes], None]
) -> None:
    page = site / "advisories" / "2026" / name / f"{language}.html"

    golden(f"samples/{name}.{language}.html", page.read_bytes())


@pytest.mark.parametrize("language", ["en", "ja"])
def test_golden_feed(
    language: str, site: Path, golden: Callable[[str, bytes], None]
) -> None:
    golden(f"samples/feed.{language}.xml", (site / language / "feed.xml").read_bytes())


def test_golden_mails(
    tools: Tools, built: building.Built, golden: Callable[[str, bytes], None]
) -> None:
    everything = replace(
        tools.settings, announce_since=datetime(2020, 1, 1, tzinfo=UTC)
    )
    chosen = [each for each in built.summaries if str(each.id) in GOLDEN]

    mails = pushing.announcements(replace(tools, settings=everything), chosen, {})

    assert len(mails) == 2 * len(GOLDEN)
    for announcement, _ in mails:
        key = announcement.key
        golden(f"samples/{key.id}.{key.language}.eml", announcement.message)


def test_nothing_of_the_samples_is_mailed_that_is_older_than_the_project_says(
    tools: Tools, built: building.Built
) -> None:
    mails = pushing.announcements(tools, built.summaries, {})

    assert {str(announcement.key.id) for announcement, _ in mails} == {"ADV-2026-0011"}
