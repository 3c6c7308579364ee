"""The few calls of the S3 interface that putting up a site takes.

Addresses have the bucket in their path, which every store understands. Each request is
signed (AWS Signature Version 4) together with the SHA-256 of what it carries.
"""

from __future__ import annotations

import re
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from hashlib import md5
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import quote, unquote_plus, urlencode
from xml.etree import ElementTree

import requests
from requests_aws4auth import AWS4Auth

from publisher import connection
from publisher.connection import Peer
from publisher.errors import WorldError

if TYPE_CHECKING:
    from publisher.model.settings import BucketTarget

_TIMEOUT = (20, 120)
"""Seconds until a connection is made, and until an answer goes on."""
_WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds before each further attempt."""
_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_PAGES = 100_000
"""A listing with more pages than this never ends."""

_REASONS = {
    "AccessDenied": "the key may not do this: it has to list, put and delete there",
    "InvalidAccessKeyId": "the store does not know the key: see deploy.access_key",
    "SignatureDoesNotMatch": "the secret is not that of the key, or deploy.region is "
    "wrong: see deploy.secret",
    "AuthorizationHeaderMalformed": "deploy.region is not the bucket's",
    "PermanentRedirect": "the bucket is elsewhere: see deploy.endpoint and "
    "deploy.region",
    "NoSuchBucket": "there is no such bucket: make it, or see deploy.bucket",
    "RequestTimeTooSkewed": "the clock of this machine is wrong: set it",
    "QuotaExceeded": "there is no room left in the store",
    "InsufficientStorage": "there is no room left in the store",
}
_STATUSES = {
    301: _REASONS["PermanentRedirect"],
    307: _REASONS["PermanentRedirect"],
    403: "the store refuses the key: see deploy.access_key and deploy.secret, what the "
    "key may do, and the clock of this machine",
    401: "the store wants a key that it knows: see deploy.access_key and deploy.secret",
    404: _REASONS["NoSuchBucket"],
    500: "the store failed",
    507: _REASONS["InsufficientStorage"],
}


class Store:
    """One bucket."""

    def __init__(
        self,
        settings: BucketTarget,
        secret: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take the secret key, which is sent nowhere: requests are signed with it."""
        self._base = f"{settings.endpoint}/{quote(settings.bucket, safe='')}"
        self._auth = AWS4Auth(settings.access_key, secret, settings.region, "s3")
        self._session = requests.Session()
        self._sleep = sleep

    def listing(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Yield name and ETag of each object whose name begins with `prefix`."""
        asked = {"list-type": "2", "prefix": prefix, "encoding-type": "url"}
        for _ in range(_PAGES):
            answer = self._ask("GET", f"{self._base}?{_query(asked)}")
            page = _xml(self._base, answer.content)
            is_coded = page.findtext("{*}EncodingType") == "url"
            for entry in page.iterfind("{*}Contents"):
                key = entry.findtext("{*}Key", "")
                etag = entry.findtext("{*}ETag", "").strip('"')
                yield (unquote_plus(key) if is_coded else key), etag
            token = page.findtext("{*}NextContinuationToken")
            if page.findtext("{*}IsTruncated") != "true" or not token:
                return
            asked["continuation-token"] = token
        msg = f"{self._base}: the listing has no end: see deploy.endpoint"
        raise WorldError(msg)

    def put(self, name: str, data: bytes, headers: Mapping[str, str]) -> str:
        """Write an object at once and whole; return its ETag."""
        digest = b64encode(md5(data, usedforsecurity=False).digest()).decode()
        headers = {**headers, "Content-MD5": digest}
        answer = self._ask("PUT", self._url(name), data, headers)
        return answer.headers.get("ETag", "").strip('"')

    def delete(self, name: str) -> None:
        """Remove an object; one that is not there is no error."""
        self._ask("DELETE", self._url(name))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _url(self, name: str) -> str:
        return f"{self._base}/{quote(name, safe='/-_.~')}"

    def _ask(
        self,
        method: str,
        url: str,
        data: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Return what the store answers, or raise WorldError.

        Each of the requests can be made again without harm.
        """
        answer: requests.Response | requests.RequestException
        for wait in (*_WAITS, None):
            try:
                answer = self._session.request(
                    method,
                    url,
                    data=data or None,
                    headers=headers,
                    auth=self._auth,
                    timeout=_TIMEOUT,
                    # A signature is for one address only.
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                answer = error
            else:
                if answer.status_code not in _AGAIN:
                    break
            if wait is not None:
                self._sleep(wait)
        if isinstance(answer, requests.RequestException):
            self._fail_to_reach(answer)
        if answer.status_code >= 300:
            self._refuse(answer)
        return answer

    def _fail_to_reach(self, error: requests.RequestException) -> NoReturn:
        peer = Peer.at(
            self._base, "the store", "deploy.endpoint", trust="REQUESTS_CA_BUNDLE"
        )
        raise WorldError(connection.told(error, peer)) from error

    def _refuse(self, answer: requests.Response) -> NoReturn:
        # No XML here: a proxy between may have answered.
        found = re.search(r"<Code>([A-Za-z0-9.]{1,80})</Code>", answer.text[:4096])
        code = found[1] if found else ""
        status = answer.status_code
        meaning = connection.status(status)
        failed = f"the store failed: {meaning}" if meaning else "the store failed"
        default = _STATUSES.get(status, failed)
        reason = _REASONS.get(code, default)
        msg = f"{self._base}: {reason} ({status} {code})".replace(" )", ")")
        raise WorldError(msg)


def _query(asked: Mapping[str, str]) -> str:
    return urlencode(sorted(asked.items()), quote_via=quote, safe="-_.~")


def _xml(url: str, data: bytes) -> ElementTree.Element:
    try:
        # It comes from the team's own store, over a connection that is checked.
        return ElementTree.fromstring(data)  # noqa: S314
    except ElementTree.ParseError as error:
        msg = f"{url}: the answer is no listing: see deploy.endpoint"
        raise WorldError(msg) from error
