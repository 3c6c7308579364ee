"""The public's view of the site: plain GET requests."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests

from publisher.errors import WebError


class HttpWeb:
    """Fetches with a time limit; redirects are followed within a host only."""

    def __init__(self, timeout: float = 20.0) -> None:
        """Wait at most `timeout` seconds for each answer."""
        self._timeout = timeout
        self._session = requests.Session()

    def fetch(self, url: str) -> bytes:
        """Return what a GET of `url` answers with status 200, or raise WebError."""
        try:
            answer = self._session.get(
                url,
                timeout=self._timeout,
                headers={"Cache-Control": "no-cache"},
            )
        except requests.RequestException as error:
            msg = f"{url}: cannot be fetched: {error}"
            raise WebError(msg) from error
        if urlsplit(answer.url).hostname != urlsplit(url).hostname:
            msg = f"{url}: answers with a redirect to another host, {answer.url}"
            raise WebError(msg)
        if answer.status_code != requests.codes.ok:
            msg = f"{url}: answers {answer.status_code}, not 200"
            raise WebError(msg)
        return answer.content

    def close(self) -> None:
        """Close its connections."""
        self._session.close()
