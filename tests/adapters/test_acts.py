"""One line for each act outside, and what may never stand there."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from publisher.adapters import acts
from publisher.cli import logs
from publisher.errors import (
    GpgError,
    MailmanError,
    PublisherError,
    WebError,
    WorldError,
)
from publisher.ports import Page, PutUp
from publisher.wiring import Project
from tests.fakes import FakeLists
from tests.mailman_plugin import hosts

KEY = hosts.edition_key(hosts.ADVISORY, "ja")
POST = hosts.announcement(hosts.JA, KEY, b"text")
JA = hosts.JA.address


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "publisher.acts")
    return caplog


def written(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the lines without their seconds."""
    return [message.rpartition(" ")[0] for message in caplog.messages]


@dataclass
class Signer:
    fingerprints: tuple[str, ...] = ("A" * 40,)

    def sign(self, text: str) -> bytes:
        if "fail" in text:
            raise GpgError("no pinentry: the text was Kagerou")
        return text.encode()


@dataclass
class Web:
    asked: list[str] = field(default_factory=list)

    def look(self, url: str) -> Page:
        return Page(self.fetch(url))

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if "gone" in url:
            raise WebError("it is gone")
        return b"x"

    def date(self, url: str) -> datetime | None:
        self.asked.append(url)
        return None

    def fetch_all(self, urls: Sequence[str]) -> Iterator[bytes | WebError]:
        for url in urls:
            try:
                yield self.fetch(url)
            except WebError as error:
                yield error

    def close(self) -> None:
        self.asked.append("closed")


@dataclass
class Target:
    name: str = "web:/srv/www"
    error: PublisherError | None = None

    def put_up(self, progress: object) -> PutUp:
        del progress
        if self.error:
            raise self.error
        return PutUp(1, 0)


def test_a_signature_names_the_text_and_never_shows_it(
    lines: pytest.LogCaptureFixture,
) -> None:
    signer = acts.LoggedSigner(Signer())
    signer.sign(hosts.text(KEY))
    signer.sign("security.txt\n")
    with pytest.raises(GpgError):
        signer.sign(hosts.text(KEY, "fail"))

    key = "A" * 40
    assert written(lines) == [
        f'act=sign what="{KEY}" where={key} outcome=ok',
        f'act=sign what="another text" where={key} outcome=ok',
        f'act=sign what="{KEY}" where={key} outcome=GpgError',
    ]
    assert hosts.TITLES["ja"] not in lines.text
    assert "Kagerou" not in lines.text


def test_a_post_says_what_became_of_it(lines: pytest.LogCaptureFixture) -> None:
    fake = FakeLists()
    logged = acts.LoggedLists(fake)
    logged.create(hosts.JA)
    fake.failures += [MailmanError("no", certain=True), MailmanError("lost")]
    for _ in range(2):
        with pytest.raises(MailmanError):
            logged.post(POST)
    fake.settings.clear()
    fake.create(hosts.JA)
    logged.update(hosts.JA, {})
    logged.update(hosts.JA, {"info": "secret", "description": "y"})

    assert written(lines) == [
        f'act=list-create what="" where={JA} outcome=ok',
        f'act=post what="{KEY}" where={JA} outcome=refused',
        f'act=post what="{KEY}" where={JA} outcome=unknown',
        f"act=list-update what=description,info where={JA} outcome=ok",
    ]
    assert "secret" not in lines.text


def test_what_only_asks_the_server_is_passed_on_without_a_line(
    lines: pytest.LogCaptureFixture,
) -> None:
    fake = FakeLists()
    logged = acts.LoggedLists(fake)

    assert logged.plugin_version() == fake.plugin_version()
    assert list(logged.addresses()) == list(fake.addresses())
    assert logged.live(hosts.JA) is None
    assert logged.taken(POST) is False
    assert list(logged.traces(POST)) == list(fake.traces(POST))
    assert logged.backlog([hosts.JA]) == fake.backlog([hosts.JA])
    assert written(lines) == []


def test_each_fetch_is_a_line(lines: pytest.LogCaptureFixture) -> None:
    web = Web()
    logged = acts.LoggedWeb(web)
    logged.fetch("https://a.example/x y")
    logged.look("https://a.example/z")
    answers = list(logged.fetch_all(["https://a.example/1", "https://a.example/gone"]))
    logged.close()

    assert answers[0] == b"x"
    assert isinstance(answers[1], WebError)
    assert written(lines) == [
        'act=fetch what="" where="https://a.example/x y" outcome=ok',
        'act=fetch what="" where=https://a.example/z outcome=ok',
        'act=fetch what="" where=https://a.example/1 outcome=ok',
        'act=fetch what="" where=https://a.example/gone outcome=WebError',
    ]
    assert web.asked[-1] == "closed"


@pytest.mark.parametrize(
    ("error", "outcome"), [(None, "ok"), (WorldError("no room"), "WorldError")]
)
def test_putting_the_site_up_is_a_line(
    lines: pytest.LogCaptureFixture, error: PublisherError | None, outcome: str
) -> None:
    logged = acts.LoggedTarget(Target(error=error))
    try:
        logged.put_up(lambda *_: None)
    except WorldError:
        assert error is not None

    expected = f"act=deploy what=site where={logged.name} outcome={outcome}"
    assert written(lines) == [expected]


def test_what_is_cut_short_says_so(lines: pytest.LogCaptureFixture) -> None:
    with pytest.raises(KeyboardInterrupt), acts.act("deploy", "site", "here"):
        raise KeyboardInterrupt

    assert written(lines) == ["act=deploy what=site where=here outcome=cut-short"]


def test_what_came_from_elsewhere_makes_no_line_of_its_own(tmp_path: Path) -> None:
    with logs.written(Project(tmp_path)):
        acts.note("fetch", 'a"b\\c', "https://x.example/\n2026 act=sign", "ok")
        logging.getLogger("publisher.acts").info("two\nlines")

    text = (tmp_path / ".publisher" / "acts.log").read_text(encoding="utf-8")
    first, second = text.splitlines()
    assert r'what="a\"b\\c" where="https://x.example/\n2026 act=sign"' in first
    assert second.endswith(" two lines")


def test_a_log_that_cannot_be_written_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".publisher" / "acts.log").mkdir(parents=True)

    with logs.written(Project(tmp_path)):
        acts.note("fetch", "", "x", "ok")
        acts.note("fetch", "", "y", "ok")

    told = capsys.readouterr().err
    assert told.count("is not written") == 1


def test_debug_shows_all_that_the_program_logs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(logs.VARIABLE, "debug")
    with logs.written(Project(tmp_path)):
        logging.getLogger("publisher.anything").debug("a detail")
        acts.note("fetch", "", "x", "ok")

    told = capsys.readouterr().err
    assert " a detail\n" in told
    assert told.count("act=fetch") == 1
    assert logging.getLogger("publisher").level == logging.NOTSET
