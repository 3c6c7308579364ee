"""A folder of another machine, by rsync over ssh, which asks no questions.

Three transfers keep the order of `order`: what is new; what changed, exchanged at the
end of the transfer; and the index of the publication record, after which rsync removes
what is gone. Each of them can be cut off: the next run does all three again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import programs
from publisher.adapters.deploy import order
from publisher.errors import OperatorError, ProgramError, WorldError
from publisher.ports import PutUp
from publisher.programs import Done

if TYPE_CHECKING:
    from publisher.adapters.site import SiteFolder
    from publisher.model.settings import RsyncTarget

_SSH = (
    *("-o", "BatchMode=yes"),
    *("-o", "ConnectTimeout=20"),
    *("-o", "ServerAliveInterval=15"),
    *("-o", "ServerAliveCountMax=4"),
)
"""The operator's own options stand before these, and win (ssh_config(5))."""
_ALWAYS = (
    "--recursive",
    "--times",
    "--omit-dir-times",
    "--perms",
    "--chmod=D0755,F0644",
    "--timeout=120",
    "--out-format=%i %n",
)
_NEW = (*_ALWAYS, "--mkpath", "--ignore-existing", "--delay-updates")
_CHANGED = (*_ALWAYS, "--delay-updates")
_LAST = (*_ALWAYS, "--delete-delay", "--delete-excluded")
_INDEX = f"/{order.LAST}"
_NOTHING_THERE = re.compile(rb"change_dir .* failed: No such file or directory")
_SECONDS = 3600
"""In which a transfer ends; one that stands still is ended by rsync itself, sooner."""
_ASKING_SECONDS = 180
"""In which the server says what is there."""
_LINES = 3
"""Lines of rsync's that a message shows, if what they mean is not known here."""
_NOISE = re.compile(r"rsync error:|rsync: (\[\w+\] )?connection unexpectedly closed")
"""What rsync adds whenever the connection ends, whatever the reason."""

_REASONS = (
    (r"Host key verification failed", "the server's key is not known here: see whether "
     "it is the right one, and add it with `ssh-keyscan` or one `ssh` by hand"),
    (r"Permission denied \([a-z]", "the server does not take the key: see "
     "`deploy.ssh`, and `authorized_keys` there"),
    (r"Temporary failure in name resolution",
     "its name cannot be looked up now: see the name server of this machine"),
    (r"Could not resolve hostname", "there is no such host: mend `deploy.rsync`"),
    (r"Connection refused",
     "nothing listens there: see whether it is up, and the port in `deploy.ssh`"),
    (r"No route to host|Network is unreachable",
     "no network leads there from here: see the network of this machine"),
    (r"[Tt]imed out", "the server does not answer in time: see whether it is up, and "
     "whether a firewall is between"),
    (r"banner line|remote protocol version|Protocol major versions",
     "what answers there does not speak SSH: see the port in `deploy.ssh`"),
    (r"Connection (reset|closed)|kex_exchange_identification",
     "the server closes the connection: see its log, and the port in `deploy.ssh`"),
    (r"No space left on device|Disk quota exceeded", "there is no room left there"),
    (r"rsync: (command )?not found|rsync: not found", "there is no rsync there"),
    (r"Permission denied \(13\)|Operation not permitted",
     "the account may not write there"),
    (r"Read-only file system", "what is there cannot be written"),
)  # fmt: skip
_CODES = {
    11: "files cannot be read or written",
    12: "the connection broke, or there is no rsync there",
    23: "a part was not transferred",
    24: "site/ changed in between: run this again",
    30: "the server answers too slowly",
    35: "the server answers too slowly",
    255: "ssh makes no connection",
}


