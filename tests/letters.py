"""Mails that carry a signed text, as they leave us and as others make them."""

from __future__ import annotations

from collections.abc import Callable
from email import policy
from email.message import EmailMessage

FOOTER = "_______________\nTo leave, write to leave@lists.other.example\n"
_POLICY = policy.default.clone(linesep="\n", cte_type="7bit", max_line_length=74)


def mail(signed: bytes, encoding: str = "quoted-printable") -> bytes:
    """Return a mail whose body is a signed text."""
    return _message(signed.decode(), encoding).as_bytes()


def _message(text: str, encoding: str) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message["From"] = "csirt@cert.example"
    message["To"] = "announce@lists.cert.example"
    message["Subject"] = "[Alert] A text"
    message.set_content(text, charset="utf-8", cte=encoding)
    return message


def base64(signed: bytes) -> bytes:
    return mail(signed, "base64")


def crlf(signed: bytes) -> bytes:
    return mail(signed).replace(b"\n", b"\r\n")


def eight_bit(signed: bytes) -> bytes:
    head = b"Subject: A text\nMIME-Version: 1.0\n"
    kind = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    return head + kind + b"\n" + signed


def saved_with_an_empty_line(signed: bytes) -> bytes:
    return mail(signed) + b"\n"


def with_a_footer(signed: bytes) -> bytes:
    return mail(signed + FOOTER.encode())


def with_a_greeting(signed: bytes) -> bytes:
    return mail(b"Dear reader,\n\n" + signed)


def with_a_footer_part(signed: bytes) -> bytes:
    message = _message(signed.decode(), "quoted-printable")
    message.make_mixed()
    message.add_attachment(FOOTER.encode(), maintype="text", subtype="plain")
    return message.as_bytes()


def as_html(signed: bytes) -> bytes:
    return mail(signed).replace(b"text/plain", b"text/html")


def forwarded(signed: bytes, times: int = 1) -> bytes:
    """Return a mail to which that of a signed text is attached."""
    inner = _message(signed.decode(), "quoted-printable")
    for _ in range(times):
        outer = _message("See below.\n", "7bit")
        outer.add_attachment(inner)
        inner = outer
    return inner.as_bytes()


def quoted(signed: bytes) -> bytes:
    """Return an answer to a mail of ours, as mail programs begin one."""
    lines = signed.decode().replace("\n", "\n> ")
    return mail(f"They wrote:\n> {lines}\n".encode())


def unrelated() -> bytes:
    return mail(b"Lunch at noon?\n")


GOOD: dict[str, Callable[[bytes], bytes]] = {
    "quoted-printable": mail,
    "base64": base64,
    "CRLF": crlf,
    "8bit": eight_bit,
    "saved with an empty line": saved_with_an_empty_line,
}
BAD: dict[str, Callable[[bytes], bytes]] = {
    "a footer behind the block": with_a_footer,
    "a greeting before the block": with_a_greeting,
    "a footer in a part of its own": with_a_footer_part,
    "HTML": as_html,
}
