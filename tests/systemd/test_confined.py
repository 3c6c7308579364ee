"""What a unit may do is enough for what it runs, and no more.

Not systemd itself: `confine.py` does in namespaces of its own what the unit's settings
say. It takes root, as systemd does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests import servers
from tests.cli.conftest import desk, gnupg, template  # noqa: F401  (fixtures)
from tests.cli.terminal import Desk, run
from tests.repositories import Repository
from tests.systemd import seccomp, units

pytestmark = pytest.mark.gpg

PYTHON = "/opt/publisher/bin/python"
SCRIPT = Path(__file__).with_name("confine.py")
NOBODY = 65534
# A service that has been taken over would begin with these. Each is to fail.
ATTEMPTS = """
import ctypes, json, mmap, os, socket
def attempt(act):
    try:
        act()
    except OSError:
        return False
    return True
acts = {
    "write the system": lambda: open("/usr/local/x", "w"),
    "write beside its folders": lambda: open("/srv/x", "w"),
    "see what root has": lambda: os.stat(os.path.expanduser("~root/.profile")),
    "change the kernel's settings": lambda: open("/proc/sys/kernel/hostname", "w"),
    "run what it wrote to memory": lambda: mmap.mmap(-1, 4096, prot=7),
    "read other traffic": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "talk to the kernel": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "leave a program that runs as its user": lambda: os.mkdir("/tmp/set", 0o2755),
    "be somebody else": lambda: os.setuid(0),
    "see other processes": lambda: os.stat("/proc/sys"),
    "see what is not public": lambda: os.listdir("advisories"),
    "change the project": lambda: open("publisher.toml", "a"),
}
print(json.dumps([name for name, act in acts.items() if attempt(act)]))
"""
# A page that is served until it is told to end, and answers meanwhile.
VISIT = """
import signal, subprocess, sys, time, urllib.error, urllib.request
page = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
print(page.stdout.readline())
try:
    urllib.request.urlopen("http://127.0.0.1:8010/leave", timeout=10)
except urllib.error.HTTPError as error:
    print(error.code, len(error.read()) > 500)
page.send_signal(signal.SIGINT)
sys.exit(page.wait(10))
"""


# The mail host, until it takes mail; then it is told to end, as systemd does.
HOST = """
import signal, subprocess, sys
host = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
for line in host.stdout:
    print(line, end="")
    if line.startswith("mail is taken"):
        host.send_signal(signal.SIGTERM)
