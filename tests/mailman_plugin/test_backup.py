"""Subscribers are saved and restored as docs/mail-server.md says, on a real Mailman."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from publisher.mailhost import files
from publisher.model.chain import Announcement
from tests import postgres, servers
from tests.keys import Key
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import EN, JA, Server, edition_key
from tests.mailman_plugin.test_crashes import copies
from tests.postfix import recipe

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]

READERS = ("reader-en@home.example", "hanako@home.example", "john@home.example")


def run(command: str, changes: Mapping[str, str]) -> None:
    """Run a command of the page, but for the names of files and databases."""
    words = [changes.get(word, word) for word in shlex.split(command)]
    program = servers.program(words[0]) or words[0]
    subprocess.run([program, *words[1:]], check=True, capture_output=True)


def fill(server: Server) -> Announcement:
    """Give a list readers and one post; one of them has turned delivery off."""
    server.apply(EN)
    for reader in READERS:
        server.subscribe(EN, reader)
    wanted = {"list_id": EN.list_id, "subscriber": READERS[1], "role": "member"}
    [found] = server.rest.call("members/find", wanted)[1]["entries"]
    member = found["self_link"].rpartition("/")[2]
    off = {"delivery_status": "by_user"}
    server.rest.call(f"members/{member}/preferences", off, "PATCH")
    return post(server)


def post(server: Server) -> Announcement:
    key = edition_key(server.new_id(), "en")
    data = server.key.clearsign(hosts.text(key))
    mail = hosts.announcement(EN, key, data)
    server.lists.post(mail)
    server.host.settle()
    return mail


def readers(server: Server) -> set[str]:
    told = server.rest.call(f"lists/{EN.list_id}/roster/member")[1]
    return {entry["email"] for entry in told.get("entries", ())}


def is_all_there(server: Server, mail: Announcement) -> None:
    """Make sure of readers, their choices, the list, and what was posted."""
    server.apply(EN)
    again = post(server)

    assert readers(server) == set(READERS)
    assert not server.differences(EN)
    assert copies(server, again) == 1
    assert server.count(READERS[1]) == 0
    assert server.lists.taken(mail) is True
    server.inject(EN, mail.message)
    assert copies(server, mail) == 0


@pytest.mark.postgres
def test_a_dump_of_postgresql_holds_all_that_is_needed(
    team_key: Key, tmp_path: Path, cluster: postgres.Cluster
) -> None:
    old, new = cluster.new_database(), cluster.new_database()
    dump = str(tmp_path / "dump")
    numbers = iter(range(1, 100))
    with hosts.running(team_key, plugin=True, database_url=old) as server:
        server.numbers = numbers
        mail = fill(server)
        saved = {"--file=mailman.dump": f"--file={dump}", "mailman": libpq(old)}
        run(recipe.command("pg_dump "), saved)

    restored = {"mailman.dump": dump, "--dbname=mailman": f"--dbname={libpq(new)}"}
    run(recipe.command("pg_restore "), restored)
    with hosts.running(team_key, plugin=True, database_url=new) as server:
        server.numbers = numbers
        is_all_there(server, mail)


def libpq(url: str) -> str:
    return url.replace("+psycopg2", "")


def test_a_copy_of_sqlite_holds_all_that_is_needed(
    team_key: Key, tmp_path: Path
) -> None:
    numbers = iter(range(1, 100))
    file = "data/mailman.db"
    dump = tmp_path / "dump"
    with hosts.running(team_key, plugin=True) as server:
        server.numbers = numbers
        mail = fill(server)
        live = server.host.settings.directory / file
        run(
            recipe.command("python3 -c "),
            {"python3": sys.executable, file: str(live), "mailman.dump": str(dump)},
        )

    place = tmp_path / "new" / "host" / file
    place.parent.mkdir(parents=True)
    dump.rename(place)
    with hosts.running(team_key, plugin=True, directory=tmp_path / "new") as server:
        server.numbers = numbers
        is_all_there(server, mail)


def test_addresses_alone_can_be_moved_by_mailmans_own_commands(
    team_key: Key, tmp_path: Path
) -> None:
    moved = {JA.address: EN.address, "readers.txt": str(tmp_path / "readers.txt")}
    with hosts.running(team_key, plugin=True) as server:
        fill(server)
        mailman(server, recipe.command("mailman members "), moved)
    with hosts.running(team_key, plugin=True) as server:
        server.apply(EN)
        mailman(server, recipe.command("mailman addmembers "), moved)

        assert readers(server) == set(READERS)
        assert server.count(READERS[0]) == 0


def mailman(server: Server, command: str, changes: Mapping[str, str]) -> None:
    configuration = files.configuration(server.host.settings.directory)
    program = f"{Path(sys.executable).with_name('mailman')} --run-as-root"
    command = command.replace("mailman", f"{program} -C {configuration}", 1)
    run(command, changes)
