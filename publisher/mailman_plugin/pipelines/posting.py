"""The pipeline `publisher-posting-pipeline`: no step of it can alter a body.

What it does to a post, in this order:

- `publisher-recipients`: who gets it.
- `cleanse`: drops headers that hold a password or ask for receipts.
- `cleanse-dkim`: drops signatures that the list's headers break, if mailman.cfg says so
  (`remove_dkim_headers`); the MTA signs again.
- `cook-headers`: `Precedence: list`, and Reply-To as the list has it.
- `rfc-2369`: List-Id and the other headers of a list.
- `after-delivery`: counts the post; the interval of VERP goes by that.
- `to-outgoing`: hands it to the runner that delivers.

What stock Mailman does beside that, and what is left out here:

- `mime-delete`, `dmarc`: rewrite bodies or From, if a list is set so.
- `subject-prefix`, `tagger`: change the Subject; look through the body for topics.
- `to-archive`, `to-digest`, `to-usenet`: copies elsewhere. The site is the archive.
- `avoid-duplicates`: drops subscribers who are in To or Cc. The team names nobody but
  the list there.
- `validate-authenticity`: looks at signatures by the DNS; the post came by REST.
- `acknowledge`: an answer to whom From names.
"""

from __future__ import annotations

from mailman.pipelines.base import BasePipeline

from publisher.lists import names
from publisher.mailman_plugin.handlers.recipients import Recipients

__all__ = ["Posting"]


class Posting(BasePipeline):  # type: ignore[misc]  # Mailman has no types.
    """Hand a signed post on as it is."""

    name = names.PIPELINE
    description = "Hand a signed announcement on as it is."

    _default_handlers = (
        Recipients.name,
        "cleanse",
        "cleanse-dkim",
        "cook-headers",
        "rfc-2369",
        "after-delivery",
        "to-outgoing",
    )
