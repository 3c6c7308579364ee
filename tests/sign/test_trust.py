"""Every way in which a signature does not count, on real keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.adapters.gpg import GpgSigner, GpgVerifier
from publisher.errors import TrustError
from publisher.ports import KeyState, SignatureReport
from publisher.sign import trust
from tests import keys

pytestmark = pytest.mark.gpg

TEXT = "Alert\n\n- dashed\nFrom us\n日本語、全角。\n"


@pytest.fixture(scope="module")
def old_home() -> Iterator[Path]:
    with keys.gnupg_home() as home:
        yield home


def decide(
    data: bytes,
    *ring: bytes,
    pinned: tuple[str, ...],
    now: datetime | None = None,
    home: Path,
) -> trust.SignedPayload:
    verifier = GpgVerifier(list(ring), home / "rings")
    (report,) = verifier.reports([data])
    return trust.decide(
        data, report, trust.Policy(pinned, verifier.keys(), now or datetime.now(UTC))
    )


def test_a_good_signature_of_a_pinned_key_counts(
    team_key: keys.Key, tmp_path: Path
) -> None:
    signed = GpgSigner(team_key.fingerprint, team_key.home).sign(TEXT)

    payload = decide(
        signed, team_key.public, pinned=(team_key.fingerprint,), home=tmp_path
    )

    assert payload.text == TEXT
    assert payload.signature.fingerprint == team_key.fingerprint


Damage = Callable[[bytes], bytes]
DAMAGES: dict[str, tuple[Damage, str]] = {
    "a changed letter": (lambda d: d.replace(b"Alert", b"Alarm"), "changed after"),
    "an added line": (
        lambda d: d.replace(b"Alert\n", b"Alert\nNot\n"),
        "changed after",
    ),
    "a removed line": (lambda d: d.replace(b"- From us\n", b""), "changed after"),
    "text before": (lambda d: b"Hello\n" + d, "begin"),
    "text after": (lambda d: d + b"Bye\n", "behind"),
    "a blank at a line's end": (lambda d: d.replace(b"Alert\n", b"Alert \n"), "blank"),
    "CRLF": (lambda d: d.replace(b"\n", b"\r\n"), "begin|blank"),
    "two blocks": (lambda d: d + d, "times"),
    "no signature": (lambda _: TEXT.encode(), "begin"),
    "nothing": (lambda _: b"", "line end"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_text_does_not_count(
    name: str, team_key: keys.Key, tmp_path: Path
) -> None:
    damage, reason = DAMAGES[name]
    signed = GpgSigner(team_key.fingerprint, team_key.home).sign(TEXT)

    with pytest.raises(TrustError, match=reason):
        decide(
            damage(signed),
            team_key.public,
            pinned=(team_key.fingerprint,),
            home=tmp_path,
        )


def test_a_key_that_is_not_pinned_does_not_count_though_it_is_in_the_ring(
    team_key: keys.Key, stranger_key: keys.Key, tmp_path: Path
) -> None:
    signed = stranger_key.clearsign(TEXT, "--digest-algo", "SHA512")

    with pytest.raises(TrustError, match="not among the team's fingerprints"):
        decide(
            signed,
            team_key.public,
            stranger_key.public,
            pinned=(team_key.fingerprint,),
            home=tmp_path,
        )


def test_an_unknown_key_does_not_count(
    team_key: keys.Key, stranger_key: keys.Key, tmp_path: Path
) -> None:
    signed = stranger_key.clearsign(TEXT, "--digest-algo", "SHA512")

    with pytest.raises(TrustError, match="not among the team's"):
        decide(
            signed, team_key.public, pinned=(stranger_key.fingerprint,), home=tmp_path
        )


def test_a_signature_from_the_future_does_not_count(
    team_key: keys.Key, tmp_path: Path
) -> None:
    signed = GpgSigner(team_key.fingerprint, team_key.home).sign(TEXT)

    with pytest.raises(TrustError, match="from the future"):
        decide(
            signed,
            team_key.public,
            pinned=(team_key.fingerprint,),
            now=datetime.now(UTC) - timedelta(hours=1),
            home=tmp_path,
        )


def test_a_weak_digest_does_not_count(old_home: Path, tmp_path: Path) -> None:
    key = keys.make(old_home, "Weak <weak@cert.example>", "rsa3072")
    signed = key.clearsign(TEXT, "--digest-algo", "SHA1")
    relabelled = signed.replace(b"Hash: SHA1", b"Hash: SHA512")

    for data in (signed, relabelled):
        with pytest.raises(TrustError):
            decide(data, key.public, pinned=(key.fingerprint,), home=tmp_path)


def test_a_signature_made_before_the_key_expired_still_counts(
    old_home: Path, tmp_path: Path
) -> None:
    key = keys.make(
        old_home, "Old <old@cert.example>", "ed25519", "1d",
        "--faked-system-time", "20250101T000000!",
    )  # fmt: skip
    signed = key.clearsign(
        TEXT, "--digest-algo", "SHA512", "--faked-system-time", "20250101T010000!"
    )

    payload = decide(signed, key.public, pinned=(key.fingerprint,), home=tmp_path)

    assert payload.signature.time == datetime(2025, 1, 1, 1, tzinfo=UTC)


def test_a_key_that_had_expired_when_it_signed_does_not_count(
    old_home: Path, tmp_path: Path
) -> None:
    key = keys.make(
        old_home, "Late <late@cert.example>", "ed25519", "2y",
        "--faked-system-time", "20240101T000000!",
    )  # fmt: skip
    signed = key.clearsign(
        TEXT, "--digest-algo", "SHA512", "--faked-system-time", "20250101T000000!"
    )
    keys.gpg(
        old_home, "--faked-system-time", "20240601T000000!",
        "--quick-set-expire", key.fingerprint, "1m",
    )  # fmt: skip

    with pytest.raises(TrustError, match="expired"):
        decide(signed, key.public, pinned=(key.fingerprint,), home=tmp_path)


def test_a_revoked_key_does_not_count(old_home: Path, tmp_path: Path) -> None:
    key = keys.make(old_home, "Revoked <revoked@cert.example>")
    signed = key.clearsign(TEXT, "--digest-algo", "SHA512")
    revocation = old_home / "openpgp-revocs.d" / f"{key.fingerprint}.rev"
    text = revocation.read_text().replace(":-----BEGIN", "-----BEGIN")
    keys.gpg(old_home, "--import", data=text.encode())

    with pytest.raises(TrustError, match="revoked"):
        decide(signed, key.public, pinned=(key.fingerprint,), home=tmp_path)


def test_many_texts_are_reported_in_their_order(
    team_key: keys.Key, tmp_path: Path
) -> None:
    good = GpgSigner(team_key.fingerprint, team_key.home).sign(TEXT)
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
    signed = GpgSigner(team_key.fingerprint, team_key.home).sign(TEXT)

    payload = decide(
        signed, team_key.public, pinned=(team_key.fingerprint,), home=tmp_path
    )

    assert payload.text == TEXT


STATUSES = (
    ("GOODSIG", "X", "Test"),
    ("VALIDSIG", "A" * 40, "2026-01-01", "1767225600", "0", "4", "0", "22", "10", "01",
     "A" * 40),
)  # fmt: skip
ARMORED = b"""\
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

text
-----BEGIN PGP SIGNATURE-----

iHUEARYKAB0=
=S9n+
-----END PGP SIGNATURE-----
"""


def judge(*statuses: tuple[str, ...]) -> trust.SignedPayload:
    """Decide on what gpg might say, with a key that is beyond doubt."""
    key = KeyState("A" * 40, ("Test",), None, {}, revoked=False, public=b"")
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
        ((*STATUSES, ("ERRSIG", "X")), "not among the team's"),
        ((*STATUSES, ("EXPSIG", "X")), "itself has expired"),
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


def test_a_pinned_key_that_is_not_at_hand_does_not_count() -> None:
    policy = trust.Policy(("A" * 40,), {}, datetime.now(UTC))

    with pytest.raises(TrustError, match="not in keys/"):
        trust.decide(ARMORED, SignatureReport(STATUSES), policy)
