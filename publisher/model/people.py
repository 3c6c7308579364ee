"""Whether two people, as git and keys know them, may be one.

A forge that hides mail addresses writes one of its own instead, which says the login
and perhaps a number that stays when the login changes:

    12345+name@users.noreply.github.com    GitHub; without the number until 2017
    123-name@users.noreply.gitlab.example  GitLab
    name@noreply.codeberg.org              Forgejo and Gitea

No mail reaches it, so no key has it. Whoever has one is known by the number, by the
login, and by the name beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NOREPLY = re.compile(
    r"(?:(?P<number>[0-9]+)[+-])?(?P<login>[^@]+)@(?P<host>(?:[^@]*\.)?noreply\.[^@]+)"
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as git or a key knows them."""

    name: str
    """What messages call them."""
    addresses: frozenset[str]
    """Mail addresses as they are compared: in lower case, those that `.mailmap` gives
    for them too."""
    names: frozenset[str] = frozenset()
    """Names that stand beside the addresses."""

    def __str__(self) -> str:
        """Write the person as mail programs do."""
        return f"{self.name} <{', '.join(sorted(self.addresses))}>".strip()

    @property
    def is_masked(self) -> bool:
        """Whether a forge's own address is among the addresses."""
        return any(map(_NOREPLY.fullmatch, self.addresses))

    def is_same(self, other: Person) -> bool:
        """Tell whether this may be the same person as `other`.

        By an address, by what a forge's address says, and if that is all that is
        known of one of them, by the name or by what stands before the other's `@`.
        """
        if self._known_as() & other._known_as():
            return True
        masked = self.is_masked or other.is_masked
        return masked and bool(self._called() & other._called())

    def _known_as(self) -> set[str]:
        found = set(self.addresses)
        for match in map(_NOREPLY.fullmatch, self.addresses):
            if match:
                found.add(f"{match['login']}@{match['host']}")
                if match["number"]:
                    found.add(f"{match['number']}+@{match['host']}")
        return found

    def _called(self) -> set[str]:
        found = {" ".join(name.casefold().split()) for name in self.names}
        for address in self.addresses:
            match = _NOREPLY.fullmatch(address)
            found.add(match["login"] if match else address.partition("@")[0])
        return found - {""}
