"""Keys come and go without a restart, on a real Mailman."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.errors import MailmanError
from publisher.lists import names
from publisher.model.chain import Announcement
from tests.keys import Key
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import EN, Server, edition_key

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]


@pytest.fixture
def files(server: Server) -> Iterator[tuple[Path, Path]]:
    """The plugin's configuration and the team's public key, put back afterwards."""
    assert server.host.settings.keys is not None
    key = server.host.settings.keys / "team.asc"
    configuration = server.host.settings.directory / "etc/publisher.cfg"
    before = {file: file.read_bytes() for file in (configuration, key)}
    yield configuration, key
    for file, data in before.items():
        file.write_bytes(data)


def mail(server: Server, key: Key) -> Announcement:
    edition = edition_key(server.new_id(), "en")
    return hosts.announcement(EN, edition, key.clearsign(hosts.text(edition)))


def test_a_key_that_is_taken_away_counts_no_more_until_it_is_back(
    server: Server, files: tuple[Path, Path]
) -> None:
    _, file = files
    announcement = mail(server, server.key)
    public = file.read_bytes()
    file.unlink()

    with pytest.raises(MailmanError, match="`keys` has to name a folder") as caught:
        server.lists.post(announcement)
    found = [each.setting for each in server.differences(EN)]
    file.write_bytes(public)
    server.lists.post(announcement)

    assert caught.value.certain
    assert found == [names.FINGERPRINTS]
    assert server.lists.taken(announcement) is True


def test_a_new_key_counts_at_once_if_it_is_pinned(
    server: Server, files: tuple[Path, Path], stranger_key: Key
) -> None:
    configuration, file = files
    announcement = mail(server, stranger_key)
    new = file.with_name("new.asc")
    new.write_bytes(stranger_key.public)
    try:
        with pytest.raises(MailmanError, match="not among the team's fingerprints"):
            server.lists.post(announcement)
        text = configuration.read_text()
        old = server.key.fingerprint
        pinned = text.replace(old, f"{old} {stranger_key.fingerprint}")
        configuration.write_text(pinned)

        server.lists.post(announcement)
    finally:
        new.unlink()

    assert server.lists.taken(announcement) is True
