"""The public's view of the site: plain GET requests."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import requests

from publisher.errors import WebError

LIMIT = 64 * 2**20
"""Bytes of one answer that are read."""
_AT_ONCE = 4
"""Requests that are under way at the same time."""
_PATIENCE = 10
"""A whole answer may take so many times as long as its first byte."""
_GONE = (requests.codes.not_found, requests.codes.gone)


class HttpWeb:
    """Fetches with limits of time and size; redirects are followed within a host."""

    def __init__(self, timeout: float = 20.0, limit: int = LIMIT) -> None:
        """Wait at most `timeout` seconds for each answer to go on."""
        self._timeout = timeout
        self._limit = limit
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            adapter = requests.adapters.HTTPAdapter(pool_maxsize=_AT_ONCE)
            self._session.mount(scheme, adapter)

    def fetch(self, url: str) -> bytes:
        """Return what a GET of `url` answers with status 200, or raise WebError."""
        try:
            with self._session.get(
                url,
                timeout=self._timeout,
                headers={"Cache-Control": "no-cache"},
                stream=True,
            ) as answer:
                self._check(url, answer)
                return self._body(url, answer)
        except (requests.RequestException, UnicodeError) as error:
            msg = f"{url}: cannot be fetched: {error}"
            raise WebError(msg) from error

    def fetch_all(self, urls: Sequence[str]) -> Iterator[bytes | WebError]:
        """Yield what a GET of each of `urls` answers, in their order, or its error."""
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            yield from pool.map(self._answer, urls)

    def close(self) -> None:
        """Close its connections."""
        self._session.close()

    def _answer(self, url: str) -> bytes | WebError:
        try:
            return self.fetch(url)
        except WebError as error:
            return error

    @staticmethod
    def _check(url: str, answer: requests.Response) -> None:
        if urlsplit(answer.url).hostname != urlsplit(url).hostname:
            msg = f"{url}: answers with a redirect to another host, {answer.url}"
            raise WebError(msg)
        if answer.status_code != requests.codes.ok:
            msg = f"{url}: answers {answer.status_code}, not 200"
            raise WebError(msg, missing=answer.status_code in _GONE)

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
