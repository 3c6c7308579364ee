"""Sign every revision of every sample anew: `make resign-samples`, after a change that
alters the text that is signed.

Signed texts of a real project are never made anew. These prove nothing: they show what
the program makes, and so they have to follow it. All of them are made in a copy, in
the order in which they were signed, each from the sources of its revision, as of the
moment at which it was signed before; then record and texts are put in their places.
The names of the files stay the same.

Sources of earlier revisions lie in `tests/earlier/ID/rN/`; those that are not there
are looked for in git by the digest that the signed text names.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from publisher import imprint, parse
from publisher.adapters.gpg import GpgSigner
from publisher.model.advisory import Advisory
from publisher.model.chain import EditionKey
from publisher.model.ids import AdvisoryId
from publisher.pipeline import checking, signing
from publisher.sign import cleartext
from publisher.wiring import Project
from tests import keys
from tests.sign_samples import ROOT, SECRET

EARLIER = Path(__file__).parent / "earlier"
ORIGINAL, TRANSLATION = timedelta(minutes=-25), timedelta(minutes=-20)
"""When a sample is signed that was not signed before, from the date of its revision."""
_TIME = re.compile(r"^\[GNUPG:\] VALIDSIG \w+ \S+ ([0-9]+) ", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """What is signed at once: the texts of one revision of one advisory."""

    advisory: AdvisoryId
    folder: Path
    """Relative to the project's root."""
    now: datetime
    """The moment as of which they are judged and recorded."""
    sources: dict[str, bytes]
    moments: dict[EditionKey, datetime]
    """When each of its texts is signed."""


class DatedSigner(GpgSigner):
    """Signs each text as of its own moment."""

    def __init__(
        self, fingerprint: str, home: Path, moments: dict[EditionKey, datetime]
    ) -> None:
        super().__init__([fingerprint], home)
        self._conf = home / "gpg.conf"
        self._moments = moments

    def sign(self, text: str) -> bytes:
        moment = self._moments[imprint.imprint(text).key]
        # Frozen: on a busy machine, a second may pass before gpg signs.
        self._conf.write_text(f"faked-system-time {moment:%Y%m%dT%H%M%S}!\n")
        try:
            return super().sign(text)
        finally:
            self._conf.unlink()


def resign(root: Path) -> list[str]:
    """Sign all samples of the project at `root` anew; return their files."""
    before = signed_files(root)
    with keys.gnupg_home() as home, TemporaryDirectory(prefix="samples-") as name:
        keys.gpg(home, "--import", data=SECRET.read_bytes())
        copy = Path(name)
        for each in ("publisher.toml", "security.txt"):
            shutil.copy(root / each, copy)
        shutil.copytree(root / "keys", copy / "keys")
        (copy / "advisories").mkdir()
        for step in sorted(steps(root, home), key=lambda step: step.now):
            _sign(copy, step, home)
        made = signed_files(copy)
        if made != before:
            differing = ", ".join(sorted(set(made) ^ set(before)))
            message = f"not the same files as before: {differing}"
            raise RuntimeError(message)
        _put(copy, root)
    return made


def signed_files(root: Path) -> list[str]:
    """Return the signed texts of a project, by their paths."""
    found = (root / "advisories").rglob("*.asc")
    return sorted(str(path.relative_to(root)) for path in found)


def steps(root: Path, home: Path) -> Iterator[Step]:
    """Yield what has to be signed, advisory by advisory."""
    for folder in sorted((root / "advisories").glob("*/*")):
        current = {file.name: file.read_bytes() for file in folder.glob("*.md")}
        advisory = _parsed(folder.relative_to(root), current)
        for revision in advisory.history:
            sources = current
            if revision is not advisory.revision:
                sources = dict(_earlier(folder, current, revision.number))
            as_it_was = _parsed(folder.relative_to(root), sources)
            moments = {
                key: _moment(folder / key.filename, home)
                or revision.date + (ORIGINAL if is_original else TRANSLATION)
                for key, is_original in _keys(as_it_was)
            }
            date, last = revision.date, max(moments.values())
            # What is under embargo is signed long before its date.
            now = last if last + timedelta(days=1) < date else date
            relative = folder.relative_to(root)
            yield Step(advisory.id, relative, now, sources, moments)


def _keys(advisory: Advisory) -> Iterator[tuple[EditionKey, bool]]:
    """Yield the texts of its newest revision, and which is the original's."""
    for text in advisory.texts:
        if not advisory.is_behind(text):
            key = EditionKey(advisory.id, text.revision, text.language)
            yield key, text is advisory.original


def _earlier(
    folder: Path, current: dict[str, bytes], number: int
) -> Iterator[tuple[str, bytes]]:
    """Yield the sources of an earlier revision."""
    named: dict[str, str] = {}
    for signed in folder.glob(f"r{number}.*.asc"):
        text = cleartext.payload(signed.read_bytes())
        named |= dict(imprint.imprint(text).sources)
    for name, data in current.items():
        kept = EARLIER / folder.name / f"r{number}" / name
        if kept.is_file():
            yield name, kept.read_bytes()
        elif name in named:
            yield name, _by_digest(folder / name, data, named[name])


def _by_digest(path: Path, current: bytes, digest: str) -> bytes:
    """Return the version of a source that has this digest, from git if need be."""
    if hashlib.sha256(current).hexdigest() == digest:
        return current
    listed = _git(path.parent, "log", "--format=%H", "--", path.name).decode()
    for commit in listed.split():
        data = _git(path.parent, "show", f"{commit}:./{path.name}")
        if hashlib.sha256(data).hexdigest() == digest:
            return data
    message = (
        f"{path}: the source of an earlier revision, SHA-256 {digest}, is neither in "
        f"git nor below {EARLIER}: put it there"
    )
    raise RuntimeError(message)


def _git(folder: Path, *arguments: str) -> bytes:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, check=False
    )
    return done.stdout if done.returncode == 0 else b""


def _parsed(folder: Path, sources: dict[str, bytes]) -> Advisory:
    advisory, found = parse.advisory(PurePosixPath(folder), sources)
    if advisory is None:
        raise RuntimeError("\n".join(map(str, found)))
    return advisory


def _moment(signed: Path, home: Path) -> datetime | None:
    """Return when a file was signed; None if there is none yet."""
    if not signed.is_file():
        return None
    said = keys.gpg(home, "--status-fd", "1", "--verify", str(signed)).decode()
    found = _TIME.search(said)
    assert found is not None, said
    return datetime.fromtimestamp(int(found[1]), UTC)


def _sign(copy: Path, step: Step, home: Path) -> None:
    """Sign and record the texts of one revision in the copy."""
    place = copy / step.folder
    place.mkdir(parents=True, exist_ok=True)
    for name, data in step.sources.items():
        (place / name).write_bytes(data)
    project = Project(copy, step.now, gnupg_home=home)
    try:
        tools = project.tools()
        succession = checking.succession(tools, tools.repository.snapshot())
        loaded = checking.load(tools, [step.advisory], succession)
        checking.require(loaded)
        texts = signing.plan(tools, loaded).texts
        signer = DatedSigner(project.settings.team.fingerprints[0], home, step.moments)
        for _ in signing.sign(tools, texts, signer, lambda: step.now):
            pass
    finally:
        project.close()


def _put(copy: Path, root: Path) -> None:
    """Put record and signed texts of the copy in the place of the project's."""
    for file in signed_files(copy):
        shutil.copyfile(copy / file, root / file)
    shutil.rmtree(root / "record")
    shutil.copytree(copy / "record", root / "record")


if __name__ == "__main__":
    import click

    for path in resign(ROOT):
        click.echo(path)
