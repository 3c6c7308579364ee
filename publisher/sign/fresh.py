"""What a signature may say when it is made: who made it and when, and nothing else.

What was published once is judged by `publisher.sign.trust`, which is about whether a
signature counts. A new one is held to more: it has to count for decades, and it is no
place for words, addresses or keys that nobody was shown before saying yes. GnuPG puts
such things there if its settings tell it to; so the message names the setting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.errors import TrustError
from publisher.sign import cleartext, packets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.sign.packets import SignaturePacket, Subpacket

_EXPIRES = 3
_ALLOWED = frozenset((2, 16, 28, 33))
"""When it was made, the key's id and fingerprint, and the signer's user id (RFC 9580,
section 5.2.3.7)."""
_REFUSED = {
    _EXPIRES: (
        "ends one day, and what is published has to count for good",
        "`default-sig-expire` and `ask-sig-expire`",
    ),
    20: ("holds a notation", "`sig-notation` and `set-notation`"),
    24: ("names a key server", "`sig-keyserver-url`"),
    26: ("names a policy", "`sig-policy-url` and `set-policy-url`"),
    32: ("holds another signature", ""),
    38: ("holds a whole key", "`include-key-block`"),
}


def require(data: bytes) -> None:
    """Raise TrustError if a signed text's signatures say more than they should."""
    try:
        found = packets.signatures(cleartext.read(data).signature)
    except ValueError as error:
        raise TrustError(str(error)) from error
    doubts = dict.fromkeys(doubt for each in found for doubt in _doubts(each))
    if doubts:
        raise TrustError("; ".join(doubts))


def _doubts(signature: SignaturePacket) -> Iterator[str]:
    for each in signature.subpackets:
        # An end of zero seconds is none (section 5.2.3.18).
        is_endless = each.kind == _EXPIRES and not any(each.data)
        if each.kind not in _ALLOWED and not is_endless:
            yield _doubt(each)


def _doubt(subpacket: Subpacket) -> str:
    what, options = _REFUSED.get(
        subpacket.kind, (f"holds a subpacket of type {subpacket.kind}", "")
    )
    mend = f"take {options} out of gpg.conf" if options else "make it without that"
    return f"the signature {what}: {mend}, and sign again"
