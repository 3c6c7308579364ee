"""The tables [deploy] and [canary]: where the site goes, and who sees what arrives."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from publisher.config import addresses
from publisher.config.table import Table
from publisher.model.settings import (
    BucketTarget,
    Canary,
    CommandTarget,
    FolderTarget,
    RsyncTarget,
    TargetSettings,
)

_LONGEST_WAIT = 3600


def target(table: Table) -> TargetSettings:
    """Read where the site is put up, or raise SettingsError."""
    named = [key for key in _READERS if table.has(key)]
    if len(named) != 1:
        wanted = ", ".join(_READERS)
        table.fail(named[1] if named else "folder", f"is not the one of {wanted}")
    read = _READERS[named[0]](table)
    table.close()
    return read


def _folder(table: Table) -> FolderTarget:
    keep = table.get("keep", int, "a number", 3)
    if not 0 <= keep <= 100:
        table.fail("keep", f"is {keep} (expected 0 to 100)")
    return FolderTarget(_filled(table, "folder", "a path"), keep)


def _rsync(table: Table) -> RsyncTarget:
    destination = _filled(table, "rsync", "user@host:folder")
    if destination.startswith("-"):
        table.fail("rsync", f"is {destination!r} (expected user@host:folder)")
    ssh = tuple(table.texts("ssh", "a command and its arguments", ["ssh"]))
    if not ssh:
        table.fail("ssh", "is empty (expected a command and its arguments)")
    return RsyncTarget(destination, ssh)


def _bucket(table: Table) -> BucketTarget:
    # `secret` is read by itself, when it is needed: it is no setting.
    table.get("secret", dict, "where the secret key is: { env = … } or the like")
    prefix = table.get("prefix", str, "a text", "").strip("/")
    return BucketTarget(
        endpoint=table.read("endpoint", addresses.rest, "an address"),
        bucket=_filled(table, "bucket", "a name"),
        prefix=f"{prefix}/" if prefix else "",
        region=table.get("region", str, "a name", "us-east-1"),
        access_key=_filled(table, "access_key", "the name of the secret key"),
    )


def _command(table: Table) -> CommandTarget:
    argv = tuple(table.texts("command", "a command and its arguments"))
    if not argv:
        table.fail("command", "is empty (expected a command and its arguments)")
    return CommandTarget(argv)


_READERS: Mapping[str, Callable[[Table], TargetSettings]] = {
    "folder": _folder,
    "rsync": _rsync,
    "bucket": _bucket,
    "command": _command,
}


def canary(table: Table) -> Canary:
    """Read where the team sees what its subscribers get, or raise SettingsError."""
    example = "an address, e.g. canary@cert.example"
    wait = table.get("wait", int, "seconds", 300)
    if not 0 < wait <= _LONGEST_WAIT:
        table.fail("wait", f"is {wait} (expected 1 to {_LONGEST_WAIT} seconds)")
    if table.has("maildir") and table.has("imap"):
        table.fail("imap", "and canary.maildir name the same mailbox: keep one")
    imap = ""
    if table.has("imap"):
        example_imap = "e.g. imaps://canary@mail.cert.example/INBOX"
        imap = table.read("imap", addresses.imap, example_imap)
        table.get("password", dict, "where the password is: { env = … } or the like")
    read = Canary(
        address=table.read("address", addresses.mail, example),
        maildir=table.get("maildir", str, "a path", ""),
        imap=imap,
        wait=float(wait),
    )
    table.close()
    return read


def _filled(table: Table, key: str, expected: str) -> str:
    value = table.get(key, str, expected)
    if not value:
        table.fail(key, f"is empty (expected {expected})")
    return value
