"""The scene of the demo: a team with a key and a site, a mail host, two readers."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import webserver
from publisher.demo import workshop
from publisher.demo.reader import Reader
from publisher.demo.workshop import JA, Keyring
from publisher.mailhost import MailHost, MailHostSettings
from publisher.pipeline import checking, release, signing
from publisher.pipeline.building import Built
from publisher.pipeline.confirming import Confirmed
from publisher.pipeline.pushing import Pushed, Result

if TYPE_CHECKING:
    from publisher.model.chain import Announcement
    from publisher.model.ids import Language
    from publisher.model.settings import MailingList
    from publisher.wiring import Project

_PASSWORD = "PUBLISHER_MAILMAN_PASSWORD"  # noqa: S105  (the name of a variable)


@dataclass(frozen=True)
class Release:
    """What one run of the chain did."""

    signed: int
    built: Built
    sent: tuple[Announcement, ...]
    seen: tuple[Confirmed, ...]
    """What the canary's mailbox says of them."""

    def __str__(self) -> str:
        """Write it on one line."""
        return (
            f"signed {self.signed} texts, published {len(self.built.summaries)} "
            f"advisories in {self.built.files} files, "
            f"withheld {len(self.built.withheld)}, sent {len(self.sent)} mails"
        )


@dataclass(frozen=True)
class Scene:
    """Everything that takes part; `opened` makes it and ends it."""

    folder: Path
    url: str
    keyring: Keyring
    host: MailHost
    project: Project

    @property
    def hanako(self) -> Reader:
        """A reader of the Japanese list, who leaves it later."""
        return Reader("hanako@reader.example", self.host)

    @property
    def john(self) -> Reader:
        """A reader of both lists, who stays."""
        return Reader("john@reader.example", self.host)

    @property
    def readers(self) -> tuple[Reader, Reader]:
        """Both readers."""
        return (self.hanako, self.john)

    @property
    def site(self) -> Path:
        """The folder of the built site."""
        return self.project.root / "site"

    def mailing_list(self, language: Language) -> MailingList:
        """Return the list of a language."""
        lists = self.project.settings.lists
        return next(each for each in lists if each.language == language)

    def subscribers(self, mailing_list: MailingList) -> Sequence[Reader]:
        """Return who is on a list until Hanako leaves."""
        return self.readers if mailing_list.language == JA else (self.john,)

    def advisories(self, reader: Reader) -> list[EmailMessage]:
        """Return the advisories in a reader's mailbox, of all lists."""
        lists = self.project.settings.lists
        return [message for each in lists for message in reader.advisories(each)]

    def release(self) -> Release:
        """Run the whole chain: lint, sign, build, guard, probe, push, confirm."""
        project = self.project
        tools = project.tools()
        snapshot = tools.repository.snapshot()
        loaded = checking.load(tools, snapshot, checking.succession(tools, snapshot))
        checking.require(loaded)
        texts = signing.plan(tools, loaded).texts
        signer = project.signer()
        signed = list(signing.sign(tools, texts, signer, project.clock))
        tools = project.tools()
        events = list(release.Release(tools, project).run())
        built = next(each for each in events if isinstance(each, Built))
        pushed = [each for each in events if isinstance(each, Pushed)]
        sent = [p.announcement for p in pushed if p.result is Result.SENT]
        seen = [each for each in events if isinstance(each, Confirmed)]
        return Release(len(signed), built, tuple(sent), tuple(seen))

    def revise(self, revision: int, summary: Mapping[Language, str]) -> None:
        """Add a revision to one of the samples, as of now."""
        zone = self.project.settings.team.timezone
        # A revision must not lie in the future, and dates have whole seconds.
        now = self.project.clock().astimezone(zone) - timedelta(seconds=1)
        date = now.replace(microsecond=0).isoformat()
        workshop.revise(self.project.root, revision, summary, date)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Scene]:
    """Make the scene in `folder`; everything that it starts ends with the context."""
    root = folder / "project"
    (root / "site").mkdir(parents=True)
    with contextlib.ExitStack() as stack:
        # A place of its own: agents put sockets there, whose paths have to be short.
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="team-")))
        stack.callback(workshop.end_agent, home)
        keyring = workshop.make_key(home)
        workshop.publish_key(root, keyring)
        url = stack.enter_context(webserver.serving(root / "site"))
        settings = MailHostSettings(
            directory=folder / "mailhost",
            domain=workshop.DOMAIN,
            site_owner="csirt@cert.example",
            keys=root / "keys",
            fingerprints=(keyring.fingerprint,),
        )
        host = stack.enter_context(MailHost(settings))
        stack.enter_context(_variable(_PASSWORD, host.rest_password))
        maildir = host.mailbox(workshop.CANARY)
        project = workshop.make_project(
            root, keyring, url=url, rest=host.rest_url, maildir=maildir
        )
        stack.callback(project.close)
        yield Scene(folder, url, keyring, host, project)


@contextlib.contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
