"""What helps when gpg or git cannot do what it is asked: pure tables of reasons.

gpg says why it failed in the operator's language, and as a number beside that
(GnuPG, doc/DETAILS, FAILURE; libgpg-error, err-codes.h); the number is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_CODE = 0xFFFF
"""The bits of the number that say why; the others say who."""
_TERMINAL = (
    "gpg has no terminal to ask for the passphrase at: run `export GPG_TTY=$(tty)` in "
    "a terminal and try again there, or install a pinentry with a window"
)
_SIZE = "the terminal's window is too small to ask for the passphrase: make it larger"
_PINENTRY = (
    "nothing can ask for the passphrase: install a pinentry (`apt install "
    "pinentry-curses`), see `pinentry-program` in gpg-agent.conf, then run "
    "`gpgconf --kill gpg-agent`"
)
_AGENT = (
    "gpg's agent does not answer: start it with `gpgconf --launch gpg-agent`; see that "
    "this account can write to GNUPGHOME"
)
_CARD = (
    "insert the card (`gpg --card-status` has to show it); if it is in, run "
    "`gpgconf --kill scdaemon`"
)
_WRONG = "the passphrase or PIN was wrong: try again"
_CANCELLED = "it was not given the passphrase or PIN: try again and type it"

GPG: Mapping[int, str] = {
    11: _WRONG,
    62: "nobody has typed the passphrase or touched the card in time: try again",
    77: _AGENT,
    78: _AGENT,
    85: _PINENTRY,
    86: _PINENTRY,
    87: _WRONG,
    99: _CANCELLED,
    108: _CARD,
    109: _CARD,
    110: _CARD,
    111: _CARD,
    112: _CARD,
    119: "cards cannot be read: install scdaemon (`apt install scdaemon`)",
    177: _CANCELLED,
    198: _CANCELLED,
    301: _SIZE,
    # Of the system: ECONNREFUSED, ENOTTY, ENXIO, ENOSPC, EROFS.
    0x8000 | 25: _AGENT,
    0x8000 | 102: _TERMINAL,
    0x8000 | 107: _TERMINAL,
    0x8000 | 91: "there is no room left on the disk: make some",
    0x8000 | 122: "gpg's home cannot be written to: see GNUPGHOME",
}
"""What helps, by the number of the reason."""

_OBJECTS = (
    "objects are missing or damaged in this clone: see `git fsck`, and make a new "
    "clone if it names any; in a partial clone, bring all of it with "
    "`git fetch --refetch --no-filter`"
)
GIT: Sequence[tuple[str, str]] = (
    (
        "dubious ownership",
        "the folder belongs to another account: run this as that one, or, if you trust "
        "whoever can write to it, say so to git: "
        "`git config --global --add safe.directory {root}`",
    ),
    (
        r"promisor remote|missing (blob|tree|object)|bad (object|tree|blob|file)"
        r"|object file .* is empty|object .* is corrupt|corrupt loose object"
        r"|unable to (read|unpack)|could not (read|parse)|inflate"
        r"|packfile .* (corrupt|cannot be|is too)|not a valid object name"
        r"|not a tree object|invalid object name|Failed to traverse",
        _OBJECTS,
    ),
    (
        r"bad (numeric )?config|unable to access .*config",
        "git's settings cannot be read: mend the file that it names",
    ),
    ("Permission denied", "this account may not read the repository: see who may"),
)
"""What git says in English, and what helps; `{root}` is the project's folder."""


def for_gpg(failure: str) -> str:
    """Return what helps against a number of gpg's `FAILURE`; empty if nobody knows."""
    return GPG.get(int(failure) & _CODE, "") if failure.isdecimal() else ""


def for_git(told: str, root: str) -> str:
    """Return what helps against what git said; empty if nobody knows."""
    known = (helps for pattern, helps in GIT if re.search(pattern, told, re.IGNORECASE))
    return next(known, "").replace("{root}", root)
