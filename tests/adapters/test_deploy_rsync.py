from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.adapters.deploy import rsync
from publisher.errors import OperatorError, WorldError
from publisher.model.settings import RsyncTarget
from publisher.ports import PutUp
from tests import sshd
from tests.adapters.contract_target import (
    FIRST,
    SECOND,
    SharedTargetContract,
    Stage,
    whole,
)

pytestmark = pytest.mark.enable_socket

_DOOR = """\
#!/bin/sh
cd {folder}
echo $$ >> pids
if [ -e limit ] && [ $(wc -l < pids) -ge $(cat limit) ]; then
  echo "the disk is on fire" >&2
  exit 1
fi
[ -e blocks ] && ulimit -f $(cat blocks)
exec $SSH_ORIGINAL_COMMAND
"""


@dataclass
class Host:
    """A web server's folder behind sshd."""

    server: sshd.Sshd
    folder: Path
    settings: RsyncTarget

    @property
    def top(self) -> Path:
        return self.folder / "www"

    def public(self) -> Mapping[str, bytes]:
        self.wait()
        return {
            str(file.relative_to(self.top)): file.read_bytes()
            for file in self.top.rglob("*")
            if file.is_file()
        }

    def add(self, path: str, data: bytes) -> None:
        (self.top / path).parent.mkdir(parents=True, exist_ok=True)
        (self.top / path).write_bytes(data)

    def spoil(self) -> None:
        # The third connection from now is the one that sends what changed.
        self.fail_from(3)

    def fail_from(self, number: int) -> None:
        connections = (self.folder / "pids").read_text().count("\n")
        (self.folder / "limit").write_text(str(connections + number))

    def mend(self) -> None:
        (self.folder / "limit").unlink()

    def wait(self) -> None:
        """Wait until each rsync there has ended."""
        pids = self.folder / "pids"
        for pid in pids.read_text().split() if pids.exists() else ():
            command = Path("/proc", pid, "cmdline")
            while command.exists() and b"rsync" in command.read_bytes():
                time.sleep(0.01)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sshd.Sshd]:
    sshd.need()
    with sshd.running(tmp_path_factory.mktemp("s") / "sshd") as running:
        yield running


@pytest.fixture
def place(server: sshd.Sshd, tmp_path: Path) -> Host:
    door = tmp_path / "door"
    door.write_text(_DOOR.format(folder=tmp_path))
    door.chmod(0o755)
    server.allow(str(door))
    destination = f"{server.user}@127.0.0.1:{tmp_path}/www"
    return Host(server, tmp_path, RsyncTarget(destination, server.ssh))


@pytest.fixture
def stage(tmp_path: Path, place: Host) -> Stage:
    (tmp_path / "project").mkdir()
    return Stage(tmp_path / "project", place)


class TestRsync(SharedTargetContract):
    points = range(0, 300, 9)


def test_the_folder_is_made_together_with_those_above(
    stage: Stage, place: Host, tmp_path: Path
) -> None:
    destination = f"{place.server.user}@127.0.0.1:{tmp_path}/www/a/b/"
    place.settings = RsyncTarget(destination, place.server.ssh)
    stage.build(FIRST)
    (tmp_path / "www").mkdir()

    stage.put_up()

    assert (tmp_path / "www" / "a" / "b" / "index.html").is_file()


def test_a_web_server_can_read_it_whatever_the_umask(stage: Stage, place: Host) -> None:
    stage.build(FIRST)
    for file in (stage.root / "site").rglob("*"):
        file.chmod(0o700 if file.is_dir() else 0o600)

    stage.put_up()

    for file in (place.top / "en", place.top / "en" / "index.html"):
        wanted = 0o755 if file.is_dir() else 0o644
        assert stat.S_IMODE(file.stat().st_mode) == wanted, file


def test_a_server_that_dies_within_a_file_leaves_the_old_one(
    stage: Stage, place: Host
) -> None:
    stage.build(FIRST)
    stage.put_up()
    grown = {**SECOND, "en/index.html": SECOND["en/index.html"] + os.urandom(10**6)}
    stage.build(grown)
    (place.folder / "blocks").write_text("100")

    with pytest.raises(WorldError, match=r"Nothing was mailed"):
        stage.put_up()
    public = place.public()
    (place.folder / "blocks").unlink()

    assert whole(public)
    assert public["en/index.html"] == FIRST["en/index.html"]
    assert public["record/index.json"] == FIRST["record/index.json"]
    stage.put_up()
    assert place.public() == grown


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_whichever_connection_fails_the_next_run_repairs_it(
    stage: Stage, place: Host, number: int
) -> None:
    stage.build(FIRST)
    stage.put_up()
    stage.build(SECOND)
    place.fail_from(number)

    with pytest.raises(WorldError, match="on fire"):
        stage.put_up()
    place.mend()

    assert whole(place.public())
    stage.put_up()
    assert place.public() == SECOND


