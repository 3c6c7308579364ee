"""Calls of Mailman's REST interface: with a time limit, and errors that say what to do.

Every failure is a MailmanError, and its `certain` is True only if the server did not
carry out the request.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import parse_qs

import requests
import urllib3
from mailmanclient.restbase.connection import Connection, MailmanConnectionError

from publisher import connection
from publisher.adapters import acts
from publisher.connection import Fault, Peer
from publisher.errors import MailmanError

if TYPE_CHECKING:
    from publisher.model.settings import Mailman

logger = logging.getLogger(__name__)

Content = dict[str, Any]
_JSON = "json"
"""The form field in which values travel to `_as_json`."""
_LONGEST = 300
"""Characters of a reason that a message shows."""
_BEFORE = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
"""What only a proxy before Mailman answers."""


class Server:
    """One list server; all paths are below its address."""

    def __init__(self, settings: Mailman, password: str) -> None:
        self._settings = settings
        # Mailman reads them as UTF-8; requests would write text as Latin-1.
        arguments = (settings.url, settings.user.encode(), password.encode())
        self._forms = Connection(*arguments, request_hooks=[self._guarded])
        self._typed = Connection(*arguments, request_hooks=[self._guarded, _as_json])

    @property
    def timeout(self) -> float:
        """Seconds that one answer may take."""
        return self._settings.timeout

    @property
    def wait(self) -> float:
        """Seconds in which a mail that was handed over is to be posted or refused."""
        return self._settings.wait

    def get(self, path: str) -> Content:
        """Return what `path` holds."""
        return self._call(self._forms, "GET", path)[1]

    def find(self, path: str) -> Content | None:
        """Return what `path` holds; None if the server knows no such thing."""
        try:
            return self.get(path)
        except NotThereError:
            return None

    def entries(self, path: str) -> Sequence[Content]:
        """Return the members of the collection at `path`."""
        # Mailman leaves the field out when there are none.
        found = self.get(path).get("entries", [])
        return [entry for entry in found if isinstance(entry, dict)]

    def post(self, path: str, values: Mapping[str, str]) -> str:
        """Make something new at `path`; return its address, "" if there is none."""
        return self._call(self._forms, "POST", path, dict(values))[0]

    def patch(self, path: str, values: Mapping[str, object]) -> None:
        """Change some values at `path`; as JSON, since forms know no null."""
        self._call(self._typed, "PATCH", path, {_JSON: json.dumps(values)})

    def delete(self, path: str) -> None:
        """Remove what is at `path`."""
        self._call(self._forms, "DELETE", path)

    def _call(
        self,
        server: Connection,
        method: str,
        path: str,
        data: Mapping[str, str] | None = None,
    ) -> tuple[str, Content]:
        """Return the address of what was made, and the content of the answer."""
        logger.debug("%s %s/%s", method, self._settings.url, path)
        if method == "GET":
            return self._asked(server, method, path, data)
        with acts.act("rest", f"{method} {path}", self._settings.url):
            return self._asked(server, method, path, data)

    def _asked(
        self,
        server: Connection,
        method: str,
        path: str,
        data: Mapping[str, str] | None,
    ) -> tuple[str, Content]:
        try:
            response, content = server.call(path, data, method)
        except HTTPError as error:
            raise self._refusal(error, f"{method} {path}") from error
        except MailmanConnectionError as error:
            raise self._silence(error) from error
        except TypeError as error:
            # mailmanclient's own, of an error whose JSON is not an object.
            raise MailmanError(self._stranger()) from error
        if content is not None and not isinstance(content, dict):
            raise MailmanError(self._stranger())
        return response.headers.get("Location", ""), content or {}

    def _guarded(self, request: dict[str, Any]) -> dict[str, Any]:
        # A redirected POST is repeated as a GET: its answer says "done" and nothing
        # was done (RFC 9110, section 15.4.3). A proxy for plain http, as the
        # environment may name one, would read the password.
        return {
            **request,
            "timeout": self._settings.timeout,
            "allow_redirects": False,
            "proxies": {"http": ""},
        }

    def _refusal(self, error: HTTPError, request: str) -> MailmanError:
        url, code = self._settings.url, error.code
        if code == HTTPStatus.UNAUTHORIZED:
            msg = (
                f"the list server at {url} does not accept the user "
                f"{self._settings.user!r} with this password: mend [mailman] in "
                "publisher.toml, or the secret that it names"
            )
            return MailmanError(msg, certain=True)
        if code == HTTPStatus.NOT_FOUND:
            msg = (
                f"the list server at {url} knows nothing of this ({request}): see that "
                "mailman.url ends in /3.1, and run `publisher lists plan`"
            )
            return NotThereError(msg, certain=True)
        if code in _BEFORE:
            msg = (
                f"the list server at {url} answers {code} ({request}): "
                f"{connection.status(code)}: see that Mailman runs behind the proxy "
                "there, then try again"
            )
            return MailmanError(msg)
        if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            msg = (
                f"the list server at {url} failed ({code}, {request}): its log "
                "mailman.log says why; mend that and try again"
            )
            return MailmanError(msg)
        if code < HTTPStatus.BAD_REQUEST:
            msg = f"{url} redirects elsewhere: put the final address into mailman.url"
            return MailmanError(msg, certain=True)
        msg = (
            f"the list server at {url} refuses this ({code}, {request}): "
            f"{_reason(error)}"
        )
        return MailmanError(msg, certain=True)

    def _silence(self, error: MailmanConnectionError) -> MailmanError:
        cause = error.__context__
        if isinstance(cause, requests.exceptions.InvalidJSONError):
            return MailmanError(self._stranger())
        peer = Peer.at(
            self._settings.url,
            "the list server",
            "mailman.url",
            seconds=self._settings.timeout,
            trust="REQUESTS_CA_BUNDLE",
        )
        told = connection.told(error, peer)
        return MailmanError(told, certain=_never_connected(cause))

    def _stranger(self) -> str:
        return (
            f"what answers at {self._settings.url} is not Mailman's REST interface: "
            "mend mailman.url in publisher.toml"
        )


class NotThereError(MailmanError):
    """The server has nothing at the path that was asked for."""


def _reason(error: HTTPError) -> str:
    """Return why the server says no; a page for browsers says nothing to us."""
    told = "".join(c if c.isprintable() else " " for c in str(error.msg))
    told = " ".join(told.split())
    if not told or told.startswith("<"):
        return connection.status(error.code) or "it does not say why"
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…"


def _as_json(request: dict[str, Any]) -> dict[str, Any]:
    """Turn the one field of a form into a body of JSON."""
    [data] = parse_qs(request["data"])[_JSON]
    headers = {**request["headers"], "Content-Type": "application/json"}
    return {**request, "data": data.encode(), "headers": headers}


def _never_connected(cause: BaseException | None) -> bool:
    if isinstance(cause, requests.exceptions.ConnectTimeout):
        return True
    if cause and connection.fault(cause) is Fault.CERTIFICATE:
        return True
    reason = getattr(cause.args[0], "reason", None) if cause and cause.args else None
    return isinstance(reason, urllib3.exceptions.NewConnectionError)
