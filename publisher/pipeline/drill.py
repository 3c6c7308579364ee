"""A drill: the whole release of a text that says so, to lists on which nobody reads.

It is signed with the real key, put up at the real place, probed at the real address and
handed to the real list server. What is not real is its text, its id and its lists
(`publisher.model.drill`); its pages lie in a folder of their own, and nothing leads
there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Self

from publisher.errors import OperatorError
from publisher.model import drill
from publisher.model.advisory import Kind
from publisher.model.ids import AdvisoryId
from publisher.pipeline import building, guarding, listing, scaffold
from publisher.push import due

if TYPE_CHECKING:
    from publisher.model.settings import Settings
    from publisher.pipeline.tools import Tools
    from publisher.ports import Lists, Outcome, PutUp, Target, Web
    from publisher.presentation import Presentation

FOLDER = PurePosixPath("drill")
"""Where the pages of drills are, below the site."""


@dataclass(frozen=True, slots=True)
class Step:
    """One stage that is over."""

    stage: str
    done: float
    """Seconds from the start of the drill until then."""
    seconds: float
    """How long it took."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a drill."""

    id: str
    at: datetime
    """When it began."""
    steps: tuple[Step, ...]
    inbox: float | None
    """Seconds from the start until the last copy was seen in the canary's mailbox and
    was what was signed; None: not all were, or nobody looked."""
    problem: str = ""
    """Why it ended early; empty if it did not."""

    @property
    def slowest(self) -> Step | None:
        """Return the stage that took longest; None if it did not come to any."""
        return max(self.steps, key=lambda each: each.seconds, default=None)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON knows values; see `from_json`."""
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "stages": [asdict(each) for each in self.steps],
            "inbox": self.inbox,
            "problem": self.problem,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return what `to_json` turned into `data`."""
        return cls(
            id=data["id"],
            at=datetime.fromisoformat(data["at"]),
            steps=tuple(Step(**each) for each in data["stages"]),
            inbox=data["inbox"],
            problem=data["problem"],
        )


def new_id(now: datetime, taken: Collection[str]) -> AdvisoryId:
    """Return the id of a drill at `now` that is not among those `taken`."""
    minute = now
    while str(found := drill.advisory_id(minute)) in taken:
        minute += timedelta(minutes=1)
    return found


def require_twins(settings: Settings) -> None:
    """Raise OperatorError if no list has a twin for drills."""
    if settings.twins:
        return
    names = ", ".join(each.address for each in settings.lists) or "none is declared yet"
    msg = (
        "no list has a twin for drills: add `drill = true` below [[lists]] of a list "
        f"({names}), run `publisher lists apply`, and join {_example(settings)}"
    )
    raise OperatorError(msg)


def require_at_rest(
    tools: Tools, outcomes: Mapping[str, Outcome], web: Web | None
) -> None:
    """Raise OperatorError if a real release has anything to do, as of a rehearsal.

    A drill puts up the whole site, and must not be what publishes something.
    """
    built = building.build(tools)
    open_ = [
        each
        for each in due.deliveries(built.summaries, tools.settings, outcomes)
        if each.state in due.OPEN
    ]
    if built.written or open_:
        what = f"{len(built.written)} files to build, {len(open_)} mails to send"
        msg = (
            f"the real site and lists are not up to date ({what}): run `publisher "
            "publish` first, then the drill"
        )
        raise OperatorError(msg)
    if web is not None:
        guarding.require_known(tools, web)


def require_lists(presentation: Presentation, lists: Lists) -> None:
    """Raise MailmanError unless the twins pass a signed drill on."""
    listing.require(presentation, lists, presentation.settings.twins)


def sources(
    advisory: AdvisoryId, presentation: Presentation, date: datetime
) -> dict[str, str]:
    """Return the sources of a drill's text by file name, in each of its languages."""
    texts = [_text(presentation, each) for each in presentation.settings.languages]
    titles = [
        (language, title)
        for language, (title, _) in zip(
            presentation.settings.languages, texts, strict=True
        )
    ]
    beginning = scaffold.Beginning(Kind.NOTE, titles, date, draft=False)
    return scaffold.sources(advisory, beginning, [body for _, body in texts])


def is_own(name: str) -> bool:
    """Tell whether a folder below FOLDER is that of a drill."""
    try:
        return AdvisoryId.parse(name).prefix == drill.PREFIX
    except ValueError:
        return False


@dataclass(frozen=True)
class GuardedTarget:
    """The real target, which is left alone if the public knows more than is here."""

    target: Target
    tools: Callable[[], Tools]
    web: Web

    @property
    def name(self) -> str:
        """What people call it."""
        return self.target.name

    def put_up(self, progress: Callable[[str, int, int], None]) -> PutUp:
        """Bring it to what was built, the real site and the drill, or raise."""
        guarding.require_known(self.tools(), self.web)
        return self.target.put_up(progress)


def _text(presentation: Presentation, language: str) -> tuple[str, str]:
    """Return title and body, in English where there are none in `language`."""
    name = f"drill/advisory.{language}.md"
    if name not in presentation.environment.list_templates():
        name = "drill/advisory.en.md"
    title, _, body = presentation.source(name).partition("\n")
    return title.strip(), body


def _example(settings: Settings) -> str:
    twins = [drill.twin(each) for each in settings.lists]
    return twins[0].sub_address("join") if twins else "its list"
