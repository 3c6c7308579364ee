"""A CVSS vector explained metric by metric, in a reader's language.

The names of metrics and values are those of the specifications, each with its
letters, so that the messages of one word are told apart: `High (H)`. What the value
of a base metric means is said in words of our own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from cvss import constants2, constants3, constants4

if TYPE_CHECKING:
    from publisher.model.score import Score
    from publisher.words import Words

MODIFIED = "{metric}, modified"
"""The message of a metric that is set anew for an environment."""
_TABLES: Mapping[str, ModuleType] = {
    "2.0": constants2,
    "3.0": constants3,
    "3.1": constants3,
    "4.0": constants4,
}
_UNDEFINED = frozenset(("X", "ND"))
# What the library abbreviates or misspells, as the specifications write it.
_SPELT = {
    "Attack Requirement": "Attack Requirements",
    "Confidentiality Req.": "Confidentiality Requirement",
    "Integrity Req.": "Integrity Requirement",
    "Availability Req.": "Availability Requirement",
    "Inrecoverable": "Irrecoverable",
    "POC": "Proof-of-Concept",
}

_READ = {
    "N": "Nothing can be read.",
    "L": "Some of the data can be read.",
    "H": "All data can be read, or what matters most.",
}
_CHANGED = {
    "N": "Nothing can be changed.",
    "L": "Some of the data can be changed, with limited harm.",
    "H": "All data can be changed, or what matters most.",
}
_STOPPED = {
    "N": "The service goes on.",
    "L": "The service can be slowed down or interrupted.",
    "H": "The service can be stopped.",
}
_REACHED = {
    "N": "The attack comes over a network, possibly from anywhere on the Internet.",
    "A": "The attack comes from the same network segment, or from close by.",
    "L": "The attacker works on the system itself, or has somebody open something "
    "there.",
    "P": "The attacker has to touch the device.",
}
_RIGHTS = {
    "N": "The attacker needs no account.",
    "L": "The attacker needs an ordinary account.",
    "H": "The attacker needs the rights of an administrator.",
}
_SIMPLE = "Nothing special has to come together."
_SELDOM = "Conditions have to be met that the attacker does not control."
_NOBODY = "Nobody else has to do anything."

_TWO = {
    "AV": _REACHED,
    "AC": {
        "L": _SIMPLE,
        "M": "Some conditions have to be met.",
        "H": "Conditions have to be met that are seldom.",
    },
    "Au": {
        "N": "The attacker does not have to log in.",
        "S": "The attacker has to log in once.",
        "M": "The attacker has to log in twice or more.",
    },
    "C": {"N": _READ["N"], "P": _READ["L"], "C": "All data can be read."},
    "I": {"N": _CHANGED["N"], "P": _CHANGED["L"], "C": "All data can be changed."},
    "A": {"N": _STOPPED["N"], "P": _STOPPED["L"], "C": _STOPPED["H"]},
}
_THREE = {
    "AV": _REACHED,
    "AC": {"L": _SIMPLE, "H": _SELDOM},
    "PR": _RIGHTS,
    "UI": {
        "N": _NOBODY,
        "R": "Somebody has to do something, for example open a file.",
    },
    "S": {
        "U": "Only what is vulnerable itself is harmed.",
        "C": "More is harmed than what is vulnerable itself.",
    },
    "C": _READ,
    "I": _CHANGED,
    "A": _STOPPED,
}
_FOUR = {
    "AV": _REACHED,
    "AC": {"L": _SIMPLE, "H": "Protective measures have to be circumvented."},
    "AT": {
        "N": "The attack works in all or most installations.",
        "P": "The attack works in certain installations only, or with luck.",
    },
    "PR": _RIGHTS,
    "UI": {
        "N": _NOBODY,
        "P": "Somebody has to use the system as usual.",
        "A": "Somebody has to do something particular, for example open a file.",
    },
    "VC": _READ,
    "VI": _CHANGED,
    "VA": _STOPPED,
    "SC": _READ,
    "SI": _CHANGED,
    "SA": _STOPPED,
}
_NOTES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "2.0": _TWO,
    "3.0": _THREE,
    "3.1": _THREE,
    "4.0": _FOUR,
}


class Metric(NamedTuple):
    """One metric of a vector, in words."""

    name: str
    value: str
    note: str
    """What it means; empty but for the base metrics, which are always there."""


def explained(score: Score, words: Words) -> tuple[Metric, ...]:
    """Return the metrics that the vector of `score` defines, in its order."""
    return tuple(
        Metric(
            _name(score.version, metric, words),
            words(_value(score.version, metric, value)),
            words(note) if (note := _note(score.version, metric, value)) else "",
        )
        for metric, value in _defined(score.vector)
    )


def messages() -> frozenset[str]:
    """Return every message that an explanation can ask for."""
    found = {MODIFIED}
    for version, table in _TABLES.items():
        for metric, values in table.METRICS_VALUE_NAMES.items():
            for value in values.keys() - _UNDEFINED:
                found |= {
                    _message(version, _unmodified(version, metric) or metric),
                    _value(version, metric, value),
                    _note(version, metric, value),
                }
    return frozenset(found - {""})


def _defined(vector: str) -> Iterator[tuple[str, str]]:
    for pair in vector.split("/"):
        metric, _, value = pair.partition(":")
        if metric != "CVSS" and value not in _UNDEFINED:
            yield metric, value


def _name(version: str, metric: str, words: Words) -> str:
    base = _unmodified(version, metric)
    if base:
        return words(MODIFIED, metric=words(_message(version, base)))
    return words(_message(version, metric))


def _message(version: str, metric: str) -> str:
    name = _TABLES[version].METRICS_ABBREVIATIONS[metric]
    return f"{_SPELT.get(name, name)} ({metric})"


def _unmodified(version: str, metric: str) -> str:
    """Return the base metric that `metric` sets anew; empty if it does not."""
    known = _TABLES[version].METRICS_ABBREVIATIONS
    return metric[1:] if metric[0] == "M" and metric[1:] in known else ""


def _value(version: str, metric: str, value: str) -> str:
    name = _TABLES[version].METRICS_VALUE_NAMES[metric][value]
    return f"{_SPELT.get(name, name)} ({value})"


def _note(version: str, metric: str, value: str) -> str:
    return _NOTES[version].get(metric, {}).get(value, "")
