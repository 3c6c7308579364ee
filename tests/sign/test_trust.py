"""What is made of what gpg says; each case on real keys is in test_rejections."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from publisher.adapters.gpg import GpgSigner, GpgVerifier
from publisher.errors import EndedError, GpgError, TrustError
from publisher.ports import SignatureReport
from publisher.sign import trust
from tests import builders, keys
from tests.sign import shapes

pytestmark = pytest.mark.gpg

TEXT = "Alert\n\n- dashed\nFrom us\n日本語、全角。\n"


def decide(
    data: bytes,
    *ring: bytes,
    pinned: tuple[str, ...],
    home: Path,
) -> trust.SignedPayload:
    verifier = GpgVerifier(list(ring), home / "rings")
    (report,) = verifier.reports([data])
    policy = trust.Policy(pinned, verifier.keys(), datetime.now(UTC))
    return trust.decide(data, report, policy)


def test_a_good_signature_of_a_pinned_key_counts(
    team_key: keys.Key, tmp_path: Path
) -> None:
    signed = GpgSigner([team_key.fingerprint], team_key.home).sign(TEXT)

    payload = decide(
        signed, team_key.public, pinned=(team_key.fingerprint,), home=tmp_path
    )

    assert payload.text == TEXT
    assert payload.signature.fingerprint == team_key.fingerprint


def test_many_texts_are_reported_in_their_order(
    team_key: keys.Key, tmp_path: Path
) -> None:
    good = GpgSigner([team_key.fingerprint], team_key.home).sign(TEXT)
    bad = good.replace(b"Alert", b"Alarm")
    texts = [bad, good, b"", *[good] * 300, bad, good]
    verifier = GpgVerifier([team_key.public], tmp_path / "rings")

    reports = verifier.reports(texts)

    valid = [any(s[0] == "VALIDSIG" for s in report.statuses) for report in reports]
    assert valid == [text == good for text in texts]


def test_a_folder_for_temporary_files_may_have_any_name(
    team_key: keys.Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / "ä folder with blanks"
    odd.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(odd))
    signed = GpgSigner([team_key.fingerprint], team_key.home).sign(TEXT)

    payload = decide(
        signed, team_key.public, pinned=(team_key.fingerprint,), home=tmp_path
    )

    assert payload.text == TEXT


STATUSES = (
    ("GOODSIG", "X", "Test"),
    ("VALIDSIG", "A" * 40, "2026-01-01", "1767225600", "0", "4", "0", "22", "10", "01",
     "A" * 40),
)  # fmt: skip
ARMORED = shapes.cleartext("text\n")


def judge(*statuses: tuple[str, ...], **changes: Any) -> trust.SignedPayload:
    """Decide on what gpg might say of a key, which is beyond doubt but for changes."""
    key = builders.key_state("A" * 40, **changes)
    policy = trust.Policy(("A" * 40,), {"A" * 40: key}, datetime.now(UTC))
    return trust.decide(ARMORED, SignatureReport(statuses), policy)


def changed(place: int, value: str) -> tuple[str, ...]:
    valid = list(STATUSES[1])
    valid[place] = value
    return tuple(valid)


def test_what_gpg_says_of_a_good_signature_is_enough() -> None:
    assert judge(*STATUSES).signature.fingerprint == "A" * 40


@pytest.mark.parametrize(
    ("statuses", "reason"),
    [
        ((), "did not call the signature valid"),
        (STATUSES[:1], "did not call the signature valid"),
        (STATUSES[1:], "did not call the signature valid"),
        ((*STATUSES, ("BADSIG", "X")), "changed after"),
        ((*STATUSES, ("ERRSIG", "X")), "cannot check the signature"),
        ((*STATUSES, ("ERROR", "X")), "something else than signatures"),
        ((*STATUSES, ("EXPSIG", "X")), "did not call the signature valid"),
        ((STATUSES[0], changed(4, "?")), "a form that is not known"),
        ((*STATUSES, ("FAILURE", "gpg-exit", "1")), "could not finish"),
        ((STATUSES[0], STATUSES[1][:9]), "a form that is not known"),
        ((STATUSES[0], changed(8, "2")), "uses SHA-1"),
        ((STATUSES[0], changed(8, "1")), "uses MD5"),
        ((STATUSES[0], changed(8, "99")), "uses digest 99"),
        ((STATUSES[0], changed(9, "00")), "of class 00"),
        ((STATUSES[0], changed(10, "B" * 40)), "not among the team's fingerprints"),
    ],
)
def test_nothing_less_is_enough(
    statuses: tuple[tuple[str, ...], ...], reason: str
) -> None:
    with pytest.raises(TrustError, match=reason):
        judge(*statuses)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"created": datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)}, "was made after the"),
        ({"expires": datetime(2026, 1, 1, tzinfo=UTC)}, "had expired when it signed"),
        ({"bound_with": 0}, "is bound to its owner with digest 0 only"),
        ({"algorithm": 17, "bits": 3072, "curve": ""}, "of the kind dsa3072"),
    ],
)
def test_what_gpg_lets_pass_is_judged_by_the_key(
    changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(TrustError, match=reason):
        judge(*STATUSES, **changes)


def test_a_pinned_key_that_is_not_at_hand_does_not_count() -> None:
    policy = trust.Policy(("A" * 40,), {}, datetime.now(UTC))

    with pytest.raises(TrustError, match="not in keys/"):
        trust.decide(ARMORED, SignatureReport(STATUSES), policy)


def test_without_room_for_temporary_files_nothing_is_verified(
    team_key: keys.Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = GpgVerifier([team_key.public], tmp_path / "rings")
    verifier.keys()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))

    with pytest.raises(GpgError, match="room on the disk"):
        verifier.reports([b"text"])


def test_a_signature_holds_until_the_end_that_it_names() -> None:
    ended = (("EXPSIG", "X", "Test"), changed(4, "1767225601"))

    with pytest.raises(EndedError, match="expired, on 2026-01-01: sign again"):
        judge(*ended)
    assert judge(STATUSES[0], changed(4, "4102444800")).text == "text\n"


def test_one_that_ended_is_set_aside_beside_one_that_stands() -> None:
    ended = (("EXPSIG", "X", "Test"), changed(4, "1767225601"))

    assert len(judge(*ended, *STATUSES).signatures) == 1


@pytest.mark.parametrize("place", [1, 8, 9, 10])
def test_what_ended_is_set_aside_only_if_it_would_have_counted(place: int) -> None:
    ended = list(changed(4, "1767225601"))
    ended[place] = "02"

    with pytest.raises(TrustError) as raised:
        judge(("EXPSIG", "X", "Test"), tuple(ended))

    assert not isinstance(raised.value, EndedError)