sys.exit(host.wait(60))
"""


@pytest.fixture(autouse=True)
def _able() -> None:
    other = "" if os.geteuid() == 0 else "only root makes namespaces"
    if not other and not seccomp.available():
        other = "libseccomp not installed"
    if not other:
        tried = subprocess.run(
            [*NAMESPACES, "true"], check=False, capture_output=True, timeout=60
        )
        other = "" if tried.returncode == 0 else "no namespaces can be made here"
    servers.need("namespaces", ["systemd-analyze", "unshare"], other)


NAMESPACES = (
    "unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "--mount-proc"
)  # fmt: skip


@pytest.fixture
def project(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:  # noqa: F811
    """A signed advisory in git, and nobody to mail it to."""
    desk.settings(
        ("[mailman]\n", '[mailman]\nleave_url = "https://lists.cert.example/leave"\n'),
        ('{ file = ".publisher/mailhost/rest-password" }', '{ env = "REST" }'),
    )
    file = desk.root / "publisher.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    quiet = "announce_since = 2090-01-01T00:00:00+09:00"
    kept = [quiet if ln.startswith("announce_since") else ln for ln in lines]
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    run("sign", "--yes")
    monkeypatch.setenv("REST", "secret")
    return desk


def cloned(project: Desk, clone: Path) -> None:
    """Make what the release timer works in, one commit behind the forge."""
    forge = Repository(project.root)
    forge.git("init", "--quiet", "--initial-branch=main")
    forge.git("add", "--all")
    forge.commit("Hanako <hanako@cert.example>")
    subprocess.run(["git", "clone", "--quiet", project.root, clone], check=True)
    url = ["git", "-C", str(clone), "remote", "set-url", "origin", "/srv/forge"]
    subprocess.run(url, check=True)
    forge.save("Hanako <hanako@cert.example>", "NEWS", "new\n")
    for folder in (project.root, clone):
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def confined(
    unit: str, folders: Mapping[str, Path], commands: Sequence[Sequence[str]]
) -> list[Mapping[str, Any]]:
    """Return what came of commands that may do what a unit may do."""
    asked = {
        "unit": unit,
        "outside": str(Path("/proc/self/ns/mnt").readlink()),
        "folders": {to: str(folder) for to, folder in folders.items()}
        | {"/opt/publisher": sys.prefix},
        # Where the interpreter and the program are, here.
        "kept": sorted({sys.prefix, sys.base_prefix, str(units.ROOT)}),
        "commands": commands,
    }
    # What a service inherits, and the one secret of this project.
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "REST": "secret"}
    done = subprocess.run(
        [*NAMESPACES, sys.executable, SCRIPT, json.dumps(asked)],
        check=False, capture_output=True, text=True, env=environment, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_release_can_do_its_work_and_nothing_else(
    project: Desk, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    cloned(project, clone)
    pull, publish = units.load("publisher-release.service").commands()

    pulled, first, second, attempts = confined(
        "publisher-release.service",
        {"/srv/advisories": clone, "/srv/forge": project.root},
        [pull, publish, publish, [PYTHON, "-c", ATTEMPTS]],
    )

    assert (pulled["code"], pulled["err"]) == (0, "")
    assert (clone / "NEWS").read_text(encoding="utf-8") == "new\n"
    assert (first["code"], first["err"]) == (0, "")
    assert "built " in first["out"]
    assert (second["code"], second["out"], second["err"]) == (0, "", "")
    # A web server may be somebody else.
    assert (clone / "site" / "index.html").stat().st_mode & 0o044 == 0o044
    # The project is its own, and nothing else.
    allowed = ["see what is not public", "change the project"]
    assert json.loads(attempts["out"]) == allowed, attempts


def test_the_leave_page_answers_and_can_do_nothing_else(project: Desk) -> None:
    [page] = units.load("publisher-leave-page.service").commands()
    shutil.rmtree(project.root / ".publisher", ignore_errors=True)

    served, attempts = confined(
        "publisher-leave-page.service",
        {"/srv/advisories": project.root},
        [[PYTHON, "-c", VISIT, *page], [PYTHON, "-c", ATTEMPTS]],
    )

    assert served["code"] == 0, served
    assert "404 True" in served["out"] or "400 True" in served["out"], served
    assert json.loads(attempts["out"]) == [], attempts


@pytest.mark.mailman
def test_the_mail_host_comes_up_and_ends_in_order(project: Desk) -> None:
    unit = "publisher-mailhost.service"
    [host] = units.load(unit).commands()
    state = project.root / ".publisher"
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir()
    for path in (project.root, state):
        os.chown(path, NOBODY, NOBODY)

    ran, attempts = confined(
        unit,
        {"/srv/advisories": project.root},
        [[PYTHON, "-c", HOST, *host], [PYTHON, "-c", ATTEMPTS]],
    )

    assert ran["code"] == 0, ran
    assert "mail is taken" in ran["out"]
    assert ran["out"].endswith("stopped\n"), ran
    assert (state / "mailhost" / "data" / "mailman.db").is_file()
    # What is not public yet is of the same user's.
    assert json.loads(attempts["out"]) == ["see what is not public"], attempts


def test_mailman_can_have_its_addresses_mapped_for_postfix(tmp_path: Path) -> None:
    """Postfix's program asks the kernel more than Mailman itself does."""
    servers.need("postfix", ["postmap"])
    tmp_path.chmod(0o755)
    (tmp_path / "main.cf").write_text("compatibility_level = 3.6\n", encoding="utf-8")
    maps = "echo a b > postfix_lmtp && postmap postfix_lmtp && ls postfix_lmtp.*"
    program = f"cd /var/lib/mailman3 && PATH=$PATH:/usr/sbin && {maps}"

    made, attempts = confined(
        "mailman3.service",
        {"/etc/postfix": tmp_path, "/srv/advisories": tmp_path},
        [["sh", "-c", program], [PYTHON, "-c", ATTEMPTS]],
    )

    assert (made["code"], made["err"]) == (0, "")
    assert json.loads(attempts["out"]) == ["talk to the kernel"], attempts
