"""The words of the site in each language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import nodes

import publisher
from publisher import words
from publisher.adapters.templates import PACKAGED
from publisher.render import layout, steps
from tests import builders

RENDER = Path(publisher.__file__).parent / "render"
JAPANESE = PACKAGED / "locale" / "ja"
TABLES = (
    layout.KIND_TITLES,
    layout.KIND_NOTES,
    words.KINDS,
    words.SCALES,
    words.SEVERITIES,
)
# Names of the loops and tables over which templates look their messages up.
LOOKED_UP = {"kind_titles", "kind_notes", "severity_names"}


def messages() -> set[str]:
    """Return every message that a page or a feed can ask for."""
    found = {message for table in TABLES for message in table.values()}
    found |= set(steps.HEADINGS)
    environment = builders.presentation().environment
    for file in sorted((PACKAGED / "site").glob("*.html")):
        tree = environment.parse(file.read_text())
        found |= set(of_template(tree))
    for file in sorted(RENDER.rglob("*.py")):
        # What mails say is in a catalogue of its own.
        if file.name != "mail.py":
            found |= set(of_module(file.read_text(encoding="utf-8")))
    return found


def of_template(tree: nodes.Template) -> Iterator[str]:
    """Yield the messages of a template."""
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in ("words", "say"):
            argument = call.args[0]
            if isinstance(argument, nodes.Getitem):
                assert isinstance(argument.node, nodes.Name)
                assert argument.node.name in LOOKED_UP
            else:
                assert isinstance(argument, nodes.Const), call
                yield argument.value


def of_module(source: str) -> Iterator[str]:
    """Yield the messages of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            argument = node.args[0] if node.args else None
            if node.func.id == "words" and isinstance(argument, ast.Constant):
                yield str(argument.value)


def catalogue(file: Path) -> Catalog:
    """Return a message catalogue."""
    with file.open("rb") as stream:
        return read_po(stream, abort_invalid=True)


def translations(file: Path) -> dict[str, str]:
    """Return the translation of each message of a catalogue."""
    return {str(m.id): str(m.string) for m in catalogue(file) if m.id}


def test_every_message_has_a_translation_and_none_is_stale() -> None:
    assert set(translations(JAPANESE / "site.po")) == messages()


def test_every_message_of_a_mail_has_a_translation_and_none_is_stale() -> None:
    environment = builders.presentation().environment
    files = (PACKAGED / "mail").glob("*.txt")
    asked = {
        message
        for file in files
        for message in of_template(environment.parse(file.read_text(encoding="utf-8")))
    }

    assert set(translations(JAPANESE / "mail.po")) == asked


@pytest.mark.parametrize("name", ["site.po", "mail.po"])
def test_no_translation_is_empty_or_uncertain(name: str) -> None:
    found = catalogue(JAPANESE / name)

    assert [m.id for m in found if m.id and (not m.string or m.fuzzy)] == []


@pytest.mark.parametrize(
    ("message", "translation"),
    sorted(
        pair
        for name in ("site.po", "mail.po")
        for pair in translations(JAPANESE / name).items()
    ),
)
def test_a_translation_has_the_fields_of_its_message(
    message: str, translation: str
) -> None:
    fields = re.findall(r"\{\w*\}", message)

    assert sorted(re.findall(r"\{\w*\}", translation)) == sorted(fields)


def test_catalogues_agree_on_the_messages_that_they_share() -> None:
    own = translations(JAPANESE / "site.po")

    for file in sorted(JAPANESE.glob("*.po")):
        other = translations(file)
        differing = {m for m in own.keys() & other.keys() if own[m] != other[m]}
        assert differing == set(), file.name


def test_japanese_is_written_with_full_width_punctuation() -> None:
    quoted = {
        'gpg: Good signature from "{user}"',
        "WARNING: This key is not certified with a trusted signature!",
        "Primary key fingerprint: {fingerprint}",
    }

    both = translations(JAPANESE / "site.po") | translations(JAPANESE / "mail.po")
    for message, translation in both.items():
        if message not in quoted:
            assert not re.search(r"[ぁ-んァ-ヶ一-龠] ?[,.!?:;()]", translation), message
