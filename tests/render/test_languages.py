"""Another language is a message catalogue and translations, and not a line of code."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from lxml import etree

from publisher import parse
from publisher.adapters import templates
from publisher.adapters.templates import PACKAGED
from publisher.edition import document
from publisher.model.advisory import Advisory, Kind
from publisher.model.chain import Checked
from publisher.model.ids import Language
from publisher.model.settings import MailingList
from publisher.presentation import Presentation
from publisher.render import layout
from tests import builders
from tests.render import samples
from tests.render.samples import Outline

DE, AR, BR = Language("de"), Language("ar"), Language("pt-BR")
ROOT = Path(__file__).parents[2]
MESSAGES = {
    "site": {
        "Alert": "Warnmeldung",
        "Alerts": "Warnmeldungen",
        "Critical": "Kritisch",
        "Latest": "Aktuelles",
        "Last updated": "Zuletzt geändert",
        "Solution": "Abhilfe",
        "What to do first": "Zuerst zu tun",
        "Everything that {team} publishes.": "Alles, was {team} veröffentlicht.",
    },
    "text": {"Document ID:": "Kennung:", "Affected products": "Betroffene Produkte"},
    "cvss": {"Network (N)": "Netz (N)"},
}
GERMAN = """\
---
translates: 2
title: Ausführung fremden Codes in Example Server
summaries:
  - Erste Fassung
  - Ausnutzung beobachtet
---

## Überblick

Example Server liest eine Anfrage über ihren Puffer hinaus.

## Abhilfe

