"""How a live list differs from the wanted one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.lists import names, policy
from publisher.lists.wanted import language_code

if TYPE_CHECKING:
    from publisher.lists.wanted import Wanted
    from publisher.model.settings import MailingList


_MISSING = object()
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting of a list that is not as it should be."""

    mailing_list: MailingList
    setting: str
    live: object
    """None also if the server does not tell it."""
    wanted: object
    by_hand: str = ""
    """What the operator has to do; empty if the server can be told."""

    @property
    def stops_posts(self) -> bool:
        """Tell whether nothing should be posted before it is mended."""
        return self.setting in policy.STOPS_POSTS

    def __str__(self) -> str:
        """Write the difference for people, on one line."""
        hint = f"; {self.by_hand}" if self.by_hand else ""
        place = f"{self.mailing_list.address}: {self.setting}"
        return f"{place} is {_short(self.live)} (expected {_short(self.wanted)}{hint})"


def differences(wanted: Wanted, live: Mapping[str, object]) -> tuple[Difference, ...]:
    """Return the settings in which `live` is not as wanted, in the order of `wanted`.

    Values are compared with their types, as REST returns them: 0 is not False.
    """
    wrong = [
        setting
        for setting, value in wanted.settings.items()
        if not _same(live.get(setting, _MISSING), value)
    ]
    if any(setting.startswith(names.template("")) for setting in wrong):
        # What stands around a post is then of the templates' making.
        wrong = [setting for setting in wrong if setting != names.DECORATION]
    language = language_code(wanted.mailing_list.language)
    return tuple(
        Difference(
            mailing_list=wanted.mailing_list,
            setting=setting,
            live=live.get(setting),
            wanted=wanted.settings[setting],
            by_hand=policy.BY_HAND.get(setting, "").format(language=language),
        )
        for setting in wrong
    )


def changes(found: Iterable[Difference]) -> Mapping[str, object]:
    """Return what the server can be told to mend, as `Lists.update` takes it."""
    return {each.setting: each.wanted for each in found if not each.by_hand}


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _WIDEST else f"{shown[:_WIDEST]}…"


def _same(live: object, wanted: object) -> bool:
    return type(live) is type(wanted) and live == wanted
