"""A real sshd for a test: own host key, own accounts file, nobody else's settings."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import servers

_CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitUserEnvironment no
"""


@dataclass(frozen=True)
class Sshd:
    """A server that lets one key in."""

    folder: Path
    port: int

    @property
    def user(self) -> str:
        return getpass.getuser()

    @property
    def ssh(self) -> tuple[str, ...]:
        """How it is reached, with none of the user's own settings."""
        options = {
            "IdentityFile": self.folder / "key",
            "IdentitiesOnly": "yes",
            "UserKnownHostsFile": self.folder / "known_hosts",
            "GlobalKnownHostsFile": "/dev/null",
            "StrictHostKeyChecking": "yes",
        }
        pairs = [("-o", f"{name}={value}") for name, value in options.items()]
        flat = [part for pair in pairs for part in pair]
        return ("ssh", "-F", "none", "-p", str(self.port), *flat)

    def allow(self, command: str) -> None:
        """Let the key run one command only, whatever is asked for."""
        key = (self.folder / "key.pub").read_text()
        (self.folder / "authorized_keys").write_text(
            f'command="{command}",restrict {key}'
        )


def need() -> None:
    servers.need("sshd", ("sshd", "ssh", "rsync"))


@contextmanager
def running(folder: Path) -> Iterator[Sshd]:
    """Run a server whose files are in `folder`."""
    folder.mkdir()
    for name in ("host", "key"):
        keygen = [
            "ssh-keygen",
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-f",
            str(folder / name),
        ]
        subprocess.run(keygen, check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    host = (folder / "host.pub").read_text()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host}")
    (folder / "config").write_text(_CONFIG.format(port=port, folder=folder))
    if os.geteuid() == 0:
        # Debian's sshd wants it when it is started by root.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    argv = [servers.program("sshd"), "-D", "-e", "-f", str(folder / "config")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(argv, stderr=log, stdin=subprocess.DEVNULL)
        try:
            _wait(process, port)
            yield Sshd(folder, port)
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, "sshd ended"
            time.sleep(0.05)
        else:
            return
    msg = "sshd does not answer"
    raise AssertionError(msg)
