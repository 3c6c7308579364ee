"""The canary on a real Mailman: what it proves, and what it names of stock lists."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.adapters.inboxes.imap import ImapInbox
from publisher.adapters.inboxes.maildir import MaildirInbox
from publisher.errors import MailmanError
from publisher.model.chain import Announcement
from publisher.model.settings import MailingList
from publisher.pipeline.confirming import Confirmed
from publisher.pipeline.pushing import Pushed, Result
from publisher.ports import Inbox, Outcome
from publisher.push import compare
from tests import dovecot, survival
from tests.keys import Key
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import CANARY, JA, Server
from tests.projects import Workplace
from tests.survival import Setting

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]

_BY_NAME = {setting.name: setting for setting in survival.SETTINGS}
_BARE = "ours without the plugin"
_ANNOUNCE = "Mailman's `legacy-announce`, the team may post"


def _more(name: str, **config: object) -> Setting:
    bare = _BY_NAME[_BARE]
    return dataclasses.replace(bare, name=name, config={**bare.config, **config})


DAMAGE = {
    _BY_NAME["ours"]: [],
    _BY_NAME["ours, with a footer"]: [],
    _BY_NAME[_BARE]: [],
    _BY_NAME[f"{_BARE}, with a content filter"]: [],
    _BY_NAME[f"{_BARE}, with a footer"]: [
        "text stands behind the signed block, which nobody signed: "
        r"'-- \nannounce@lists.cert.example'",
    ],
    _BY_NAME[f"{_BARE}, with a subject prefix"]: ["Subject has '[alert] ' before it"],
    _BY_NAME[f"{_BARE}, with From munged for DMARC"]: [
        "From is 'Example CERT - Survival",
        "Reply-To was added ('Example CERT <csirt@cert.example>')",
    ],
    _BY_NAME[f"{_BARE}, with posts wrapped for DMARC"]: [
        "the text is in a mail of message/rfc822",
        "From is 'Example CERT - Survival",
        "Message-ID is '<",
    ],
    _BY_NAME[f"{_BARE}, with posters made anonymous"]: [
        "From is ",
        "Message-ID is '<",
    ],
    _BY_NAME[f"{_BARE}, with personalization"]: [
        "To is '<reader@survival",
    ],
    _more("answers to the list", reply_goes_to_list="point_to_list"): [
        "Reply-To was added ('",
    ],
    _more("no headers of a list", include_rfc2369_headers=False): [
        "List-Id is missing: readers filter on it",
        "List-Unsubscribe is missing: readers leave by it",
    ],
    _BY_NAME[_ANNOUNCE]: [
        "text stands behind the signed block, which nobody signed: '____",
        "Subject has '[Survival",
    ],
}
"""What is to be named of a text, by how its list is set."""


@pytest.fixture(scope="module")
def named(team_key: Key) -> dict[str, Sequence[str]]:
    """What is named of a text on each list, which all are posted at once."""
    with hosts.running(team_key, plugin=True) as server:
        server.apply(JA)
        lists = {
            setting: survival._made(server, setting, number)
            for number, setting in enumerate(DAMAGE)
        }
        sent = {setting: _posted(server, lists[setting]) for setting in DAMAGE}
        server.host.settle(60)
        return {
            setting.name: _named(server, sent[setting], lists[setting])
            for setting in DAMAGE
        }


def _posted(server: Server, mailing_list: MailingList) -> Announcement:
    key = hosts.edition_key(server.new_id(), "ja")
    data = server.key.clearsign(hosts.text(key))
    mail = hosts.announcement(mailing_list, key, data)
    server.inject(mailing_list, mail.message)
    return mail


def _named(
    server: Server, mail: Announcement, mailing_list: MailingList
) -> Sequence[str]:
    mailboxes = server.host.settings.directory / "mailboxes"
    mailbox = mailboxes / survival._reader(mailing_list)
    (file,) = mailbox.glob("new/*")
    named = compare.differences(mail.message, file.read_bytes(), mailing_list)
    found = bool(MaildirInbox(mailbox).find([mail.message_id]))
    # What replaces it hides the mail from whoever looks for it.
    assert found != any(each.startswith("Message-ID is") for each in named)
    return named


@pytest.mark.parametrize("setting", DAMAGE, ids=lambda setting: setting.name)
def test_what_a_list_did_to_a_text_is_named(
    named: dict[str, Sequence[str]], setting: Setting
) -> None:
    seen, expected = named[setting.name], DAMAGE[setting]

    assert len(seen) >= len(expected)
    for each in expected:
        assert any(one.startswith(each) for one in seen), seen
    assert bool(seen) == bool(expected), seen


# A whole push.


@dataclass
class Place(Workplace):
    """A project in the real world."""

    def clock(self) -> datetime:
        return datetime.now(UTC)

    def timer(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@pytest.fixture(params=[True, False], ids=["plugin", "no plugin"])
def own_server(team_key: Key, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A Mailman whose canary is set, and not subscribed yet."""
    with hosts.running(team_key, plugin=request.param) as server:
        server.canary = CANARY
        yield server


