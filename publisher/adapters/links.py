"""Asks the servers of others whether what advisories link to is still there.

An address in an advisory may be anything, so nothing of this machine and of private
networks is asked: a name is looked up here, and the connection goes to the very address
that was looked at.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    NewConnectionError,
)
from urllib3.util.connection import create_connection

import publisher
from publisher import connection
from publisher.adapters.web import nobody
from publisher.connection import Fault
from publisher.ports import Life, Reply

_AT_ONCE = 4
_TIMEOUT = 10.0
"""Seconds for which one server is waited for."""
_REDIRECTS = 5
_GONE = (404, 410)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_WORDS = {
    Fault.CERTIFICATE: "its server's certificate does not hold",
    Fault.TLS: "its server does not speak TLS, or not as others do",
    Fault.NAME: "there is no such host",
    Fault.LOOKUP: "its host cannot be looked up now",
    Fault.REFUSED: "its server cannot be reached",
    Fault.ROUTE: "its server cannot be reached",
    Fault.PROXY: "the proxy of this machine does not lead to its server",
    Fault.CLOSED: "its server cannot be reached: it closes the connection",
    Fault.OTHER: "its server cannot be reached",
}
_OURS = (Fault.LOOKUP, Fault.PROXY)
"""What says nothing about the link."""


class PrivateError(Exception):
    """The server is none of the public Internet."""


class HttpLinks:
    """Asks by HEAD, and by GET where a server does not like that; reads no pages."""

    def __init__(self, site: str, *, private: bool = False) -> None:
        """Tell the servers of whose `site` the links are."""
        self._session = requests.Session()
        # Without this, the user's .netrc would be looked into for a password.
        self._session.auth = nobody
        self._session.headers["User-Agent"] = (
            f"advisory-publisher/{publisher.__version__} (link check; +{site})"
        )
        if not private:
            for scheme in ("http://", "https://"):
                self._session.mount(scheme, _PublicOnly())

    def ask(self, urls: Sequence[str], seconds: float) -> Mapping[str, Reply]:
        """Ask each server once, for so long altogether; each of `urls` has a reply."""
        end = time.monotonic() + seconds
        todo: queue.SimpleQueue[str] = queue.SimpleQueue()
        for url in dict.fromkeys(urls):
            todo.put(url)
        replies: dict[str, Reply] = {}
        threads = [
            threading.Thread(target=self._work, args=(todo, replies, end), daemon=True)
            for _ in range(min(_AT_ONCE, todo.qsize()))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            # Whoever is late is left behind: a server can answer for ever.
            thread.join(max(0.0, end - time.monotonic()))
        late = Reply(Life.UNKNOWN, "there was no time to ask it")
        heard = dict(replies)
        return {url: heard.get(url, late) for url in urls}

    def _work(
        self, todo: queue.SimpleQueue[str], replies: dict[str, Reply], end: float
    ) -> None:
        while (left := end - time.monotonic()) > 0:
            try:
                url = todo.get_nowait()
            except queue.Empty:
                return
            replies[url] = self._reply(url, min(left, _TIMEOUT))

    def _reply(self, url: str, timeout: float) -> Reply:
        try:
            reply = self._asked("HEAD", url, timeout)
            if reply.life is Life.ALIVE:
                return reply
            # Some servers know GET only; for others it is the same once more.
            return self._asked("GET", url, timeout)
        except PrivateError:
            return Reply(Life.UNKNOWN, "its server is not one of the public Internet")
        except (requests.RequestException, UnicodeError, ValueError) as error:
            return _failed(error, timeout)

    def _asked(self, method: str, url: str, timeout: float) -> Reply:
        at = url
        for _ in range(_REDIRECTS + 1):
            with self._session.request(
                method,
                at,
                timeout=timeout,
                allow_redirects=False,
                stream=True,
                headers={"Range": "bytes=0-0"} if method == "GET" else None,
            ) as answer:
                target = self._session.get_redirect_target(answer)
                if target is None:
                    return _of_status(answer.status_code)
            at = urljoin(at, target)
            if urlsplit(at).scheme not in ("http", "https"):
                return Reply(Life.DEAD, "it leads to what is no web page")
        return Reply(Life.DEAD, f"it redirects more than {_REDIRECTS} times")


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public Internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


class _Checked(HTTPConnection):
    """A connection whose address was looked at before anything was sent there."""

    def _new_conn(self) -> socket.socket:
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except OSError as error:
            gone = error if isinstance(error, socket.gaierror) else socket.gaierror()
            raise NameResolutionError(self.host, self, gone) from error
        addresses = [str(address[4][0]) for address in found]
        if not all(map(is_public, addresses)):
            raise PrivateError(self.host)
        timeout = self.timeout if isinstance(self.timeout, int | float) else _TIMEOUT
        try:
            return create_connection((addresses[0], self.port), timeout)
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "too slow") from error
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error


class _CheckedTls(_Checked, HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Checked  # type: ignore[mutable-override]


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _CheckedTls  # type: ignore[mutable-override]


class _PublicOnly(requests.adapters.HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


def _of_status(status: int) -> Reply:
    if status < 400 or status == requests.codes.requested_range_not_satisfiable:
        return Reply(Life.ALIVE)
    life = Life.DEAD if status in _GONE else Life.UNKNOWN
    return Reply(life, f"its server answers {status}")


def _failed(error: Exception, timeout: float) -> Reply:
    found = connection.fault(error)
    if found is Fault.SILENT:
        return Reply(Life.DEAD, f"there is no answer within {timeout:.0f} seconds")
    life = Life.UNKNOWN if found in _OURS else Life.DEAD
    return Reply(life, _WORDS.get(found, "its server's answer makes no sense"))
