"""Cases about texts: how they were signed, what stands in the file, what it says."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from publisher.model.clocks import TOLERANCE
from publisher.model.ids import AdvisoryId, Language
from tests import builders, keys
from tests.sign.bench import (
    SIGNED,
    SIGNED_AT,
    Bench,
    Made,
    armored,
    body,
    by,
    rewrapped,
    with_imprint,
)
from tests.sign.case import bad, beyond, differing, good

LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

# How and when it was signed.


def _digest(bench: Bench, name: str, *options: str, relabelled: str = "") -> Made:
    key = bench.key()
    data = bench.sign(key, options=("--digest-algo", name, *options))
    if relabelled:
        data = data.replace(f"Hash: {name}\n".encode(), relabelled.encode(), 1)
    return bench.made(data, key)


def _unlabelled(bench: Bench) -> Made:
    key = bench.key()
    data = bench.sign(key, options=("--digest-algo", "SHA512"))
    return bench.made(data.replace(b"Hash: SHA512\n", b"", 1), key)


def _md5(bench: Bench) -> Made:
    return _digest(bench, "MD5", "--allow-weak-digest-algos")


def _future(bench: Bench) -> Made:
    key = bench.key()
    return bench.made(bench.sign(key, at="20990101T000000!"), key)


def _not_yet(bench: Bench) -> Made:
    key = bench.key()
    return bench.made(
        bench.sign(key), key, now=SIGNED_AT - TOLERANCE - timedelta(seconds=1)
    )


def _hardly_later(bench: Bench) -> Made:
    key = bench.key()
    return bench.made(bench.sign(key), key, now=SIGNED_AT - TOLERANCE)


def _before_its_key(bench: Bench) -> Made:
    """Look at a good one with a clock that is behind the making of its key.

    The key's machine is ahead here, which is the same to gpg.
    """
    user = "ahead <csirt@cert.example>"
    at = ("--faked-system-time", "20980101T000000!")
    key = keys.make(bench.home, user, "ed25519", "never", *at)
    return bench.made(bench.sign(key, at="20990101T000000!"), key)


def _older_than_its_key(bench: Bench) -> Made:
    key = bench.key()
    data = bench.sign(key, at="20240101T000000!", options=("--ignore-time-conflict",))
    return bench.made(data, key)


def _over(bench: Bench) -> Made:
    key = bench.key()
    data = bench.sign(key, options=("--default-sig-expire", "30d"))
    return bench.made(data, key)


def _binary(bench: Bench) -> Made:
    key = bench.key()
    signed = bench.text[:-1].replace("\n", "\r\n").encode()
    armor = bench.gpg(
        SIGNED, "--local-user", key.fingerprint, "--digest-algo", "SHA512", "--armor",
        "--detach-sign", data=signed,
    )  # fmt: skip
    return bench.made(rewrapped(bench.sign(key), body(armor)), key)


def _message(*options: str) -> Callable[[Bench], Made]:
    """Hide a signed message in the armor, over which nobody's eyes go."""

    def make(bench: Bench) -> Made:
        key = bench.key()
        armor = bench.gpg(
            SIGNED, "--local-user", key.fingerprint, "--digest-algo", "SHA512",
            "--armor", *options, "--sign", data=b"Nothing to see here.\n",
        )  # fmt: skip
        forged = bench.sign(key).replace(b"Example", b"Another")
        return bench.made(rewrapped(forged, body(armor)), key)

    return make


def _unread(bench: Bench) -> Made:
    """Change bits before a padding, which stand for nothing (RFC 4648, 3.5)."""
    key = bench.key()
    for number in range(100):
        data = bench.sign(key, text=f"{number}\n{bench.text}")
        # A packet may be long enough to need no padding.
        letter, mark, rest = armored(data).partition(b"=\n=")
        if mark and not letter.endswith(b"="):
            last = LETTERS[LETTERS.index(letter[-1:]) + 1 :][:1]
            return bench.made(rewrapped(data, letter[:-1] + last + mark + rest), key)
    raise AssertionError


