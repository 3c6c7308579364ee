"""Templates and message catalogues: the project's own over the packaged ones."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from babel.messages import pofile

import publisher
from publisher import columns
from publisher.edition import blocks
from publisher.errors import SettingsError
from publisher.model import days
from publisher.model.ids import Language
from publisher.presentation import Presentation
from publisher.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jinja2.runtime import Context

    from publisher.model.settings import Settings

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
    folders = [overrides, PACKAGED]
    environment = jinja2.Environment(
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
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                digest.update(str(file.relative_to(folder)).encode() + b"\0")
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    has_own_text = any(map(partial(_is_own, overrides), _texts(overrides)))
    return Presentation(settings, environment, words, has_own_text, digest.hexdigest())


def _texts(overrides: Path) -> Iterator[Path]:
    """Yield the files of a project that have a part in the texts that are signed."""
    for name in ("text", "locale"):
        yield from (file for file in (overrides / name).rglob("*") if file.is_file())


def _is_own(overrides: Path, file: Path) -> bool:
    packaged = PACKAGED / file.relative_to(overrides)
    return not packaged.is_file() or packaged.read_bytes() != file.read_bytes()


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
                with file.open("rb") as stream:
                    catalog = pofile.read_po(stream, abort_invalid=True)
            except (pofile.PoFileError, UnicodeDecodeError) as error:
                msg = f"{file}: the catalogue cannot be read: {error}"
                raise SettingsError(msg) from error
            messages |= {str(m.id): str(m.string) for m in catalog if m.id and m.string}
    return messages
