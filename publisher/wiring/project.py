"""The adapters of one project, each made when it is first asked for."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from publisher import config, plainfile
from publisher.adapters import acts
from publisher.adapters.buildlog import BuildLog
from publisher.adapters.checkout import Checkout
from publisher.adapters.site import SiteFolder
from publisher.adapters.store import SqliteCache, parts
from publisher.adapters.workers import ForkedWorkers
from publisher.errors import ForeignError, PublisherError, SettingsError
from publisher.pipeline.tools import Progress, Tools, silent
from publisher.wiring.local import SITE, Local

if TYPE_CHECKING:
    from publisher.adapters.commits import GitCommits
    from publisher.adapters.history import GitHistory
    from publisher.adapters.journal import SqliteJournal
    from publisher.adapters.leaving import Leaving
    from publisher.model.keys import Chosen, KeyState
    from publisher.model.redirect import Redirect
    from publisher.model.settings import Settings
    from publisher.ports import Crawler, Inbox, Links, Lists, Signer, Target, Verifier
    from publisher.presentation import Presentation
    from publisher.source import Finding

KEYS = "keys"
"""The folder of a project's public keys."""


@dataclass
class Project(Local):
    """The adapters of one project, each made when it is first asked for."""

    root: Path
    now: datetime | None = None
    """The moment of the run; None: the present one, whenever it is asked for."""
    progress: Progress = field(default=silent)
    gnupg_home: Path | None = None
    """Where the signer's secret keys are; None: where gpg looks by itself."""
    journal_matters: ClassVar[bool] = True
    """Whether somebody has to look at a journal that was not made here."""

    @classmethod
    def find(
        cls, start: Path, now: datetime | None = None, progress: Progress = silent
    ) -> Project:
        """Return the project that `start` is in."""
        return cls(config.find_root(start.absolute()), now, progress)

    @property
    def site_folder(self) -> Path:
        """Where the site is built."""
        return self.root / SITE

    @property
    def templates_folder(self) -> Path:
        """Where the project's own templates are."""
        return self.root / "templates"

    @cached_property
    def settings(self) -> Settings:
        """The settings."""
        return config.load(self.root)

    @cached_property
    def redirects(self) -> tuple[Redirect, ...]:
        """The old addresses of the site; SettingsError if one cannot be meant."""
        return config.redirects(self.root)

    @cached_property
    def presentation(self) -> Presentation:
        """Templates and words."""
        from publisher.adapters import templates

        return templates.presentation(self.settings, self.templates_folder)

    def template_findings(self) -> tuple[Finding, ...]:
        """Return what is wrong with the project's own templates."""
        from publisher.adapters import own_templates, templates
        from publisher.pipeline import templating

        own = own_templates.read(self.templates_folder, self.settings)
        packaged = templates.presentation(self.settings, templates.PACKAGED)
        return templating.findings(own, self.presentation, packaged)

    @cached_property
    def cache(self) -> SqliteCache:
        """What earlier runs found out."""
        return SqliteCache(self.database("cache.sqlite"), self.clone.marks("cache"))

    @cached_property
    def repository(self) -> Checkout:
        """The advisories."""
        return Checkout(self.root, self.cache, self.local("new"))

    @cached_property
    def site(self) -> SiteFolder:
        """The built site."""
        plainfile.folder(self.site_folder, self.site_folder)
        log = BuildLog(self.local("site-written"), self.clone.marks("site-written"))
        return SiteFolder(self.site_folder, self.cache, log)

    @cached_property
    def verifier(self) -> Verifier:
        """The team's public keys; a pinned one that is missing is a SettingsError."""
        from publisher.adapters.gpg import GpgVerifier

        # Below a name that nobody else knows: what lies there was put there by us.
        ring = self.local("gnupg") / self.clone.marks("gnupg").own[:16]
        plainfile.folder(self.root / KEYS, KEYS)
        files = sorted((self.root / KEYS).glob("*.asc"))
        return GpgVerifier(files, ring, self.settings.team.pinned)

    @cached_property
    def history(self) -> GitHistory:
        """Who wrote what."""
        from publisher.adapters.history import GitHistory

        return GitHistory(self.root)

    @cached_property
    def commits(self) -> GitCommits:
        """What a release leaves to be committed."""
        from publisher.adapters.commits import GitCommits

        return GitCommits(self.root)

    def record_remedy(self) -> str:
        """Return commands that make the record whole; empty: none is known."""
        from publisher.adapters.versions import versions
        from publisher.record.mended import remedy

        return remedy(self.repository.record(), versions(self.root))

    @cached_property
    def journal(self) -> SqliteJournal:
        """What was done in the world; a ForeignError if it was not from here."""
        from publisher.adapters.journal import SqliteJournal

        file = self.database("journal.sqlite")
        try:
            return SqliteJournal(file, self.clone.marks("journal"))
        except ForeignError:
            if self.journal_matters:
                raise
            for part in parts(file):
                part.unlink(missing_ok=True)
            return SqliteJournal(file, self.clone.marks("journal"))

    @cached_property
    def lists(self) -> Lists:
        """The list server; SettingsError if none is set."""
        from publisher.adapters.mailman import MailmanLists

        if self.settings.mailman is None:
            msg = (
                f"{config.NAME} names no list server: add [mailman] with its url "
                "(docs/configuration.md), or run `publisher mailhost`"
            )
            raise SettingsError(msg)
        password = config.mailman_password(self.root, os.environ)
        canary = self.settings.canary.address if self.settings.canary else ""
        server = MailmanLists(self.settings.mailman, password, canary=canary)
        return acts.LoggedLists(server)

    @cached_property
    def target(self) -> Target | None:
        """Where the site is put up; None if the settings name no place."""
        from publisher.adapters import deploy

        secret = partial(config.bucket_secret, self.root, os.environ)
        settings = self.settings.target
        target = deploy.target(settings, self.root, self.site, self.cache, secret)
        return None if target is None else acts.LoggedTarget(target)

    @cached_property
    def inbox(self) -> Inbox | None:
        """The canary's mailbox; None if the settings name none that can be read."""
        from publisher.adapters import inboxes

        def password() -> str:
            return config.imap_password(self.root, os.environ)

        return inboxes.inbox(self.settings.canary, self.root, password)

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

        return acts.LoggedWeb(HttpWeb())

    @cached_property
    def links(self) -> Links:
        """The pages of others that advisories link to."""
        from publisher.adapters.links import HttpLinks

        return HttpLinks(self.settings.site.url, private=self.settings.links.private)

    def signing_keys(self, names: Sequence[str] = ()) -> tuple[Chosen, ...]:
        """Return the keys that `names` name, each once; without names, the first one.

        A key that signs nothing for the team is a SettingsError.
        """
        team = self.settings.team
        return config.signing_keys(team, names, KEYS, lambda: self.verifier.keys())

    def signer(self, keys: Sequence[str] = ()) -> Signer:
        """Return a signer with `keys`, or with the team's current key."""
        from publisher.adapters.gpg import GpgSigner

        chosen = self.signing_keys(keys)
        fingerprints = tuple(dict.fromkeys(each.fingerprint for each in chosen))
        names = [str(each) for each in chosen]
        return acts.LoggedSigner(GpgSigner(fingerprints, self.gnupg_home, names))

    def own_keys(self, fingerprints: Sequence[str]) -> Mapping[str, KeyState]:
        """Return those of the keys that the signer's own gpg has, as it has them."""
        from publisher.adapters import own

        return own.keys(fingerprints, self.gnupg_home)

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

    def committed(self) -> datetime | None:
        """Return when the last commit was made; None if nobody can tell."""
        return self.history.committed()

    def timer(self) -> float:
        """Return seconds since some moment, which no setting of the clock changes."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Let no other process change the project's local state meanwhile."""
        from publisher.adapters import lock

        with lock.held(self.local("lock")):
            yield

    def busy(self) -> bool:
        """Tell whether another process works here; it is not kept from anything."""
        from publisher.adapters import lock

        return lock.is_held(self.state / "lock")

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
            redirects=self.redirects,
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
        for name in ("cache", "journal", "web", "inbox"):
            opened = self.__dict__.pop(name, None)
            if opened is not None:
                opened.close()