class Rsync:
    """A folder of a web server."""

    def __init__(self, settings: RsyncTarget, site: SiteFolder) -> None:
        """Take where it is, and what is put there."""
        self._settings = settings
        self._site = site

    @property
    def name(self) -> str:
        """The destination."""
        return str(self._settings)

    def put_up(self, progress: Callable[[str, int, int], None]) -> PutUp:
        """Bring it to what was built, or raise WorldError."""
        wanted = self._site.built()
        self._require_ours(wanted)
        left_out = list(self._left_out(wanted))
        sent = removed = 0
        stages = (
            (_NEW, [*left_out, _INDEX]),
            (_CHANGED, [*left_out, _INDEX]),
            (_LAST, left_out),
        )
        for number, (options, excluded) in enumerate(stages, start=1):
            for line in self._transfer(options, excluded):
                sent += line.startswith(("<f", ">f", "cf"))
                removed += line.startswith("*deleting") and not line.endswith("/")
            progress("put up", number, len(stages))
        return PutUp(sent, removed)

    def _transfer(self, options: Sequence[str], excluded: Sequence[str]) -> list[str]:
        names = b"".join(os.fsencode(_literal(path)) + b"\0" for path in excluded)
        argv = [*options, "--from0", "--exclude-from=-", f"{self._site.folder}/"]
        done = self._run([*argv, self._destination], names)
        if done.code:
            raise WorldError(self._problem(done))
        return done.output.decode(errors="surrogateescape").split("\n")

    def _require_ours(self, wanted: Mapping[str, str]) -> None:
        """Raise OperatorError if the folder holds what is no site of ours."""
        listed = self._run(["--list-only", self._destination], b"", _ASKING_SECONDS)
        if listed.code:
            if _NOTHING_THERE.search(listed.errors):
                return
            raise WorldError(self._problem(listed))
        lines = listed.output.decode(errors="surrogateescape").split("\n")
        names = {line.split(maxsplit=4)[4] for line in lines if len(line.split()) > 4}
        if strangers := order.strangers(names - {"."}, wanted):
            msg = (
                f"{self.name}: holds {strangers[0]!r}, which is not of this site, and "
                "would be removed: name an empty folder, or one that is not there yet; "
                "nothing was changed"
            )
            raise OperatorError(msg)

    def _left_out(self, wanted: Mapping[str, str]) -> Iterator[str]:
        """Yield what lies in the site's folder and was not built."""
        for folder, folders, files in os.walk(self._site.folder):
            inside = Path(folder).relative_to(self._site.folder).as_posix()
            prefix = "" if inside == "." else f"{inside}/"
            yield from (f"/{prefix}{n}" for n in files if prefix + n not in wanted)
            links = [n for n in folders if Path(folder, n).is_symlink()]
            yield from (f"/{prefix}{name}" for name in links)

    @property
    def _destination(self) -> str:
        return f"{self._settings.destination.rstrip('/')}/"

    def _run(
        self, arguments: Sequence[str], given: bytes, seconds: float = _SECONDS
    ) -> Done:
        shell = " ".join(map(_quoted, (*self._settings.ssh, *_SSH)))
        try:
            return programs.run(
                ["rsync", f"--rsh={shell}", *arguments],
                seconds=seconds,
                given=given,
                # Messages are read below.
                environment={**os.environ, "LC_ALL": "C"},
            )
        except OSError as error:
            msg = (
                f"rsync cannot be run: {error.strerror}: install it here; the site was "
                "not put up, and nothing was mailed"
            )
            raise WorldError(msg) from error
        except ProgramError as error:
            msg = (
                f"{self.name}: the site was not put up: {error}. Nothing was mailed; "
                "the next run goes on where this one ended"
            )
            raise WorldError(msg) from error

    def _problem(self, done: Done) -> str:
        told = done.errors.decode(errors="replace")
        lines = [line for line in map(_printable, told.split("\n")) if line]
        reason, shown = _reason(lines)
        if not reason:
            reason = _CODES.get(done.code, "rsync failed")
        said = f"rsync {done.code}: {'; '.join(shown)}"
        return (
            f"{self.name}: the site was not put up: {reason} ({said}). "
            "Nothing was mailed; the next run goes on where this one ended"
        )


def _reason(lines: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return what lines mean, empty if nobody knows, and those that say it."""
    for pattern, what in _REASONS:
        found = [line for line in lines if re.search(pattern, line)]
        if found:
            return what, found[:1]
    telling = [line for line in lines if not _NOISE.match(line)]
    return "", (telling or lines)[:_LINES]


def _literal(path: str) -> str:
    """Return a pattern that fits one path only (rsync(1), PATTERN MATCHING RULES)."""
    # A backslash is itself where there is no wildcard.
    if not re.search(r"[*?\[]", path):
        return path
    return re.sub(r"([*?\[\\])", r"\\\1", path)


def _quoted(argument: str) -> str:
    """Quote for rsync, which parts the command at its blanks (rsync(1), --rsh)."""
    return "'" + argument.replace("'", "''") + "'"


def _printable(line: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in line).strip()
