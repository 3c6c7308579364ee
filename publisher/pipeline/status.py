"""Where each advisory, revision, language and list stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from publisher.errors import TrustError
from publisher.model.chain import Signed
from publisher.model.state import HeldBack, Standing, State
from publisher.pipeline import accepting, checking, in_force, pushing, recording
from publisher.push import due
from publisher.render import pages

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from publisher.model.ids import AdvisoryId
    from publisher.pipeline.checking import Loaded
    from publisher.pipeline.tools import Outside, Tools
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
    lists: Mapping[str, str] = field(default_factory=dict)
    """A state of `publisher.push.due`, by list address."""


@dataclass(frozen=True, slots=True)
class Status:
    """One advisory."""

    id: AdvisoryId
    title: str
    standing: Standing
    problems: tuple[str, ...] = ()
    texts: tuple[TextStatus, ...] = ()
    held: HeldBack | None = None
    """Work on what is published that is not out yet."""

    def to_json(self) -> dict[str, Any]:
        """Return the status as `publisher status --json` shows it."""
        return {
            "id": str(self.id),
            "title": self.title,
            **self.standing.to_json(),
            "held": self.held.to_json() if self.held else None,
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
    outside: Outside,
    wanted: Iterable[AdvisoryId] | None = None,
    outcomes: Mapping[str, Outcome] | None = None,
) -> list[Status]:
    """Say how things stand with those of `wanted`, or with all.

    What is wrong with one advisory hides no other. `outcomes` are what is known of the
    mails; None: the journal and the list server are asked.
    """
    every = recording.current(tools)
    public, lost = in_force.parted(in_force.view(tools))
    chosen = list(sorted({*public.snapshot, *lost}) if wanted is None else wanted)
    loaded = _load(public.tools, [each for each in chosen if each not in lost])
    record = every.public(tools.now)
    checked = [each for each in loaded if each.checked is not None]
    joined = _joined(public.tools, checked, record)
    if outcomes is None:
        outcomes = _known(public.tools, joined, outside)
    found = {
        each: Status(each, "", Standing(State.DOUBTFUL), (why,))
        for each, why in lost.items()
    } | {
        each.id: _status(public.tools, each, joined.get(each.id), outcomes)
        for each in loaded
    }
    held = [each for each in chosen if each in public.held]
    work = {each.id: each for each in _load(tools, held)} if held else {}
    return [
        _with_work(found[each], public.held.get(each), work.get(each))
        for each in chosen
    ]


def _known(
    tools: Tools, joined: Mapping[AdvisoryId, _Joined], outside: Outside
) -> Mapping[str, Outcome]:
    """Ask the journal and the list server about the mails of what is public."""
    signed = [each for each in joined.values() if isinstance(each, Signed)]
    mailed = [each for each in signed if not each.advisory.withheld(tools.now)]
    return pushing.known(tools, list(map(pages.summary, mailed)), outside)


def _load(tools: Tools, wanted: Sequence[AdvisoryId]) -> list[Loaded]:
    succession = checking.succession(tools, tools.repository.snapshot())
    return checking.load(tools, wanted, succession)


def _with_work(status: Status, held: HeldBack | None, work: Loaded | None) -> Status:
    """Add what is held back: what is wrong with it, and new translations."""
    if held is None or work is None:
        return status
    problems = [*status.problems]
    if work.checked is None:
        problems += map(str, filter(checking.is_news, work.findings))
    known = {text.language for text in status.texts}
    texts = work.checked.advisory.texts if work.checked else ()
    new = [
        TextStatus(str(text.language), text.revision, signed=False, built=False)
        for text in texts
        if text.language not in known
    ]
    return replace(
        status, held=held, problems=tuple(problems), texts=(*status.texts, *new)
    )


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
        return Status(loaded.id, "", Standing(State.FAULTY), problems)
    advisory = loaded.checked.advisory
    title = advisory.original.title
    if isinstance(signed, TrustError):
        return Status(loaded.id, title, Standing(State.DOUBTFUL), (str(signed),))
    withheld = advisory.withheld(tools.now)
    if not isinstance(signed, Signed):
        return Status(loaded.id, title, withheld or Standing(State.UNSIGNED))
    folder = tools.repository.folder(loaded.id)
    texts = _texts(tools, signed, folder, outcomes, mailed=withheld is None)
    built = all(text.built for text in texts if text.signed)
    done = Standing(State.PUBLISHED if built else State.UNBUILT)
    return Status(loaded.id, title, withheld or done, texts=texts)


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
