"""Where the site is put up, by what the settings name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import SettingsError
from publisher.model.settings import (
    BucketTarget,
    CommandTarget,
    FolderTarget,
    RsyncTarget,
    TargetSettings,
)

if TYPE_CHECKING:
    from publisher.adapters.site import SiteFolder
    from publisher.adapters.store import SqliteCache
    from publisher.ports import Target


def target(
    settings: TargetSettings | None,
    root: Path,
    site: SiteFolder,
    cache: SqliteCache,
    secret: Callable[[], str],
) -> Target | None:
    """Return the target that `settings` describe, of the project at `root`.

    `secret` reads the secret key of a store.
    """
    match settings:
        case None:
            return None
        case FolderTarget():
            from publisher.adapters.deploy.folder import Folder

            return Folder(settings, root, site)
        case RsyncTarget():
            from publisher.adapters.deploy.rsync import Rsync

            return Rsync(settings, site)
        case BucketTarget():
            return _bucket(settings, secret, site, cache)
        case CommandTarget():
            from publisher.adapters.deploy.command import Command

            return Command(settings, root)


def _bucket(
    settings: BucketTarget,
    secret: Callable[[], str],
    site: SiteFolder,
    cache: SqliteCache,
) -> Target:
    try:
        from publisher.adapters.deploy.bucket import Bucket
    except ModuleNotFoundError as error:
        msg = (
            "publisher.toml: deploy.bucket needs a package that is not installed: "
            "`pip install 'advisory-publisher[s3]'`"
        )
        raise SettingsError(msg) from error
    return Bucket(settings, secret, site, cache)
