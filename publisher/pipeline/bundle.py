"""Texts on their way to a machine that is offline and back.

    README.txt                         what to do, and with which key
    sign.sh                            shows, asks, signs: POSIX sh and gpg
    SHA256SUMS                         of all other files, as they left
    texts/ADV-2026-0007/r2.ja.txt      what is to be signed
    signed/ADV-2026-0007/r2.ja.txt.asc what came of it

Nothing that comes back is believed: each text is compared with what is to be signed
now, and verified like every signature. What is good is kept, and the rest is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher import security_txt
from publisher.errors import PublisherError, TrustError
from publisher.imprint import imprint
from publisher.model.ids import AdvisoryId
from publisher.model.unsigned import Reason, Unsigned
from publisher.pipeline import recording, signing
from publisher.sign import cleartext

if TYPE_CHECKING:
    from publisher.model.chain import ToSign
    from publisher.pipeline.checking import Loaded
    from publisher.pipeline.signing import Kept
    from publisher.pipeline.tools import Tools
    from publisher.presentation import Presentation

TEXTS, SIGNED = "texts", "signed"
NOTE, SCRIPT, SUMS = "README.txt", "sign.sh", "SHA256SUMS"
_LATER = re.compile(r"\.txt\.[0-9]+\.asc$")
_LISTED = 12
"""Texts that the note names; it is one page."""

Files = Mapping[PurePosixPath, bytes]


@dataclass(frozen=True, slots=True)
class Brought:
    """What came back signed."""

    signed: tuple[Kept, ...]
    """What is good, all of it verified."""
    present: tuple[PurePosixPath, ...]
    """Files that are in their place already, byte for byte: an earlier import."""
    doubts: tuple[Unsigned, ...] = ()
    """What is wrong with the others, each with the name of its file."""


def export(
    presentation: Presentation, texts: Sequence[ToSign], keys: Sequence[str]
) -> Files:
    """Return the files of a bundle with what `keys` are asked to sign."""
    names = [_text_name(each) for each in texts]
    files = {
        PurePosixPath(TEXTS, name): each.text.encode()
        for name, each in zip(names, texts, strict=True)
    }
    note = presentation.render(
        f"offline/{NOTE}",
        presentation.settings.languages[0],
        keys=keys,
        names=names[:_LISTED],
        count=len(names),
    )
    files[PurePosixPath(NOTE)] = note.encode()
    # As it is: a shell's braces are not those of a template.
    files[PurePosixPath(SCRIPT)] = presentation.source(f"offline/{SCRIPT}").encode()
    sums = "".join(
        f"{sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items())
    )
    files[PurePosixPath(SUMS)] = sums.encode()
    return files


def advisories(files: Iterable[PurePosixPath]) -> tuple[AdvisoryId, ...]:
    """Return the advisories that the signed files of a bundle are about, by name."""
    found = (_advisory(path) for path in files)
    return tuple(sorted({each for each in found if each is not None}))


def expected(
    tools: Tools, loaded: Sequence[Loaded], files: Files
) -> tuple[list[ToSign], list[Unsigned]]:
    """Return what could be signed now of what `files` are about, and what is wrong.

    Later signatures are planned for those advisories alone that bring one; so where no
    signature stands any more, nothing else is asked of an advisory.
    """
    news = {
        path
        for path, data in files.items()
        if not _is_present(tools, _place(tools, path), data)
    }
    later = set(advisories(path for path in news if _LATER.search(path.name)))
    first = set(advisories(path for path in news if not _LATER.search(path.name)))
    plan = signing.plan(tools, [one for one in loaded if one.id in first - later])
    texts, doubts = [*plan.texts], [*plan.doubts]
    for one in (one for one in loaded if one.id in first & later):
        try:
            plan = signing.plan(tools, [one])
        except TrustError as error:
            doubts.append(Unsigned(Reason.DOUBTFUL, str(error), one.id))
        else:
            texts += plan.texts
            doubts += plan.doubts
    again = [one for one in loaded if one.id in later]
    keys = tools.settings.team.fingerprints
    texts += signing.plan_again(tools, again, keys, named=True).texts
    return texts, doubts


def read(tools: Tools, files: Files, texts: Iterable[ToSign]) -> Brought:
    """Return what came back of `texts`.

    `files` are those below `signed/`. What is not among them is left open.
    """
    wanted = {_signed_name(each): each for each in texts}
    record = recording.current(tools)
    states = {*record.states, *record.public(tools.now).states}
    signed: list[Kept] = []
    present: list[PurePosixPath] = []
    doubts: list[Unsigned] = []
    for path, data in sorted(files.items()):
        try:
            if path in wanted:
                signed.append(_verified(tools, wanted[path], data, states))
            else:
                present.append(_present(tools, path, data))
        except PublisherError as error:
            file = f"{SIGNED}/{shown(path)}"
            key = wanted[path].key if path in wanted else None
            told = f"{file}: {error}"
            doubts.append(Unsigned.of(key, Reason.DOUBTFUL, told, path=file))
    return Brought(tuple(signed), tuple(present), tuple(doubts))


def unsigned(texts: Iterable[PurePosixPath], files: Files) -> Iterator[str]:
    """Name those of a bundle's `texts` that did not come back signed."""
    for path in sorted(texts):
        if path.with_name(f"{path.name}.asc") not in files:
            yield shown(path)