Bringen Sie Version `2.4.1` auf.
"""


def catalogues(folder: Path, language: Language) -> None:
    """Write the catalogues of a project that has translated a few messages."""
    for name, messages in MESSAGES.items():
        file = folder / "locale" / language / f"{name}.po"
        file.parent.mkdir(parents=True, exist_ok=True)
        entries = [
            f"msgid {json.dumps(message, ensure_ascii=False)}\n"
            f"msgstr {json.dumps(text, ensure_ascii=False)}\n"
            for message, text in messages.items()
        ]
        head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
        file.write_text("\n".join([head, *entries]), encoding="utf-8")


def project(folder: Path, *added: Language) -> Presentation:
    """Return the look of a project that has further languages."""
    settings = builders.settings()
    names = {language: f"Beispiel-CERT {language}" for language in added}
    lists = [
        MailingList(
            address=f"announce-{language.lower()}@lists.cert.example",
            language=language,
            kinds=tuple(Kind),
            title="Meldungen",
            description="Meldungen",
        )
        for language in added
    ]
    changed = replace(
        settings,
        languages=(*settings.languages, *added),
        team=replace(settings.team, name={**settings.team.name, **names}),
        lists=(*settings.lists, *lists),
    )
    return templates.presentation(changed, folder)


def advisory() -> Advisory:
    """Return the sample advisory with a German translation."""
    sources = {**builders.sources(), "de.md": GERMAN.encode()}
    parsed, findings = parse.advisory(builders.FOLDER, sources)
    assert parsed is not None, findings
    return parsed


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory) -> Presentation:
    """Return the look of a project with German."""
    folder = tmp_path_factory.mktemp("templates")
    catalogues(folder, DE)
    return project(folder, DE)


@pytest.fixture(scope="module")
def site(look: Presentation) -> dict[str, bytes]:
    """Build the site of a project with German."""
    return samples.site([samples.signed(advisory())], look)


def text_of(page: bytes) -> str:
    """Return the text of a page in one line."""
    return " ".join(Outline(page.decode()).text.split())


def test_every_page_is_there_in_the_language(site: dict[str, bytes]) -> None:
    english = {path.removeprefix("en/") for path in site if path.startswith("en/")}
    german = {path.removeprefix("de/") for path in site if path.startswith("de/")}

    assert german == english
    for path, page in site.items():
        if path.startswith("de/") and path.endswith(".html"):
            assert b'<html lang="de">' in page, path
            assert Outline(page.decode()).faults == [], path


def test_the_page_of_an_advisory_speaks_it(site: dict[str, bytes]) -> None:
    page = site[f"{builders.FOLDER}/de.html"]

    text = text_of(page)
    assert "Ausführung fremden Codes in Example Server" in text
    assert "Zuletzt geändert" in text
    assert "21. November 2026 09:00 JST" in text
    assert "Kritisch 9.8" in text
    assert "Netz (N)" in text
    # What the catalogue lacks is English.
    assert "Revision history" in text
    assert '<meta property="og:locale" content="de_DE">' in page.decode()


def test_its_headings_say_what_to_do_first(site: dict[str, bytes]) -> None:
    page = site[f"{builders.FOLDER}/de.html"].decode()

    first = page.partition('<nav class="first"')[2].partition("</nav>")[0]
    assert "Zuerst zu tun" in first
    assert '<a href="#abhilfe"><bdi>Abhilfe</bdi></a>' in first


@pytest.mark.parametrize("language", ["ja", "en", "de"])
def test_the_languages_name_each_other(site: dict[str, bytes], language: str) -> None:
    page = site[f"{builders.FOLDER}/{language}.html"].decode()

    named = re.findall(r'<link rel="alternate" hreflang="([^"]+)"', page)
    assert named == ["ja", "en", "de", "x-default"]
    assert 'lang="de" hreflang="de"' in page
    assert ">Deutsch</a>" in page


def test_its_feed_is_in_it(site: dict[str, bytes]) -> None:
    feed = etree.fromstring(site["de/feed.xml"])

    assert feed.findtext("channel/language") == "de"
    described = feed.findtext("channel/description")
    assert described == "Alles, was Beispiel-CERT de veröffentlicht."
    kinds = [each for each in feed.iter("category") if each.get("domain") is None]
    assert {each.text for each in kinds} == {"Warnmeldung"}


def test_its_text_is_in_it(look: Presentation) -> None:
    known = advisory()
    text = known.text(DE)
    assert text is not None

    edition = document.edition(Checked(known), text, look, "0" * 64)

    assert "Kennung:" in edition.text
    assert "Betroffene Produkte" in edition.text
    assert "21. November 2026 09:00 JST" in edition.text
    assert "announce-de-leave@lists.cert.example" in edition.text
    assert edition.key.filename == "r2.de.txt.asc"


def test_readers_find_its_list_first(site: dict[str, bytes]) -> None:
    page = site["de/subscribe.html"].decode()

    assert page.index("announce-de-join") < page.index("announce-en-join")


def test_a_language_that_runs_from_right_to_left_says_so(tmp_path: Path) -> None:
    files = samples.site([samples.signed(builders.advisory())], project(tmp_path, AR))

    assert b'<html lang="ar" dir="rtl">' in files["ar/index.html"]
    assert b'<section lang="ar" dir="rtl">' in files["404.html"]
    assert b'<html lang="en">' in files["en/index.html"]


def test_a_language_of_a_country_is_one(tmp_path: Path) -> None:
    files = samples.site([samples.signed(builders.advisory())], project(tmp_path, BR))

    page = files["pt-BR/index.html"].decode()
    assert '<meta property="og:locale" content="pt_BR">' in page
    assert '<meta property="og:locale:alternate" content="ja_JP">' in page


def test_a_language_that_nobody_speaks_anywhere_is_named_alone() -> None:
    assert layout.territorial(Language("eo")) in {"eo", "eo_001"}


def test_the_commands_of_the_docs_begin_a_catalogue(tmp_path: Path) -> None:
    if not shutil.which("msgmerge"):
        pytest.skip("gettext is not installed")
    page = (ROOT / "docs" / "languages.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    script = re.sub(r"packaged=.*", f"packaged={PACKAGED}", script)

    for _ in range(2):
        subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, check=True)

    made = tmp_path / "templates" / "locale" / "fr"
    packaged = PACKAGED / "locale" / "ja"
    assert {file.name for file in made.iterdir()} == {
        file.name for file in packaged.iterdir()
    }
    for file in packaged.iterdir():
        with file.open("rb") as old, (made / file.name).open("rb") as new:
            wanted = {message.id for message in read_po(old) if message.id}
            begun = [message for message in read_po(new) if message.id]
        assert {message.id for message in begun} == wanted
        assert {message.string for message in begun} == {""}


def test_the_docs_name_every_catalogue() -> None:
    page = (ROOT / "docs" / "languages.md").read_text(encoding="utf-8")

    named = set(re.findall(r"^\| `([a-z]+\.po)` \|", page, re.MULTILINE))
    assert named == {file.name for file in (PACKAGED / "locale" / "ja").iterdir()}
