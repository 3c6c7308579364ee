"""The publication record: what became public, chained so that nothing is taken back.

One line of JSON for each signed text that is public or will be, in `record/YEAR.jsonl`
by the year of the advisory's id:

    {"after":[…],"date":"…Z","first":"…Z","id":"ADV-2026-0007","language":"ja",
     "revision":2,"sha256":"…","signature":1}

- An entry's digest is the SHA-256 of its line, without the line end.
- `after` holds the digests of the newest public entries when the text was signed: those
  that no other entry named. Two people who sign on two branches name the same ones;
  once merged, the next entry names both of theirs.
- The *state* is the SHA-256 of these digests, sorted, each followed by a line end. Each
  text edition holds the state before it (`publisher.imprint`), so each signature, and
  each mail in a subscriber's mailbox, vouches for all that was public until then.
- A line is of version 1, which it does not name. One that holds something else names
  its own, and whoever does not know it says "newer", not "forged".
- A text under embargo is named by nobody before its date: nothing tells that it is
  there.
"""

from publisher.record.chain import Record, state
from publisher.record.entry import Entry

__all__ = ["Entry", "Record", "state"]
