"""What a live list has to be like, and how it differs from that. No IO.

A list's settings are a mapping from names to values:

- most names and values are those of Mailman's REST resource `lists/<id>/config`, with
  tuples for its arrays;
- `template:NAME` is the address of a message template, "" if the list has none;
- `notice:NAME` is the text of a message template, which the plugin tells and sets;
- the others (owners, header matches, what the plugin tells) are in `names`.

`wanted` makes that mapping from the declaration, `publisher.ports.Lists.live` from the
server, and `differences` compares them.
"""

from publisher.lists.compare import Difference, begun, changes, differences
from publisher.lists.texts import notices
from publisher.lists.wanted import Wanted, language_code, wanted

__all__ = [
    "Difference",
    "Wanted",
    "begun",
    "changes",
    "differences",
    "language_code",
    "notices",
    "wanted",
]