FOREIGN = "holds something else than signatures"
WEAK = "the signature uses {}, which does not count any more"
HEADER = "has a header that is not its digest's name"
SIGNING = (
    good("SHA-256", lambda b: _digest(b, "SHA256")),
    bad("SHA-1", lambda b: _digest(b, "SHA1"), HEADER),
    bad("SHA-1 called SHA-512",
        lambda b: _digest(b, "SHA1", relabelled="Hash: SHA512\n"),
        WEAK.format("SHA-1")),
    bad("MD5", _md5, HEADER),
    bad("MD5 without a header",
        lambda b: _digest(b, "MD5", "--allow-weak-digest-algos", relabelled="\n"),
        WEAK.format("MD5")),
    beyond("SHA-224", lambda b: _digest(b, "SHA224"), HEADER),
    beyond("SHA-224 called SHA-256",
           lambda b: _digest(b, "SHA224", relabelled="Hash: SHA256\n"),
           WEAK.format("SHA-224")),
    beyond("SHA-512 called SHA-256",
           lambda b: _digest(b, "SHA512", relabelled="Hash: SHA256\n"),
           "the header does not name SHA-512, which its signature uses"),
    beyond("SHA-512 without a header", _unlabelled,
           "the header does not name SHA-512, which its signature uses"),
    bad("from the future", _future, "from the future"),
    beyond("later than now", _not_yet, "from the future"),
    good("a minute later than now", _hardly_later),
    differing(
        "by a key that is not made yet", _before_its_key, "which is before the key"
    ),
    bad("older than its key", _older_than_its_key, "is older than the key"),
    bad("the signature itself expired", _over, "the signature itself has expired"),
    bad("over binary data", _binary, "of class 00, not one over text"),
    bad("a signed message in the armor", _message("-z", "0"), FOREIGN),
    bad("a packed message in the armor", _message(), FOREIGN),
)  # fmt: skip

# What stands in the file.


def _changed(change: Callable[[bytes], bytes]) -> Callable[[Bench], Made]:
    def make(bench: Bench) -> Made:
        key = bench.key()
        data = bench.sign(key)
        changed = change(data)
        assert changed != data
        return bench.made(changed, key)

    return make


def _put(old: bytes, new: bytes) -> Callable[[Bench], Made]:
    return _changed(lambda data: data.replace(old, new, 1))


def _dashes(change: Callable[[bytes], bytes]) -> Callable[[Bench], Made]:
    """Have a text signed that begins with lines that gpg escapes."""

    def make(bench: Bench) -> Made:
        key = bench.key()
        data = bench.sign(key, text=f"- Item\nFrom us\n{bench.text}")
        return bench.made(change(data), key)

    return make


def _says(text: Callable[[str], str]) -> Callable[[Bench], Made]:
    """Have another text signed than an edition."""

    def make(bench: Bench) -> Made:
        key = bench.key()
        return bench.made(bench.sign(key, text=text(bench.text)), key)

    return make


WORD = b"Example Server"
FORGED = b"From now on, download updates from https://evil.example/ only."
BLANK = "of the text ends with a blank"
CHANGED = "the text was changed after it was signed"
TWICE = "is there . times, not once"
ARMOR = "is no plain ASCII armor"
ESCAPED = "is not dash-escaped as GnuPG"
BEHIND = "goes on behind its signature"
IN_ARMOR = "of the armor, ends with a blank"
WRAPPED = "the lines of this copy were wrapped anew"


def _wrapped(data: bytes) -> bytes:
    """Wrap as a mail program does that takes all of it for one paragraph."""
    return "\n".join(textwrap.wrap(data.decode(), 72)).encode() + b"\n"


def _text_wrapped(data: bytes) -> bytes:
    """Wrap the lines that are too long, as `format=flowed` is often made."""
    head, mark, tail = data.partition(b"-----BEGIN PGP SIGNATURE-----\n")
    lines = [
        piece
        for line in head.decode().split("\n")
        for piece in (textwrap.wrap(line, 66, break_long_words=False) or [""])
    ]
    return "\n".join(lines).encode() + mark + tail


def _armor_joined(data: bytes) -> bytes:
    inside = armored(data)
    return rewrapped(data, b"\n" + inside.replace(b"\n", b"") + b"\n")


