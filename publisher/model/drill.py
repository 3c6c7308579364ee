"""What is a drill, by names alone: ids begin with DRILL, lists end in -test.

Whoever sees one of these names, a program or a person, has to know it for a drill;
nothing else of the team's may bear one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.model.advisory import Kind
from publisher.model.ids import AdvisoryId, Language

if TYPE_CHECKING:
    from publisher.model.settings import MailingList, Settings

PREFIX = "DRILL"
"""What the ids of drills begin with, and no other ids do."""
SUFFIX = "-test"
"""What the names of the lists for drills end in, and no other names do."""
BANNER = """\
****************************************************************************
** 訓練 DRILL  訓練 DRILL  訓練 DRILL  訓練 DRILL  訓練 DRILL  訓練 DRILL **

    これは訓練です。実際には何も起きていません。対応は不要です。
    This is a drill. Nothing has happened. You need not do anything.

** 訓練 DRILL  訓練 DRILL  訓練 DRILL  訓練 DRILL  訓練 DRILL  訓練 DRILL **
****************************************************************************
"""
"""What each signed text of a drill begins with, in every language."""
_MARKS = {"ja": "訓練"}


def mark(language: Language) -> str:
    """Return the word for a drill, as it stands in subjects and titles."""
    return _MARKS.get(language, PREFIX)


def is_twin(name: str) -> bool:
    """Tell by the name of a list whether it is for drills."""
    return name.lower().endswith(SUFFIX)


def twin(mailing_list: MailingList) -> MailingList:
    """Return the list for drills that stands beside `mailing_list`."""
    marked = mark(mailing_list.language)
    return replace(
        mailing_list,
        address=f"{mailing_list.name}{SUFFIX}@{mailing_list.domain}",
        kinds=tuple(Kind),
        title=f"[{marked}] {mailing_list.title}",
        description=f"[{marked}] {mailing_list.description}",
        drill=False,
    )


def advisory_id(now: datetime) -> AdvisoryId:
    """Return the id of a drill at a moment: day of the year, hour and minute.

    It is known without asking anybody which ones there were. DRILL-2026-3260641 began
    on the 326th day of 2026 at 06:41.
    """
    number = now.timetuple().tm_yday * 10_000 + now.hour * 100 + now.minute
    return AdvisoryId(PREFIX, now.year, number)


def settings(real: Settings, url: str, since: datetime) -> Settings:
    """Return the settings of a drill whose pages lie below `url`.

    Keys, list server, canary and target are the real ones; of the lists, there are
    the twins and no others. Whoever starts a drill has also written its text.
    """
    twins = real.twins
    spoken = {each.language for each in twins}
    return replace(
        real,
        languages=tuple(each for each in real.languages if each in spoken),
        prefix=PREFIX,
        former=(),
        site=replace(real.site, url=url),
        review=replace(real.review, other_person=False),
        lists=twins,
        announce_since=since,
    )
