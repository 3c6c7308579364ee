"""The errors that users can meet, grouped by who has to act.

PublisherError
├── AuthorError            exit code 1: somebody has to change an advisory
│   └── FindingsError      parse or lint found something; carries the findings
├── OperatorError          exit code 2: settings, keys or usage
│   ├── SettingsError      publisher.toml, or a secret that it names
│   ├── SpoiltError        a template spoils a text that is to be signed
│   ├── BusyError          another process works on the same project
│   ├── ClockError         this machine's clock cannot be relied on
│   ├── ForeignError       local state that was made elsewhere, and is not believed
│   └── TrustError         a signature or a signed text is in doubt
│       └── SetAsideError  it is a good one, and counts for nothing now
│           ├── RevokedError   its key was revoked since
│           ├── EndedError     it was made to hold for a time, which is over
│           └── EarlyError     it was made on a clock that is ahead of this one
└── WorldError             exit code 3: trying again may help
    ├── ProgramError       another program did not end in time, or wrote too much
    ├── GpgError           gpg could not be run, or failed
    ├── MailmanError       the list server did not do what it was asked
    ├── InboxError         the canary's mailbox cannot be read, or misses a mail
    └── WebError           the site could not be fetched, or shows something else

A message says what is wrong and then what to do; it starts in lower case and has
no full stop at its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from publisher.source import Finding


class PublisherError(Exception):
    """Something that a user can mend; anything else is a bug and keeps its trace."""

    code: ClassVar[str] = "error"
    """What kind it is, for scripts: these words stay as they are (docs/json.md)."""
    exit_code: ClassVar[int] = 3


class AuthorError(PublisherError):
    """An author has to change a file."""

    code: ClassVar[str] = "author"
    exit_code: ClassVar[int] = 1


class FindingsError(AuthorError):
    """Advisories do not pass; `findings` says where and why."""

    code: ClassVar[str] = "lint"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class OperatorError(PublisherError):
    """The operator has to change settings, keys or the command line."""

    code: ClassVar[str] = "operator"
    exit_code: ClassVar[int] = 2


class SettingsError(OperatorError):
    """`publisher.toml`, or a secret that it names, cannot be used."""

    code: ClassVar[str] = "settings"


class SpoiltError(OperatorError):
    """A text edition cannot be signed, for what no author of it wrote."""

    code: ClassVar[str] = "spoilt"


class BusyError(OperatorError):
    """Another process works on the same project: it has to end first."""

    code: ClassVar[str] = "busy"


class ClockError(OperatorError):
    """This machine's clock, or one that it depends on, is wrong."""

    code: ClassVar[str] = "clock"


class ForeignError(OperatorError):
    """Local state was not made by this clone, and cannot be made again."""

    code: ClassVar[str] = "foreign"


class TrustError(OperatorError):
    """A signature, or what it covers, is in doubt; nothing goes on."""

    code: ClassVar[str] = "trust"


class RecordError(TrustError):
    """The publication record does not hang together."""


class SetAsideError(TrustError):
    """A signature does not count now; another one on the same text may stand."""

    code: ClassVar[str] = "set-aside"


class RevokedError(SetAsideError):
    """What signed it was revoked."""

    code: ClassVar[str] = "revoked"


class EndedError(SetAsideError):
    """It was made to hold for a time, and that is over."""

    code: ClassVar[str] = "ended"


class EarlyError(SetAsideError):
    """It was made later than now, by the clock that it was made by."""

    code: ClassVar[str] = "early"

    def __init__(self, message: str, made: datetime) -> None:
        """Take when it was made: as of then, it counts."""
        self.made = made
        super().__init__(message)


class WorldError(PublisherError):
    """Something outside failed: gpg, Mailman, the network, the disk."""

    code: ClassVar[str] = "world"
    exit_code: ClassVar[int] = 3


class ProgramError(WorldError):
    """Another program did not end in time, or wrote without end."""

    code: ClassVar[str] = "program"


class GpgError(WorldError):
    """`gpg` cannot be run, or did not do what it was asked."""

    code: ClassVar[str] = "gpg"


class MailmanError(WorldError):
    """The list server refused, failed or did not answer in time."""

    code: ClassVar[str] = "mailman"

    def __init__(self, message: str, *, certain: bool = False) -> None:
        """Take whether it is `certain` that the request was not carried out."""
        self.certain = certain
        super().__init__(message)


class InboxError(WorldError):
    """The canary's mailbox cannot be read, or a mail did not come in time."""

    code: ClassVar[str] = "inbox"

    def __init__(self, message: str, *, lasting: bool = False) -> None:
        """Take whether it stays so until somebody does something, e.g. a password."""
        self.lasting = lasting
        super().__init__(message)


class WebError(WorldError):
    """A public address cannot be fetched, or serves other bytes than were built."""

    code: ClassVar[str] = "web"

    def __init__(self, message: str, *, missing: bool = False) -> None:
        """Take whether the server said that there is nothing at the address."""
        self.missing = missing
        super().__init__(message)
