"""Where a program differs from the table of cases, and why. It is held to that, too."""

from __future__ import annotations

_BRAINPOOL = "its library of algorithms has no brainpool curves and no secp256k1"
_CURVES = {"brainpool P-256": _BRAINPOOL, "secp256k1": _BRAINPOOL}
_REVOKER = "it asks nobody for revocations but the key itself"
_HEADER = "it takes the header at its word and hashes with that alone (RFC 4880)"
_RELABELLED = {"SHA-224 called SHA-256": _HEADER, "SHA-512 called SHA-256": _HEADER}
_CR = "it counts CR alone as a line end"
_SECOND = "it takes the second mark for a header, and headers have a name"
_SEQUOIA = {
    **_CURVES,
    "revoked by a designated revoker": _REVOKER,
    "signed with CR inside": _CR,
    "a second mark of the beginning": _SECOND,
    "bits that nobody reads in the armor": "it refuses them, too",
}
_ONLY_MATHEMATICS = "it looks at no times, no revocations and no bindings of keys"
_USE = "it does not look at what a key is for"
_NO_REASON = "it takes a revocation without a reason for a soft one"
_ALL = "it calls a text good if each of its signatures is"
_NO_HEADER = "without a header it hashes with MD5 (RFC 4880, section 7)"
_NO_BLANKS = "it takes no blanks at the ends of the armor's lines"
_BLANKS = dict.fromkeys(
    (
        "a blank behind the head",
        "a blank behind the armor's sum",
        "a footer with a blank after a blank in the armor",
    ),
    _NO_BLANKS,
)
_START = "it finds a block only at the very start of a file"

TESTED = {"pysequoia": "0.1.35", "sqop": "0.27.3", "gosop": "0.0.0", "rnp": "0.16.3-1"}
"""The versions for which the table below is true."""

EXCEPTIONS: dict[str, dict[str, str]] = {
    "pysequoia": _SEQUOIA,
    "sqop": {
        **_SEQUOIA,
        **_RELABELLED,
        "SHA-512 without a header": _NO_HEADER,
    },
    "gosop": _BLANKS
    | {"a blank on the empty line": _NO_BLANKS}
    | dict.fromkeys(
        (
            "the key had expired",
            "the subkey had expired",
            "revoked without a reason",
            "compromised",
            "compromised before it signed",
            "superseded before it signed",
            "retired before it signed",
            "subkey compromised",
            "subkey retired before",
            "a key bound with SHA-1",
            "a subkey bound with SHA-1",
            "from the future",
            "older than its key",
            "the signature itself expired",
            "RSA 1024",
        ),
        _ONLY_MATHEMATICS,
    ),
    "rnp": {
        **_RELABELLED,
        **_BLANKS,
        "SHA-512 without a header": _NO_HEADER,
        "a subkey for logins": _USE,
        "revoked without a reason": _NO_REASON,
        "revoked by a designated revoker": _REVOKER,
        "RSA 1024": "it sets no least size",
        "one of two keys is unknown": _ALL,
        "one of two keys was compromised": _ALL,
        "over binary data": "it takes any class",
        "text before the block": _START,
        "an empty line before the block": _START,
    },
}
"""By program and case: there it says good for bad, or bad for good."""
