"""One line of the record, in its one spelling."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from publisher.model import ids, moment
from publisher.model.chain import EditionKey

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FIELDS = frozenset(
    ("after", "date", "first", "id", "language", "revision", "sha256", "signature")
)
_VERSION = 1
"""Of a line that names none. Lines that hold something else one day will name theirs,
so that who does not know them says so instead of calling them forged."""

# `json.dumps` would make an encoder for each of a whole archive's entries.
_written_as = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class Entry:
    """That a signed text became public."""

    key: EditionKey
    signature: int
    """1 for the first signature on a text, 2 and on for later ones."""
    sha256: str
    """Of the signed file."""
    date: datetime
    """Of the revision: it is public from then on."""
    first: datetime
    """When the advisory was first published."""
    after: tuple[str, ...]
    """The digests of the entries that were the newest ones, sorted."""

    @property
    def filename(self) -> str:
        """Return the name of the signed file in the folder of its advisory."""
        return self.key.signed_name(self.signature)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the entry's line."""
        return sha256(str(self).encode()).hexdigest()

    def __str__(self) -> str:
        """Write the entry as its line, without the line end."""
        values = {
            "after": self.after,
            "date": _written(self.date),
            "first": _written(self.first),
            "id": str(self.key.id),
            "language": self.key.language,
            "revision": self.key.revision,
            "sha256": self.sha256,
            "signature": self.signature,
        }
        return _written_as(values)

    @classmethod
    def parse(cls, line: str) -> Entry:
        """Return the entry that `line` is, or raise ValueError.

        What is not written exactly as `str` writes it is none.
        """
        try:
            entry = cls._read(json.loads(line))
        except (KeyError, TypeError, RecursionError) as error:
            msg = "is no entry of the record"
            raise ValueError(msg) from error
        if str(entry) != line:
            msg = "is no entry of the record in its one spelling"
            raise ValueError(msg)
        return entry

    @classmethod
    def _read(cls, data: Any) -> Entry:
        if isinstance(data, dict) and data.get("version", _VERSION) != _VERSION:
            msg = "is an entry of a newer version of this program: update this one"
            raise ValueError(msg)
        if not isinstance(data, dict) or data.keys() != _FIELDS:
            msg = f"has other fields than {', '.join(sorted(_FIELDS))}"
            raise ValueError(msg)
        digests = [data["sha256"], *data["after"]]
        if not all(isinstance(d, str) and _DIGEST.fullmatch(d) for d in digests):
            msg = "holds something that is no SHA-256"
            raise ValueError(msg)
        if sorted(set(data["after"])) != data["after"]:
            msg = "does not name what is before it in order"
            raise ValueError(msg)
        for field in ("revision", "signature"):
            if type(data[field]) is not int or not 1 <= data[field] <= 9999:
                msg = f"has no {field} from 1 to 9999"
                raise ValueError(msg)
        advisory = ids.AdvisoryId.parse(data["id"])
        language = ids.language(data["language"])
        return cls(
            key=EditionKey(advisory, data["revision"], language),
            signature=data["signature"],
            sha256=data["sha256"],
            date=_moment(data["date"]),
            first=_moment(data["first"]),
            after=tuple(data["after"]),
        )


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime:
    return moment.shown(datetime.fromisoformat(text))