FORM = (
    good("with lines that are escaped", _dashes(lambda d: d)),
    bad("a changed letter", _put(WORD, b"Example Slrver"), CHANGED),
    bad("an added line", _put(b"\n\n", b"\n\nAdded.\n"), CHANGED),
    bad("a removed line", _put(b"  1. Stop the service.\n", b""), CHANGED),
    bad("nothing", lambda b: b.made(b"", b.key()), "does not end with a line end"),
    beyond("text before the block", _changed(lambda d: b"Hello\n" + d),
           "does not begin with the block"),
    beyond("an empty line before the block", _changed(lambda d: b"\n" + d),
           "does not begin with the block"),
    bad("a mark of the byte order", _changed(lambda d: b"\xef\xbb\xbf" + d),
           "does not begin with the block"),
    beyond("text after the block", _changed(lambda d: d + b"Bye\n"), BEHIND),
    beyond("a mail's footer after the block",
           _changed(lambda d: d + b"-- \n" + FORGED + b"\n"), BEHIND),
    beyond("a footer with a blank after a blank in the armor",
           _changed(lambda d: d.replace(b"\n-----END", b" \n-----END")
                    + FORGED + b" \n"), BEHIND),
    beyond("an empty line after the block", _changed(lambda d: d + b"\n"), BEHIND),
    beyond("no line end at the end", _changed(lambda d: d[:-1]),
           "does not end with a line end"),
    beyond("two blocks", _changed(lambda d: d + d), TWICE),
    beyond("a block in a block",
           lambda b: b.made(b.sign(b.key(), text=b.sign(b.key()).decode()), b.key()),
           "end with a well-formed imprint"),
    beyond("a second mark of the beginning",
           _changed(lambda d: d[: d.index(b"\n") + 1] + d), TWICE),
    beyond("two signatures' armors", _changed(
        lambda d: d + b"-----BEGIN PGP SIGNATURE-----\n" + armored(d)
        + b"-----END PGP SIGNATURE-----\n"), TWICE),
    beyond("a comment in the head",
           _put(b"Hash: SHA512\n", b"Hash: SHA512\nComment: " + FORGED + b"\n"),
           HEADER),
    beyond("a header that turns escaping off",
           _put(b"Hash: SHA512\n",
                b"Hash: SHA512\nNotDashEscaped: You need GnuPG\n"), HEADER),
    beyond("a comment in the armor",
           _put(b"SIGNATURE-----\n\n",
                b"SIGNATURE-----\nComment: " + FORGED + b"\n\n"), ARMOR),
    beyond("bits that nobody reads in the armor", _unread, ARMOR),
    bad("text behind the armor's sum",
        _put(b"-----END", FORGED + b"\n-----END"), ARMOR),
    beyond("blanks at a line's end", _put(WORD + b"\n", WORD + b" \n"), BLANK),
    beyond("a tab at a line's end", _put(WORD + b"\n", WORD + b"\t\n"), BLANK),
    beyond("CRLF", _changed(lambda d: d.replace(b"\n", b"\r\n")),
           "line ends of this copy were changed to CRLF"),
    beyond("CR at a line's end", _put(WORD + b"\n", WORD + b"\r\n"),
           r"holds U\+000D"),
    beyond("a blank behind the head", _put(b"MESSAGE-----\n", b"MESSAGE----- \n"),
           IN_ARMOR),
    beyond("a blank on the empty line", _put(b"512\n\n", b"512\n \n"), IN_ARMOR),
    beyond("a blank behind the armor's sum", _put(b"\n-----END", b" \n-----END"),
           IN_ARMOR),
    beyond("a tab behind the end",
           _changed(lambda d: d.replace(b"END PGP SIGNATURE-----\n",
                                        b"END PGP SIGNATURE-----\t\n")), IN_ARMOR),
    bad("wrapped anew throughout", _changed(_wrapped), WRAPPED),
    bad("the text wrapped anew", _changed(_text_wrapped), WRAPPED),
    differing("the armor in one line", _changed(_armor_joined), WRAPPED),
    bad("text behind many blanks",
        _put(WORD + b"\n", WORD + b" " * 20_000 + FORGED + b"\n"), "is longer than"),
    bad("text behind many tabs",
        _put(WORD + b"\n", WORD + b"\t" * 20_000 + FORGED + b"\n"), "is longer than"),
    bad("a NUL", _put(WORD, b"Example\0Server"), r"holds U\+0000"),
    bad("a letter that is none", _put(WORD, b"Example\xff"), "is not UTF-8"),
    beyond("signed with CR inside", _says(lambda t: t.replace("a", "a\rb", 1)),
           r"holds U\+000D"),
    beyond("signed with a direction's mark", _says(lambda t: "\u202e" + t),
           r"holds U\+202E"),
    beyond("signed with two line ends at its end", _says(lambda t: t + "\n"),
           "does not end with exactly one line end"),
    beyond("escaped without need", _put(b"\n\n", b"\n\n- "), ESCAPED),
    beyond("an escape that is missing", _dashes(
        lambda d: d.replace(b"\n- From", b"\nFrom")), "begins with 'From ' and"),
    bad("a dash that is not escaped",
        _dashes(lambda d: d.replace(b"\n- - ", b"\n- ")), ESCAPED),
)  # fmt: skip

# What the text says that it is.

ADVISORY = AdvisoryId("ADV", 2026, 8)
NAME = "the signed text says that it is"


def _imprint(**changes: Any) -> Callable[[Bench], Made]:
    return _says(lambda text: with_imprint(text, **changes))


def _other_source(bench: Bench) -> Made:
    made = by("team")(bench)
    return replace(made, advisory=builders.advisory(japanese=None))


CONTENT = (
    beyond("another id inside", _imprint(id=ADVISORY), f"{NAME} ADV-2026-0008"),
    beyond("another revision inside", _imprint(revision=3), f"{NAME} .* r3 en"),
    beyond("another language inside",
           _imprint(language=Language("ja"), sources=(("ja.md", "0" * 64),)),
           f"{NAME} .* r2 ja"),
    beyond("no imprint", _says(lambda t: t[: t.index("\nAdvisory ADV")] + "\n"),
           "has 0 imprints"),
    beyond("two imprints", _says(lambda t: t + t[t.index("\nAdvisory ADV") + 1 :]),
           "has 2 imprints"),
    beyond("text behind the imprint", _says(lambda t: t + "P.S.\n"),
           "end with a well-formed imprint"),
    beyond("another source than was signed", _other_source,
           "the file changed after revision 2 was signed"),
)  # fmt: skip
