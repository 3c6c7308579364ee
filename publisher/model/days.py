"""How many days subscribers have, as all texts say it."""

from __future__ import annotations

CONFIRM = 3
"""To confirm a request. Mailman gives its own requests, those made by REST, as many:
`pending_request_life` in mailman.cfg."""
UNDO = 7
"""To undo a change of address, from the old one."""
WARNED = 7
"""To come back, after mail was returned and a warning was sent."""
