"""Filters of system calls, as systemd makes them of a unit, by libseccomp itself."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import socket
import stat
import struct
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

_NAME = "libseccomp.so.2"
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_EQUAL, _MASKED = 4, 7
_HIGHEST = 64
"""Address families are below this (AF_MAX is 46 in Linux 6)."""
# The argument that holds the mode.
_MODES = {
    "chmod": 1, "creat": 1, "fchmod": 1, "fchmodat": 2, "mkdir": 1, "mkdirat": 2,
    "mknod": 1, "mknodat": 2,
}  # fmt: skip


def _compared(argument: int, operation: int, first: int, second: int = 0) -> bytes:
    """Return what a call's argument is to be: struct scmp_arg_cmp."""
    return struct.pack("IiQQ", argument, operation, first, second)


def available() -> bool:
    """Tell whether there is a libseccomp."""
    try:
        _library()
    except OSError:
        return False
    return True


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(_NAME)
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint,
        ctypes.c_char_p,
    ]  # fmt: skip
    return library


@cache
def _groups() -> Mapping[str, Sequence[str]]:
    """Return systemd's groups of system calls, which it tells itself."""
    done = subprocess.run(
        ["systemd-analyze", "syscall-filter", "--no-pager"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    groups: dict[str, list[str]] = {}
    group: list[str] = []
    for line in done.stdout.splitlines():
        if line.startswith("@"):
            group = groups.setdefault(line.strip(), [])
        elif line.startswith("    ") and "#" not in line:
            group.append(line.strip())
    return groups


def prepare() -> None:
    """Ask what has to be asked before nothing can be."""
    _library()
    _groups()


def _calls(name: str) -> Iterator[str]:
    for each in _groups()[name] if name.startswith("@") else (name,):
        if each.startswith("@"):
            yield from _calls(each)
        else:
            yield each


def allowed(lines: Sequence[str]) -> set[str]:
    """Return the calls that SystemCallFilter= leaves: first some, then less."""
    found = set(_calls("@default"))
    for line in lines:
        calls = {call for name in line.strip("~").split() for call in _calls(name)}
        found = found - calls if line.startswith("~") else found | calls
    # Nothing could be started without them.
    return found | set(_calls("@default"))


Rule = tuple[str, Sequence[bytes]]


def _load(otherwise: int, rules: Iterator[Rule], action: int) -> None:
    library = _library()
    made = library.seccomp_init(otherwise)
    for name, compared in rules:
        number = library.seccomp_syscall_resolve_name(name.encode())
        # Some are of other processors.
        if number >= 0:
            done = library.seccomp_rule_add_array(
                made, action, number, len(compared), b"".join(compared)
            )
            if done < 0:
                raise OSError(-done, os.strerror(-done), name)
    done = library.seccomp_load(made)
    library.seccomp_release(made)
    if done < 0:
        raise OSError(-done, os.strerror(-done), "seccomp")


def apply(
    lines: Sequence[str], families: Sequence[str], *, no_set_id: bool, no_code: bool
) -> None:
    """Leave this process and its children only what a unit leaves; for good.

    `no_set_id` is RestrictSUIDSGID=yes, `no_code` MemoryDenyWriteExecute=yes.
    """
    refused = _ERRNO | errno.EPERM
    _load(_ALLOW, _foreign(families), _ERRNO | errno.EAFNOSUPPORT)
    if no_set_id:
        _load(_ALLOW, _set_ids(), refused)
    if no_code:
        _load(_ALLOW, _made_code(), refused)
    _load(refused, ((name, ()) for name in sorted(allowed(lines))), _ALLOW)


def _foreign(families: Sequence[str]) -> Iterator[Rule]:
    own = {int(getattr(socket, name)) for name in families}
    for number in set(range(_HIGHEST)) - own:
        yield "socket", (_compared(0, _EQUAL, number),)


def _set_ids() -> Iterator[Rule]:
    for name, argument in _MODES.items():
        for bit in (stat.S_ISUID, stat.S_ISGID):
            yield name, (_compared(argument, _MASKED, bit, bit),)


def _made_code() -> Iterator[Rule]:
    both = mmap.PROT_WRITE | mmap.PROT_EXEC
    yield "mmap", (_compared(2, _MASKED, both, both),)
    for name in ("mprotect", "pkey_mprotect"):
        yield name, (_compared(2, _MASKED, mmap.PROT_EXEC, mmap.PROT_EXEC),)
