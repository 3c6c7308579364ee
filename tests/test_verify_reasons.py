"""The stand-alone `verify.py` gives the reasons that `publisher verify` gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.sign import cleartext
from tests import keys, script

pytestmark = pytest.mark.gpg

END = b"-----END PGP SIGNATURE-----\n"
Change = Callable[[bytes], bytes]
BEHIND = "goes on behind its signature: that part is unsigned"
BLANK = "of the armor, ends with a blank"
ARMOR = "is no plain ASCII armor"
HEADER = "has a header that is not its digest's name"


def put(old: bytes, new: bytes) -> Change:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return change


CASES: dict[str, tuple[Change, str]] = {
    "a footer": (lambda d: d + b"-- \nPay at https://evil.example/\n", BEHIND),
    "a line that ends with a blank": (lambda d: d + b"Pay now \n", BEHIND),
    "a footer behind a blank end": (put(END, END[:-1] + b" \n-- \nPay\n"), BEHIND),
    "a footer behind a blank head": (
        lambda d: d.replace(b"MESSAGE-----\n", b"MESSAGE----- \n") + b"Pay\n",
        BEHIND,
    ),
    "blanks alone behind the end": (lambda d: d + b" \n", BLANK),
    "a blank behind the end": (put(END, END[:-1] + b" \n"), BLANK),
    "no line end": (lambda d: d[:-1], "does not end with a line end"),
    "no line end behind a footer": (lambda d: d + b"-- \nPay", BEHIND),
    "a comment": (put(b"SIGNATURE-----\n", b"SIGNATURE-----\nComment: a\n"), ARMOR),
    "a version": (put(b"SIGNATURE-----\n", b"SIGNATURE-----\nVersion: 2\n"), ARMOR),
    "an empty line in the armor": (put(END, b"\n" + END), ARMOR),
    "no armor": (
        lambda d: d.partition(b"SIGNATURE-----\n")[0] + b"SIGNATURE-----\n\n" + END,
        ARMOR,
    ),
    "a weak digest's name": (put(b"Hash: SHA512", b"Hash: MD5"), HEADER),
    "another header": (put(b"Hash: SHA512\n", b"Hash: SHA512\nComment: a\n"), HEADER),
}


@pytest.mark.parametrize(("change", "reason"), CASES.values(), ids=CASES)
def test_both_say_the_same_of_a_form_that_is_wrong(
    team_key: keys.Key, change: Change, reason: str
) -> None:
    data = change(team_key.clearsign("One.\n\n-- \nTwo.\n", "--digest-algo", "SHA512"))

    with pytest.raises(ValueError, match=reason):
        cleartext.payload(data)
    with pytest.raises(script.module().Doubt, match=reason):
        script.module().payload(data)


@pytest.mark.parametrize(
    "change", [put(b"Hash: SHA512\n", b""), put(b"Hash: SHA512", b"Hash: SHA256")]
)
def test_a_header_that_was_changed_is_not_taken_for_a_strangers_key(
    team_key: keys.Key, tmp_path: Path, change: Change
) -> None:
    data = change(team_key.clearsign("One.\n", "--digest-algo", "SHA512"))
    ring = script.module().Ring(str(tmp_path))
    ring.gpg("--batch", "--import", data=team_key.public)

    (statuses,) = ring.statuses([data])

    with pytest.raises(script.module().Doubt, match="its header `Hash:` was changed"):
        ring.signers("One.\n", statuses)
