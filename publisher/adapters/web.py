"""The public's view of the site: plain GET requests."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import requests

from publisher import connection
from publisher.connection import Peer
from publisher.errors import WebError
from publisher.ports import Page

LIMIT = 64 * 2**20
"""Bytes of one answer that are read."""
_AT_ONCE = 4
"""Requests that are under way at the same time."""
_PATIENCE = 10
"""A whole answer may take so many times as long as its first byte."""
_REDIRECTS = 5
_SOON = 5.0
"""Seconds that are waited for a date: nothing waits for a server that is down."""
_NOT_NOW = ("certificate is not yet valid", "certificate has expired")
"""What OpenSSL says where the certificate's time is not now."""
_GONE = (requests.codes.not_found, requests.codes.gone)


class HttpWeb:
    """Fetches with limits of time and size; redirects are followed within a host."""

    def __init__(self, timeout: float = 20.0, limit: int = LIMIT) -> None:
        """Wait at most `timeout` seconds for each answer to go on."""
        self._timeout = timeout
        self._limit = limit
        self._session = requests.Session()
        # Without this, the user's .netrc would be looked into for a password.
        self._session.auth = nobody
        for scheme in ("http://", "https://"):
            adapter = requests.adapters.HTTPAdapter(pool_maxsize=_AT_ONCE)
            self._session.mount(scheme, adapter)

    def look(self, url: str) -> Page:
        """Return what a GET of `url` answers with status 200, or raise WebError."""
        at = url
        for _ in range(_REDIRECTS + 1):
            try:
                found = self._asked(url, at)
            except (requests.RequestException, UnicodeError, ValueError) as error:
                peer = Peer.at(at, "the web server", "", seconds=self._timeout)
                msg = f"{url}: cannot be fetched: {connection.why(error, peer)}"
                raise WebError(msg) from error
            if isinstance(found, Page):
                return found
            at = _next(url, at, found)
        msg = f"{url}: leads from redirect to redirect, more than {_REDIRECTS} times"
        raise WebError(msg)

    def fetch(self, url: str) -> bytes:
        """Return the bytes of what a GET of `url` answers, or raise WebError."""
        return self.look(url).data

    def fetch_all(self, urls: Sequence[str]) -> Iterator[bytes | WebError]:
        """Yield what a GET of each of `urls` answers, in their order, or its error."""
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            yield from pool.map(self._answer, urls)

    def date(self, url: str) -> datetime | None:
        """Return what the server's clock shows; None if it does not answer, or a cache.

        Whatever it answers has a date (RFC 9110, section 6.6.1). Of a certificate that
        does not hold yet, or no more, the clock here may be the reason: then the date
        is asked for again without it, since it can only stop a release.
        """
        try:
            answer = self._head(url)
            if answer is None:
                answer = self._head(url, verify=False)
        except (requests.RequestException, UnicodeError, ValueError):
            return None
        return None if answer is None or _cached(answer) else _date(answer)

    def _head(self, url: str, *, verify: bool = True) -> requests.Response | None:
        """Return the answer; None if the certificate's time is not now."""
        try:
            return self._session.head(
                # A cache that does not say so has no answer to what is new.
                f"{url}/?clock={time.time_ns()}",
                timeout=min(self._timeout, _SOON),
                headers={"Cache-Control": "no-cache", "Pragma": "no-cache"},
                allow_redirects=False,
                verify=verify,
            )
        except requests.exceptions.SSLError as error:
            if verify and any(each in str(error) for each in _NOT_NOW):
                return None
            raise

    def close(self) -> None:
        """Close its connections."""
        self._session.close()

    def _answer(self, url: str) -> bytes | WebError:
        try:
            return self.fetch(url)
        except WebError as error:
            return error

    def _asked(self, url: str, at: str) -> Page | str:
        """Return what is there, or where it leads; `url` is what was wanted."""
        with self._session.get(
            at,
            timeout=self._timeout,
            headers={"Cache-Control": "no-cache", "Pragma": "no-cache"},
            stream=True,
            allow_redirects=False,
        ) as answer:
            target = self._session.get_redirect_target(answer)
            if target is not None:
                return target
            _check(url, answer)
            return self._page(url, answer)

    def _page(self, url: str, answer: requests.Response) -> Page:
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        return Page(self._body(url, answer), kind.strip().lower(), _cached(answer))

    def _body(self, url: str, answer: requests.Response) -> bytes:
        end = time.monotonic() + self._timeout * _PATIENCE
        body = bytearray()
        for chunk in answer.iter_content(2**16):
            body += chunk
            if len(body) > self._limit:
                msg = f"{url}: answers with more than {self._limit} bytes"
                raise WebError(msg)
            if time.monotonic() > end:
                msg = f"{url}: is answered too slowly"
                raise WebError(msg)
        return bytes(body)


def nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Add no user and no password to a request."""
    return request


def _next(url: str, at: str, target: str) -> str:
    """Return where a redirect leads, or raise WebError before anybody is asked."""
    try:
        to = urljoin(at, target)
        parts, before = urlsplit(to), urlsplit(at)
    except ValueError as error:
        msg = f"{url}: answers with a redirect to what is no address, {_short(target)}"
        raise WebError(msg) from error
    if parts.scheme not in ("http", "https") or parts.hostname != before.hostname:
        msg = f"{url}: answers with a redirect to another host, {_short(to)}"
        raise WebError(msg)
    if (before.scheme, parts.scheme) == ("https", "http"):
        msg = f"{url}: answers with a redirect from https to http, {_short(to)}"
        raise WebError(msg)
    return to


def _check(url: str, answer: requests.Response) -> None:
    if answer.status_code != requests.codes.ok:
        cached = _cached(answer)
        by = f" (a cache answered: {cached})" if cached else ""
        meaning = connection.status(answer.status_code)
        told = f": {meaning}" if meaning else ""
        msg = f"{url}: answers {answer.status_code}, not 200{by}{told}"
        raise WebError(msg, missing=answer.status_code in _GONE)


def _cached(answer: requests.Response) -> str:
    """Return what says that a cache answered (RFC 9111, section 5.1; RFC 9211)."""
    told = []
    age = answer.headers.get("Age", "0").strip()
    if age not in ("", "0"):
        told.append(f"Age: {_short(age)}")
    for name in ("X-Cache", "CF-Cache-Status", "Cache-Status"):
        value = answer.headers.get(name, "")
        if "hit" in value.lower():
            told.append(f"{name}: {_short(value)}")
    return ", ".join(told)


def _date(answer: requests.Response) -> datetime | None:
    try:
        made = parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, ValueError):
        return None
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def _short(text: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in text)
    return shown if len(shown) <= 120 else f"{shown[:119]}…"
