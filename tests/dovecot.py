"""A real Dovecot for a test, as nobody in particular, that serves one Maildir."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests import servers

USER = "canary@cert.example"
PASSWORD = 'pä"ss\\ wörd'
_START_LIMIT = 30.0
_CONFIG = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
# No wait after a wrong password, here and below.
auth_failure_delay = 0
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
passdb {{
  driver = passwd-file
  args = {folder}/passwd
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home
}}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{maildir}:INDEX={folder}/indexes:CONTROL={folder}/control
"""


@dataclass
class Dovecot:
    """A running server."""

    folder: Path
    maildir: Path
    port: int
    tls_port: int

    @property
    def authority(self) -> Path:
        """The certificate that vouches for the server."""
        return self.folder / "ca.pem"

    def url(self, folder: str = "INBOX", *, tls: bool = True, host: str = "") -> str:
        user = USER.replace("@", "%40")
        if tls:
            return f"imaps://{user}@{host or 'localhost'}:{self.tls_port}/{folder}"
        return f"imap://{user}@{host or '127.0.0.1'}:{self.port}/{folder}"

    def own(self, path: Path) -> None:
        """Let the server read and write a file or a folder."""
        if os.getuid() == 0:
            shutil.chown(path, _user(), _group())

    def kick(self) -> None:
        """Close all connections, as a server does that is started anew."""
        control = [servers.program("doveadm"), "-c", str(self.folder / "conf")]
        subprocess.run(
            [*control, "kick", "*"], check=True, capture_output=True, **_as_user()
        )


@contextmanager
def running(maildir: Path | None = None) -> Iterator[Dovecot]:
    """Run it on free ports; skip the test if it is not installed."""
    servers.need("dovecot", ("dovecot", "doveadm", "openssl"))
    with TemporaryDirectory(prefix="dc-") as name:
        folder = Path(name)
        made = Dovecot(folder, maildir or folder / "Maildir", *_free_ports())
        for part in ("run", "state", "home", "indexes", "control"):
            (folder / part).mkdir()
        for part in ("new", "cur", "tmp"):
            (made.maildir / part).mkdir(parents=True, exist_ok=True)
        _certify(folder)
        settings = _CONFIG.format(
            folder=folder,
            maildir=made.maildir,
            user=_user(),
            group=_group(),
            port=made.port,
            tls_port=made.tls_port,
        )
        (folder / "conf").write_text(settings)
        (folder / "passwd").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        for each in (folder, *folder.rglob("*"), *made.maildir.glob("*")):
            made.own(each)
        made.own(made.maildir)
        with _process(made):
            yield made


@contextmanager
def _process(dovecot: Dovecot) -> Iterator[None]:
    command = [servers.program("dovecot"), "-F", "-c", str(dovecot.folder / "conf")]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **_as_user()
    )
    try:
        deadline = time.monotonic() + _START_LIMIT
        while not _answers(dovecot.tls_port):
            assert process.poll() is None, process.communicate()[1].decode()
            assert time.monotonic() < deadline, "Dovecot did not come up"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.communicate(timeout=_START_LIMIT)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _certify(folder: Path) -> None:
    """Make an authority, and a certificate of its for this machine's own name."""
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    for arguments in (
        ("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650",
         "-subj", "/CN=Throw-away CA", "-addext", "keyUsage=critical,keyCertSign"),
        ("req", *key, "-keyout", "key.pem", "-out", "csr.pem",
         "-subj", "/CN=localhost"),
        ("x509", "-req", "-in", "csr.pem", "-CA", "ca.pem", "-CAkey", "ca.key",
         "-CAcreateserial", "-days", "3650", "-extfile", "san", "-out", "cert.pem"),
    ):  # fmt: skip
        (folder / "san").write_text("subjectAltName=DNS:localhost\n")
        command = ["openssl", *arguments]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _user() -> str:
    # Dovecot reads no mail as root.
    return "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name


def _group() -> str:
    gid = pwd.getpwnam(_user()).pw_gid
    return grp.getgrgid(gid).gr_name


def _as_user() -> dict[str, Any]:
    if os.getuid() != 0:
        return {}
    return {"user": _user(), "group": _group()}
