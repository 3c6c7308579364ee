"""The world in which faults are injected: a list server, readers, a public web server.

All of it is real, and there once for hundreds of runs. Each run has a project of its
own, with advisories that nobody has seen before.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from publisher import webserver
from publisher.mailhost import MailHost, MailHostError, MailHostSettings
from publisher.mailhost.maildir import Mailboxes
from publisher.model.ids import AdvisoryId
from tests import builders, projects, s3store
from tests.faults import proxy
from tests.faults.warm import ROOT, Driver, Ran
from tests.keys import Key
from tests.mailman_plugin import hosts

READERS = ("hanako@home.example", "john@home.example", "mei@home.example")
CANARY = "canary@home.example"
_PASSWORD = "PUBLISHER_MAILMAN_PASSWORD"
SECRET_NAME, SECRET = "FAULTS_BUCKET_SECRET", "of-a-store-for-tests"
_MANY = (
    "/site/",
    ".live/.release",
    "sql INSERT OR REPLACE INTO entry",
    "socket.connect",
)
"""What there are hundreds of in each run: files of the site, what is remembered of
them, and questions to the list server."""
_SOME = 120
"""How many of those are tried, about."""


@dataclass
class Desk:
    """A project, and what its operator does."""

    root: Path
    driver: Driver
    advisories: tuple[AdvisoryId, ...]

    @property
    def live(self) -> Path:
        """What the public sees."""
        return self.root.parent / f"{self.root.name}.live"

    def publish(
        self, environment: Mapping[str, str] | None = None, **fault: Any
    ) -> Ran:
        """Publish all; `environment` is beside what there is anyway."""
        if environment:
            fault["environment"] = {**self.driver.environment, **environment}
        return self.driver.run(self.root, "publish", "--yes", **fault)

    def points(self) -> list[str]:
        """Return the points of a whole run, in order."""
        told = self.publish(act="list").fault.partition(" ")[2]
        points: list[str] = json.loads(told)
        return points


@dataclass
class World:
    """Everything that the projects have in common."""

    folder: Path
    key: Key
    host: MailHost
    proxy: proxy.Proxy
    url: str
    driver: Driver
    other: Driver
    """For a second operator, at the same time."""
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1000, 10**6)))

    plugin: bool = True
    """Whether the list server has ours."""
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    """What ends with the world."""
    repeated: int = 0
    """How many repeated mails the MTA has dropped since somebody asked."""
    kills: int = 0
    """How often one of Mailman's runners was killed."""

    @cached_property
    def points(self) -> list[int]:
        """The points of a run: all, but of the files of the site one in some.

        A site has hundreds of files, each written, remembered and put up as all are.
        """
        some: list[int] = []
        rest: list[int] = []
        for number, point in enumerate(self.desk().points(), start=1):
            is_one_of_many = any(each in point for each in _MANY)
            (rest if is_one_of_many else some).append(number)
        return sorted([*some, *rest[:: max(1, len(rest) // _SOME)]])

    @cached_property
    def plain(self) -> World:
        """A world of its own whose list server is without our plugin."""
        return self.stack.enter_context(running(self.key, plugin=False))

    @cached_property
    def store(self) -> s3store.Server:
        """A store with the S3 interface; its buckets are folders."""
        folder = self.folder / "s3"
        folder.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        made = s3store.running(folder, port, SECRET)
        return self.stack.enter_context(made)

    @property
    def watched(self) -> Path:
        """The folder by which Mailman's runners are told where to die."""
        return self.folder / "watched"

    def desk(
        self,
        count: int = 2,
        *,
        settings: Sequence[tuple[str, str]] = (),
        deploy: str = "",
        timeout: int = 20,
        warm: bool = True,
    ) -> Desk:
        """Make a project with `count` advisories that are not signed.

        Unless it is `warm`, it is as after `git clone`, without a key ring of its own.
        """
        number = next(self.numbers)
        root = self.folder / "desks" / str(number)
        (root / "keys").mkdir(parents=True)
        (root / "keys" / "team.asc").write_bytes(self.key.public)
        desk = Desk(root, self.driver, self._advisories(root, count))
        text = projects.SETTINGS.format(fingerprint=self.key.fingerprint)
        text = text.replace("https://www.cert.example", self.url)
        text = text.replace(
            'url = "http://127.0.0.1:9/3.1"',
            f'url = "http://127.0.0.1:{self.proxy.port}/3.1"\ntimeout = {timeout}\n'
            f"wait = 8\nplugin = {str(self.plugin).lower()}",
        )
        where = deploy.replace("LIVE", str(desk.live)) or f'folder = "{desk.live}"'
        mailbox = self.host.mailbox(CANARY)
        text = text.replace(
            "\n[[lists]]",
            f"\n[deploy]\n{where}\n\n[canary]\naddress = "
            f'"{CANARY}"\nmaildir = "{mailbox}"\nwait = 20\n\n[[lists]]',
            1,
        )
        for old, new in settings:
            assert old in text, old
            text = text.replace(old, new)
        (root / "publisher.toml").write_text(text, encoding="utf-8")
        ring = self.folder / "warm" / "gnupg"
        if warm and ring.is_dir():
            shutil.copytree(ring, root / ".publisher" / "gnupg")
            (root / ".publisher").chmod(0o700)
        self.show(desk.live / "current")
        return desk

    def take_repeated(self) -> int:
        """Return how many repeated mails the MTA has dropped since the last time."""
        number, self.repeated = self.repeated, 0
        return number

    def count_repeated(self) -> None:
        """Have the MTA count them, which is in this very process."""
        whole = Mailboxes.has

        def has(boxes: Mailboxes, address: str, mark: str) -> bool:
            found = whole(boxes, address, mark)
            self.repeated += found
            return found

        Mailboxes.has = has  # type: ignore[assignment,method-assign]

    def show(self, folder: Path) -> None:
        """Have the public see `folder`."""
        link = self.folder / "public"
        link.unlink(missing_ok=True)
        link.symlink_to(folder)

    def _advisories(self, root: Path, count: int) -> tuple[AdvisoryId, ...]:
        now = datetime.now(UTC).replace(microsecond=0)
        first, second = (now - timedelta(days=days) for days in (2, 1))
        made = []
        for _ in range(count):
            advisory = AdvisoryId("ADV", first.year, next(self.numbers))
            folder = root / "advisories" / f"{advisory.year}" / str(advisory)
            folder.mkdir(parents=True)
            changes = (
                ("ADV-2026-0007", str(advisory)),
                ("2026-11-20T10:00:00+09:00", first.isoformat()),
                ("2026-11-21T09:00:00+09:00", second.isoformat()),
            )
            for name, data in builders.sources(*changes).items():
                (folder / name).write_bytes(data)
            made.append(advisory)
        return tuple(made)

    def restart(self) -> None:
        """Bring Mailman up again, whatever is left of it."""
        with contextlib.suppress(MailHostError):
            self.host.stop()
        with _inside(self.watched):
            self.host.start()


@contextlib.contextmanager
def running(
    key: Key, folder: Path | None = None, *, plugin: bool = True
) -> Iterator[World]:
    """Run a world; all of it ends with the context."""
    with contextlib.ExitStack() as stack:
        # Memory is a file system like any other, and no other program slows it down.
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        made = stack.enter_context(TemporaryDirectory(prefix="faults-", dir=memory))
        root = folder or Path(made)
        (root / "keys").mkdir()
        (root / "keys" / "team.asc").write_bytes(key.public)
        (root / "watched").mkdir()
        host = _host(root, key, plugin=plugin)
        with _inside(root / "watched"):
            host.start()
        stack.callback(host.stop)
        front = stack.enter_context(proxy.running(lambda: _port(host)))
        url = stack.enter_context(webserver.serving(root / "public"))
        environment = {
            "GNUPGHOME": str(key.home),
            _PASSWORD: host.rest_password,
            SECRET_NAME: SECRET,
        }
        driver = Driver(environment, root / "told")
        other = Driver(driver.environment, root / "told-other")
        for each in (driver, other):
            stack.callback(each.close)
        world = World(
            root, key, host, front, url, driver, other, plugin=plugin, stack=stack
        )
        whole = Mailboxes.has
        stack.callback(setattr, Mailboxes, "has", whole)
        world.count_repeated()
        _prepare(world)
        yield world


def _port(host: MailHost) -> int:
    return int(host.rest_url.rpartition(":")[2].partition("/")[0])


def _host(root: Path, key: Key, *, plugin: bool) -> MailHost:
    return MailHost(
        MailHostSettings(
            directory=root / "host",
            domain=hosts.DOMAIN,
            site_owner=hosts.SITE_OWNER,
            keys=root / "keys",
            fingerprints=(key.fingerprint,),
            sleep_time=0.02,
            use_plugin=plugin,
        )
    )


@contextlib.contextmanager
def _inside(watched: Path) -> Iterator[None]:
    """Let Mailman's processes watch themselves, by the environment of this one."""
    names = {
        "FAULTS_WATCHED": str(watched),
        "PYTHONPATH": f"{ROOT / 'tests' / 'faults' / 'inside'}{os.pathsep}{ROOT}",
    }
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def _prepare(world: World) -> None:
    """Make the lists, subscribe the readers, and warm what a project begins with."""
    desk = world.desk(1)
    server = hosts.Server(world.host, world.key, plugin=world.plugin)
    done = world.driver.run(desk.root, "lists", "apply")
    assert done.code == 0, done.output
    for mailing_list in (hosts.JA, hosts.EN):
        for reader in READERS:
            server.subscribe(mailing_list, reader)
    done = desk.publish()
    assert done.code == 0, done.output
    shutil.copytree(desk.root / ".publisher", world.folder / "warm")
