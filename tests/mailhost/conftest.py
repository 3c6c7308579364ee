"""A real mail host for the tests that need one, and a stub of Mailman's LMTP server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.mailhost import MailHost, MailHostSettings, loopback
from publisher.mailhost.delivery import Delivery
from publisher.mailhost.lmtp import Lmtp
from publisher.mailhost.maildir import Mailboxes
from publisher.mailhost.mta import Mta
from tests.mailhost.stubs import DOMAIN, LmtpStub


def settings_in(directory: Path) -> MailHostSettings:
    return MailHostSettings(
        directory=directory,
        domain=DOMAIN,
        site_owner="owner@cert.example",
        use_plugin=False,
    )


@pytest.fixture
def settings(tmp_path: Path) -> MailHostSettings:
    return settings_in(tmp_path / "mailhost")


@pytest.fixture(scope="module")
def mail_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailHost]:
    """One Mailman for a whole module, without the plugin."""
    settings = settings_in(tmp_path_factory.mktemp("mailhost"))
    with MailHost(settings) as host:
        yield host


@pytest.fixture
def mailboxes(tmp_path: Path) -> Mailboxes:
    return Mailboxes(tmp_path / "mailboxes")


@pytest.fixture
def lmtp() -> Iterator[LmtpStub]:
    """A stub of Mailman's LMTP server; it knows the list `alerts`."""
    with LmtpStub() as stub:
        yield stub


@pytest.fixture
def mta_port(
    mailboxes: Mailboxes, lmtp: LmtpStub, settings: MailHostSettings
) -> Iterator[int]:
    """The port of a local MTA in front of the stub; it takes 64 kB."""
    local = frozenset({f"postmaster@{DOMAIN}"})
    delivery = Delivery(
        mailboxes, Lmtp(lmtp.port, timeout=5), domain=DOMAIN, local=local
    )
    mta = Mta(delivery, hostname=DOMAIN, size_limit=65536)
    port = loopback.choose(settings).smtp
    mta.start(port)
    yield port
    mta.stop()
