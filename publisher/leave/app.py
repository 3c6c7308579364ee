"""The application: a request in, a page out; it never tells who subscribes."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from publisher.errors import MailmanError
from publisher.leave.pages import Face
from publisher.mime import limits, parts

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from publisher.leave.pages import Pages

logger = logging.getLogger(__name__)

Leave = Callable[[str, str, str], bool]
"""Takes list, member and token; says whether the token is good, or MailmanError."""

_LONGEST_BODY = 4096
_METHODS = ("GET", "HEAD", "POST")
_FIELDS = {
    "list": re.compile(r"[a-z0-9._+-]{1,255}"),
    "member": re.compile(r"[0-9a-f]{32}"),
    "token": re.compile(r"[A-Za-z0-9_-]{43}"),
}
# RFC 8058, section 3.1.
_NAME, _VALUE = "List-Unsubscribe", "One-Click"
_RETRY_AFTER = "300"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the address says: whose membership of which list, and by what right."""

    list_id: str
    member: str
    token: str


class Application:
    """A WSGI application (PEP 3333)."""

    def __init__(self, path: str, pages: Pages, leave: Leave) -> None:
        """Serve one page at `path`."""
        self._path = path
        self._pages = pages
        self._leave = leave
        policy = (
            "default-src 'none'; base-uri 'none'; form-action 'self'; "
            f"frame-ancestors 'none'; style-src '{pages.style_digest}'"
        )
        self._headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", policy),
            ("Cache-Control", "no-store"),
            # The address is a key: it goes to nobody else.
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Robots-Tag", "noindex, nofollow"),
        ]

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request."""
        method = environ["REQUEST_METHOD"]
        found = ticket(environ.get("QUERY_STRING", ""))
        status, face = self._answer(method, environ, found)
        declared = self._pages.find(found.list_id) if found else None
        body = self._pages.render(face, declared)
        headers = [*self._headers, ("Content-Length", str(len(body)))]
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", ", ".join(_METHODS)))
        if status is HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append(("Retry-After", _RETRY_AFTER))
        start_response(f"{status.value} {status.phrase}", headers)
        return [] if method == "HEAD" else [body]

    def _answer(
        self, method: str, environ: WSGIEnvironment, found: Ticket | None
    ) -> tuple[HTTPStatus, Face]:
        # WSGI splits the path where the server was told to.
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        if path != self._path:
            return HTTPStatus.NOT_FOUND, Face.WRONG
        if method not in _METHODS:
            return HTTPStatus.METHOD_NOT_ALLOWED, Face.WRONG
        if found is None or self._pages.find(found.list_id) is None:
            return HTTPStatus.BAD_REQUEST, Face.WRONG
        if method != "POST":
            return HTTPStatus.OK, Face.ASK
        if not is_one_click(environ):
            return HTTPStatus.BAD_REQUEST, Face.ASK
        return self._act(found)

    def _act(self, found: Ticket) -> tuple[HTTPStatus, Face]:
        try:
            is_good = self._leave(found.list_id, found.member, found.token)
        except MailmanError as error:
            logger.error("nobody can leave: %s", error)  # noqa: TRY400
            return HTTPStatus.SERVICE_UNAVAILABLE, Face.LATER
        if not is_good:
            return HTTPStatus.FORBIDDEN, Face.WRONG
        return HTTPStatus.OK, Face.DONE


def ticket(query: str) -> Ticket | None:
    """Return what the query of an address says; None if it is not one of ours."""
    try:
        told = parse_qs(query, max_num_fields=len(_FIELDS), errors="strict")
    except ValueError:
        return None
    if set(told) != set(_FIELDS) or any(len(values) != 1 for values in told.values()):
        return None
    values = {name: told[name][0] for name in _FIELDS}
    if not all(form.fullmatch(values[name]) for name, form in _FIELDS.items()):
        return None
    return Ticket(values["list"], values["member"], values["token"])


def is_one_click(environ: WSGIEnvironment) -> bool:
    """Tell whether the body is that of RFC 8058, section 3.1, in either form."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or len(length) > 6 or int(length) > _LONGEST_BODY:
        return False
    body = environ["wsgi.input"].read(int(length))
    kind = environ.get("CONTENT_TYPE", "")
    if kind.lower().startswith("multipart/form-data"):
        return _in_parts(kind, body)
    try:
        told = parse_qs(body.decode("ascii"), max_num_fields=10)
    except ValueError:
        return False
    return told.get(_NAME) == [_VALUE]


def _in_parts(kind: str, body: bytes) -> bool:
    """Tell whether a part has the one name and value (RFC 7578)."""
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
    try:
        message = parts.parse(head + body, limits.FORM)
    except limits.MailError:
        return False
    return any(
        part.get_param("name", header="content-disposition") == _NAME
        and parts.content(part).strip() == _VALUE.encode()
        for part in parts.inside(message)
    )
