"""From the declaration of a list to its complete settings on the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import publisher
from publisher.lists import names, policy

if TYPE_CHECKING:
    from publisher.model.ids import Language
    from publisher.model.settings import MailingList, Settings

_PIPELINE = "posting_pipeline"
_ADVERTISED = "advertised"
"""Readers need not find a list on which there are drills only."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list and all the settings that it has to have."""

    mailing_list: MailingList
    settings: Mapping[str, object]


def wanted(
    mailing_list: MailingList,
    settings: Settings,
    *,
    plugin: bool,
    notices: Mapping[str, str] = MappingProxyType({}),
) -> Wanted:
    """Return how `mailing_list` has to be on a server with or without our plugin.

    `notices` are the texts to subscribers that the plugin is to have.
    """
    values: dict[str, object] = dict(_own(mailing_list, settings))
    if plugin:
        values |= {
            names.POSTING_CHAIN: names.CHAIN,
            names.FINGERPRINTS: tuple(sorted(settings.team.pinned)),
            names.LEAVE_URL: _leave_url(mailing_list, settings),
            **notices,
        }
    values |= _server(settings, plugin=plugin)
    for name, rule in policy.RULES.items():
        if plugin or name not in policy.PLUGIN_ONLY:
            values[name] = rule.value
    if plugin:
        values[_PIPELINE] = names.PIPELINE
    if mailing_list.is_twin:
        values[_ADVERTISED] = False
    return Wanted(mailing_list, values)


def language_code(language: Language) -> str:
    """Return Mailman's code of a language, e.g. `ja` or `pt_BR`."""
    return language.replace("-", "_")


def _server(settings: Settings, *, plugin: bool) -> Mapping[str, object]:
    """Return what is the server's own, or on every list the same."""
    mailman = settings.mailman
    values: dict[str, object] = {}
    if settings.canary is not None:
        values[names.CANARY] = settings.canary.address
    if plugin or (mailman is not None and mailman.plugin):
        values[names.PLUGIN] = publisher.__version__
    return values


def _leave_url(mailing_list: MailingList, settings: Settings) -> str:
    """Return where the list's subscribers leave with one click; "" if they do not."""
    mailman = settings.mailman
    return mailman.leave_url if mailman and mailing_list.one_click else ""


def _own(mailing_list: MailingList, settings: Settings) -> Mapping[str, object]:
    """Return what differs from list to list; Mailman takes no line ends in these."""
    description = _one_line(mailing_list.description)
    return {
        "preferred_language": language_code(mailing_list.language),
        "display_name": _one_line(mailing_list.title),
        "description": description,
        "info": description,
        names.OWNERS: tuple(sorted({owner.lower() for owner in settings.owners})),
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())
