"""Run commands with what a unit may do, without systemd: a script for `unshare`.

Nothing of systemd runs here; it does by hand what systemd.exec(5) says of the settings
that could keep a program from its work: file system, user, capabilities, system calls,
address families, memory. What it has no hand for (devices, cgroups, the kernel's
tunables, IPAddressDeny) is left as it is. It begins in mount, process and network
namespaces of its own, and ends at once if it is not in them: what it mounts is seen by
nobody else.

    unshare --mount --pid --net --fork --kill-child --mount-proc \
        python confine.py '{"unit": "…", "outside": "mnt:[…]", …}'
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.systemd import seccomp, units

_LIBC = ctypes.CDLL(None, use_errno=True)
_NOBODY = 65534
# <linux/mount.h>, <fcntl.h>, <linux/prctl.h>
_BIND = 4096
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE, _RDONLY = 442, -100, 0x8000, 1
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 24, 38
_LAST_CAPABILITY = Path("/proc/sys/kernel/cap_last_cap")
_HIDDEN = (
    "/tmp", "/var/tmp", "/srv", "/opt", "/var/lib", "/home", "/root", "/run/user"
)  # fmt: skip
"""Empty in here, so that nothing is made outside."""
_OWN = ("/dev", "/proc", "/sys")


def _require(result: int, what: str) -> None:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), what)


def _bind(source: str, path: str) -> None:
    """Show a folder at another place, too: mount(2), which follows a descriptor."""
    done = _LIBC.mount(source.encode(), path.encode(), None, _BIND, None)
    _require(done, path)


def _mount(kind: str, options: str, path: str) -> None:
    done = _LIBC.mount(kind.encode(), path.encode(), kind.encode(), 0, options.encode())
    _require(done, path)


def _set_writable(path: str, *, to: bool) -> None:
    """Make all mounts at a path and below writable, or none of them."""
    # struct mount_attr: what is set, what is cleared, and two that stay.
    attributes = struct.pack("QQQQ", *((0, _RDONLY) if to else (_RDONLY, 0)), 0, 0)
    done = _LIBC.syscall(
        _MOUNT_SETATTR, _AT_FDCWD, path.encode(), _AT_RECURSIVE, attributes,
        len(attributes),
    )  # fmt: skip
    _require(done, path)


def _show(folders: Mapping[str, str], kept: Sequence[str]) -> None:
    """Put folders of elsewhere where the unit looks, and hide what is not its own."""
    held = {to: os.open(source, os.O_PATH) for to, source in folders.items()}
    held |= {path: os.open(path, os.O_PATH) for path in kept}
    for path in _HIDDEN:
        if Path(path).is_dir():
            _mount("tmpfs", "mode=755", path)
    for path, descriptor in held.items():
        if path.startswith(_HIDDEN):
            Path(path).mkdir(parents=True, exist_ok=True)
        _bind(f"/proc/self/fd/{descriptor}", path)
    for path in ("/tmp", "/var/tmp"):
        Path(path).chmod(0o1777)


def _writable(unit: units.Unit) -> list[str]:
    """Return the folders that the unit may write to, each a mount of its own."""
    named = [
        path for ln in unit.all("Service", "ReadWritePaths") for path in ln.split()
    ]
    found = [path.removeprefix("-") for path in named if Path(path.strip("-")).exists()]
    for name in unit.all("Service", "StateDirectory"):
        folder = Path("/var/lib", name)
        folder.mkdir()
        os.chown(folder, _NOBODY, _NOBODY)
        found.append(str(folder))
    for path in found:
        _bind(path, path)
    return [*found, "/tmp", "/var/tmp"]


def _close_files(unit: units.Unit) -> None:
    """Do as ProtectSystem=strict, ProtectHome, PrivateTmp and paths of the unit do."""
    writable = _writable(unit)
    for path in unit.all("Service", "InaccessiblePaths"):
        if Path(path.removeprefix("-")).exists():
            _mount("tmpfs", "mode=000", path.removeprefix("-"))
    _mount("proc", "subset=pid,hidepid=invisible", "/proc")
    _set_writable("/", to=False)
    for path in (*writable, *_OWN):
        _set_writable(path, to=True)


def _drop(unit: units.Unit) -> None:
    """Be nobody, for good, with the unit's system calls."""
    last = int(os.environ.pop("LAST_CAPABILITY"))
    for each in range(last + 1):
        _require(_LIBC.prctl(_PR_CAPBSET_DROP, each, 0, 0, 0), "capabilities")
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    os.umask(int(unit.last("Service", "UMask"), 8))
    _require(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    seccomp.apply(
        unit.all("Service", "SystemCallFilter"),
        unit.last("Service", "RestrictAddressFamilies").split(),
        no_set_id=unit.last("Service", "RestrictSUIDSGID") == "yes",
        no_code=unit.last("Service", "MemoryDenyWriteExecute") == "yes",
    )


def _connect_to_itself() -> None:
    """Bring 127.0.0.1 up, the only address in this namespace: netdevice(7)."""
    with socket.socket() as any_socket:
        request = struct.pack("16sH14x", b"lo", _IFF_UP)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)


def main(asked: Mapping[str, Any]) -> None:
    """Run the commands that are asked for, one after the other."""
    if str(Path("/proc/self/ns/mnt").readlink()) == asked["outside"]:
        sys.exit("this is no namespace of its own: begin with unshare")
    unit = units.load(asked["unit"])
    os.environ["LAST_CAPABILITY"] = _LAST_CAPABILITY.read_text(encoding="ascii").strip()
    seccomp.prepare()
    _connect_to_itself()
    _show(asked["folders"], asked["kept"])
    _close_files(unit)
    os.chdir(unit.last("Service", "WorkingDirectory") or "/")
    _drop(unit)
    os.environ["HOME"] = "/var/lib/publisher"
    # As systemd hands them over.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for command in asked["commands"]:
        print(json.dumps(_run(command)), flush=True)  # noqa: T201  (the answer)


def _run(command: Sequence[str]) -> Mapping[str, object]:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr}


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
