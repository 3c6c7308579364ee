"""Walk a site as a stranger could: is everything there that it ever published?

The publication record says what was published. Each text that it names has to be
there, byte for byte, under a signature that counts, and has to name the state of the
record that its entry gives. Inside a project, the site is compared with what git knows:
a site that was rolled back lacks entries, and a forged one has others. Everything that
is wrong is found in one walk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

from publisher import security_txt
from publisher.errors import SetAsideError, TrustError, WebError
from publisher.pipeline import recording, served, verifying, witness
from publisher.pipeline.served import Doubts
from publisher.pipeline.standing import Standings
from publisher.pipeline.verifying import Verified
from publisher.render import paths
from publisher.sign import cleartext

if TYPE_CHECKING:
    from publisher.model.chain import EditionKey
    from publisher.model.found import Found
    from publisher.pipeline.tools import Tools
    from publisher.ports import Crawler
    from publisher.record import Entry, Record

_BATCH = 500
"""Texts that are fetched and verified before the next ones are."""
_PUBLIC_KEY = b"-----BEGIN PGP PUBLIC KEY BLOCK-----"


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk saw."""

    site: str
    state: str
    """Of the record that it serves."""
    texts: tuple[Verified, ...]
    """Those that were there, in the order of the record."""
    pages: int
    """Files that were compared with the project's own."""
    wrong: tuple[str, ...]
    """All that is in doubt, one sentence each."""
    failed: tuple[str, ...]
    """What could not be asked."""

    @property
    def good(self) -> bool:
        """Tell whether everything was there and counts."""
        return not self.wrong and not self.failed

    def __str__(self) -> str:
        """Write the whole of it for people."""
        good = sum(text.good for text in self.texts)
        compared = f", {self.pages} files are as this project built them"
        return (
            f"{good} of {len(self.texts)} signed texts are good"
            f"{compared if self.pages else ''}; the record is in the state {self.state}"
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as `publisher verify --json` shows it."""
        return {
            "site": self.site,
            "good": self.good,
            "doubts": list(self.wrong),
            "not_checked": list(self.failed),
            "state": self.state,
            "texts": [text.to_json() for text in self.texts],
            "files": self.pages,
        }


def walk(
    tools: Tools,
    site: str,
    web: Crawler,
    *,
    built: Mapping[str, str],
    known: Iterable[Found] = (),
) -> Walked:
    """Return what is wrong with the site at `site`, whose address ends in no slash.

    `built` are the SHA-256 of the files of the project's own site, by their paths;
    none if it is not built. `known` is what somebody has of the site from earlier.
    """
    doubts = Doubts()
    record = served.record(web, site, doubts)
    if record.entries or not doubts.failed:
        doubts.wrong += _impossible(record, tools)
        doubts.wrong += _compared(record, tools)
    texts = tuple(_texts(tools, site, web, record, doubts))
    doubts.wrong += [f"{t.name}: {t.doubt}" for t in texts if t.doubt]
    doubts.wrong += witness.doubts(tools, record, known)
    lacking = (
        f for f in tools.settings.team.pinned if paths.public_key(f) not in built
    )
    _keys(site, web, lacking, doubts)
    _security_txt(tools, site, web, doubts)
    fetched = {_path(entry) for entry in record.entries.values()}
    pages = {path: digest for path, digest in built.items() if path not in fetched}
    _pages(tools, site, web, pages, doubts)
    return Walked(
        site, record.state, texts, len(pages), tuple(doubts.wrong), tuple(doubts.failed)
    )


def _path(entry: Entry) -> str:
    return paths.signed_file(entry.key.id, entry.filename)


def _impossible(record: Record, tools: Tools) -> Iterator[str]:
    """Say what no site's record may be, whoever looks at it."""
    if not record.entries:
        yield "nothing is recorded, so nothing was checked"
    for entry in record.entries.values():
        if entry.date > tools.now:
            yield f"{entry.key} is not public before {entry.date.isoformat()}"


def _compared(record: Record, tools: Tools) -> Iterator[str]:
    """Compare what the site has with what git has."""
    try:
        ours = recording.current(tools)
    except TrustError as error:
        yield f"this project's own record is in doubt: {error}"
        return
    for digest, entry in sorted(ours.public(tools.now).entries.items()):
        if digest not in record.entries:
            yield (
                f"the site lacks the entry of {entry.key}, which was public from "
                f"{entry.date.isoformat()}: put the site up again; if the entry had "
                "been there before, the site was rolled back"
            )
    for digest, entry in sorted(record.entries.items()):
        if digest not in ours.entries:
            yield (
                f"the site has an entry of {entry.key} that this project does not "
                "have: run `git pull`; if it is not there then, somebody else made it"
            )


def _texts(
    tools: Tools, site: str, web: Crawler, record: Record, doubts: Doubts
) -> Iterator[Verified]:
    """Yield what is known of each signed text that the site serves."""
    standings = Standings(record, tools.now)
    done, total = 0, len(record.entries)
    for batch in _batches(record):
        answers = web.fetch_all([f"{site}/{_path(entry)}" for entry in batch])
        there: list[tuple[Entry, bytes]] = []
        for entry, answer in zip(batch, answers, strict=True):
            done += 1
            tools.progress("texts", done, total)
            if isinstance(answer, WebError):
                doubts.unanswered(f"the signed text {entry.key}", answer)
            else:
                there.append((entry, answer))
        yield from _decided(tools, site, there, standings)


def _batches(record: Record) -> Iterator[list[Entry]]:
    """Yield all entries; those of one advisory come together."""
    batch: list[Entry] = []
    for entries in record.by_advisory.values():
        batch += entries
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    yield batch


def _decided(
    tools: Tools,
    site: str,
    there: Sequence[tuple[Entry, bytes]],
    standings: Standings,
) -> Iterator[Verified]:
    decisions = verifying.decided(tools, [data for _, data in there])
    counting: dict[EditionKey, set[str]] = defaultdict(set)
    for (entry, _), decision in zip(there, decisions, strict=True):
        if not isinstance(decision, TrustError):
            counting[entry.key].add(decision.text)
    for (entry, data), decision in zip(there, decisions, strict=True):
        name = f"{site}/{_path(entry)}"
        if isinstance(decision, SetAsideError) and counting[entry.key]:
            # Another file has to hold the same text.
            counting[entry.key].add(cleartext.payload(data))
            note = f"{decision}; another signature on this text counts"
            found = Verified(name, key=entry.key, note=note)
        elif isinstance(decision, TrustError):
            found = Verified(name, str(decision))
        else:
            found = verifying.judged(tools, name, data, decision, standings)
        yield replace(found, doubt=_doubt(entry, data, found, counting[entry.key]))


def _doubt(entry: Entry, data: bytes, found: Verified, texts: set[str]) -> str:
    """Say all that is wrong with the text that a site serves for an entry."""
    if sha256(data).hexdigest() != entry.sha256:
        changed = "was changed after it was published: its SHA-256 is not recorded"
        return f"{changed}; {found.doubt}" if found.doubt else changed
    if found.doubt:
        return found.doubt
    if found.key != entry.key:
        return f"is {found.key or 'no text of an advisory'}, recorded as {entry.key}"
    if len(texts) > 1:
        return "its signatures are over different texts"
    return ""


def _keys(site: str, web: Crawler, fingerprints: Iterable[str], doubts: Doubts) -> None:
    for fingerprint in fingerprints:
        url = f"{site}/{paths.public_key(fingerprint)}"
        try:
            if not web.fetch(url).startswith(_PUBLIC_KEY):
                doubts.wrong.append(f"{url}: is no public key")
        except WebError as error:
            doubts.unanswered(f"the public key {fingerprint}", error)


def _security_txt(tools: Tools, site: str, web: Crawler, doubts: Doubts) -> None:
    # Well-known addresses begin at the root of a host (RFC 8615, section 3).
    url = urljoin(site, f"/.well-known/{security_txt.NAME}")
    try:
        data = web.fetch(url)
    except WebError as error:
        # There need not be one.
        if not error.missing:
            doubts.unanswered(security_txt.NAME, error)
        return
    (decision,) = verifying.decided(tools, [data])
    if isinstance(decision, TrustError):
        doubts.wrong.append(f"{url}: {decision}")
    elif doubt := verifying.judged(tools, url, data, decision, None).doubt:
        doubts.wrong.append(f"{url}: {doubt}")


def _pages(
    tools: Tools, site: str, web: Crawler, built: Mapping[str, str], doubts: Doubts
) -> None:
    answers = web.fetch_all([f"{site}/{quote(path)}" for path in built])
    for number, ((path, digest), answer) in enumerate(
        zip(built.items(), answers, strict=True), start=1
    ):
        tools.progress("files", number, len(built))
        if isinstance(answer, WebError):
            doubts.unanswered(path, answer)
        elif sha256(answer).hexdigest() != digest:
            doubts.wrong.append(
                f"{site}/{path}: is not what this project built: build and put the "
                "site up again; if that was done, the file was changed on the server"
            )
