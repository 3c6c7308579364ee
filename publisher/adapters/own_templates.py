"""A project's own templates beside the packaged ones, and these as they once were."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages import pofile

from publisher.adapters.templates import PACKAGED
from publisher.edition import blocks
from publisher.lint.own_templates import Broken, Message, OwnTemplates
from publisher.model.advisory import Kind

if TYPE_CHECKING:
    from publisher.model.settings import Settings

FORMS = Path(__file__).with_name("forms.json")
"""For each packaged template, the digests that it has had, and in which version each
was seen first. `make forms` adds those of today."""
_DIGITS = 32
"""Of a digest; nobody gains by one that is alike."""


def digest(data: bytes) -> str:
    """Return the digest of a template, as it is kept."""
    return sha256(data).hexdigest()[:_DIGITS]


def forms() -> Mapping[str, Mapping[str, str]]:
    """Return the versions of each packaged template, by its path and digest."""
    found: Mapping[str, Mapping[str, str]] = json.loads(FORMS.read_text("utf-8"))
    return found


def read(folder: Path, settings: Settings) -> OwnTemplates:
    """Return what of the project's templates is not as it is packaged.

    Names that begin with a dot are nobody's. What Mailman is to get is not there yet.
    """
    own = {
        path: data
        for path, data in _files(folder).items()
        if not any(part.startswith(".") for part in Path(path).parts)
    }
    packaged = _files(PACKAGED) if own else {}
    own = {path: data for path, data in own.items() if packaged.get(path) != data}
    if not own:
        return OwnTemplates()
    past = forms()
    texts = {path: _text(data) for path, data in own.items()}
    older = {p: v for p, d in own.items() if (v := past.get(p, {}).get(digest(d)))}
    known = frozenset(m.id for m in _messages(PACKAGED, packaged))
    messages = tuple(_messages(folder, own))
    return OwnTemplates(
        files={p: text or "" for p, text in texts.items() if p not in older},
        packaged={path: _text(data) or "" for path, data in packaged.items()},
        welcome=frozenset(_dynamic(settings)),
        older=older,
        given=frozenset((*blocks.NAMES, "days")),
        messages=messages,
        known_messages=known,
        untranslated=_untranslated(messages, packaged, known),
        broken=tuple(
            Broken(path, 0, "it is not UTF-8")
            for path, text in texts.items()
            if text is None and path in packaged
        ),
    )


def _files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def _text(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _dynamic(settings: Settings) -> Iterator[str]:
    """Yield the paths that are looked for by kind and language."""
    for language in settings.languages:
        yield f"drill/advisory.{language}.md"
        yield from (f"new/{kind}.{language}.md" for kind in Kind)


def _untranslated(
    messages: Iterable[Message], packaged: Iterable[str], known: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """Return what languages lack that the program does not speak by itself."""
    spoken = {str(Path(path).parent) for path in packaged}
    own: dict[str, set[str]] = {}
    for each in messages:
        own.setdefault(str(Path(each.path).parent), set()).add(each.id)
    return {
        folder: tuple(sorted(known - ids))
        for folder, ids in own.items()
        if folder not in spoken and known - ids
    }


def _messages(folder: Path, paths: Mapping[str, bytes]) -> Iterator[Message]:
    for path in paths:
        if not (path.startswith("locale/") and path.endswith(".po")):
            continue
        # One that cannot be read was refused when the words were loaded.
        with (folder / path).open("rb") as stream:
            for each in pofile.read_po(stream):
                if isinstance(each.id, str) and each.id and each.string:
                    yield Message(path, each.lineno or 0, each.id, str(each.string))
