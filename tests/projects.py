"""Throw-away projects with real keys, real signatures and a fake list server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path, PurePosixPath

from publisher.adapters.gpg import GpgSigner
from publisher.adapters.journal import SqliteJournal
from publisher.errors import TrustError, WebError
from publisher.model import unsigned
from publisher.model.chain import Announcement
from publisher.model.ids import AdvisoryId
from publisher.model.media import media_type
from publisher.pipeline import (
    building,
    checking,
    listing,
    pushing,
    recording,
    release,
    signing,
)
from publisher.pipeline.tools import Tools
from publisher.ports import Inbox, Page, Target
from publisher.wiring import Project
from tests import builders, keys
from tests.fakes import FakeLists

ID = AdvisoryId("ADV", 2026, 7)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

SETTINGS = """\
[team]
name = {{ ja = "Example CERT コーディネーションセンター", en = "Example CERT" }}
contact = "csirt@cert.example"
fingerprints = ["{fingerprint}"]
timezone = "Asia/Tokyo"

[site]
url = "https://www.cert.example"
languages = ["ja", "en"]

[links]
seconds = 0

[advisories]
prefix = "ADV"
announce_since = 2026-01-01T00:00:00+09:00

[review]
other_person = false

[mailman]
url = "http://127.0.0.1:9/3.1"

[[lists]]
address = "announce-ja@lists.cert.example"
language = "ja"
title = "注意喚起・セキュリティ情報"

[[lists]]
address = "announce-en@lists.cert.example"
language = "en"
title = "Alerts and advisories"
"""


@dataclass
class FakeWeb:
    """The public's view of a folder that stands for the live site."""

    live: Path
    url: str = "https://www.cert.example"
    fetched: list[str] = field(default_factory=list)
    now: datetime | None = None
    """What its clock shows; None: it does not tell."""

    def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        file = self.live / url.removeprefix(f"{self.url}/")
        if not file.is_file():
            msg = f"{url}: answers 404, not 200"
            raise WebError(msg)
        return file.read_bytes()

    def date(self, url: str) -> datetime | None:
        assert url.startswith(self.url)
        return self.now

    def look(self, url: str) -> Page:
        kind = media_type(PurePosixPath(url.removeprefix(f"{self.url}/")))
        return Page(self.fetch(url), kind.partition(";")[0])

    def fetch_all(self, urls: Sequence[str]) -> Iterator[bytes | WebError]:
        for url in urls:
            try:
                yield self.fetch(url)
            except WebError as error:
                yield error


@dataclass
class Workplace:
    """A project, and what its operator does with it."""

    root: Path
    key: keys.Key
    lists: FakeLists = field(default_factory=FakeLists)
    now: datetime | None = None
    inbox: Inbox | None = None
    commit: datetime | None = None
    """When the last commit was made."""
    slept: float = 0.0
    """Seconds that were waited, which pass at once."""

    def __post_init__(self) -> None:
        (self.root / "keys").mkdir(parents=True)
        (self.root / "keys" / "team.asc").write_bytes(self.key.public)
        settings = SETTINGS.format(fingerprint=self.key.fingerprint)
        (self.root / "publisher.toml").write_text(settings, encoding="utf-8")
        self.lists.fingerprints = (self.key.fingerprint,)
        self.project = Project(self.root, gnupg_home=self.key.home)
        self.web = FakeWeb(self.root / "site")

    @property
    def site(self) -> Path:
        return self.root / "site"

    @property
    def moment(self) -> datetime:
        # Signatures carry the real time, which must not lie in the future.
        return self.now or max(NOW, datetime.now(UTC)) + timedelta(seconds=5)

    def without_plugin(self) -> None:
        """Let the list server be one without the plugin, as the settings say then."""
        file = self.root / "publisher.toml"
        text = file.read_text(encoding="utf-8")
        given_up = text.replace("[mailman]\n", "[mailman]\nplugin = false\n")
        file.write_text(given_up, encoding="utf-8")
        self.lists = FakeLists(plugin=False)
        self.project = Project(self.root, gnupg_home=self.key.home)

    def tools(self) -> Tools:
        return replace(self.project.tools(), now=self.moment)

    def folder(self, advisory: AdvisoryId = ID) -> Path:
        return self.root / "advisories" / f"{advisory.year}" / str(advisory)

    def write(
        self,
        *changes: tuple[str, str],
        advisory: AdvisoryId = ID,
        japanese: str | None = builders.JAPANESE,
    ) -> None:
        """Write the sample's sources; `changes` are made in both of them."""
        self.folder(advisory).mkdir(parents=True, exist_ok=True)
        renamed = (("ADV-2026-0007", str(advisory)),) if advisory != ID else ()
        for name, data in builders.sources(
            *renamed, *changes, japanese=japanese
        ).items():
            (self.folder(advisory) / name).write_bytes(data)

    def sign(self) -> list[PurePosixPath]:
        tools = self.tools()
        snapshot = tools.repository.snapshot()
        succession = checking.succession(tools, snapshot)
        loaded = checking.load(tools, snapshot, succession)
        checking.require(loaded)
        recording.complete(tools, loaded)
        plan = signing.plan(tools, loaded)
        if plan.doubts:
            raise TrustError(unsigned.lines(plan.doubts))
        texts = plan.texts
        signer = GpgSigner([self.key.fingerprint], self.key.home)
        made = signing.sign(tools, texts, signer, lambda: self.moment)
        return [each.path for each in made]

    def forge_record(self) -> None:
        """Make the publication record agree with the files as they are now."""
        record = recording.current(self.tools())
        lines: dict[Path, str] = {}
        for entry in record.entries.values():
            file = self.folder(entry.key.id) / entry.filename
            path = self.root / "record" / f"{entry.key.id.year}.jsonl"
            lines.setdefault(path, "")
            if file.is_file():
                forged = replace(entry, sha256=sha256(file.read_bytes()).hexdigest())
                lines[path] += f"{forged}\n"
        for path, text in lines.items():
            path.write_text(text, encoding="utf-8")

    def build(self) -> building.Built:
        return building.build(self.tools())

    @property
    def journal(self) -> SqliteJournal:
        return self.project.journal

    @property
    def target(self) -> Target | None:
        return self.project.target

    def clock(self) -> datetime:
        return self.moment

    def committed(self) -> datetime | None:
        return self.commit

    def timer(self) -> float:
        return self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def release(self) -> list[release.Event]:
        """Build, put up, probe, push and confirm."""
        return list(release.Release(self.tools(), self).run())

    def push(self) -> list[pushing.Pushed]:
        """Return what became of the mails of a release."""
        return [each for each in self.release() if isinstance(each, pushing.Pushed)]

    def apply_lists(self) -> None:
        list(listing.apply(self.project.presentation, self.lists))

    def published(self) -> list[Announcement]:
        """Sign, build and push; return all that was ever mailed."""
        self.apply_lists()
        self.sign()
        self.push()
        return self.lists.mails

    def digests(self) -> dict[str, str]:
        """Return the digest of each file of the site."""
        return {
            str(file.relative_to(self.site)): sha256(file.read_bytes()).hexdigest()
            for file in sorted(self.site.rglob("*"))
            if file.is_file()
        }

    def clone(self, root: Path) -> Workplace:
        """Return another clone, without local state, beside the same list server."""
        local = shutil.ignore_patterns(".publisher", "site")
        shutil.copytree(self.root, root, ignore=local)
        made = copy(self)
        made.root = root
        made.project = Project(root, gnupg_home=self.key.home)
        made.web = FakeWeb(root / "site")
        return made

    def close(self) -> None:
        self.project.close()
