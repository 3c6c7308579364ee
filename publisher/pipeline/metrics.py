"""The facts as Prometheus reads them: its text format, version 0.0.4.

Names and labels stay the same; a value that is not known has no line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.push.due import State

if TYPE_CHECKING:
    from publisher.model.concern import Concern
    from publisher.pipeline.watching import Facts

_Sample = tuple[dict[str, str], float]


@dataclass(frozen=True, slots=True)
class _Family:
    """One metric and its values; all of them are gauges."""

    name: str
    about: str
    samples: Sequence[_Sample]


def text(facts: Facts, concerns: Sequence[Concern]) -> str:
    """Return the whole file."""
    return "".join(_lines(each) for each in _families(facts, concerns) if each.samples)


def _families(facts: Facts, concerns: Sequence[Concern]) -> Iterator[_Family]:
    urgency = max((each.urgency for each in concerns), default=0)
    yield _one("status", "0 all is well, 1 warning, 2 critical", urgency)
    codes = sorted({each.code for each in concerns})
    counts = [
        ({"code": str(c)}, sum(each.code == c for each in concerns)) for c in codes
    ]
    yield _Family("concerns", "What is to be looked at, by kind", counts)
    yield _one("advisories", "Advisories that are published", facts.advisories)
    states = [({"state": str(s)}, facts.states.get(str(s), 0)) for s in State]
    yield _Family("mails", "Texts on lists, by what is known of each", states)
    due = facts.of(State.DUE)
    age = (facts.now - due[0].since).total_seconds() if due else 0.0
    yield _one("oldest_due_seconds", "Since when a mail is due", max(age, 0.0))
    yield _Family("inbox_seconds", "From push to the canary's mailbox", _inbox(facts))
    if facts.published is not None:
        about = "When a mail was posted last"
        yield _one("last_post_timestamp_seconds", about, facts.published.timestamp())
    yield from _site(facts)
    yield from _server(facts)
    yield from _ends(facts)
    yield _one("checked_timestamp_seconds", "When this was written", _stamp(facts))


def _inbox(facts: Facts) -> list[_Sample]:
    """Return one value for each list, that of its newest mail."""
    seen: dict[str, float] = {}
    for each in facts.of(State.DELIVERED):
        if each.seconds is not None:
            seen[each.mailing_list.address] = each.seconds
    return [({"list": name}, seconds) for name, seconds in sorted(seen.items())]


def _site(facts: Facts) -> Iterator[_Family]:
    act = facts.deploy
    if act is not None:
        is_good = act.ended is not None and not act.problem
        yield _one("deploy_ok", "1 if the site was put up the last time", is_good)
        about = "When the site was begun to be put up"
        yield _one("deploy_timestamp_seconds", about, act.begun.timestamp())


def _server(facts: Facts) -> Iterator[_Family]:
    server = facts.server
    if server is None:
        return
    yield _one("server_up", "1 if the list server answers", not server.problem)
    if not server.problem:
        about = "Lists that are not as declared"
        yield _one("lists_differing", about, len(facts.undeclared))
    waiting = [
        ({"where": each.where, "kind": str(each.kind)}, float(each.count))
        for each in server.matters
    ]
    yield _Family("waiting", "What is held, put aside or bounces", waiting)


def _ends(facts: Facts) -> Iterator[_Family]:
    keys = [
        ({"fingerprint": name}, end.timestamp())
        for name, end in facts.keys.items()
        if end is not None
    ]
    about = "Until when a key can sign; a key without end has no line"
    yield _Family("key_end_timestamp_seconds", about, keys)
    if facts.expires is not None:
        about = "Until when security.txt holds"
        end = facts.expires.timestamp()
        yield _one("security_txt_end_timestamp_seconds", about, end)


def _one(name: str, about: str, value: float) -> _Family:
    return _Family(name, about, [({}, value)])


def _stamp(facts: Facts) -> float:
    return facts.now.timestamp()


def _lines(family: _Family) -> str:
    name = f"publisher_{family.name}"
    head = f"# HELP {name} {family.about}\n# TYPE {name} gauge\n"
    lines = [
        f"{name}{_labels(labels)} {float(value)!r}\n"
        for labels, value in family.samples
    ]
    return head + "".join(lines)


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    pairs = (f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{','.join(pairs)}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
