"""What every implementation of `publisher.ports.Lists` does, fake or real."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

import publisher
from publisher import lists as rules
from publisher.errors import MailmanError, TrustError
from publisher.lists import names
from publisher.model.chain import Announcement
from publisher.model.settings import MailingList, Settings
from publisher.ports import Lists
from tests import builders
from tests.mailman_plugin import hosts


@dataclass(frozen=True)
class Stage:
    """An implementation, with a list that is declared and not made yet."""

    lists: Lists
    mailing_list: MailingList
    settings: Settings
    plugin: bool
    mail: Callable[[int], Announcement]
    """Makes the mail of a revision of one advisory, always the same."""
    other: Callable[[int], Announcement]
    """Makes a mail with another text under the same revision."""

    def differences(self) -> tuple[rules.Difference, ...]:
        live = self.lists.live(self.mailing_list)
        assert live is not None
        wanted = rules.wanted(
            self.mailing_list,
            self.settings,
            plugin=self.plugin,
            notices=rules.notices(self.mailing_list, builders.presentation()),
        )
        return rules.differences(wanted, live)

    def apply(self) -> None:
        if self.lists.live(self.mailing_list) is None:
            self.lists.create(self.mailing_list)
        self.lists.update(self.mailing_list, rules.changes(self.differences()))


class ListsContract:
    """Subclass it in a test module, with a fixture `stage`."""

    def test_a_list_that_is_not_there_has_no_settings(self, stage: Stage) -> None:
        assert stage.lists.live(stage.mailing_list) is None

    def test_a_list_that_was_made_and_updated_is_as_wanted(self, stage: Stage) -> None:
        stage.lists.create(stage.mailing_list)
        stage.lists.update(stage.mailing_list, rules.changes(stage.differences()))

        assert stage.differences() == ()

    def test_a_list_cannot_be_made_twice(self, stage: Stage) -> None:
        stage.lists.create(stage.mailing_list)

        with pytest.raises(MailmanError) as caught:
            stage.lists.create(stage.mailing_list)

        assert caught.value.certain

    @pytest.mark.parametrize(
        ("setting", "value"),
        [
            ("subject_prefix", "[Alert] "),
            ("max_message_size", 40),
            ("administrivia", True),
            ("default_member_action", "accept"),
            ("accept_these_nonmembers", ("^.*@evil\\.example",)),
            ("acceptable_aliases", ("other@lists.cert.example",)),
            ("display_name", "～①— Alerts"),
            ("preferred_language", "fr"),
            (names.OWNERS, ("mallory@evil.example",)),
            (names.MODERATORS, ("mallory@evil.example",)),
            (names.template("list:member:regular:footer"), ""),
        ],
    )
    def test_a_setting_that_was_changed_is_found_and_mended(
        self, stage: Stage, setting: str, value: object
    ) -> None:
        stage.apply()
        stage.lists.update(stage.mailing_list, {setting: value})

        [found] = stage.differences()
        stage.lists.update(stage.mailing_list, rules.changes([found]))

        assert (found.setting, found.live) == (setting, value)
        assert stage.differences() == ()

    @pytest.mark.parametrize(
        ("setting", "value"),
        [
            (names.notice("list:user:notice:welcome"), "Hi"),
            (names.POSTING_CHAIN, "default-posting-chain"),
        ],
    )
    def test_what_only_the_plugin_knows_is_found_and_mended(
        self, stage: Stage, setting: str, value: object
    ) -> None:
        stage.apply()
        if not stage.plugin:
            with pytest.raises(MailmanError):
                stage.lists.update(stage.mailing_list, {setting: value})
            return
        stage.lists.update(stage.mailing_list, {setting: value})

        [found] = stage.differences()
        stage.lists.update(stage.mailing_list, rules.changes([found]))

        assert (found.setting, found.live) == (setting, value)
        assert stage.differences() == ()

    def test_nothing_is_posted_where_another_chain_would_drop_it(
        self, stage: Stage
    ) -> None:
        stage.apply()
        if stage.plugin:
            changes = {names.POSTING_CHAIN: "default-posting-chain"}
            stage.lists.update(stage.mailing_list, changes)

            with pytest.raises(MailmanError, match="lists apply") as caught:
                stage.lists.post(stage.mail(1))

            assert caught.value.certain

    @pytest.mark.parametrize(
        "changes",
        [
            {"no_such_setting": 1},
            {"default_member_action": "no such action"},
            {names.CHARSET: "utf-8"},
            {names.HEADER_MATCHES: ("subject: x -> hold",)},
        ],
    )
    def test_what_cannot_be_set_is_an_error(
        self, stage: Stage, changes: dict[str, object]
    ) -> None:
        stage.apply()

        with pytest.raises(MailmanError) as caught:
            stage.lists.update(stage.mailing_list, changes)

        assert caught.value.certain
        assert stage.differences() == ()

    def test_a_mail_to_a_list_that_is_not_there_is_refused(self, stage: Stage) -> None:
        with pytest.raises(MailmanError) as caught:
            stage.lists.post(stage.mail(1))

        assert caught.value.certain

    def test_a_mail_is_taken_once_it_was_posted(self, stage: Stage) -> None:
        stage.apply()
        before = stage.lists.taken(stage.mail(1))

        stage.lists.post(stage.mail(1))

        after = stage.lists.taken(stage.mail(1))
        assert (before, after) == ((False, True) if stage.plugin else (None, None))

    def test_another_text_under_the_same_revision_is_not_taken_for_ours(
        self, stage: Stage
    ) -> None:
        stage.apply()
        stage.lists.post(stage.mail(1))

        if stage.plugin:
            with pytest.raises(TrustError, match="got another text"):
                stage.lists.taken(stage.other(1))
            with pytest.raises(TrustError, match="got another text"):
                stage.lists.post(stage.other(1))

    def test_what_is_sent_has_left_no_traces(self, stage: Stage) -> None:
        stage.apply()

        assert stage.lists.traces(stage.mail(1)) == []

    def test_with_the_plugin_an_older_revision_is_refused(self, stage: Stage) -> None:
        stage.apply()
        stage.lists.post(stage.mail(2))
        stage.lists.post(stage.mail(2))

        if stage.plugin:
            with pytest.raises(MailmanError, match="is older") as caught:
                stage.lists.post(stage.mail(1))

            assert caught.value.certain
            assert stage.lists.taken(stage.mail(1)) is False

    def test_the_plugin_tells_its_version(self, stage: Stage) -> None:
        version = stage.lists.plugin_version()

        assert version == (publisher.__version__ if stage.plugin else None)

    def test_the_plugin_tells_the_time(self, stage: Stage) -> None:
        shown = stage.lists.clock()

        assert (shown is not None) == stage.plugin
        if shown is not None:
            now = datetime.now(UTC)
            assert abs(now - shown) < timedelta(minutes=1)

    def test_a_server_without_the_plugin_is_a_finding_unless_it_is_given_up(
        self, stage: Stage
    ) -> None:
        stage.apply()
        assert stage.settings.mailman is not None
        wanting = dataclasses.replace(stage.settings.mailman, plugin=True)
        settings = dataclasses.replace(stage.settings, mailman=wanting)

        found = dataclasses.replace(stage, settings=settings).differences()

        expected = [] if stage.plugin else [names.PLUGIN]
        assert [each.setting for each in found] == expected
        assert all(each.by_hand and each.stops_posts for each in found)

    def test_the_canary_is_subscribed_once_and_found_there(self, stage: Stage) -> None:
        stage.lists.create(stage.mailing_list)
        before = {each.setting: each.live for each in stage.differences()}

        stage.apply()
        stage.lists.update(stage.mailing_list, {names.CANARY: hosts.CANARY})

        live = stage.lists.live(stage.mailing_list)
        assert live is not None
        assert before[names.CANARY] == ""
        assert live[names.CANARY] == hosts.CANARY

    def test_all_lists_of_the_server_are_known_by_their_addresses(
        self, stage: Stage
    ) -> None:
        before = stage.lists.addresses()

        stage.lists.create(stage.mailing_list)

        after = stage.lists.addresses()
        assert stage.mailing_list.address not in before
        assert list(after) == sorted([*before, stage.mailing_list.address])

    def test_a_list_that_is_not_there_has_no_backlog(self, stage: Stage) -> None:
        assert stage.lists.backlog([stage.mailing_list]).lists == ()


def another(mailing_list: MailingList, number: int) -> MailingList:
    """Return a declaration of another list like this one."""
    return dataclasses.replace(
        mailing_list, address=f"list-{number}@{mailing_list.domain}"
    )
