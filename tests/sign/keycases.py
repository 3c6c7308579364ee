"""Cases about keys: good ones, and all that can be wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests import keys
from tests.sign.bench import (
    BEFORE,
    COMPROMISED,
    LATER,
    NO_REASON,
    RETIRED,
    SUPERSEDED,
    Bench,
    Made,
    by,
)
from tests.sign.case import bad, beyond, good

# Keys and signatures that are good.


def _subkey(bench: Bench) -> Made:
    key, _ = bench.with_subkey("with a subkey")
    return bench.made(bench.sign(key), key)


def _two(bench: Bench) -> Made:
    both = bench.key(), bench.key("second")
    return bench.made(bench.sign(*both), *both)


def _expired_since(bench: Bench) -> Made:
    key = bench.key("short", "ed25519", "90d")
    return bench.made(bench.sign(key), key)


def _revoked(reason: str, at: str) -> Callable[[Bench], Made]:
    def make(bench: Bench) -> Made:
        key = bench.key(f"revoked {reason} {at}")
        data = bench.sign(key)
        bench.revoke(key, reason, at, "a note: with a colon")
        return bench.made(data, key)

    return make


def _revoked_subkey(reason: str, at: str) -> Callable[[Bench], Made]:
    def make(bench: Bench) -> Made:
        key, _ = bench.with_subkey(f"subkey {reason} {at}")
        data = bench.sign(key)
        bench.revoke_subkey(key, reason, at)
        return bench.made(data, key)

    return make


def _one_of_two_revoked(bench: Bench) -> Made:
    revoked, stands = bench.key("one of two"), bench.key()
    data = bench.sign(revoked, stands)
    bench.revoke(revoked, COMPROMISED, LATER)
    return bench.made(data, revoked, stands)


GOOD = (
    good("Ed25519", by("team", "ed25519")),
    good("RSA 3072", by("rsa3072", "rsa3072")),
    good("RSA 4096", by("rsa4096", "rsa4096")),
    good("NIST P-256", by("nistp256", "nistp256")),
    good("NIST P-384", by("nistp384", "nistp384")),
    good("brainpool P-256", by("brainpool", "brainpoolP256r1")),
    good("signed by a subkey", _subkey),
    good("signed by two keys", _two),
    good("the key expired since", _expired_since),
    good("superseded after it signed", _revoked(SUPERSEDED, LATER)),
    good("retired after it signed", _revoked(RETIRED, LATER)),
    good("subkey retired after it signed", _revoked_subkey(RETIRED, LATER)),
    good("one of two keys was compromised", _one_of_two_revoked),
)

# Whose key it is, and in which state.


def _unsigned(bench: Bench) -> Made:
    return bench.made(bench.text.encode(), bench.key())


def _unknown(bench: Bench) -> Made:
    return bench.made(bench.sign(bench.key("stranger")), bench.key())


def _not_pinned(bench: Bench) -> Made:
    stranger, key = bench.key("stranger"), bench.key()
    made = bench.made(bench.sign(stranger), stranger, key)
    return replace(made, pinned=(key.fingerprint,))


def _one_of_two_unknown(bench: Bench) -> Made:
    key = bench.key()
    return bench.made(bench.sign(key, bench.key("stranger")), key)


def _one_of_two_not_pinned(bench: Bench) -> Made:
    key, stranger = bench.key(), bench.key("stranger")
    made = bench.made(bench.sign(key, stranger), key, stranger)
    return replace(made, pinned=(key.fingerprint,))


def _expired(bench: Bench) -> Made:
    key = bench.key("expired", "ed25519", "2y")
    data = bench.sign(key)
    bench.gpg(BEFORE, "--quick-set-expire", key.fingerprint, "7d")
    return bench.made(data, key)


def _expired_subkey(bench: Bench) -> Made:
    key, subkey = bench.with_subkey("expired subkey", "2y")
    data = bench.sign(key)
    bench.gpg(BEFORE, "--quick-set-expire", key.fingerprint, "7d", subkey)
    return bench.made(data, key)


def _only_for_logins(bench: Bench) -> Made:
    key, _ = bench.with_subkey("for logins")
    data = bench.sign(key)
    answers = ["key 1", "change-usage", "s", "a", "q", "save"]
    bench.dialogue(BEFORE, answers, "--edit-key", key.fingerprint)
    return bench.made(data, key)


def _designated(bench: Bench) -> Made:
    """Revoke a key by one that its owner named for that."""
    key, revoker = bench.key("has a revoker"), bench.key("revoker")
    data = bench.sign(key)
    answers = ["addrevoker", revoker.fingerprint, "y", "save"]
    bench.dialogue(BEFORE, answers, "--edit-key", key.fingerprint)
    made = bench.dialogue(
        LATER, ["y", SUPERSEDED, "", "y"], "--desig-revoke", key.fingerprint
    )
    keys.gpg(bench.home, "--import", data=made)
    return bench.made(data, key, revoker)


def _weak_binding(bench: Bench) -> Made:
    key = bench.key("weak binding", "ed25519", "never", "--cert-digest-algo", "SHA1")
    return bench.made(bench.sign(key), key)


def _weak_subkey_binding(bench: Bench) -> Made:
    key, subkey = bench.with_subkey("weak subkey binding")
    bench.gpg(
        BEFORE, "--cert-digest-algo", "SHA1", "--quick-set-expire", key.fingerprint,
        "5y", subkey,
    )  # fmt: skip
    return bench.made(bench.sign(key), key)


UNPINNED = "is not among the team's fingerprints"
UNKNOWN = "its key is not among the team's$"
EXPIRED = "had expired when it signed"
HARD = "was revoked on .* as compromised"
SOFT = "was revoked on .*, before it signed"
BAD = (
    bad("no signature", _unsigned, "does not begin with the block"),
    bad("an unknown key", _unknown, UNKNOWN),
    beyond("a key in the ring that is not pinned", _not_pinned, UNPINNED),
    beyond("one of two keys is unknown", _one_of_two_unknown, UNKNOWN),
    beyond("one of two keys is not pinned", _one_of_two_not_pinned, UNPINNED),
    bad("the key had expired", _expired, EXPIRED),
    bad("the subkey had expired", _expired_subkey, EXPIRED),
    bad("a subkey for logins", _only_for_logins, "is not one that signs texts"),
    bad("revoked without a reason", _revoked(NO_REASON, LATER), HARD),
    bad("compromised", _revoked(COMPROMISED, LATER), HARD),
    bad("compromised before it signed", _revoked(COMPROMISED, BEFORE), HARD),
    bad("revoked by a designated revoker", _designated, HARD),
    bad("superseded before it signed", _revoked(SUPERSEDED, BEFORE), SOFT),
    bad("retired before it signed", _revoked(RETIRED, BEFORE), SOFT),
    bad("subkey compromised", _revoked_subkey(COMPROMISED, LATER), HARD),
    bad("subkey retired before", _revoked_subkey(RETIRED, BEFORE), SOFT),
    beyond("RSA 2048", by("rsa2048", "rsa2048"), "RSA with 2048 bits"),
    bad("RSA 1024", by("rsa1024", "rsa1024"), "RSA with 1024 bits"),
    beyond("DSA 2048", by("dsa2048", "dsa2048"), "of the kind dsa2048"),
    beyond("secp256k1", by("secp256k1", "secp256k1"), "of the kind secp256k1"),
    bad("a key bound with SHA-1", _weak_binding, "is bound .* with SHA-1 only"),
    bad("a subkey bound with SHA-1", _weak_subkey_binding,
        "is bound .* with SHA-1 only"),
)  # fmt: skip
