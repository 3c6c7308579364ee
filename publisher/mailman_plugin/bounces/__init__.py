"""Bounces: which mail that comes to `LIST-bounces@` counts, and against whom.

Anybody can write there, and name whom he likes. So what comes counts only

- with a token of ours in the address that it was sent to (`tokens`), or with that of a
  probe of Mailman's: it says whose mail came back, whatever the report names (`who`);
- if the report says that the address is dead (`received` reads it within limits,
  `verdict` judges it), not late, not away, not a complaint about spam;
- if it is not the canary's, the team's own mailbox (`canaries`, `processor`).

Where posts go out without tokens, one copy for many, a report in the standard's form
counts for members whom it names, so many a day at most: what comes of that is a probe,
and never more.
"""
