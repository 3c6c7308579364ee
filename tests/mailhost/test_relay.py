"""What the lists send out goes to another MTA, if there is one."""

from __future__ import annotations

import dataclasses
import threading
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from mailmanclient import Client

from publisher.mailhost import (
    MailHost,
    MailHostSettings,
    MailHostSettingsError,
    config,
    loopback,
)
from publisher.mailhost.loopback import Ports

pytestmark = [pytest.mark.mailman, pytest.mark.enable_socket]


class Sink:
    """An MTA that remembers what it was given."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.arrived = threading.Event()

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del server, session
        self.envelopes.append(envelope)
        self.arrived.set()
        return "250 OK"


def test_a_request_to_confirm_leaves_by_the_relay(settings: MailHostSettings) -> None:
    sink = Sink()
    port = loopback.choose(settings).smtp
    relay = Controller(sink, hostname="127.0.0.1", port=port)
    relay.start()
    relayed = dataclasses.replace(settings, relay=("127.0.0.1", port))
    message = EmailMessage()
    message["From"] = "reader@example.org"
    message["Subject"] = "join"
    message["Message-ID"] = "<join@example.org>"
    try:
        with MailHost(relayed) as host:
            client = Client(host.rest_url, host.rest_user, host.rest_password)
            client.create_domain(settings.domain).create_list("news")
            address = f"news-join@{settings.domain}"

            host.deliver(message, "reader@example.org", address)

            assert sink.arrived.wait(10)
            assert host.messages("reader@example.org") == []
    finally:
        relay.stop()
    assert sink.envelopes[0].rcpt_tos == ["reader@example.org"]


@pytest.mark.parametrize("relay", [("", 25), ("a b", 25), ("mx.example", 0)])
def test_what_is_no_relay_is_refused(
    settings: MailHostSettings, relay: tuple[str, int]
) -> None:
    with pytest.raises(MailHostSettingsError, match="relay"):
        dataclasses.replace(settings, relay=relay)


def test_a_relay_that_refuses_is_not_asked_all_the_time(
    settings: MailHostSettings,
) -> None:
    ports = Ports(rest=1, smtp=2, lmtp=3)
    relay = ("mx.cert.example", 25)
    relayed = dataclasses.replace(settings, relay=relay, use_plugin=True)

    text = config.mailman(relayed, ports, "word")

    assert "smtp_host: mx.cert.example\nsmtp_port: 25\n" in text
    assert (
        "[runner.retry]\nsleep_time: 10s\n"
        "class: publisher.mailman_plugin.runners.retry.Retry\n"
    ) in text
    stock = dataclasses.replace(relayed, use_plugin=False)
    assert "[runner.retry]\nsleep_time: 10s\n\n" in config.mailman(stock, ports, "word")
