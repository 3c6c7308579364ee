"""How a live list differs from the wanted one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.lists import names, policy, reasons
from publisher.lists.wanted import language_code

if TYPE_CHECKING:
    from publisher.lists.wanted import Wanted
    from publisher.model.settings import MailingList


_MISSING = object()
_DECLARED = (
    "preferred_language", "display_name", "description", names.OWNERS, names.CANARY
)  # fmt: skip
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
    why: str = ""
    """Why it has to be as it is wanted."""

    @property
    def stops_posts(self) -> bool:
        """Tell whether nothing should be posted before it is mended."""
        return reasons.stops(self.setting, self.live)

    def __str__(self) -> str:
        """Write the difference for people, on one line."""
        hint = f"; {self.by_hand}" if self.by_hand else ""
        place = f"{self.mailing_list.address}: {self.setting}"
        return f"{place} is {shown(self.live)} (expected {shown(self.wanted)}{hint})"


def differences(wanted: Wanted, live: Mapping[str, object]) -> tuple[Difference, ...]:
    """Return the settings in which `live` is not as wanted, in the order of `wanted`.

    Values are compared with their types, as REST returns them: 0 is not False.
    """
    wrong = [
        setting
        for setting, value in wanted.settings.items()
        if not _same(live.get(setting, _MISSING), value)
        and not (setting in policy.NEWER and setting not in live)
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
            why=_why(wanted.mailing_list, setting),
        )
        for setting in wrong
    )


def begun(wanted: Wanted, *, plugin_version: str | None) -> tuple[Difference, ...]:
    """Return what a list that is not there will have of its own.

    What it has in common with all others is in `policy`. The server's plugin is named
    if it is not as wanted.
    """
    live = {names.PLUGIN: plugin_version or ""}
    return tuple(
        found
        for found in differences(wanted, live)
        if found.setting in _DECLARED or found.setting == names.PLUGIN
    )


def changes(found: Iterable[Difference]) -> Mapping[str, object]:
    """Return what the server can be told to mend, as `Lists.update` takes it."""
    return {each.setting: each.wanted for each in found if not each.by_hand}


def shown(value: object) -> str:
    """Write a value for people, with nothing that a terminal would obey, and short."""
    text = repr(value)
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"


def _why(mailing_list: MailingList, setting: str) -> str:
    if mailing_list.is_twin and setting == "advertised":
        return "readers need not find a list on which there are drills only"
    return reasons.why(setting)


def _same(live: object, wanted: object) -> bool:
    return type(live) is type(wanted) and live == wanted
