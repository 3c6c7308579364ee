"""Builds the adapters of a project; the only module that knows them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from publisher import config
from publisher.adapters import closed
from publisher.adapters.checkout import Checkout
from publisher.adapters.site import SiteFolder
from publisher.adapters.store import SqliteCache
from publisher.adapters.workers import ForkedWorkers
from publisher.errors import PublisherError, SettingsError
from publisher.pipeline.tools import Progress, Tools, silent

if TYPE_CHECKING:
    from publisher.adapters.gpg import GpgVerifier
    from publisher.adapters.history import GitHistory
    from publisher.adapters.leaving import Leaving
    from publisher.adapters.mailman import MailmanLists
    from publisher.adapters.store import SqliteJournal
    from publisher.model.found import Found
    from publisher.model.settings import Settings
    from publisher.ports import Crawler, Signer
    from publisher.presentation import Presentation

STATE = ".publisher"
"""The folder of a project's local state; ignored by git."""
KEYS = "keys"
"""The folder of a project's public keys."""


def skeleton(name: str, /, **values: object) -> str:
    """Return a packaged skeleton of what a new project holds."""
    from publisher.adapters import templates

    return templates.skeleton(name, **values)


def public_key(key: str) -> tuple[str, str]:
    """Return a key of the user's own gpg: its fingerprint, and its public half."""
    from publisher.adapters import gpg

    return gpg.public_key(key)


def write_folder(folder: Path, files: Mapping[PurePosixPath, bytes]) -> None:
    """Write a new folder, or into an empty one; OperatorError if it holds something."""
    from publisher.adapters import carried

    carried.write(folder, files)


def read_folder(folder: Path, part: str) -> Mapping[PurePosixPath, bytes]:
    """Return the files below a folder's `part`, by their paths within it.

    What comes from elsewhere may be anything: links and whatever is not a small plain
    file are an OperatorError.
    """
    from publisher.adapters import carried

    return carried.read(folder, part)


def found(paths: Sequence[Path], progress: Progress = silent) -> Iterator[Found]:
    """Yield what there is to check in files, folders and mailboxes."""
    from publisher.adapters import mailboxes

    return mailboxes.found(paths, progress)


