"""Mend sources of advisories, but none that a signed text was made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from publisher import parse
from publisher.lint.fix import Change, fix
from publisher.model.chain import EditionKey
from publisher.sign import accept

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from publisher.model.ids import AdvisoryId
    from publisher.pipeline.tools import Tools


@dataclass(frozen=True, slots=True)
class Mended:
    """A source in which there was something to mend."""

    path: PurePosixPath
    done: tuple[Change, ...]
    left: tuple[Change, ...]
    """What was not done, and why."""
    data: bytes
    """The source as it ought to be."""


def mended(tools: Tools, wanted: Iterable[AdvisoryId]) -> Iterator[Mended]:
    """Yield what there is to mend in the sources of `wanted`, and write nothing."""
    for advisory in wanted:
        files = tools.repository.read(advisory)
        folder = tools.repository.folder(advisory)
        signed = _signed(advisory, folder, files)
        for name, data in sorted(files.items()):
            if not name.endswith(".md"):
                continue
            fixed = fix(data)
            if fixed.done and name in signed:
                msg = (
                    f"{signed[name]} was made from it: it is mended together with a "
                    "new entry in the history"
                )
                yield Mended(folder / name, (), (Change(0, msg),), data)
            elif fixed.done or fixed.left:
                yield Mended(folder / name, fixed.done, fixed.left, fixed.data)


def write(tools: Tools, found: Iterable[Mended]) -> None:
    """Write each source that was mended, whole or not at all."""
    for each in found:
        if each.done:
            tools.repository.replace(each.path, each.data)


def _signed(
    advisory: AdvisoryId, folder: PurePosixPath, files: Mapping[str, bytes]
) -> dict[str, str]:
    """Return the sources of which signed texts speak, with the name of one of those.

    A source counts if a signed text names its digest, whether that text is good or
    not, and if a text of its newest revision is there: such a source is not mended,
    but restored.
    """
    texts = {
        name: data
        for name, data in files.items()
        if accept.file_name(advisory, name) is not None
    }
    sources = {name: data for name, data in files.items() if name.endswith(".md")}
    covered = {}
    for source, data in sources.items():
        digest = sha256(data).hexdigest().encode()
        for name, text in texts.items():
            if digest in text:
                covered[source] = name
    parsed = parse.advisory(folder, sources)[0]
    for each in parsed.texts if parsed else ():
        name = EditionKey(advisory, each.revision, each.language).filename
        if name in texts:
            covered.setdefault(each.source.path.name, name)
    return covered
