"""A bucket of an S3-compatible store: only what changed travels, in the safe order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import md5, sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from publisher.adapters.deploy import order
from publisher.adapters.deploy.s3 import Store
from publisher.errors import OperatorError, WorldError
from publisher.model import headers
from publisher.model.media import media_type
from publisher.ports import PutUp

if TYPE_CHECKING:
    from publisher.adapters.site import SiteFolder
    from publisher.adapters.store import SqliteCache
    from publisher.model.settings import BucketTarget

A = TypeVar("A")
B = TypeVar("B")

_AT_ONCE = 8
_CHUNK = 200
"""Files after which it is remembered what the store holds."""


class Bucket:
    """Objects below a prefix."""

    def __init__(
        self,
        settings: BucketTarget,
        secret: Callable[[], str],
        site: SiteFolder,
        cache: SqliteCache,
    ) -> None:
        """Take how the secret key is read, which happens when it is needed."""
        self._settings = settings
        self._secret = secret
        self._site = site
        self._cache = cache
        self._kind = f"bucket {settings}"

    @property
    def name(self) -> str:
        """Its address."""
        return str(self._settings)

    def put_up(self, progress: Callable[[str, int, int], None]) -> PutUp:
        """Bring it to what was built, or raise WorldError."""
        wanted = self._site.built()
        store = Store(self._settings, self._secret())
        try:
            return self._put_up(store, wanted, progress)
        except WorldError as error:
            msg = (
                f"the site was not put up: {error}. Nothing was mailed; the next run "
                "goes on where this one ended"
            )
            raise WorldError(msg) from error
        finally:
            store.close()

    def _put_up(
        self,
        store: Store,
        wanted: Mapping[str, str],
        progress: Callable[[str, int, int], None],
    ) -> PutUp:
        there = self._there(store)
        self._require_ours(there, wanted)
        known = self._cache.get(self._kind)
        to_send = [
            path
            for path in wanted
            if not self._is_same(path, wanted[path], there.get(path), known.get(path))
        ]
        gone = sorted(there.keys() - wanted.keys())
        done, total = 0, len(to_send) + len(gone)
        for batch in _in_order(to_send, there):
            self._send(store, batch, wanted)
            done += len(batch)
            progress("put up", done, total)
        prefix = self._settings.prefix
        _each(lambda path: store.delete(f"{prefix}{path}"), gone)
        self._cache.drop(self._kind, [*(known.keys() - wanted.keys()), *gone])
        progress("put up", total, total)
        return PutUp(len(to_send), len(gone))

    def _there(self, store: Store) -> dict[str, str]:
        """Return the ETag of each object below the prefix, by its path there."""
        prefix = self._settings.prefix
        return {
            key.removeprefix(prefix): etag
            for key, etag in store.listing(prefix)
            if key.startswith(prefix) and key != prefix
        }

    def _require_ours(
        self, there: Mapping[str, str], wanted: Mapping[str, str]
    ) -> None:
        names = {path.partition("/")[0] for path in there}
        if strangers := order.strangers(names, wanted):
            msg = (
                f"{self.name}: holds {strangers[0]!r}, which is not of this site, and "
                "would be removed: name an empty bucket, or another deploy.prefix; "
                "nothing was changed"
            )
            raise OperatorError(msg)

    def _is_same(
        self, path: str, digest: str, etag: str | None, known: str | None
    ) -> bool:
        """Tell whether the store holds a file as it is wanted.

        What was put there from here is known by the ETag that the store gave it; of
        other files the ETag is the MD5 of what they hold.
        """
        if etag is None:
            return False
        if known is not None and known.split(" ")[0] == etag:
            return known == _known(etag, digest, path)
        data = self._site.read(PurePosixPath(path))
        return md5(data, usedforsecurity=False).hexdigest() == etag

    def _send(
        self, store: Store, batch: Sequence[str], wanted: Mapping[str, str]
    ) -> None:
        def send(path: str) -> str:
            data = self._site.read(PurePosixPath(path))
            if sha256(data).hexdigest() != wanted[path]:
                msg = f"{path}: changed after it was built: run `publisher build` again"
                raise WorldError(msg)
            return store.put(f"{self._settings.prefix}{path}", data, _headers(path))

        etags = _each(send, batch)
        entries = zip(batch, etags, strict=True)
        self._cache.put(
            self._kind, {path: _known(e, wanted[path], path) for path, e in entries}
        )


def _in_order(paths: Iterable[str], there: Collection[str]) -> Iterable[list[str]]:
    """Yield what is new, then what changed, each in the order of `order`."""
    new = {path for path in paths if path not in there} - {order.LAST}
    changed = [path for path in paths if path not in new]
    for batch in (*order.batches(new), *order.batches(changed)):
        for start in range(0, len(batch), _CHUNK):
            yield batch[start : start + _CHUNK]


def _each(work: Callable[[A], B], items: Sequence[A]) -> list[B]:
    """Do several at once; the first error ends it, and none is begun after it."""
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            return [future.result() for future in futures]
        finally:
            for future in futures:
                future.cancel()


def _headers(path: str) -> dict[str, str]:
    kind = media_type(PurePosixPath(path))
    lasting = headers.headers(path)["Cache-Control"]
    return {"Content-Type": kind, "Cache-Control": lasting}


def _known(etag: str, digest: str, path: str) -> str:
    """Return what is remembered of a file that was sent, and as what."""
    return f"{etag} {digest} {sorted(_headers(path).items())}"
