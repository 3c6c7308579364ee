"""A release goes through its stages in order, and ends where one fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from publisher.errors import MailmanError, TrustError, WebError, WorldError
from publisher.pipeline.building import Built
from publisher.pipeline.pushing import Pushed, Result
from publisher.pipeline.release import SITE, Live, Probed, Release, Stage
from publisher.ports import PutUp
from tests.projects import Workplace


@dataclass
class Folder:
    """A target that is the folder that the public sees."""

    place: Workplace
    problem: str = ""
    seen: list[bool] = field(default_factory=list)
    """Whether a mail was out when it was put up, each time."""
    name: str = "the folder"

    def put_up(self, progress: Callable[[str, int, int], None]) -> PutUp:
        del progress
        self.seen.append(bool(self.place.lists.mails))
        if self.problem:
            raise WorldError(self.problem)
        self.place.web.live = self.place.site
        return PutUp(1, 0)


@pytest.fixture
def target(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Folder:
    workplace.apply_lists()
    workplace.sign()
    made = Folder(workplace)
    workplace.web.live = workplace.root / "nowhere"
    monkeypatch.setattr(Workplace, "target", made)
    return made


def test_the_site_is_live_before_it_is_probed_and_mail_goes_out(
    workplace: Workplace, target: Folder
) -> None:
    events = workplace.release()

    assert [type(event) for event in events] == [Built, Live, Probed, Pushed, Pushed]
    assert target.seen == [False]
    assert len(workplace.lists.mails) == 2


def test_what_is_done_is_not_done_again(workplace: Workplace, target: Folder) -> None:
    workplace.release()

    events = workplace.release()

    assert [type(event) for event in events] == [Built, Live]
    assert len(workplace.lists.mails) == 2
    assert len(target.seen) == 2


def test_no_mail_goes_out_when_the_site_is_not_put_up(
    workplace: Workplace, target: Folder
) -> None:
    target.problem = "the disk is full"

    with pytest.raises(WorldError, match="the disk is full"):
        workplace.release()

    assert workplace.lists.mails == []
    last = workplace.journal.last(SITE)
    assert last is not None
    assert (last.where, last.problem) == ("the folder", "the disk is full")


def test_no_mail_goes_out_when_the_public_does_not_see_it(
    workplace: Workplace, target: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, "put_up", lambda _: PutUp(1, 0))

    with pytest.raises(WebError, match="404"):
        workplace.release()

    assert workplace.lists.mails == []


def test_a_site_that_somebody_else_put_up_meanwhile_is_not_overwritten(
    workplace: Workplace, target: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = b'{"heads": ["' + b"0" * 64 + b'"]}'
    fetched = workplace.web.fetch

    def raced(url: str) -> bytes:
        # Before the build there is nothing, afterwards the site of another clone.
        return index if url.endswith("index.json") and built() else fetched(url)

    def built() -> bool:
        return (workplace.site / "index.html").exists()

    monkeypatch.setattr(workplace.web, "fetch", raced)

    with pytest.raises(TrustError, match="not in record/ here"):
        workplace.release()

    assert target.seen == []
    assert workplace.lists.mails == []


def test_a_server_that_fails_in_the_middle_leaves_the_rest_due(
    workplace: Workplace, target: Folder
) -> None:
    workplace.lists.failures = [MailmanError("connection lost")]

    with pytest.raises(MailmanError, match="connection lost"):
        workplace.release()
    events = workplace.release()

    pushed = [event for event in events if isinstance(event, Pushed)]
    assert [each.result for each in pushed] == [Result.FOUND, Result.SENT]
    assert len(workplace.lists.mails) == 2
    assert target.seen == [False, True]


def test_each_stage_is_timed(workplace: Workplace, target: Folder) -> None:
    release = Release(workplace.tools(), workplace)

    list(release.run())

    assert target.seen
    assert set(release.seconds) == set(Stage) - {Stage.CONFIRM}


def test_without_putting_up_the_target_is_left_alone(
    workplace: Workplace, target: Folder
) -> None:
    workplace.web.live = workplace.site

    events = list(Release(workplace.tools(), workplace).run(put_up=False))

    assert [type(event) for event in events] == [Built, Probed, Pushed, Pushed]
    assert target.seen == []
