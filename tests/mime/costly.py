"""Mails that are cheap to write and may be dear to read, each of about `size` bytes."""

from __future__ import annotations

import base64
from collections.abc import Callable

Kind = Callable[[int], bytes]

_TOP = (
    b"From: Mallory <mallory@evil.example>\r\nTo: announce-join@lists.cert.example\r\n"
    b"Message-ID: <1.x@evil.example>\r\nMIME-Version: 1.0\r\n"
)


def _filled(piece: bytes, size: int) -> bytes:
    return piece * max(1, size // len(piece))


def _lines(piece: bytes, size: int) -> bytes:
    """Repeat on lines as mail servers let them pass (RFC 5321, section 4.5.3.1.6)."""
    line = _filled(piece, 900) + b"\r\n"
    return _filled(line, size)


def header(name: bytes, piece: bytes, *, folded: bool = False) -> Kind:
    """One field with as much as there is room for."""

    def make(size: int) -> bytes:
        text = _filled(piece, size)
        if folded:
            text = _lines(piece, size).replace(b"\r\n", b"\r\n ").rstrip()
        fields = [each for each in _TOP.split(b"\r\n") if not each.startswith(name)]
        return b"\r\n".join([name + b": " + text, *fields, b"join\r\n"])

    return make


def fields(piece: bytes) -> Kind:
    """Many fields."""
    return lambda size: _TOP + _filled(piece, size) + b"\r\njoin\r\n"


def body(piece: bytes, head: bytes = b"", *, endless: bool = False) -> Kind:
    """One part."""

    def make(size: int) -> bytes:
        text = _filled(piece, size) if endless else _lines(piece, size)
        return _TOP + head + b"\r\n" + text

    return make


def markup(piece: bytes, before: bytes = b"") -> Kind:
    """An HTML mail."""
    head = b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    return lambda size: _TOP + head + before + _filled(piece, size)


def charset(name: bytes, piece: bytes) -> Kind:
    """A text in a charset."""
    head = b"Content-Type: text/plain; charset=" + name + b"\r\n"
    return body(piece, head, endless=True)


def nested(inner: bytes = b"multipart/mixed", end: bytes = b"\r\n") -> Kind:
    """Parts in parts in parts."""

    def make(size: int) -> bytes:
        text, number = [], 0
        while size > 0:
            kind = b"Content-Type: " + inner + b"; boundary=b%d" % number + end + end
            text.append(kind + (b"--b%d" % number + end) * inner.startswith(b"multi"))
            size -= len(text[-1])
            number += 1
        return _TOP + b"".join(text)

    return make


def levels(count: int) -> bytes:
    """Return a mail with so many parts in parts."""
    part = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    return _TOP + b"".join(part % (each, each) for each in range(count)) + b"\r\n"


def around(piece: bytes, depth: int = 19) -> Kind:
    """As many parts in parts as are read, and lines that each of them is asked of."""

    def make(size: int) -> bytes:
        text = [
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
            for n in range(depth)
        ]
        return _TOP + b"".join(text) + b"\r\n" + _filled(piece, size)

    return make


def siblings(piece: bytes) -> Kind:
    """Parts beside each other."""
    head = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    return lambda size: _TOP + head + _filled(b"--b\r\n" + piece, size)


def _alternating(size: int) -> bytes:
    """Boundaries of the outer and of the inner parts by turns."""
    one = b"--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
    head = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
    return _TOP + head + _filled(one, size)


def _long_boundary(size: int) -> bytes:
    name = b"b" * (size // 3)
    kind = b'Content-Type: multipart/mixed; boundary="' + name + b'"\r\n\r\n'
    return _TOP + kind + b"--" + name + b"\r\n\r\njoin\r\n--" + name + b"--\r\n"


def _encoded(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def _parameters(size: int) -> bytes:
    """Names of charsets that are in one themselves (RFC 2231, section 4)."""
    name = b"Content-Type: text/plain; charset*=punycode''" + _punycode(8000)
    return siblings(name + b"\r\n\r\n\r\n")(size)


def _punycode(size: int) -> bytes:
    """Letters that go into the middle of all the others (RFC 3492)."""
    return b"a" * (size // 2) + b"-" + b"b" * (size // 2)


HTML = b"Content-Type: text/html\r\n"
B64 = b"Content-Transfer-Encoding: base64\r\n"
QP = b"Content-Transfer-Encoding: quoted-printable\r\n"
UU = b"Content-Transfer-Encoding: x-uuencode\r\n"

KINDS: dict[str, Kind] = {
    # Of the text.
    "text": body(b"an honest line of text "),
    "empty lines": body(b"\r\n", endless=True),
    "one endless line": body(b"x", endless=True),
    "blanks": body(b" ", endless=True),
    "NULs": body(b"\0", endless=True),
    "lone CRs": body(b"\r", endless=True),
    "lone LFs": body(b"\n", endless=True),
    "bytes that are no text": body(b"\xff\xfe", endless=True),
    "combining marks": body("\u0315\u0300\u05ae".encode(), endless=True),
    "expanding letters": body("\ufdfa".encode(), endless=True),
    "commands": body(b"join\r\n", endless=True),
    "quotes": body(b"> > > > "),
    "dates before quotes": body("2026年".encode()),
    "on wrote": body(b"on  wrote am schrieb "),
    "dashes": body(b"-----"),
    "addresses": body(b"change a@b.example "),
    # Of HTML.
    "tags that do not end": markup(b"<a "),
    "attributes": markup(b"b=c ", b"<a "),
    "quoted attributes": markup(b'b="c" ', b"<a "),
    "open double quotes": markup(b'<a b="'),
    "open single quotes": markup(b"<a b='"),
    "both quotes": markup(b"""<a b='="c"""),
    "equals signs": markup(b"= ", b"<a "),
    "comments that do not end": markup(b"<!--"),
    "ends of comments": markup(b"-->", b"<!--"),
    "declarations": markup(b"<!"),
    "marked sections": markup(b"<![CDATA["),
    "instructions": markup(b"<?"),
    "end tags": markup(b"</"),
    "end tags of others": markup(b"</head>", b"<blockquote>" * 1000),
    "less-than signs": markup(b"<"),
    "quoted parts": markup(b"<blockquote>"),
    "scripts": markup(b"<script>"),
    "styles within": markup(b"</styl", b"<style>"),
    "titles": markup(b"<title></title>"),
    "tags": markup(b"<p>"),
    "references": markup(b"&amp"),
    "numbers": markup(b"&#"),
    "endless numbers": markup(b"9", b"&#"),
    # Of the structure.
    "depth": nested(),
    "depth by lone CRs": nested(end=b"\r"),
    "depth by LFs": nested(end=b"\n"),
    "digests in digests": nested(b"multipart/digest"),
    "mails in mails": nested(b"message/rfc822"),
    "reports in reports": nested(b"message/delivery-status"),
    "depth behind blanks": nested(b"\x1c\x1fmultipart/mixed"),
    "lines within depth": around(b"line\n"),
    "dashes within depth": around(b"--\r\n"),
    "other boundaries within depth": around(b"--b0x\r\n"),
    "siblings": siblings(b"\r\n"),
    "sibling mails": siblings(b"Content-Type: message/rfc822\r\n\r\n\r\n"),
    "sibling parts of parts": siblings(b"Content-Type: multipart/mixed\r\n\r\n"),
    "sibling parameters": siblings(b"Content-Type: x/y" + b";" * 90 + b"\r\n\r\n"),
    "alternating boundaries": _alternating,
    "a long boundary": _long_boundary,
    "blocks of a report": body(
        b"a: b\r\n\r\n", b"Content-Type: message/delivery-status\r\n", endless=True
    ),
    # Of encodings.
    "base64": lambda size: _TOP + B64 + b"\r\n" + _encoded(b"x" * (size * 3 // 4)),
    "base64 of tags": lambda size: (
        _TOP + HTML + B64 + b"\r\n" + _encoded(b"<a " * (size // 4))
    ),
    "broken base64": body(b"=A", B64),
    "quoted-printable": body(b"=3D", QP),
    "broken quoted-printable": body(b"=", QP),
    "soft line breaks": body(b"=\r\n", QP, endless=True),
    "uuencode": body(b"begin 644 a\r\nM\r\n", UU, endless=True),
    "ISO-2022-JP": charset(b"iso-2022-jp", b"\x1b$B\x1b(B"),
    "HZ": charset(b"hz", b"~{~}"),
    "UTF-7": charset(b"utf-7", b"+AAAA-"),
    "UTF-16": charset(b"utf-16", b"\xd8\x00"),
    "punycode": lambda size: charset(b"punycode", _punycode(size))(1),
    "punycode in disguise": lambda size: body(
        _punycode(size),
        b"Content-Type: text/plain; charset*0=puny;\r\n charset*1=code\r\n",
        endless=True,
    )(1),
    "punycode in parameters": _parameters,
    "host names": charset(b"idna", b"b"),
    "host names in disguise": charset(b'"--IDNA"', "ß".encode()),
    # Of headers.
    "fields": fields(b"a: b\r\n"),
    "empty fields": fields(b":\r\n"),
    "folded lines": fields(b" \r\n"),
    "Received": fields(b"Received: from [198.51.100.77] by x\r\n"),
    "Content-Type again": fields(b"Content-Type: text/plain\r\n"),
    "From again": fields(b"From: a@b.example\r\n"),
    "marks of programs": fields(b"X-Loop : x\r\n"),
    "parameters": header(b"Content-Type", b"; a=b"),
    "open parameters": header(b"Content-Type", b';"'),
    "backslashes": header(b"Content-Type", b'; a="\\"'),
    "continued parameters": header(b"Content-Type", b"; charset*0*=a''b"),
    "continued names": header(b"Content-Disposition", b"; filename*9=b"),
    "semicolons": header(b"Content-Type", b";", folded=True),
    "begun encoded words": header(b"Subject", b"=?a?q?", folded=True),
    "encoded words": header(b"Subject", b"=?utf-8?q?a?= ", folded=True),
    "encoded words on one line": header(b"Subject", b"=?a?q?"),
    "encoded words in other charsets": header(b"Subject", b"=?punycode?q?a-b?= "),
    "unknown charsets": lambda size: header(
        b"Subject",
        b" ".join(b"=?x%d?q?a?=" % number for number in range(size // 14)),
    )(1),
    "prefixes of replies": header(b"Subject", b"Re: [x] ", folded=True),
    "comments in From": header(b"From", b"("),
    "groups in From": header(b"From", b"a:"),
    "commas in From": header(b"From", b","),
    "brackets in From": header(b"From", b"<"),
    "routes in From": header(b"From", b"<@a,"),
    "quotes in From": header(b"From", b'"a\\'),
    "dots in From": header(b"From", b"a."),
    "literals in From": header(b"From", b"a@["),
    "addresses in To": header(b"To", b"a@b.example,", folded=True),
    "comments in To": header(b"To", b"(", folded=True),
    "groups in Cc": header(b"Cc", b"a:", folded=True),
    "Reply-To": header(b"Reply-To", b"a@b.example,", folded=True),
    "References": header(b"References", b"<a@b> ", folded=True),
    "Date": header(b"Date", b"Mon, 1 ", folded=True),
    "Message-ID": header(b"Message-ID", b"<[a]", folded=True),
    "blanks in Message-ID": header(b"Message-ID", b" "),
    "Auto-Submitted": header(b"Auto-Submitted", b"no;", folded=True),
    "Return-Path": header(b"Return-Path", b"-bounces+", folded=True),
    "List-ID": header(b"List-Id", b"=?utf-8?b?", folded=True),
    "bytes in Subject": header(b"Subject", b"\xff", folded=True),
    "escapes in Subject": header(b"Subject", b"\x1b$B"),
    "NULs in Subject": header(b"Subject", b"\0"),
}
