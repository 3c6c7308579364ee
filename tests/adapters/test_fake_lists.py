"""The fake list server does what the real one does."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from publisher.errors import MailmanError
from publisher.model.chain import Announcement
from publisher.model.settings import Canary
from publisher.ports import Lists
from tests import builders
from tests.adapters.contract_lists import ListsContract, Stage, another
from tests.fakes import FakeLists
from tests.mailman_plugin import hosts


@pytest.fixture(params=[True, False], ids=["with plugin", "without"])
def stage(request: pytest.FixtureRequest) -> Stage:
    settings = dataclasses.replace(builders.settings(), owners=(hosts.OWNER,))
    assert settings.mailman is not None
    mailman = dataclasses.replace(settings.mailman, plugin=request.param)
    canary = Canary(hosts.CANARY)
    settings = dataclasses.replace(settings, mailman=mailman, canary=canary)
    fake: Lists = FakeLists(
        plugin=request.param,
        fingerprints=settings.team.fingerprints,
        canary=hosts.CANARY,
        now=datetime.now(UTC),
    )
    mailing_list = another(hosts.JA, 1)
    advisory = hosts.edition_key(hosts.ADVISORY, "ja").id

    def made(revision: int, text: bytes) -> Announcement:
        key = hosts.edition_key(advisory, "ja", revision)
        return hosts.announcement(mailing_list, key, text)

    return Stage(
        lists=fake,
        mailing_list=mailing_list,
        settings=settings,
        plugin=request.param,
        mail=lambda revision: made(revision, b"text\n"),
        other=lambda revision: made(revision, b"another text\n"),
    )


class TestFakeLists(ListsContract):
    """The contract, on the fake."""


def test_a_failure_that_is_not_certain_was_posted_all_the_same(stage: Stage) -> None:
    fake = stage.lists
    assert isinstance(fake, FakeLists)
    stage.apply()
    fake.failures = [MailmanError("no", certain=True), MailmanError("who knows")]

    for _ in range(2):
        with pytest.raises(MailmanError):
            fake.post(stage.mail(1))

    assert fake.mails == [stage.mail(1)]
