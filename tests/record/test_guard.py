"""Invariant 5 on values: what was published is there, as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

import pytest

from publisher.errors import TrustError
from publisher.imprint import Imprint
from publisher.model.chain import Checked, EditionKey, Signature, Signed
from publisher.record import Entry, Record, guard, state
from publisher.sign import accept
from tests import builders
from tests.builders import EN
from tests.record.records import entry, record

ADVISORY = builders.advisory(japanese=None)
FIRST = ADVISORY.first_published
BEFORE = entry(1)
AFTER = (BEFORE.digest,)


def signed(*numbers: int, record: str = state(AFTER)) -> Signed:
    """Return the advisory with both of its revisions signed, as often as told."""
    texts = []
    for revision, signatures in enumerate(numbers, start=1):
        key = EditionKey(ADVISORY.id, revision, EN)
        sources = (("en.md", ADVISORY.original.source.sha256),)
        text = str(Imprint(key, sources, record))
        files = [
            accept.Verified(
                accept.FileName(key, number),
                PurePosixPath(key.signed_name(number)),
                f"{revision} {number}".encode(),
                text,
                (Signature(builders.FINGERPRINT, datetime(2026, 11, 21, tzinfo=UTC)),),
            )
            for number in range(1, signatures + 1)
        ]
        texts.append(accept.read(files))
    joined = accept.accept(Checked(ADVISORY), texts)
    assert isinstance(joined, Signed)
    return joined


def recorded(revision: int, signature: int = 1) -> Entry:
    made = entry(
        7,
        AFTER,
        revision=revision,
        signature=signature,
        data=f"{revision} {signature}".encode(),
        date=ADVISORY.history[revision - 1].date,
    )
    return replace(made, first=FIRST)


BOTH = (recorded(1), recorded(2))


def names(made: Signed) -> list[str]:
    return [text.files[0].name for text in (*made.current, *made.earlier)]


def test_what_is_recorded_as_it_is_is_published() -> None:
    made = guard.published(signed(1, 1), BOTH)

    assert names(made) == ["r2.en.txt.asc", "r1.en.txt.asc"]


def test_a_later_signature_is_recorded_for_itself() -> None:
    again = replace(recorded(2, 2), after=())

    made = guard.published(signed(1, 2), (*BOTH, again))

    assert len(made.current[0].files) == 2


def test_an_earlier_text_that_was_never_recorded_is_left_out() -> None:
    assert names(guard.published(signed(1, 1), BOTH[1:])) == ["r2.en.txt.asc"]


@pytest.mark.parametrize(
    ("made", "entries", "reason"),
    [
        (signed(1, 1), BOTH[:1], "r2 en: is not in the publication record: run"),
        (signed(1, 1), (), "r2 en: is not in the publication record: run"),
        (signed(1, 2), BOTH, r"r2\.en\.txt\.2\.asc: is not in the .* record as it is"),
        (signed(1, 1), (recorded(1), replace(BOTH[1], sha256="0" * 64)),
         r"r2\.en\.txt\.asc: is not in the publication record as it is"),
        (signed(1, 1), (replace(BOTH[0], sha256="0" * 64), recorded(2)),
         r"r1\.en\.txt\.asc: is not in the publication record as it is"),
        (signed(1, 1), (recorded(1), replace(BOTH[1], first=FIRST - timedelta(1))),
         r"en\.md: was first published on 2026-11-19.*: undo that"),
        (signed(1, 1), (replace(BOTH[0], date=FIRST - timedelta(1)), recorded(2)),
         r"r1\.en\.txt\.asc: was published as of 2026-11-19"),
        (signed(1, 1), (recorded(1), replace(BOTH[1], after=())),
         r"r2\.en\.txt\.asc: was signed in another state"),
        (signed(1, 1, record=state(())), BOTH, "was signed in another state"),
    ],
)  # fmt: skip
def test_what_the_record_does_not_bear_out_is_not_published(
    made: Signed, entries: Sequence[Entry], reason: str
) -> None:
    with pytest.raises(TrustError, match=reason):
        guard.published(made, entries)


def test_what_is_there_as_it_was_is_unchanged() -> None:
    files = {ADVISORY.id: {e.filename: e.sha256 for e in BOTH} | {"en.md": "0" * 64}}

    guard.unchanged(record(BEFORE, *BOTH).only(e.digest for e in BOTH), files)
    guard.unchanged(Record({}), {})


def test_all_that_is_gone_or_changed_is_told_at_once() -> None:
    files = {ADVISORY.id: {"r1.en.txt.asc": "0" * 64}}

    with pytest.raises(TrustError) as raised:
        guard.unchanged(record(BEFORE, *BOTH), files)

    gone, changed, missing = str(raised.value).split("\n")
    assert gone.startswith("ADV-2026-0001 was published and its folder is gone")
    assert "r1.en.txt.asc: was published and is another file now" in changed
    assert "r2.en.txt.asc: was published and is gone now" in missing
