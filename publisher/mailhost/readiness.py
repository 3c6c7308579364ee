"""Whether Mailman is up, and whether it is busy."""

from __future__ import annotations

import base64
import http.client
from pathlib import Path

from publisher.mailhost import config, loopback

_TIMEOUT = 5.0
# `retry` waits for another host, `shunt` and `bad` for a human.
_QUEUES = ("in", "pipeline", "out", "virgin", "command", "bounces")


def rest_answers(port: int, password: str) -> bool:
    """Return whether Mailman's REST interface lets its administrator in."""
    token = base64.b64encode(f"{config.REST_USER}:{password}".encode()).decode("ascii")
    connection = http.client.HTTPConnection(loopback.HOST, port, timeout=_TIMEOUT)
    try:
        headers = {"Authorization": f"Basic {token}"}
        connection.request("GET", "/3.1/system/versions", headers=headers)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def is_idle(directory: Path) -> bool:
    """Return whether all mail that Mailman has taken is dealt with.

    A runner puts the result into the next queue before it drops the file it works on
    (which is `.bak` for the while), so that a mail is in some queue at any moment.
    """
    return not any(
        file.suffix in {".pck", ".bak"}
        for queue in _QUEUES
        for file in (directory / "queue" / queue).glob("*")
    )
