"""Compare the declared lists with the server, and make the server agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher import lists as wanted_lists
from publisher.errors import MailmanError

if TYPE_CHECKING:
    from publisher.lists import Difference
    from publisher.model.settings import MailingList
    from publisher.ports import Lists
    from publisher.presentation import Presentation


@dataclass(frozen=True, slots=True)
class ListPlan:
    """What has to happen to one list."""

    mailing_list: MailingList
    missing: bool
    differences: tuple[Difference, ...]
    """Of a list that is missing: what it has of its own, and what has to be done by
    hand before it is as declared."""

    @property
    def agrees(self) -> bool:
        """Tell whether nothing has to happen."""
        return not self.missing and not self.differences


def plan(presentation: Presentation, lists: Lists) -> tuple[ListPlan, ...]:
    """Return how each declared list differs from the server's."""
    compare = _comparer(presentation, lists)
    return tuple(compare(each) for each in presentation.settings.every_list)


def apply(presentation: Presentation, lists: Lists) -> Iterator[ListPlan]:
    """Create and set each list, and yield what was different.

    A list that is not declared is left alone. What still differs when all is done is a
    MailmanError: it is to be mended by hand, or the server did not do what it was told.
    """
    compare = _comparer(presentation, lists)
    left: list[Difference] = []
    for each in presentation.settings.every_list:
        before = compare(each)
        if before.missing:
            lists.create(each)
        lists.update(each, wanted_lists.changes(compare(each).differences))
        left += compare(each).differences
        yield before
    if left:
        shown = "\n".join(map(str, left))
        msg = f"the server still differs from what is declared:\n{shown}"
        raise MailmanError(msg, certain=True)


def require(
    presentation: Presentation, lists: Lists, needed: Sequence[MailingList]
) -> None:
    """Raise MailmanError unless every list of `needed` passes a signed post on.

    A list that differs only in what does not touch a post, such as its description,
    must not hold up an alert.
    """
    compare = _comparer(presentation, lists)
    for each in needed:
        found = compare(each)
        stopping = [
            str(each)
            for each in found.differences
            if each.stops_posts and (each.by_hand or not found.missing)
        ]
        if found.missing or stopping:
            missing = [f"{each.address}: is not on the server"] * found.missing
            what = "\n".join([*missing, *stopping])
            msg = f"{what}\nrun `publisher lists apply`, then push again"
            raise MailmanError(msg, certain=True)


def _comparer(
    presentation: Presentation, lists: Lists
) -> Callable[[MailingList], ListPlan]:
    version = lists.plugin_version()

    def compare(mailing_list: MailingList) -> ListPlan:
        live = lists.live(mailing_list)
        wanted = wanted_lists.wanted(
            mailing_list,
            presentation.settings,
            plugin=version is not None,
            notices=wanted_lists.notices(mailing_list, presentation),
        )
        if live is None:
            new = wanted_lists.begun(wanted, plugin_version=version)
            return ListPlan(mailing_list, missing=True, differences=new)
        found = wanted_lists.differences(wanted, live)
        return ListPlan(mailing_list, missing=False, differences=found)

    return compare
