"""Joining and leaving by mail alone, in the list's language, on a real Mailman."""

from __future__ import annotations

from email.message import EmailMessage
from string import Template

import pytest

from publisher import lists
from publisher.lists import names
from publisher.model.settings import MailingList
from tests import builders
from tests.mailman_plugin.hosts import EN, JA, Server

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]

SUBJECTS = {
    "ja": (
        f"{JA.address} メーリングリストに入会するにはあなたの確認が必要です。",
        f"メーリングリスト「{JA.title}」へようこそ",
        f"{JA.address} メーリングリストから退会するにはあなたの確認が必要です。",
        f"{JA.title} メーリングリスト: あなたのメールアドレスが退会されました",
    ),
    "en": (
        f"Your confirmation is needed to join the {EN.address} mailing list.",
        f'Welcome to the "{EN.title}" mailing list',
        f"Your confirmation is needed to leave the {EN.address} mailing list.",
        f"You have been unsubscribed from the {EN.title} mailing list",
    ),
}


def text(mailing_list: MailingList, name: str, **values: str) -> str:
    texts = lists.notices(mailing_list, builders.presentation())
    return Template(texts[names.notice(name)]).safe_substitute(
        request_email=mailing_list.sub_address("request"), **values
    )


def token(mail: EmailMessage) -> str:
    return str(mail["from"]).partition("+")[2].partition("@")[0]


@pytest.mark.parametrize("mailing_list", [JA, EN], ids=["ja", "en"])
def test_a_reader_joins_and_leaves_and_understands_each_step(
    server: Server, mailing_list: MailingList
) -> None:
    server.apply(mailing_list)
    reader = f"novice-{mailing_list.language}@home.example"
    asked = server.asked()

    def send(recipient: str, subject: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = f"読者 <{reader}>"
        mail["To"] = recipient
        mail["Subject"] = subject
        mail["Message-ID"] = f"<{server.new_id()}@home.example>"
        mail.set_content("はい、お願いします。\n")
        server.host.deliver(mail, reader, recipient)
        server.host.settle()
        return server.host.messages(reader)[-1]

    join = send(mailing_list.sub_address("join"), "")
    welcome = send(join["from"], f"Re: {join['subject']}")
    leave = send(mailing_list.sub_address("leave"), "")
    goodbye = send(leave["from"], f"Re: {leave['subject']}")

    mails = (join, welcome, leave, goodbye)
    assert tuple(m["subject"] for m in mails) == SUBJECTS[mailing_list.language]
    assert [m.get_content().rstrip("\n") for m in mails] == [
        text(mailing_list, name, user_email=reader, token=number).rstrip("\n")
        for name, number in (
            ("list:user:action:subscribe", token(join)),
            ("list:user:notice:welcome", ""),
            ("list:user:action:unsubscribe", token(leave)),
            ("list:user:notice:goodbye", ""),
        )
    ]
    assert len(server.host.messages(reader)) == 4
    assert server.asked() == asked