def made(root: Path, server: Server, inbox: Inbox) -> Place:
    """Return a project of a server's, in which all is signed."""
    place = Place(root, server.key)
    file = place.root / "publisher.toml"
    text = file.read_text(encoding="utf-8")
    bare = "" if server.plugin else "plugin = false\n"
    table = f'[canary]\naddress = "{CANARY}"\nmaildir = "x"\nwait = 60\n'
    text = text.replace("[mailman]\n", f"{table}\n[mailman]\n{bare}")
    file.write_text(text, encoding="utf-8")
    place.lists = server.lists  # type: ignore[assignment]
    place.inbox = inbox
    place.write()
    place.sign()
    place.apply_lists()
    return place


def own_inbox(server: Server) -> MaildirInbox:
    return MaildirInbox(server.host.settings.directory / "mailboxes" / CANARY)


def test_a_push_ends_with_the_proof(own_server: Server, tmp_path: Path) -> None:
    place = made(tmp_path / "project", own_server, own_inbox(own_server))

    events = place.release()

    seen = [each for each in events if isinstance(each, Confirmed)]
    assert [each.outcome for each in seen] == [Outcome.DELIVERED] * 2, seen
    assert all(each.seconds is not None and each.seconds < 60 for each in seen)
    assert place.release()[1:] == []
    place.close()


def test_a_mailbox_that_dovecot_serves_proves_the_same(
    team_key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dovecot.running() as served, hosts.running(team_key, plugin=True) as server:
        server.canary = CANARY
        mailbox = server.host.settings.directory / "mailboxes" / CANARY
        mailbox.parent.mkdir(exist_ok=True)
        mailbox.symlink_to(served.maildir)
        monkeypatch.setenv("SSL_CERT_FILE", str(served.authority))
        inbox = ImapInbox(served.url(), lambda: dovecot.PASSWORD)
        place = made(tmp_path / "project", server, inbox)

        events = place.release()

        seen = [each for each in events if isinstance(each, Confirmed)]
        assert [each.outcome for each in seen] == [Outcome.DELIVERED] * 2, seen
        assert [each.note for each in seen] == ["", ""]
        inbox.close()
        place.close()


def test_after_a_crash_the_mailbox_tells_that_a_mail_went_out(
    team_key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hosts.running(team_key, plugin=False) as server:
        server.canary = CANARY
        place = made(tmp_path / "project", server, own_inbox(server))
        post = place.lists.post

        def lost(announcement: Announcement) -> None:
            monkeypatch.undo()
            post(announcement)
            raise MailmanError("the connection broke")

        monkeypatch.setattr(place.lists, "post", lost)
        with pytest.raises(MailmanError):
            place.release()
        server.host.settle()

        events = place.release()

        pushed = [each.result for each in events if isinstance(each, Pushed)]
        assert pushed == [Result.FOUND, Result.SENT]
        seen = [each for each in events if isinstance(each, Confirmed)]
        assert [each.outcome for each in seen] == [Outcome.DELIVERED] * 2, seen
        server.host.settle()
        assert server.count(CANARY) == 2
        place.close()


def test_a_mail_that_went_out_and_is_not_seen_is_not_sent_again(
    team_key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hosts.running(team_key, plugin=False) as server:
        server.canary = CANARY
        inbox = own_inbox(server)
        place = made(tmp_path / "project", server, inbox)
        post = place.lists.post

        def lost(announcement: Announcement) -> None:
            monkeypatch.undo()
            post(announcement)
            raise MailmanError("the connection broke")

        monkeypatch.setattr(place.lists, "post", lost)
        with pytest.raises(MailmanError):
            place.release()
        server.host.settle()
        for file in inbox.folder.glob("new/*"):
            file.unlink()

        events = place.release()

        pushed = [each.result for each in events if isinstance(each, Pushed)]
        assert pushed == [Result.UNKNOWN, Result.SENT]
        server.host.settle()
        assert server.count(CANARY) == 1
        place.close()
