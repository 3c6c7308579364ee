"""Templates and message catalogues: the project's own over the packaged ones."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import jinja2
from babel.messages import pofile

import publisher
from publisher import columns, plainfile
from publisher.adapters import bounds
from publisher.edition import blocks
from publisher.errors import OperatorError, SettingsError
from publisher.model import days
from publisher.model.ids import Language
from publisher.presentation import Presentation
from publisher.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2.runtime import Context

    from publisher.model.settings import Settings

_TEXTS = ("text/", "locale/")
"""Folders whose files have a part in the texts that are signed."""
_UNREADABLE = (
    pofile.PoFileError,
    jinja2.TemplateRuntimeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a catalogue can end its reading with."""
PACKAGED = Path(publisher.__file__).parent / "templates"
"""The templates that come with the program."""


def skeleton(name: str, /, **values: object) -> str:
    """Render one of the packaged texts that new projects are made from."""
    environment = jinja2.Environment(  # noqa: S701  (TOML and Markdown, never HTML)
        loader=jinja2.FileSystemLoader(PACKAGED / "init"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name).render(values)


def presentation(settings: Settings, overrides: Path) -> Presentation:
    """Load templates and catalogues; files in `overrides` go before packaged ones."""
    own = own_files(overrides) if overrides != PACKAGED else {}
    folders = [overrides, PACKAGED]
    environment = bounds.Bounded(
        loader=jinja2.FileSystemLoader(folders),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(("html", "xml")),
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update({name: _measured(name) for name in blocks.NAMES})
    environment.globals.update(days=days)
    words = {
        language: Words(language, _messages(language, folders))
        for language in settings.languages
    }
    digest = hashlib.sha256(repr((publisher.__version__, settings)).encode())
    packaged = {
        str(file.relative_to(PACKAGED)): file.read_bytes()
        for file in sorted(PACKAGED.rglob("*"))
        if file.is_file()
    }
    for files in (own, packaged):
        for name, data in files.items():
            digest.update(name.encode("utf-8", "surrogateescape") + b"\0")
            digest.update(hashlib.sha256(data).digest())
    has_own_text = any(
        name.startswith(_TEXTS) and packaged.get(name) != data
        for name, data in own.items()
    )
    return Presentation(settings, environment, words, has_own_text, digest.hexdigest())


def own_files(overrides: Path) -> dict[str, bytes]:
    """Return the files of a project's own, or raise OperatorError for a stranger.

    Where a file of ours is, a folder would be passed over without a word.
    """
    shown = overrides.name
    found = {
        name: plainfile.wanted(overrides / name, f"{shown}/{name}", plainfile.TEMPLATE)
        for name, _ in plainfile.below(overrides, shown)
    }
    for name in found:
        for parent in PurePosixPath(name).parents:
            if (PACKAGED / parent).is_file():
                msg = f"{shown}/{parent}: is a folder (expected a template)"
                raise OperatorError(msg)
    return found


def _measured(name: str) -> Callable[..., str]:
    """Return one of the blocks, measured by the language that a template is in."""

    @jinja2.pass_context
    def block(context: Context, *arguments: Any, **named: Any) -> str:
        measure = columns.measure(context["language"])
        return blocks.functions(measure)[name](*arguments, **named)

    return block


def _messages(language: Language, folders: list[Path]) -> dict[str, str]:
    messages: dict[str, str] = {}
    for folder in reversed(folders):
        for file in sorted((folder / "locale" / language).glob("*.po")):
            try:
                with file.open("rb") as stream, bounds.bounded():
                    catalog = pofile.read_po(stream, abort_invalid=True)
            except _UNREADABLE as error:
                msg = f"{file}: the catalogue cannot be read: {error!r}"
                raise SettingsError(msg) from error
            messages |= {str(m.id): str(m.string) for m in catalog if m.id and m.string}
    return messages
