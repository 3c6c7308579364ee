"""The list server as the page needs it on which subscribers leave: one call of REST.

It uses the standard library alone, so that little is loaded where the public calls.
"""

from __future__ import annotations

import base64
import http.client
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from publisher import connection
from publisher.connection import Peer
from publisher.errors import MailmanError

if TYPE_CHECKING:
    from publisher.model.settings import Mailman

logger = logging.getLogger(__name__)

_ANSWERS = {HTTPStatus.NO_CONTENT: True, HTTPStatus.FORBIDDEN: False}


class Leaving:
    """Takes members off lists, for those who hold their token."""

    def __init__(self, settings: Mailman, password: str) -> None:
        """Talk to the server of `settings` as its REST administrator."""
        self._url = urlsplit(settings.url)
        self._peer = Peer.at(
            settings.url, "the list server", "mailman.url", seconds=settings.timeout
        )
        self._timeout = settings.timeout
        token = base64.b64encode(f"{settings.user}:{password}".encode()).decode()
        self._headers = {
            "Authorization": f"Basic {token}",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def leave(self, list_id: str, member: str, token: str) -> bool:
        """Take a member off a list; False if the token is not theirs.

        Raise MailmanError if the server cannot say.
        """
        path = f"{self._url.path}/plugins/publisher/leave"
        values = urlencode({"list": list_id, "member": member, "token": token})
        server = self._connection()
        try:
            server.request("POST", path, values, self._headers)
            status = server.getresponse().status
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise MailmanError(connection.told(error, self._peer)) from error
        finally:
            server.close()
        logger.debug("POST %s: %d", path, status)
        if status not in _ANSWERS:
            meaning = connection.status(status)
            told = f" ({meaning})" if meaning else ""
            msg = (
                f"the list server at {self._url.geturl()} answers {status}{told}: see "
                "that it has the plugin, and that the password is right"
            )
            raise MailmanError(msg)
        return _ANSWERS[HTTPStatus(status)]

    def _connection(self) -> http.client.HTTPConnection:
        kind = (
            http.client.HTTPSConnection
            if self._url.scheme == "https"
            else http.client.HTTPConnection
        )
        return kind(self._url.hostname or "", self._url.port, timeout=self._timeout)
