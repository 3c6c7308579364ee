from __future__ import annotations

import mailbox
import os
from pathlib import Path

import pytest

from publisher.adapters import mailboxes
from publisher.model.found import Found
from tests import letters

SIGNED = b"-----BEGIN PGP SIGNED MESSAGE-----\n"


def look(*paths: Path) -> list[Found]:
    return list(mailboxes.found(paths, lambda *_: None))


def names(found: list[Found], top: Path) -> list[str]:
    return [each.name.removeprefix(f"{top}/") for each in found]


def test_a_file_is_itself(tmp_path: Path) -> None:
    file = tmp_path / "r1.en.txt.asc"
    file.write_bytes(b"anything")

    assert look(file) == [Found(str(file), b"anything")]


def test_a_folder_is_walked_for_what_may_be_ours(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "r1.en.txt.asc").write_bytes(b"1")
    (tmp_path / "deep" / "mail.EML").write_bytes(b"2")
    (tmp_path / "saved.txt").write_bytes(SIGNED)
    (tmp_path / "notes.txt").write_bytes(b"nothing")

    found = look(tmp_path)

    assert names(found, tmp_path) == [
        "saved.txt", "deep/mail.EML", "deep/er/r1.en.txt.asc",
    ]  # fmt: skip
    assert {each.within for each in found} == {str(tmp_path)}


def test_a_maildir_gives_every_mail_that_was_delivered(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box", create=True)
    read = mailbox.MaildirMessage(letters.unrelated())
    read.set_subdir("cur")
    box.add(read)
    box.add(letters.unrelated())
    (tmp_path / "box" / "tmp" / "half").write_bytes(b"From")
    (tmp_path / "box" / "dovecot.index.log").write_bytes(b"index")

    found = look(tmp_path / "box")

    assert [Path(each.name).parent.name for each in found] == ["cur", "new"]
    assert [each.data for each in found] == [letters.unrelated()] * 2


def test_an_mbox_gives_its_mails_as_they_were(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "INBOX")
    mails = [letters.mail(b"A line\n\n\nAnother one\n"), letters.unrelated()]
    for each in mails:
        box.add(each)
    box.close()

    (first, second) = look(tmp_path / "INBOX")

    assert (first.data, second.data) == tuple(mails)
    assert first.name == f"{tmp_path}/INBOX, mail 1"
    assert first.within == f"{tmp_path}/INBOX"
    assert [each.within for each in look(tmp_path)] == [str(tmp_path)] * 2


def test_a_line_within_a_paragraph_begins_no_mail(tmp_path: Path) -> None:
    (tmp_path / "box").write_bytes(b"From a\nSubject: 1\n\nword\nFrom here\n\n")

    (found,) = look(tmp_path / "box")

    assert found.data == b"Subject: 1\n\nword\nFrom here\n"


def test_an_mbox_of_the_wire_has_other_line_ends(tmp_path: Path) -> None:
    data = b"From a\nSubject: 1\n\none\n\nFrom b\nSubject: 2\n\ntwo\n\n"
    data = data.replace(b"\n", b"\r\n")
    (tmp_path / "box.mbox").write_bytes(data)

    found = look(tmp_path / "box.mbox")

    assert [each.data[-5:] for each in found] == [b"one\r\n", b"two\r\n"]


def test_links_in_a_folder_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.asc").write_bytes(SIGNED)
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "one.asc").symlink_to(tmp_path / "outside" / "secret.asc")
    (tmp_path / "inside" / "all").symlink_to(tmp_path / "outside")
    os.mkfifo(tmp_path / "inside" / "pipe.asc")

    (nothing,) = look(tmp_path / "inside")
    assert nothing.doubt == "holds nothing that could be a text of ours"
    assert len(look(tmp_path / "inside" / "one.asc")) == 1


def test_what_is_too_large_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "LIMIT", 1000)
    (tmp_path / "large.asc").write_bytes(b"x" * 1001)
    mails = b"From a\n\n" + b"y" * 3000 + b"\n\nFrom b\n\nsmall\n\n"
    (tmp_path / "some.mbox").write_bytes(mails)

    large, first, second = look(tmp_path)

    assert large.doubt.startswith("is larger than ")
    assert first.doubt.startswith("is larger than ")
    assert (first.data, second.data, second.doubt) == (b"", b"\nsmall\n", "")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_read_is_in_doubt(tmp_path: Path) -> None:
    (tmp_path / "locked.asc").write_bytes(SIGNED)
    (tmp_path / "locked.asc").chmod(0)

    (found,) = look(tmp_path)

    assert found.doubt == "cannot be read: Permission denied"


def test_a_file_that_is_gone_is_in_doubt(tmp_path: Path) -> None:
    (found,) = look(tmp_path / "gone.asc")

    assert found.doubt == "cannot be read: No such file or directory"


def test_a_name_does_nothing_to_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J\n.asc").write_bytes(SIGNED)
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xff.asc")).write_bytes(SIGNED)

    found = look(tmp_path)

    assert names(found, tmp_path) == [r"a\x1b[2J\n.asc", r"b\xff.asc"]


def test_progress_is_told_by_size(tmp_path: Path) -> None:
    (tmp_path / "a.asc").write_bytes(b"x" * 2**17)
    (tmp_path / "b.asc").write_bytes(b"x" * 2**17)
    told: list[tuple[str, int, int]] = []

    list(mailboxes.found([tmp_path], lambda *step: told.append(step)))

    assert told == [("looked into", 2, 4), ("looked into", 4, 4)]
