"""From a checked advisory and its signed texts to a Signed one, or a TrustError.

What is required of an advisory before anything is built from it:

- each signed text says inside which id, revision and language it is, and its file
  name says the same; files of later signatures hold the very same text;
- of each text, one signature counts at least;
- each text that is public is in the publication record, as the very file that it is,
  and says inside in which state the record was;
- the newest signed text of each language covers, by its digest, the very source
  file that lies beside it, and a translation the original of the same revision;
- no revision and no language that was signed once is missing in the source, and the
  date of the first release is the one that was recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from publisher.errors import TrustError
from publisher.imprint import imprint
from publisher.model import ids
from publisher.model.chain import (
    Checked,
    Edition,
    EditionKey,
    Signature,
    Signed,
    SignedFile,
    SignedText,
)

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from publisher.imprint import Imprint
    from publisher.model.advisory import Advisory, Text

_NAME = re.compile(
    r"r([1-9][0-9]{0,3})\.([A-Za-z-]{2,6})\.txt(?:\.([2-9]|[1-9][0-9]{1,3}))?\.asc"
)


@dataclass(frozen=True, slots=True)
class Unsigned:
    """An advisory of which no text was signed yet."""

    advisory: Advisory


@dataclass(frozen=True, slots=True)
class FileName:
    """What the name of a signed file says."""

    key: EditionKey
    signature: int
    """1 for the first signature on a text, 2 and on for later ones."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A signed file whose signatures were looked at."""

    name: FileName
    path: PurePosixPath
    data: bytes
    text: str
    signatures: tuple[Signature, ...]
    """Those that count; none if all of them were set aside (`publisher.sign.trust`)."""
    begins: datetime | None = None
    """When they begin to count, if a clock that was ahead dated them."""

    @property
    def sha256(self) -> str:
        """Return the digest of the file."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class ReadText:
    """A signed text whose signature counts and whose imprint fits its name."""

    signed: SignedText
    imprint: Imprint
    path: PurePosixPath
    """Of its first file."""


def file_name(advisory: ids.AdvisoryId, name: str) -> FileName | None:
    """Return which signed text a file of this name is; None if it is none."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        key = EditionKey(advisory, int(match[1]), ids.language(match[2]))
    except ValueError:
        return None
    return FileName(key, int(match[3] or 1))


def read(files: Sequence[Verified]) -> ReadText:
    """Return the one text that all of `files` hold, or raise TrustError.

    They are all files of one key: its first signature and any later ones.
    """
    ordered = sorted(files, key=lambda file: file.name.signature)
    first = ordered[0]
    key = first.name.key
    _check_same_text(ordered)
    try:
        inside = imprint(first.text)
    except ValueError as error:
        msg = f"{first.path}: the signed text does not end as text editions do: {error}"
        raise TrustError(msg) from error
    if inside.key != key:
        msg = f"{first.path}: the signed text says that it is {inside.key}, not {key}"
        raise TrustError(msg)
    kept = tuple(
        SignedFile(f.path.name, f.data, f.signatures, f.begins) for f in ordered
    )
    return ReadText(SignedText(Edition(key, first.text), kept), inside, first.path)


def accept(checked: Checked, texts: Iterable[ReadText]) -> Signed | Unsigned:
    """Return the advisory as one whose every part is signed, or raise TrustError.

    Unsigned is returned only if nothing of the advisory was ever signed; a
    translation of which nothing was ever signed is left out.
    """
    advisory = checked.advisory
    ordered = sorted(texts, key=lambda text: text.signed.edition.key)
    if not ordered:
        return Unsigned(advisory)
    newest: dict[ids.Language, ReadText] = {}
    for text in ordered:
        newest[text.signed.edition.key.language] = text
    _check_complete(advisory, newest)
    originals = {
        text.signed.edition.key.revision: dict(text.imprint.sources)
        for text in ordered
        if text.signed.edition.key.language == advisory.original.language
    }
    for source in advisory.texts:
        if source.language in newest:
            _check_sources(advisory, source, newest[source.language], originals)
    current = [
        newest[t.language].signed for t in advisory.texts if t.language in newest
    ]
    earlier = [text.signed for text in ordered if text.signed not in current]
    return Signed(advisory, tuple(current), tuple(earlier))


def _check_same_text(files: Sequence[Verified]) -> None:
    first = files[0]
    for number, file in enumerate(files, start=1):
        if file.name.signature != number:
            missing = first.name.key.signed_name(number)
            msg = f"{file.path}: {missing} is missing beside it: restore it from git"
            raise TrustError(msg)
        if file.text != first.text:
            msg = f"{file.path}: holds another text than {first.path.name}"
            raise TrustError(msg)


def _check_complete(
    advisory: Advisory, newest: Mapping[ids.Language, ReadText]
) -> None:
    if advisory.original.language not in newest:
        msg = (
            f"{advisory.original.source.path}: a translation is signed and the "
            f"original is not: run `publisher sign {advisory.id}`"
        )
        raise TrustError(msg)
    for language, text in newest.items():
        if advisory.text(language) is None:
            msg = (
                f"{text.path}: a text in {language!r} was signed and its source "
                f"{language}.md is gone: what was published cannot vanish, restore it"
            )
            raise TrustError(msg)


def _check_sources(
    advisory: Advisory,
    text: Text,
    read: ReadText,
    originals: Mapping[int, Mapping[str, str]],
) -> None:
    signed = read.signed.edition.key.revision
    source = text.source.path
    if signed > text.revision:
        msg = (
            f"{source}: revision {signed} is signed and the source is at revision "
            f"{text.revision}: restore the entry of its history that was taken away"
        )
        raise TrustError(msg)
    if signed < text.revision:
        msg = (
            f"{source}: revision {text.revision} is not signed, only revision {signed} "
            f"is: run `publisher sign {advisory.id}`"
        )
        raise TrustError(msg)
    covered = dict(read.imprint.sources)
    if covered.get(source.name) != text.source.sha256:
        msg = (
            f"{source}: the file changed after revision {signed} was signed: undo the "
            "change, or add a revision to the history and sign it"
        )
        raise TrustError(msg)
    original = advisory.original.source.path.name
    if text is not advisory.original and (
        covered.get(original) is None
        or covered[original] != originals.get(signed, {}).get(original)
    ):
        msg = (
            f"{read.path}: this translation was not made from the original that was "
            f"signed as revision {signed}: translate and sign it as a new revision"
        )
        raise TrustError(msg)