def shown(path: PurePosixPath) -> str:
    """Write the name of a file that comes from elsewhere, fit for a terminal."""
    return str(path) if str(path).isprintable() else repr(str(path))


def _verified(tools: Tools, to_sign: ToSign, data: bytes, states: set[str]) -> Kept:
    try:
        text = cleartext.payload(data)
    except ValueError as error:
        msg = f"is damaged, or no signed text: {error}: bring it again"
        raise TrustError(msg) from error
    wanted = _as_of_then(tools, to_sign, text, states)
    if text != wanted.text:
        msg = (
            f"is another text than what is to be signed now as {to_sign.title}: the "
            "source, a template or a setting changed since the export: export it and "
            "sign it again"
        )
        raise TrustError(msg)
    return signing.check(tools, wanted, data, tools.now)


def _as_of_then(tools: Tools, to_sign: ToSign, text: str, states: set[str]) -> ToSign:
    """Return what was to be signed when it was exported, if that still holds.

    Others may have signed since: the state of the publication record in it may be an
    earlier one that is known. The end of a security.txt is of the moment.
    """
    if to_sign.key is None:
        settings = tools.settings
        key = tools.verifier.keys().get(settings.team.fingerprints[0])
        holds = security_txt.holds(text, settings, key, tools.now)
        return replace(to_sign, text=text) if holds else to_sign
    if to_sign.path.name != to_sign.key.filename:
        # It is the very text of the first signature.
        return to_sign
    try:
        then, now = imprint(text), imprint(to_sign.text)
    except ValueError:
        return to_sign
    if then.record not in states:
        return to_sign
    body = to_sign.text.removesuffix(str(now))
    return replace(to_sign, text=f"{body}{replace(now, record=then.record)}")


def _present(tools: Tools, path: PurePosixPath, data: bytes) -> PurePosixPath:
    """Return where a file lies already, or raise TrustError."""
    place = _place(tools, path)
    if len(path.parts) > 2 or not _is_present(tools, place, data):
        msg = (
            "nothing of this name is to be signed now: if it was signed meanwhile, or "
            "is not of this project, take it away"
        )
        raise TrustError(msg)
    return place


def _is_present(tools: Tools, place: PurePosixPath, data: bytes) -> bool:
    return tools.repository.find(place) == data


def _place(tools: Tools, path: PurePosixPath) -> PurePosixPath:
    """Return where in the project a signed file of a bundle belongs."""
    advisory = _advisory(path)
    if advisory is not None:
        return tools.repository.folder(advisory) / path.name
    return path.with_suffix("") if len(path.parts) == 1 else path


def _advisory(path: PurePosixPath) -> AdvisoryId | None:
    if len(path.parts) != 2:
        return None
    try:
        return AdvisoryId.parse(path.parts[0])
    except ValueError:
        return None


def _text_name(to_sign: ToSign) -> PurePosixPath:
    name = to_sign.path.name.removesuffix(".asc")
    return (
        PurePosixPath(str(to_sign.key.id), name) if to_sign.key else PurePosixPath(name)
    )


def _signed_name(to_sign: ToSign) -> PurePosixPath:
    name = _text_name(to_sign)
    return name.with_name(f"{name.name}.asc")
