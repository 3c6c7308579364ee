"""What ids begin with, where it would be taken for something else (L71x)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from publisher.lint.rule import Problem
from publisher.source import Location

SETTINGS = PurePosixPath("publisher.toml")
ADVERTISEMENTS = frozenset(
    (
        # SpamAssassin's ENGLISH_UCE_SUBJECT, behind whatever is no Latin letter.
        *("ADV", "ADVERT"),
        # Marks that laws and customs ask advertisers for, and what filters add.
        *("AD", "ADLT", "ADS", "ADULT", "ADVT", "PR", "PROMO", "SPAM", "UBE", "UCE"),
    )
)
"""What stands at the head of subjects to say that a mail is an advertisement."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The prefix of new ids, and the text of the settings."""

    prefix: str
    text: str

    @property
    def at(self) -> Location:
        """Return where the prefix is set."""
        table = ""
        for number, line in enumerate(self.text.split("\n"), start=1):
            if header := re.match(r"\s*\[+\s*([A-Za-z0-9_.]+)", line):
                table = header[1]
            if table == "advisories" and re.match(r"\s*prefix\s*=", line):
                return Location(SETTINGS, number)
        return Location(SETTINGS)


def advertising(of: Naming) -> Iterator[Problem]:
    """Find a prefix that spam filters take for the mark of an advertisement."""
    if of.prefix in ADVERTISEMENTS:
        message = (
            f"ids begin with {of.prefix!r}, which reads as the mark of an "
            "advertisement: in subjects such as "
            f"'[注意喚起] {of.prefix}-2026-0007 …' spam filters count it"
        )
        expected = (
            "the team's name or the like as `prefix`; if something is published "
            f'already, `previous = ["{of.prefix}"]` below it'
        )
        yield Problem(of.at, message, expected)
