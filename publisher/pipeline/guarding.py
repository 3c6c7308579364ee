"""Before the site is put up: what the public has seen must be known here.

The publication record in git could be rolled back together with the advisories, by
mistake or by whoever has a git account; the public's copy of it could not.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from publisher.errors import TrustError, WebError
from publisher.pipeline import recording
from publisher.render import record

if TYPE_CHECKING:
    from publisher.pipeline.tools import Tools
    from publisher.ports import Web


def require_known(tools: Tools, web: Web) -> bool:
    """Raise TrustError if the public's record has entries that are missing here.

    Tell whether there was a public record to compare with: a site that is not up yet,
    or not within reach, has none.
    """
    url = f"{tools.settings.site.url}/{record.INDEX}"
    try:
        data = web.fetch(url)
    except WebError:
        return False
    try:
        heads = json.loads(data)["heads"]
        unknown = [head for head in heads if not isinstance(head, str)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        msg = f"{url}: is no publication record: see what serves {url}"
        raise TrustError(msg) from error
    known = recording.current(tools).entries
    unknown += [head for head in heads if head not in known]
    if unknown:
        msg = (
            f"a newer site is up than this clone knows of: {url} names {len(unknown)} "
            "of the newest published texts that are not in record/ here: bring the "
            "clone up to date (`git pull`), then publish again; if it is up to date, "
            "somebody has taken entries away, or the site is not yours: see `publisher "
            "verify` of the site"
        )
        raise TrustError(msg)
    return True
