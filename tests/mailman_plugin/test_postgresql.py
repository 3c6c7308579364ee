"""Mailman with its database on PostgreSQL, on a real Mailman and a real PostgreSQL.

What a table of ours is like there, `test_schema` and `test_ledger` try on both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from publisher.errors import MailmanError
from publisher.mailman_plugin import ledger
from publisher.mailman_plugin.ledger import Ledger
from publisher.model.chain import Announcement
from tests import postgres
from tests.keys import Key
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import EN, Server, edition_key
from tests.mailman_plugin.test_crashes import copies, leave_behind

pytestmark = [
    pytest.mark.mailman,
    pytest.mark.gpg,
    pytest.mark.postgres,
    pytest.mark.enable_socket,
]

READER = "reader-en@home.example"


@pytest.fixture
def url(cluster: postgres.Cluster) -> str:
    return cluster.new_database()


def new_mail(server: Server) -> Announcement:
    key = edition_key(server.new_id(), "en")
    return hosts.announcement(EN, key, server.key.clearsign(hosts.text(key)))


def prepare(server: Server) -> Announcement:
    server.apply(EN)
    server.subscribe(EN, READER)
    return new_mail(server)


def test_a_text_is_posted_once_and_never_again_after_a_restart(
    team_key: Key, tmp_path: Path, url: str
) -> None:
    again: dict[str, Any] = {"directory": tmp_path, "database_url": url}
    with hosts.running(team_key, plugin=True, **again) as server:
        mail = prepare(server)
        server.lists.post(mail)
        before = copies(server, mail)
        server.inject(EN, mail.message)
    with hosts.running(team_key, plugin=True, **again) as server:
        server.inject(EN, mail.message)

        assert not list(tmp_path.rglob("mailman.db"))
        assert before == copies(server, mail) == 1
        assert server.lists.taken(mail) is True
        assert f"{mail.key} was posted at" in server.log()


def test_a_refusal_is_told_with_its_reason(
    team_key: Key, stranger_key: Key, url: str
) -> None:
    with hosts.running(team_key, plugin=True, database_url=url) as server:
        key = prepare(server).key
        forged = stranger_key.clearsign(hosts.text(key))

        with pytest.raises(MailmanError, match="not among the team's"):
            server.lists.post(hosts.announcement(EN, key, forged))

        assert server.count(READER) == server.asked() == server.held(EN) == 0


def test_a_crash_after_the_claim_posts_it_at_the_next_start_and_a_retry_does_not(
    team_key: Key, tmp_path: Path, url: str
) -> None:
    again: dict[str, Any] = {"directory": tmp_path, "database_url": url}
    with hosts.running(team_key, plugin=True, **again) as server:
        mail = prepare(server)
    leave_behind(tmp_path, mail)
    engine = create_engine(url, poolclass=NullPool)
    with Session(engine) as session:
        Ledger(session, EN.list_id).claim(mail.key, mail.message_id)

    with hosts.running(team_key, plugin=True, **again) as server:
        server.inject(EN, mail.message)

        assert copies(server, mail) == 1
        assert server.lists.taken(mail) is True


def test_a_database_of_the_version_before_is_taken_over(
    team_key: Key, tmp_path: Path, url: str
) -> None:
    again: dict[str, Any] = {"directory": tmp_path, "database_url": url}
    engine = create_engine(url, poolclass=NullPool)
    ledger.METADATA.create_all(engine)
    with hosts.running(team_key, plugin=True, **again) as server:
        mail = prepare(server)
        server.lists.post(mail)
        assert copies(server, mail) == 1


def test_a_database_of_a_newer_version_posts_nothing_and_wakes_nobody(
    team_key: Key, tmp_path: Path, url: str
) -> None:
    again: dict[str, Any] = {"directory": tmp_path, "database_url": url}
    engine = create_engine(url, poolclass=NullPool)
    with hosts.running(team_key, plugin=True, **again) as server:
        mail = prepare(server)
        with engine.begin() as connection:
            connection.execute(text("UPDATE publisher_schema SET version = 999"))
            connection.execute(text("DROP TABLE publisher_refusal"))

    with hosts.running(team_key, plugin=True, **again) as server:
        server.inject(EN, mail.message)

        assert copies(server, mail) == server.asked() == server.held(EN) == 0
        assert "no post will pass: the plugin's tables are of version 999" in (
            server.log()
        )
    assert not list(tmp_path.rglob("queue/shunt/*"))
