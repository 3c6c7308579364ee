from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.adapters import inboxes
from publisher.adapters.inboxes import maildir
from publisher.adapters.inboxes.maildir import MaildirInbox
from publisher.errors import InboxError
from publisher.model.settings import Canary
from tests.adapters.contract_inbox import ARRIVED, MINUTE, Box, InboxContract, mail

ID = "<a@lists.cert.example>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "Maildir"
    for name in ("tmp", "new", "cur"):
        (made / name).mkdir(parents=True)
    return made


@pytest.fixture
def put(folder: Path) -> Callable[[bytes, datetime], None]:
    numbers = itertools.count()

    def _put(data: bytes, at: datetime) -> None:
        file = folder / "new" / f"{next(numbers)}.host"
        file.write_bytes(data)
        os.utime(file, (at.timestamp(), at.timestamp()))

    return _put


class TestMaildirInbox(InboxContract):
    @pytest.fixture
    def box(self, folder: Path, put: Callable[[bytes, datetime], None]) -> Box:
        def state() -> object:
            files = sorted(folder.rglob("*"))
            return [(file, file.stat().st_mtime_ns) for file in files]

        return Box(MaildirInbox(folder), put, state)


def test_a_mail_that_was_read_is_found_once(
    folder: Path, put: Callable[[bytes, datetime], None]
) -> None:
    inbox = MaildirInbox(folder)
    put(mail(ID), ARRIVED)
    assert inbox.find([ID])

    (folder / "new" / "0.host").rename(folder / "cur" / "0.host:2,S")

    assert len(inbox.find([ID])[ID]) == 1
    assert len(MaildirInbox(folder).find([ID])[ID]) == 1