@dataclass
class Project:
    """The adapters of one project, each made when it is first asked for."""

    root: Path
    now: datetime | None = None
    """The moment of the run; None: the present one, whenever it is asked for."""
    progress: Progress = field(default=silent)
    gnupg_home: Path | None = None
    """Where the signer's secret keys are; None: where gpg looks by itself."""

    @classmethod
    def find(
        cls, start: Path, now: datetime | None = None, progress: Progress = silent
    ) -> Project:
        """Return the project that `start` is in."""
        return cls(config.find_root(start.absolute()), now, progress)

    @property
    def state(self) -> Path:
        """The folder of local state."""
        return self.root / STATE

    def local(self, name: str) -> Path:
        """Return where a part of the local state is; nobody else can look into it."""
        return closed.folder(self.state) / name

    @cached_property
    def settings(self) -> Settings:
        """The settings."""
        return config.load(self.root)

    @cached_property
    def presentation(self) -> Presentation:
        """Templates and words."""
        from publisher.adapters import templates

        return templates.presentation(self.settings, self.root / "templates")

    @cached_property
    def cache(self) -> SqliteCache:
        """What earlier runs found out."""
        return SqliteCache(self.local("cache.sqlite"))

    @cached_property
    def repository(self) -> Checkout:
        """The advisories."""
        return Checkout(self.root, self.cache)

    @cached_property
    def site(self) -> SiteFolder:
        """The built site."""
        return SiteFolder(self.root / "site", self.cache)

    @cached_property
    def verifier(self) -> GpgVerifier:
        """The team's public keys; a pinned one that is missing is a SettingsError."""
        from publisher.adapters.gpg import GpgVerifier

        files = sorted((self.root / KEYS).glob("*.asc"))
        pinned = self.settings.team.pinned
        return GpgVerifier(files, self.local("gnupg"), pinned)

    @cached_property
    def history(self) -> GitHistory:
        """Who wrote what."""
        from publisher.adapters.history import GitHistory

        return GitHistory(self.root)

    @cached_property
    def journal(self) -> SqliteJournal:
        """What was pushed."""
        from publisher.adapters.store import SqliteJournal

        return SqliteJournal(self.local("journal.sqlite"))

    @cached_property
    def lists(self) -> MailmanLists:
        """The list server; SettingsError if none is set."""
        from publisher.adapters.mailman import MailmanLists

        if self.settings.mailman is None:
            msg = (
                f"{config.NAME} names no list server: add [mailman] with its url "
                "(docs/configuration.md), or run `publisher mailhost`"
            )
            raise SettingsError(msg)
        password = config.mailman_password(self.root, os.environ)
        return MailmanLists(self.settings.mailman, password)

    @cached_property
    def leaving(self) -> Leaving:
        """The list server, for the page on which subscribers leave."""
        from publisher.adapters.leaving import Leaving

        if self.settings.mailman is None:
            msg = f"{config.NAME} names no list server: add [mailman] with its url"
            raise SettingsError(msg)
        password = config.mailman_password(self.root, os.environ)
        return Leaving(self.settings.mailman, password)

    @cached_property
    def web(self) -> Crawler:
        """The public's view of the site."""
        from publisher.adapters.web import HttpWeb

        return HttpWeb()

    def signing_keys(self, names: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the fingerprints of the keys that `names` name, each once.

        Without names, the team's first one. A key that signs nothing for the team is
        a SettingsError.
        """
        team = self.settings.team
        if not team.fingerprints:
            msg = (
                f"{config.NAME}: team.fingerprints is empty: make a key with "
                "`gpg --quick-gen-key`, name its fingerprint there and put the public "
                f"key into {KEYS}/"
            )
            raise SettingsError(msg)
        chosen = [name.replace(" ", "").upper() for name in names]
        for fingerprint in chosen:
            if fingerprint in team.previous:
                msg = (
                    f"{fingerprint} is in team.previous: what it signed counts, and it "
                    "signs nothing new: sign with one of team.fingerprints"
                )
                raise SettingsError(msg)
            if fingerprint not in team.fingerprints:
                msg = (
                    f"{fingerprint} is not among team.fingerprints: its signature "
                    "cannot count"
                )
                raise SettingsError(msg)
        return tuple(dict.fromkeys(chosen)) or team.fingerprints[:1]

    def signer(self, keys: Sequence[str] = ()) -> Signer:
        """Return a signer with `keys`, or with the team's current key."""
        from publisher.adapters.gpg import GpgSigner

        return GpgSigner(self.signing_keys(keys), self.gnupg_home)

    def key_warnings(self) -> tuple[str, ...]:
        """Say which of the keys that sign will soon not do so any more."""
        from publisher.sign import fitness

        try:
            keys = self.verifier.keys() if self.settings.team.fingerprints else {}
        except PublisherError:
            # Commands that need the keys say what is wrong with them.
            return ()
        return tuple(fitness.warnings(keys, self.settings.team, self.clock()))

    def clock(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)

    def tools(self) -> Tools:
        """Return what the stages work with, as of now."""
        return Tools(
            settings=self.settings,
            presentation=self.presentation,
            repository=self.repository,
            verifier=self.verifier,
            cache=self.cache,
            site=self.site,
            workers=ForkedWorkers(),
            now=self.now or self.clock(),
            progress=self.progress,
        )

    def rehearsal(self) -> Tools:
        """Return what the stages work with, without what would change the site."""
        from publisher.adapters.rehearsal import RehearsedCache, RehearsedSite

        return replace(
            self.tools(),
            cache=RehearsedCache(self.cache),
            site=RehearsedSite(self.site),
        )

    def close(self) -> None:
        """Close what was opened."""
        for name in ("cache", "journal", "web"):
            opened = self.__dict__.pop(name, None)
            if opened is not None:
                opened.close()
