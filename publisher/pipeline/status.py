"""Where each advisory, revision, language and list stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from publisher.errors import TrustError
from publisher.model.chain import Signed
from publisher.pipeline import accepting, checking, recording
from publisher.push import due
from publisher.render import pages

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from publisher.model.ids import AdvisoryId
    from publisher.pipeline.checking import Loaded
    from publisher.pipeline.tools import Tools
    from publisher.ports import Outcome
    from publisher.record import Record
    from publisher.sign.accept import Unsigned

    _Joined = Signed | Unsigned | TrustError


@dataclass(frozen=True, slots=True)
class TextStatus:
    """One language of an advisory."""

    language: str
    revision: int
    signed: bool
    built: bool
    lists: Mapping[str, str]
    """`due`, `unknown`, `sent` or `old`, by list address."""


@dataclass(frozen=True, slots=True)
class Status:
    """One advisory."""

    id: AdvisoryId
    title: str
    state: str
    """`published`, or why it is not."""
    problems: tuple[str, ...] = ()
    texts: tuple[TextStatus, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return the status as `publisher status --json` shows it."""
        return {
            "id": str(self.id),
            "title": self.title,
            "state": self.state,
            "problems": list(self.problems),
            "texts": [
                {
                    "language": text.language,
                    "revision": text.revision,
                    "signed": text.signed,
                    "built": text.built,
                    "lists": dict(text.lists),
                }
                for text in self.texts
            ],
        }


def status(
    tools: Tools,
    outcomes: Mapping[str, Outcome],
    wanted: Iterable[AdvisoryId] | None = None,
) -> list[Status]:
    """Say how things stand with those of `wanted`, or with all.

    What is wrong with one advisory hides no other.
    """
    snapshot = tools.repository.snapshot()
    succession = checking.succession(tools, snapshot)
    chosen = snapshot if wanted is None else wanted
    every = checking.load(tools, chosen, succession)
    record = recording.current(tools).public(tools.now)
    checked = [each for each in every if each.checked is not None]
    joined = _joined(tools, checked, record)
    return [_status(tools, each, joined.get(each.id), outcomes) for each in every]


def _joined(
    tools: Tools, loaded: Sequence[Loaded], record: Record
) -> dict[AdvisoryId, _Joined]:
    """Verify all at once, or one by one if there is a doubt somewhere."""
    try:
        joined = accepting.join(tools, loaded, record)
        return {each.id: signed for each, signed in joined}
    except TrustError as error:
        if len(loaded) == 1:
            return {loaded[0].id: error}
    return {
        key: value
        for each in loaded
        for key, value in _joined(tools, [each], record).items()
    }


def _status(
    tools: Tools,
    loaded: Loaded,
    signed: _Joined | None,
    outcomes: Mapping[str, Outcome],
) -> Status:
    if loaded.checked is None:
        problems = tuple(map(str, filter(checking.is_news, loaded.findings)))
        return Status(loaded.id, "", "does not pass lint", problems)
    advisory = loaded.checked.advisory
    title = advisory.original.title
    if isinstance(signed, TrustError):
        return Status(loaded.id, title, "in doubt", (str(signed),))
    withheld = advisory.withheld(tools.now)
    if not isinstance(signed, Signed):
        return Status(loaded.id, title, withheld or "not signed")
    folder = tools.repository.folder(loaded.id)
    texts = _texts(tools, signed, folder, outcomes, mailed=withheld is None)
    built = all(text.built for text in texts if text.signed)
    state = withheld or ("published" if built else "not built")
    return Status(loaded.id, title, state, texts=texts)


def _texts(
    tools: Tools,
    signed: Signed,
    folder: PurePosixPath,
    outcomes: Mapping[str, Outcome],
    *,
    mailed: bool,
) -> tuple[TextStatus, ...]:
    summaries = [pages.summary(signed)] if mailed else []
    deliveries = list(due.deliveries(summaries, tools.settings, outcomes))
    current = {text.edition.key.language: text for text in signed.current}
    statuses = []
    for text in signed.advisory.texts:
        found = current.get(text.language)
        in_site = None
        if found is not None:
            in_site = tools.site.holds(folder / found.file.name)
        statuses.append(
            TextStatus(
                language=text.language,
                revision=text.revision,
                signed=found is not None,
                built=found is not None and in_site == found.sha256,
                lists={
                    delivery.mailing_list.address: str(delivery.state)
                    for delivery in deliveries
                    if delivery.key.language == text.language
                },
            )
        )
    return tuple(statuses)
