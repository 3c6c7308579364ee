"""This machine's clock against others, before a release and before an embargo ends."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from publisher.errors import ClockError, MailmanError
from publisher.model.settings import Settings
from publisher.pipeline import concerns, release, timing, watching
from tests.fakes import FakeLists
from tests.pipeline.test_recording import FIRST, ONE_REVISION
from tests.projects import FakeWeb, Workplace

HOUR = timedelta(hours=1)


@pytest.fixture
def settings(workplace: Workplace) -> Settings:
    workplace.now = workplace.moment
    return workplace.project.settings


def set_others(workplace: Workplace, ahead: timedelta) -> None:
    """Let this machine be so much ahead of the web server and the list server."""
    workplace.web.now = workplace.lists.now = workplace.moment - ahead


@pytest.mark.gpg
def test_nothing_is_put_up_or_mailed_by_a_clock_that_is_wrong(
    workplace: Workplace,
) -> None:
    workplace.apply_lists()
    workplace.sign()
    workplace.now = workplace.moment
    for ahead in (HOUR, -HOUR, timedelta(seconds=70)):
        set_others(workplace, ahead)
        with pytest.raises(ClockError) as raised:
            workplace.release()
        told = str(raised.value)
        assert "clocks differ, and nothing was done: " in told
        assert "the web server of www.cert.example says " in told
        assert "the list server says " in told
        assert "docs/operating.md" in told

    # The list would refuse the mail, whatever the web server says.
    set_others(workplace, timedelta())
    workplace.lists.now = workplace.moment - HOUR
    with pytest.raises(ClockError, match="the list server says "):
        workplace.release()

    assert not workplace.site.exists()
    assert workplace.lists.mails == []
    assert workplace.journal.outcomes() == {}
    # Seconds are no difference, and a commit proves nothing against two servers.
    set_others(workplace, timedelta(seconds=5))
    workplace.commit = workplace.moment + HOUR
    [odd] = [each for each in workplace.release() if isinstance(each, release.Odd)]
    assert odd.text.startswith("the last commit was made at ")
    assert len(workplace.lists.mails) == 2


def test_servers_that_are_down_stop_nobody(
    workplace: Workplace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: FakeLists) -> None:
        raise MailmanError("it is down")

    monkeypatch.setattr(FakeLists, "clock", fail)
    assert timing.require(settings, workplace) == ()

    without = replace(settings, mailman=None, lists=())
    assert timing.require(without, workplace) == ()

    # Then the last commit is all that there is.
    workplace.commit = workplace.moment + HOUR
    with pytest.raises(ClockError, match="the last commit was made at "):
        timing.require(settings, workplace)


def test_servers_that_do_not_answer_keep_nobody_waiting(
    workplace: Workplace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_over = threading.Event()
    monkeypatch.setattr(timing, "_SOON", 0.1)
    monkeypatch.setattr(FakeWeb, "date", lambda *_: is_over.wait(60) and None)

    # The one that answers counts, whoever is asked beside it.
    workplace.lists.now = workplace.moment - HOUR
    with pytest.raises(ClockError, match="nothing was done: the list server says"):
        timing.require(settings, workplace)
    monkeypatch.setattr(FakeLists, "clock", lambda _: is_over.wait(60) and None)
    assert timing.require(settings, workplace) == ()
    assert not is_over.is_set()
    is_over.set()


def test_a_fault_of_our_own_is_no_server_that_is_down(
    workplace: Workplace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(FakeWeb, "date", fail)
    with pytest.raises(ZeroDivisionError):
        timing.require(settings, workplace)


def test_a_list_server_in_the_loopback_is_no_witness_for_this_clock(
    workplace: Workplace, settings: Settings
) -> None:
    workplace.web.now = workplace.moment - HOUR
    workplace.lists.now = workplace.moment

    # The settings have it at 127.0.0.1, which is this machine, or a tunnel.
    with pytest.raises(ClockError, match=r"the web server of www\.cert\.example says"):
        timing.require(settings, workplace)

    assert settings.mailman is not None
    elsewhere = replace(settings.mailman, url="https://lists.cert.example/3.1")
    [odd] = timing.require(replace(settings, mailman=elsewhere), workplace)
    assert odd.startswith("the web server of www.cert.example says")


@dataclass
class Asked(FakeWeb):
    """A web server that counts who asks for the time."""

    asked: int = 0

    def date(self, url: str) -> datetime | None:
        self.asked += 1
        return super().date(url)


@pytest.mark.gpg
def test_an_embargo_is_not_over_by_a_clock_that_is_ahead(workplace: Workplace) -> None:
    public = (workplace.moment + 6 * HOUR).replace(microsecond=0)
    workplace.write((FIRST, public.isoformat()), *ONE_REVISION)
    workplace.sign()
    web = Asked(workplace.root / "site")
    workplace.web, workplace.commit = web, workplace.moment
    timing.require_for_embargoes(workplace.tools(), workplace)
    assert web.asked == 0

    workplace.now = public + HOUR
    web.now = workplace.now - 2 * HOUR
    with pytest.raises(ClockError):
        timing.require_for_embargoes(workplace.tools(), workplace)
    web.now = workplace.now
    timing.require_for_embargoes(workplace.tools(), workplace)
    workplace.commit = None
    timing.require_for_embargoes(workplace.tools(), workplace)
    assert web.asked == 3

    # Once something was committed after it, nobody is asked any more.
    workplace.commit = public + timedelta(seconds=1)
    timing.require_for_embargoes(workplace.tools(), workplace)
    assert web.asked == 3


def test_status_says_so_and_what_is_odd_is_only_a_warning(
    workplace: Workplace, settings: Settings
) -> None:
    del settings
    set_others(workplace, HOUR)
    wrong = watching.facts(workplace.tools(), workplace, busy=False)
    set_others(workplace, timedelta())
    workplace.commit = workplace.moment + HOUR
    odd = watching.facts(workplace.tools(), workplace, busy=False)

    told = [
        {each.urgency.name for each in found if each.code == "clock"}
        for found in (
            concerns.concerns(facts, concerns.Limits()) for facts in (wrong, odd)
        )
    ]
    assert told == [{"CRITICAL"}, {"WARNING"}]
