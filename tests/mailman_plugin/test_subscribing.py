"""Joining and leaving by mail alone, in the list's language, on a real Mailman."""

from __future__ import annotations

from email.message import EmailMessage
from string import Template

import pytest

from publisher import lists
from publisher.lists import names, texts
from publisher.model.settings import MailingList
from tests import builders
from tests.mailman_plugin.hosts import EN, JA, Server
from tests.mailman_plugin.walks import sender

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]


def text(mailing_list: MailingList, name: str, **values: str) -> tuple[str, str]:
    """Return subject and body of one of our mails."""
    template = lists.notices(mailing_list, builders.presentation())[names.notice(name)]
    found = texts.parts(Template(template).safe_substitute(values))
    assert found is not None
    return found


def token(mail: EmailMessage) -> str:
    return sender(mail).partition("+")[2].partition("@")[0]


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
    welcome = send(sender(join), f"Re: {join['subject']}")
    leave = send(mailing_list.sub_address("leave"), "")
    goodbye = send(sender(leave), f"Re: {leave['subject']}")

    mails = (join, welcome, leave, goodbye)
    assert [(m["subject"], m.get_content()) for m in mails] == [
        text(mailing_list, name, user_email=reader, token=number)
        for name, number in (
            ("list:user:action:subscribe", token(join)),
            ("list:user:notice:welcome", ""),
            ("list:user:action:unsubscribe", token(leave)),
            ("publisher:goodbye:mail", ""),
        )
    ]
    assert len(server.host.messages(reader)) == 4
    assert server.asked() == asked
