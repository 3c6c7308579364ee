"""What is read of public keys, as gpg lists them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.adapters import keyring
from publisher.adapters.gpg import GpgVerifier
from publisher.model.keys import KeyState, Revocation
from tests import keys
from tests.sign import bench
from tests.sign.bench import BEFORE, LATER, Bench

pytestmark = pytest.mark.gpg

JUNE = datetime(2025, 6, 1, tzinfo=UTC)
PICTURE = bytes.fromhex("ffd8ffe000104a46494600010101004800480000ffd9")


@pytest.fixture(scope="module")
def workbench() -> Iterator[Bench]:
    with bench.bench() as made:
        yield made


def read(folder: Path, *ring: keys.Key) -> KeyState:
    """Return what is read of the first key of a ring."""
    verifier = GpgVerifier([key.public for key in ring], folder)
    return verifier.keys()[ring[0].fingerprint]


def test_a_key_is_read_with_its_subkeys(workbench: Bench, tmp_path: Path) -> None:
    key, subkey = workbench.with_subkey("read", "2y")
    workbench.gpg(BEFORE, "--quick-add-key", key.fingerprint, "rsa3072", "auth", "1y")

    state = read(tmp_path, key)

    kinds = [(p.algorithm_name, p.bits, p.signs, p.bound_with) for p in state.parts]
    assert kinds == [
        ("ed25519", 255, True, 8),
        ("ed25519", 255, True, 8),
        ("rsa3072", 3072, False, 8),
    ]
    born = datetime(2025, 1, 1, tzinfo=UTC)
    assert state.primary.created == born
    assert state.primary.expires is None
    assert state.parts[1].fingerprint == subkey
    assert state.parts[1].expires == datetime(2027, 1, 1, tzinfo=UTC)
    assert state.public == key.public
    assert state.part(subkey) is state.parts[1]
    assert state.part("0" * 40) is None


@pytest.mark.parametrize(
    "user",
    [
        "日本 太郎 <taro@cert.example>",
        "a:b <a@cert.example>",
        r"back\slash \x3a \n <b@cert.example>",
        "r:rev:!::22:pub:u <c@cert.example>",
        "%s %0apub:u <d@cert.example>",
        "e@cert.example",
    ],
)
def test_a_user_id_is_read_as_it_is(
    user: str, workbench: Bench, tmp_path: Path
) -> None:
    key = keys.make(workbench.home, user)

    assert read(tmp_path, key).user_ids == (user,)


def test_a_user_id_with_line_ends_is_one_user_id(
    workbench: Bench, tmp_path: Path
) -> None:
    lie = "x\npub:u:255:22:0000000000000000:1:::u:::sc:::::ed25519:::0:\nfpr:::::::::0:"
    script = (
        "%no-protection\nKey-Type: eddsa\nKey-Curve: ed25519\nKey-Usage: sign\n"
        "Name-Real: nobody\nExpire-Date: 0\n%commit\n"
    )
    before = set(keys.fingerprints(workbench.home))
    workbench.gpg(bench.BORN, "--gen-key", "--batch", data=script.encode())
    (made,) = set(keys.fingerprints(workbench.home)) - before
    key = keys.Key(workbench.home, made)
    keys.gpg(
        workbench.home, "--allow-freeform-uid", "--quick-add-uid", key.fingerprint, lie
    )

    state = read(tmp_path, key)

    assert len(state.parts) == 1
    assert set(state.user_ids) == {lie, "nobody"}


def test_a_picture_that_was_revoked_takes_no_user_id_with_it(
    workbench: Bench, tmp_path: Path
) -> None:
    key = workbench.key("pictured")
    picture = workbench.home / "picture.jpg"
    picture.write_bytes(PICTURE)
    dialogues = [
        ["addphoto", str(picture), "y", "save"],
        ["uid 2", "revuid", "y", "0", "", "y", "save"],
    ]
    for answers in dialogues:
        workbench.dialogue(BEFORE, answers, "--edit-key", key.fingerprint)

    assert read(tmp_path, key).user_ids == ("pictured <csirt@cert.example>",)


def test_what_strangers_certify_says_nothing_of_a_key(
    workbench: Bench, tmp_path: Path
) -> None:
    key, stranger = workbench.key("certified"), workbench.key("certifier")
    workbench.gpg(
        LATER, "--cert-digest-algo", "SHA512", "--default-key", stranger.fingerprint,
        "--quick-sign-key", key.fingerprint,
    )  # fmt: skip

    assert read(tmp_path, key, stranger).primary.bound_with == 8


@pytest.mark.parametrize(
    ("reason", "hard"),
    [
        (bench.NO_REASON, True),
        (bench.COMPROMISED, True),
        (bench.SUPERSEDED, False),
        (bench.RETIRED, False),
    ],
)
def test_a_revocation_is_read_with_its_reason_and_time(
    reason: str, hard: bool, workbench: Bench, tmp_path: Path
) -> None:
    key = workbench.key(f"revoked for {reason}")
    workbench.revoke(key, reason, LATER, "a note: 50% \\x3a 日本")

    found = read(tmp_path, key).revocation

    assert found == Revocation(JUNE, hard, "a note: 50% \\x3a 日本")


def test_of_several_revocations_the_worst_counts(
    workbench: Bench, tmp_path: Path
) -> None:
    key = workbench.key("revoked twice")
    made = [
        workbench.dialogue(at, ["y", reason, "", "y"], "--gen-revoke", key.fingerprint)
        for reason, at in (
            (bench.RETIRED, BEFORE),
            (bench.COMPROMISED, LATER),
            (bench.SUPERSEDED, bench.SIGNED),
        )
    ]
    for revocation in made:
        keys.gpg(workbench.home, "--import", data=revocation)

    assert read(tmp_path, key).revocation == Revocation(JUNE, hard=True, note="")


def test_a_revoked_subkey_leaves_the_key_alone(
    workbench: Bench, tmp_path: Path
) -> None:
    key, _ = workbench.with_subkey("subkey revoked")
    workbench.revoke_subkey(key, bench.RETIRED, LATER)

    state = read(tmp_path, key)

    assert state.revocation is None
    assert state.parts[1].revocation == Revocation(JUNE, hard=False, note="")
    assert state.signs_until is None


def test_a_designated_revoker_revokes_for_good(
    workbench: Bench, tmp_path: Path
) -> None:
    """Why is not to be seen in the listing, so the worst is assumed."""
    key, revoker = workbench.key("revocable"), workbench.key("one who may revoke")
    answers = ["addrevoker", revoker.fingerprint, "y", "save"]
    workbench.dialogue(BEFORE, answers, "--edit-key", key.fingerprint)
    answers = ["y", bench.RETIRED, "", "y"]
    made = workbench.dialogue(LATER, answers, "--desig-revoke", key.fingerprint)
    keys.gpg(workbench.home, "--import", data=made)

    found = read(tmp_path, key, revoker).revocation

    assert found is not None
    assert found.hard


def test_an_expired_key_says_since_when(workbench: Bench, tmp_path: Path) -> None:
    state = read(tmp_path, workbench.key("over", "ed25519", "31d"))

    assert state.expires == state.signs_until == datetime(2025, 2, 1, tzinfo=UTC)
    assert state.primary.signs


KEY_ID, TIME = "0123456789ABCDEF", st.integers(0, 2**32 - 1).map(str)
PUBLIC = st.tuples(
    st.sampled_from(("pub", "sub")), st.sampled_from("uref-oiqnm"),
    st.integers(0, 16384).map(str), st.integers(0, 110).map(str), st.just(KEY_ID),
    TIME, st.just("") | TIME, st.just(""), st.just("-"), st.just(""), st.just(""),
    st.sampled_from(("sc", "scESC", "", "e")), *[st.just("")] * 4,
    st.sampled_from(("", "ed25519", "nistp256")),
)  # fmt: skip
NAMES = st.tuples(
    st.sampled_from(("uid", "uat")), st.sampled_from("uren-"), *[st.just("")] * 3,
    TIME, *[st.just("")] * 3, st.text(st.characters(blacklist_characters=":\n")),
)  # fmt: skip
SIGNATURES = st.tuples(
    st.sampled_from(("sig", "rev")), st.sampled_from("!?%-"), st.just(""),
    st.just("22"), st.sampled_from((KEY_ID, "F" * 16)), TIME,
    *[st.just("")] * 4,
    st.sampled_from(("10x", "13x", "18x", "1Fx", "20x", "20x,01", "28x,00", "30l",
                     "20x,", "20x,zz")),
    *[st.just("")] * 4, st.sampled_from(("", "8", "2")),
)  # fmt: skip
LINES = st.one_of(
    PUBLIC, NAMES, SIGNATURES, st.just(("tru", "o")), st.just(("rvk", "", "")),
    st.just(("fpr", *[""] * 8, "A" * 40)), st.just(("",)),
)  # fmt: skip


@given(st.lists(LINES, max_size=12), st.booleans())
def test_no_listing_that_gpg_could_write_is_too_much(
    lines: list[tuple[str, ...]], fpr: bool
) -> None:
    marked = [
        each
        for line in lines
        for each in (line, ("fpr", *[""] * 8, "B" * 40))[: 1 + fpr]
    ]
    listing = "\n".join(":".join(line) for line in marked)

    names = keyring.fingerprints(listing)

    assert keyring.keys(listing, dict.fromkeys(names, b"")).keys() == set(names)


@given(st.text() | st.text("pubsigrevfprx:01!\n\\", max_size=80))
def test_no_text_crashes_the_reader(text: str) -> None:
    try:
        names = keyring.fingerprints(text)
        read = keyring.keys(text, dict.fromkeys(names, b""))
    except ValueError:
        return
    assert read.keys() == set(names)
