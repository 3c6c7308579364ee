"""What was published stays: the record against the work tree (invariant 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from publisher.errors import TrustError
from publisher.imprint import imprint
from publisher.record.chain import state

if TYPE_CHECKING:
    from publisher.model.advisory import Advisory
    from publisher.model.chain import Signed, SignedText
    from publisher.model.ids import AdvisoryId
    from publisher.record.chain import Record
    from publisher.record.entry import Entry


def unchanged(record: Record, files: Mapping[AdvisoryId, Mapping[str, str]]) -> None:
    """Raise TrustError unless each recorded text is there, byte for byte.

    `files` are the SHA-256 of the files of each advisory, by name; `record` is its
    public part.
    """
    doubts = []
    for advisory, entries in record.by_advisory.items():
        present = files.get(advisory)
        if present is None:
            doubts.append(
                f"{advisory} was published and its folder is gone: restore it from "
                "git; an advisory is withdrawn, never removed"
            )
            continue
        for entry in entries:
            found = present.get(entry.filename)
            if found != entry.sha256:
                what = "is gone" if found is None else "is another file"
                doubts.append(
                    f"{advisory}/{entry.filename}: was published and {what} now: "
                    "restore it from git; a signed text never changes"
                )
    if doubts:
        raise TrustError("\n".join(doubts))


def first_date(advisory: Advisory, entries: Sequence[Entry]) -> None:
    """Raise TrustError if the date of a first release moved since it was recorded.

    `entries` are those of the advisory that are public.
    """
    for entry in entries:
        if entry.first != advisory.first_published:
            msg = (
                f"{advisory.original.source.path}: was first published on "
                f"{entry.first.isoformat()}, and its history says "
                f"{advisory.first_published.isoformat()}: undo that"
            )
            raise TrustError(msg)


def published(signed: Signed, entries: Sequence[Entry]) -> Signed:
    """Return what of an advisory is public, or raise TrustError.

    Its newest texts have to be recorded. Earlier ones that are not were never public:
    they are left out.
    """
    first_date(signed.advisory, entries)
    known = {entry.filename: entry for entry in entries}
    for text in signed.current:
        if text.files[0].name not in known:
            msg = (
                f"{text.edition.key}: is not in the publication record: "
                f"run `publisher sign {signed.advisory.id}`"
            )
            raise TrustError(msg)
    earlier = tuple(text for text in signed.earlier if text.files[0].name in known)
    for text in (*signed.current, *earlier):
        _check(signed, text, known)
    return replace(signed, earlier=earlier)


def _check(signed: Signed, text: SignedText, known: Mapping[str, Entry]) -> None:
    advisory = signed.advisory
    revision = advisory.history[text.edition.key.revision - 1]
    for file in text.files:
        entry = known.get(file.name)
        place = f"{advisory.id}/{file.name}"
        if entry is None or entry.sha256 != file.sha256:
            msg = (
                f"{place}: is not in the publication record as it is: "
                f"run `publisher sign {advisory.id}`"
            )
            raise TrustError(msg)
        if entry.date != revision.date:
            msg = (
                f"{place}: was published as of {entry.date.isoformat()}, and the "
                f"history says {revision.date.isoformat()}: undo that"
            )
            raise TrustError(msg)
        # Later signatures hold the text of the first, and so its state.
        if entry.signature == 1 and imprint(text.edition.text).record != state(
            entry.after
        ):
            msg = (
                f"{place}: was signed in another state of the publication record than "
                "its entry says: restore record/ from git"
            )
            raise TrustError(msg)
