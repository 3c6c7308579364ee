"""How the files of the machine index are written, and what more of them share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from publisher.render import html, layout, paths

if TYPE_CHECKING:
    from publisher.model.ids import AdvisoryId
    from publisher.model.summary import Summary

CURRENT, WITHDRAWN, SUPERSEDED = "current", "withdrawn", "superseded"


def document(site: str, schema: str, members: Mapping[str, Any]) -> bytes:
    """Return a file that names its schema first."""
    whole = {"$schema": layout.address(site, paths.api_schema(schema)), **members}
    text = json.dumps(visible(whole), ensure_ascii=False, indent=1)
    return f"{text}\n".encode()


def visible(value: Any) -> Any:
    """Return a JSON value whose texts hide and reorder nothing."""
    if isinstance(value, str):
        return html.visible(value)
    if isinstance(value, Mapping):
        return {key: visible(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [visible(each) for each in value]
    return value


def state(summary: Summary) -> str:
    """Say whether an advisory still holds."""
    if summary.withdrawn:
        return WITHDRAWN
    return SUPERSEDED if summary.superseded_by else CURRENT


def links(site: str, advisory: AdvisoryId) -> dict[str, str]:
    """Return where people and machines read an advisory."""
    return {
        "url": layout.address(site, paths.landing(advisory)),
        "api": layout.address(site, paths.api_advisory(advisory)),
    }
