"""Compare the declared lists with the server, and make the server agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher import lists as wanted_lists
from publisher.errors import MailmanError

if TYPE_CHECKING:
    from publisher.lists import Difference
    from publisher.model.settings import MailingList, Settings
    from publisher.ports import Lists


@dataclass(frozen=True, slots=True)
class ListPlan:
    """What has to happen to one list."""

    mailing_list: MailingList
    missing: bool
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Tell whether nothing has to happen."""
        return not self.missing and not self.differences


def plan(settings: Settings, lists: Lists) -> tuple[ListPlan, ...]:
    """Return how each declared list differs from the server's."""
    plugin = lists.plugin_version() is not None
    return tuple(_plan(each, settings, lists, plugin=plugin) for each in settings.lists)


def apply(settings: Settings, lists: Lists) -> Iterator[ListPlan]:
    """Create and set each list, and yield what was different.

    A list that is not declared is left alone. What still differs afterwards is a
    MailmanError: the server did not do what it was told.
    """
    plugin = lists.plugin_version() is not None
    for each in settings.lists:
        before = _plan(each, settings, lists, plugin=plugin)
        if before.missing:
            lists.create(each)
        found = _plan(each, settings, lists, plugin=plugin)
        lists.update(each, wanted_lists.changes(found.differences))
        left = _plan(each, settings, lists, plugin=plugin)
        yield before
        if not left.agrees:
            shown = "\n".join(str(difference) for difference in left.differences)
            msg = f"{each.address} still differs from what is declared:\n{shown}"
            raise MailmanError(msg, certain=True)


def require(settings: Settings, lists: Lists, needed: Sequence[MailingList]) -> None:
    """Raise MailmanError unless every list of `needed` is as it was declared."""
    plugin = lists.plugin_version() is not None
    for each in needed:
        found = _plan(each, settings, lists, plugin=plugin)
        if not found.agrees:
            what = (
                "is not on the server"
                if found.missing
                else "\n".join(map(str, found.differences))
            )
            msg = (
                f"{each.address}: {what}; run `publisher lists apply`, then push again"
            )
            raise MailmanError(msg, certain=True)


def _plan(
    mailing_list: MailingList, settings: Settings, lists: Lists, *, plugin: bool
) -> ListPlan:
    live = lists.live(mailing_list)
    wanted = wanted_lists.wanted(mailing_list, settings, plugin=plugin)
    if live is None:
        return ListPlan(mailing_list, missing=True, differences=())
    found = wanted_lists.differences(wanted, live)
    return ListPlan(mailing_list, missing=False, differences=found)
