"""What the machine index of the site says of an advisory, for those who quote it."""

from __future__ import annotations

import functools
import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from publisher.render import paths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from publisher.model.ids import AdvisoryId
    from publisher.ports import Site

_MANY = 500


def known(site: Site) -> Callable[[AdvisoryId], Mapping[str, Any]]:
    """Return what reads the facts of an advisory that is in place.

    So a feed after one change costs some small files, and no advisory is parsed or
    rendered again for it.
    """

    @functools.lru_cache(maxsize=_MANY)
    def facts(advisory: AdvisoryId) -> Mapping[str, Any]:
        data = site.read(PurePosixPath(paths.api_advisory(advisory)))
        read: Mapping[str, Any] = json.loads(data)
        return read

    return facts
