"""The team's keys: what each is for, until when, and what it has signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from publisher.model import roles
from publisher.sign import accept

if TYPE_CHECKING:
    from publisher.model.keys import KeyState
    from publisher.pipeline.tools import Tools

_BATCH = 500
"""Advisories whose texts are verified at once."""


@dataclass(frozen=True, slots=True)
class SignedBy:
    """One signature of a key."""

    path: str
    time: datetime


@dataclass(frozen=True, slots=True)
class HeldKey:
    """One of the team's keys."""

    key: KeyState
    role: roles.Role
    signed: tuple[SignedBy, ...]
    """What it has signed, oldest first, whether or not that still counts."""

    def to_json(self) -> dict[str, Any]:
        """Return the key as `publisher keys --json` shows it."""
        key, end = self.key, self.key.signs_until
        revocation = key.revocation
        return {
            "fingerprint": key.fingerprint,
            "role": str(self.role),
            "user_ids": list(key.user_ids),
            "algorithm": key.primary.algorithm_name,
            "subkeys": [
                {
                    "fingerprint": part.fingerprint,
                    "signs_until": part.expires.isoformat() if part.expires else None,
                    "revoked": part.revocation is not None,
                }
                for part in key.parts[1:]
                if part.signs
            ],
            "created": key.primary.created.isoformat(),
            "signs_until": end.isoformat() if end else None,
            "revoked": revocation.time.isoformat() if revocation else None,
            "compromised": revocation.hard if revocation else False,
            "signed": [
                {"path": each.path, "time": each.time.isoformat()}
                for each in self.signed
            ],
        }


def held(tools: Tools) -> list[HeldKey]:
    """Return the team's keys, those that sign first."""
    team, keys = tools.settings.team, tools.verifier.keys()
    signed: dict[str, list[SignedBy]] = {name: [] for name in team.pinned}
    for name, made in _signatures(tools):
        if name in signed:
            signed[name].append(made)
    return [
        HeldKey(
            keys[name],
            roles.role(keys[name], team, tools.now),
            tuple(sorted(signed[name], key=lambda each: (each.time, each.path))),
        )
        for name in team.pinned
    ]


def _signatures(tools: Tools) -> Iterator[tuple[str, SignedBy]]:
    """Yield the signatures that gpg calls valid, with the keys that made them."""
    advisories = list(tools.repository.snapshot())
    for start in range(0, len(advisories), _BATCH):
        files = [
            (str(tools.repository.folder(advisory) / name), data)
            for advisory in advisories[start : start + _BATCH]
            for name, data in sorted(tools.repository.read(advisory).items())
            if accept.file_name(advisory, name) is not None
        ]
        yield from _valid(tools, files)
        done = min(start + _BATCH, len(advisories))
        tools.progress("looked through", done, len(advisories))


def _valid(
    tools: Tools, files: Sequence[tuple[str, bytes]]
) -> Iterator[tuple[str, SignedBy]]:
    reports = tools.verifier.reports([data for _, data in files])
    for (path, _), report in zip(files, reports, strict=True):
        for status in report.statuses:
            if status[0] == "VALIDSIG" and len(status) > 10 and status[3].isdigit():
                made = datetime.fromtimestamp(int(status[3]), UTC)
                yield status[10], SignedBy(path, made)