def test_a_mail_that_is_read_during_the_look_is_found(
    folder: Path,
    put: Callable[[bytes, datetime], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(mail(ID), ARRIVED)
    read = maildir._read

    def first(file: Path, most: int) -> bytes | None:
        monkeypatch.setattr(maildir, "_read", read)
        file.rename(folder / "cur" / f"{file.name}:2,S")
        return read(file, most)

    monkeypatch.setattr(maildir, "_read", first)

    assert len(MaildirInbox(folder).find([ID])[ID]) == 1


def test_a_mail_that_is_removed_during_each_look_is_not_there(
    folder: Path,
    put: Callable[[bytes, datetime], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(mail(ID), ARRIVED)
    put(mail("<b@lists.cert.example>"), ARRIVED)
    monkeypatch.setattr(
        maildir, "_read", lambda file, _: None if file.name == "0.host" else mail(ID)
    )

    assert len(MaildirInbox(folder).find([ID])[ID]) == 1


def test_links_pipes_folders_and_hidden_files_are_no_mails(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(mail(ID))
    (folder / "new" / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "new" / "pipe")
    (folder / "cur" / "folder").mkdir()
    (folder / "cur" / ".hidden").write_bytes(mail(ID))

    assert MaildirInbox(folder).find([ID]) == {}


def test_a_file_that_becomes_a_link_is_not_followed(
    folder: Path, tmp_path: Path, put: Callable[[bytes, datetime], None]
) -> None:
    put(mail("<b@lists.cert.example>"), ARRIVED)
    inbox = MaildirInbox(folder)
    inbox._list()
    (tmp_path / "secret").write_bytes(mail(ID))
    (folder / "new" / "0.host").unlink()
    (folder / "new" / "0.host").symlink_to(tmp_path / "secret")

    assert inbox.find([ID]) == {}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"\0" * 4096,
        b"Message-ID: <" + b"a" * 2**19,
        b"Message-ID: \xff\xfe <\xff@b>\n\n",
        b"X: " + b"x" * 2**19 + b"\nMessage-ID: " + ID.encode() + b"\n\n",
        b"\r" * 2**16,
    ],
)
def test_strange_mails_are_passed_over(
    folder: Path, put: Callable[[bytes, datetime], None], data: bytes
) -> None:
    put(data, ARRIVED)
    put(mail(ID), ARRIVED)

    assert len(MaildirInbox(folder).find([ID])[ID]) == 1


def test_only_the_beginning_of_a_huge_mail_is_read(
    folder: Path, put: Callable[[bytes, datetime], None]
) -> None:
    put(mail(ID), ARRIVED)
    with (folder / "new" / "0.host").open("ab") as file:
        file.truncate(2**34)

    (copy,) = MaildirInbox(folder).find([ID])[ID]

    assert len(copy.data) == maildir.LIMIT


def test_of_a_large_mailbox_only_what_is_new_is_looked_at_and_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = (ARRIVED - timedelta(days=300)).timestamp()
    for number in range(3000):
        file = folder / "cur" / f"{number}.host:2,S"
        file.touch()
        os.utime(file, (old + number, old + number))
    new = folder / "new" / "x.host"
    new.write_bytes(mail(ID))
    os.utime(new, (ARRIVED.timestamp(),) * 2)
    looked: list[str] = []
    read = maildir._read

    def noted(file: Path, most: int) -> bytes | None:
        looked.append(file.name)
        return read(file, most)

    monkeypatch.setattr(maildir, "_read", noted)
    inbox = MaildirInbox(folder)

    first = inbox.find([ID], ARRIVED - MINUTE)
    heads, looked[:] = list(looked), []
    again = inbox.find([ID], ARRIVED - MINUTE)

    assert list(first) == list(again) == [ID]
    assert heads[:2] == ["x.host", "x.host"]
    assert set(heads[2:]) == {f"{n}.host:2,S" for n in range(2001, 3000)}
    assert looked == ["x.host"]


def test_a_folder_that_did_not_change_is_not_listed_again(
    folder: Path,
    put: Callable[[bytes, datetime], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(mail(ID), ARRIVED)
    for name in ("new", "cur"):
        os.utime(folder / name, (ARRIVED.timestamp(),) * 2)
    inbox = MaildirInbox(folder)
    inbox.find([ID])
    monkeypatch.setattr(os, "scandir", None)

    assert inbox.find([ID])


def test_a_mailbox_that_is_not_there_yet_is_told_with_what_to_do(
    tmp_path: Path,
) -> None:
    inbox = MaildirInbox(tmp_path / "nowhere")

    with pytest.raises(InboxError, match=r"there is no Maildir at .*nowhere") as caught:
        inbox.find([ID])

    assert "canary.maildir" in str(caught.value)
    assert not caught.value.lasting
    shutil.copytree(tmp_path, tmp_path / "nowhere" / "new")
    assert inbox.find([ID]) == {}


def test_a_folder_without_mail_folders_is_no_mailbox(tmp_path: Path) -> None:
    with pytest.raises(InboxError, match="there is no Maildir"):
        MaildirInbox(tmp_path).find([ID])


def test_a_file_is_no_mailbox(tmp_path: Path) -> None:
    (tmp_path / "mbox").write_bytes(mail(ID))

    with pytest.raises(InboxError, match="there is no Maildir"):
        MaildirInbox(tmp_path / "mbox").find([ID])


def test_a_mailbox_that_may_not_be_read_is_told(
    folder: Path,
    put: Callable[[bytes, datetime], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    put(mail(ID), ARRIVED)
    monkeypatch.setattr(os, "open", refused)

    with pytest.raises(InboxError, match=r"Permission denied: let the user who runs"):
        MaildirInbox(folder).find([ID])


def test_the_settings_name_it_relative_to_the_project(tmp_path: Path) -> None:
    settings = Canary("canary@cert.example", maildir="mail/canary")

    made = inboxes.inbox(settings, tmp_path, str)

    assert made is not None
    assert made.name == str(tmp_path / "mail" / "canary")
    assert inboxes.inbox(Canary("canary@cert.example"), tmp_path, str) is None
    assert inboxes.inbox(None, tmp_path, str) is None


def test_the_time_is_that_of_the_file_in_utc(
    folder: Path, put: Callable[[bytes, datetime], None]
) -> None:
    put(mail(ID), ARRIVED)

    (copy,) = MaildirInbox(folder).find([ID])[ID]

    assert copy.at.tzinfo is UTC