def test_the_index_of_the_record_is_the_last_to_change(
    stage: Stage, place: Host
) -> None:
    stage.build(FIRST)
    stage.put_up()
    stage.build(SECOND)
    place.fail_from(4)

    with pytest.raises(WorldError):
        stage.put_up()

    public = place.public()
    assert public["en/index.html"] == SECOND["en/index.html"]
    assert public["record/index.json"] == FIRST["record/index.json"]
    assert "en/feed.xml" in public


def test_an_account_that_may_do_nothing_else_is_enough(
    stage: Stage, place: Host
) -> None:
    if shutil.which("rrsync") is None:
        pytest.skip("rrsync is not installed")
    place.top.mkdir()
    place.server.allow(f"rrsync {place.top}")
    user = place.server.user
    place.settings = RsyncTarget(f"{user}@127.0.0.1:/", place.server.ssh)
    for files in (FIRST, SECOND):
        stage.build(files)
        stage.put_up()

        assert place.public() == files
    login = [*place.server.ssh, f"{user}@127.0.0.1", "cat /etc/passwd"]
    assert subprocess.run(login, check=False, capture_output=True).stdout == b""


def test_a_host_whose_key_is_not_known_is_not_trusted(
    stage: Stage, place: Host, tmp_path: Path
) -> None:
    (tmp_path / "empty").touch()
    known = place.server.folder / "known_hosts"
    ssh = [part.replace(str(known), f"{tmp_path}/empty") for part in place.server.ssh]
    place.settings = RsyncTarget(place.settings.destination, tuple(ssh))
    stage.build(FIRST)

    with pytest.raises(WorldError, match=r"key is not known here.*ssh-keyscan"):
        stage.put_up()


def test_a_key_that_is_not_let_in_is_told(stage: Stage, place: Host) -> None:
    (place.server.folder / "authorized_keys").write_text("")
    stage.build(FIRST)

    with pytest.raises(WorldError, match=r"does not take the key.*authorized_keys"):
        stage.put_up()


def test_a_server_that_is_down_is_told(stage: Stage, place: Host) -> None:
    ssh = ("ssh", "-F", "none", "-p", "9")
    place.settings = RsyncTarget(place.settings.destination, ssh)
    stage.build(FIRST)

    with pytest.raises(WorldError, match="nothing listens there: see whether it is up"):
        stage.put_up()


def test_options_may_hold_blanks_and_quotes(
    stage: Stage, place: Host, tmp_path: Path
) -> None:
    key = tmp_path / "the team's key"
    key.write_bytes((place.server.folder / "key").read_bytes())
    key.chmod(0o600)
    old = f"IdentityFile={place.server.folder / 'key'}"
    ssh = [p for p in place.server.ssh if p != old]
    at = ssh.index("IdentitiesOnly=yes") - 2
    place.settings = RsyncTarget(
        place.settings.destination, (*ssh[:at], *ssh[at + 1 :], "-i", str(key))
    )
    stage.build(FIRST)

    stage.put_up()

    assert place.public() == FIRST


@pytest.mark.parametrize(
    ("code", "told", "reason"),
    [
        (11, "rsync: write failed: No space left on device (28)", "no room left there"),
        (23, "rsync: mkstemp failed: Permission denied (13)", "may not write there"),
        (12, "bash: line 1: rsync: command not found", "no rsync there"),
        (12, "protocol \x1b[31m error", r"the connection broke.*\?\[31m"),
        (24, "file has vanished", "run this again"),
        (30, "timeout in data send/receive", "answers too slowly"),
        (255, "ssh: Could not resolve hostname x", "no such host"),
        (99, "what", "rsync failed"),
    ],
)
def test_what_rsync_says_becomes_what_to_do(
    stage: Stage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    told: str,
    reason: str,
) -> None:
    fake = tmp_path / "bin" / "rsync"
    fake.parent.mkdir()
    fake.write_text(
        f"#!/bin/sh\ncat > /dev/null\nprintf '%s' '{told}' >&2; exit {code}\n"
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    stage.build(FIRST)

    with pytest.raises(WorldError, match=rf"{reason}.*Nothing was mailed"):
        stage.put_up()


def test_without_rsync_here_it_is_told(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    stage.build(FIRST)

    with pytest.raises(WorldError, match="install it here"):
        stage.put_up()


def test_a_folder_of_this_machine_will_do(
    stage: Stage, place: Host, tmp_path: Path
) -> None:
    place.settings = RsyncTarget(str(tmp_path / "www"))
    stage.build(FIRST)

    assert stage.put_up() == PutUp(len(FIRST), 0)


def test_a_home_folder_is_not_emptied_by_mistake(stage: Stage, place: Host) -> None:
    for name in (".profile", "a file with blanks"):
        place.add(name, b"mine")
    stage.build(FIRST)

    with pytest.raises(OperatorError, match=r"'\.profile'"):
        stage.put_up()


@pytest.mark.parametrize(
    ("path", "pattern"),
    [("a.html", "a.html"), ("a\\b", "a\\b"), ("[a]\\*?", "\\[a]\\\\\\*\\?")],
)
def test_a_path_is_a_pattern_of_itself(path: str, pattern: str) -> None:
    assert rsync._literal(path) == pattern
