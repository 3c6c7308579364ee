"""Links to ourselves: to what is there, to what is not, and to what nobody may know."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from publisher import lint
from publisher.lint import own
from publisher.lint.subject import Neighbour
from publisher.model.advisory import Advisory
from publisher.model.ids import AdvisoryId
from publisher.model.settings import SiteSettings
from publisher.source import Finding
from tests import builders
from tests.lint import linting

SITE = "https://www.cert.example"
OTHER = AdvisoryId("ADV", 2026, 6)
_SIGNED = ("r1.en.txt.asc", "r2.en.txt.asc", "r2.en.txt.2.asc", "r2.ja.txt.asc")


def check(
    url: str, *changes: tuple[str, str], signed: tuple[str, ...] = _SIGNED
) -> list[Finding]:
    """Return what is found of a link to `url`; `changes` are made in the other one."""
    other = builders.advisory(("ADV-2026-0007", str(OTHER)), *changes)

    def neighbours(advisory: AdvisoryId) -> Neighbour | None:
        return Neighbour(other, signed) if advisory == OTHER else None

    _, found = lint.check(
        linting.with_body(f"## Overview\n\nSee [this]({url}).\n"),
        builders.FOLDER,
        settings=builders.settings(),
        now=linting.NOW,
        neighbours=neighbours,
    )
    return [each for each in found if each.code in ("L316", "L317", "L318")]


FOLDER = f"{SITE}/advisories/2026/{OTHER}"


@pytest.mark.parametrize(
    "url",
    [
        SITE,
        f"{SITE}/",
        f"{SITE}:443/",
        "http://www.CERT.example./ja/",
        f"{SITE}/en/index.html?utm=1#top",
        f"{SITE}/en/verify.html",
        f"{SITE}/ja/feed.rdf",
        f"{SITE}/en/alert/",
        f"{SITE}/en/2026/index.html",
        f"{SITE}/en/vendor/example/index.html",
        f"{SITE}/api/v1/index.json",
        f"{SITE}/record/2026.jsonl",
        f"{SITE}/keys/{builders.FINGERPRINT}.asc",
        f"{SITE}/.well-known/security.txt",
        f"{SITE}/api/v1/advisories/{OTHER}.json",
        FOLDER,
        f"{FOLDER}/",
        f"{FOLDER}/en.html#solution",
        f"{FOLDER}/%6Aa.html",
        f"{FOLDER}/r1.en.txt.asc",
        f"{FOLDER}/r2.en.txt.2.asc",
        f"{FOLDER}/r1.en.html",
        f"{FOLDER}/r1-r2.en.html",
        f"{SITE}/advisories/2026/ADV-2026-0007/en.html",
        f"{SITE}/advisories/2026/ADV-2026-0007/r1.en.txt.asc",
        "https://vendor.example/advisories/2026/ADV-2026-9999/en.html",
        "https://www.cert.example:8443/advisories/2026/nothing",
        "https://www.cert.example.evil.example/advisories/2026/nothing",
        "https://[",
    ],
)
def test_these_are_there_or_not_ours(url: str) -> None:
    assert check(url) == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (f"{SITE}/advisories/2026/ADV-2026-9999/en.html", "no advisory ADV-2026-9999"),
        (f"{SITE}/advisories/2025/{OTHER}/en.html", f"no advisory {OTHER}"),
        (f"{SITE}/advisories/2026/adv-6/en.html", "no advisory 'adv-6'"),
        (f"{SITE}/api/v1/advisories/ADV-2026-9999.json", "no advisory"),
        (f"{SITE}/api/v1/advisories/x.json", "no advisory 'x'"),
        (f"{FOLDER}/fr.html", "has no text in 'fr'"),
        (f"{FOLDER}/en.md", "has no file 'en.md'"),
        (f"{FOLDER}/r3.en.txt.asc", "has no revision 3 in 'en'"),
        (f"{FOLDER}/r1.fr.txt.asc", "has no revision 1 in 'fr'"),
        (f"{FOLDER}/r1.ja.txt.asc", "was not signed in 'ja'"),
        (f"{FOLDER}/r1-r3.en.html", "has no revision 3"),
        (f"{SITE}/keys/{'F' * 40}.asc", "no such key"),
        (f"{SITE}/advisories/2026/ADV-2026-0007/ja.html", "no text in 'ja'"),
        (f"{SITE}/advisories/2026/ADV-2026-0007/r3.en.txt.asc", "no revision 3"),
    ],
)
def test_a_dead_link_to_ourselves_is_an_error(url: str, reason: str) -> None:
    (found,) = check(url)

    assert (found.code, found.level) == ("L316", "error")
    assert reason in found.message
    assert found.location.line == linting.BODY_LINE + 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("tlp: CLEAR", "tlp: AMBER"), "TLP:AMBER"),
        (("tlp: CLEAR", "tlp: CLEAR\ndraft: true"), "draft"),
        (("2026-11-2", "2026-12-2"), "embargoed until"),
    ],
)
def test_a_link_to_what_is_not_public_is_an_error(
    change: tuple[str, str], reason: str
) -> None:
    (found,) = check(f"{FOLDER}/en.html", change)

    assert found.code == "L316"
    assert reason in found.message


def test_what_comes_out_at_the_same_time_may_be_linked() -> None:
    def embargoed(date: str) -> Advisory:
        text = builders.ENGLISH.replace("2026-11-2", date)
        text = text.replace("https://vendor.example/sb-1)", f"{FOLDER}/)")
        return builders.advisory(english=text, japanese=None)

    other = replace(embargoed("2027-01-1"), id=OTHER)

    def codes(date: str) -> list[str]:
        _, found = lint.check(
            embargoed(date),
            builders.FOLDER,
            settings=builders.settings(),
            now=datetime(2026, 12, 1, tzinfo=UTC),
            neighbours=lambda _: Neighbour(other, ("r1.en.txt.asc",)),
        )
        return [each.code for each in found if each.code == "L316"]

    assert codes("2027-01-1") == []
    assert codes("2026-12-2") == ["L316"]


def test_what_waits_for_its_signature_is_a_warning() -> None:
    for name in ("en.html", "", "r2.en.txt.asc"):
        (found,) = check(f"{FOLDER}/{name}", signed=())

        assert (found.code, found.level) == ("L317", "warning")


@pytest.mark.parametrize("name", ["contact.html", "en/contact.html", "shop/", "keys/x"])
def test_what_is_not_built_from_here_is_a_warning(name: str) -> None:
    (found,) = check(f"{SITE}/{name}")

    assert (found.code, found.level) == ("L318", "warning")
    assert not own.is_known(f"{SITE}/{name}", builders.settings())


def test_addresses_in_the_front_matter_are_judged_too() -> None:
    url = f"{SITE}/advisories/2026/nothing/en.html"
    change = ("https://vendor.example/sb-1", url)

    found = [f for f in linting.original(change) if f.code == "L316"]

    assert len(found) == 2


def test_without_a_project_other_advisories_are_not_judged() -> None:
    change = ("https://vendor.example/sb-1", f"{FOLDER}/en.html")

    assert "L316" not in linting.codes(linting.original(change))


def test_a_site_below_a_folder_is_ours_from_there_on() -> None:
    settings = replace(
        builders.settings(), site=SiteSettings("https://cert.example/alerts")
    )

    assert own.path("https://cert.example/alerts", settings) == "index.html"
    assert own.path("https://cert.example/alerts/en/", settings) == "en/index.html"
    assert own.path("https://cert.example/alertsx/", settings) is None
    assert own.path("https://cert.example/", settings) is None
    assert own.is_known("https://cert.example/alerts/advisories/x", settings)
    assert not own.is_known("https://cert.example/x", settings)
