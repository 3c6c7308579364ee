"""The kinds of faults, how many of each, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults import crashes, outside, postfix, race
from tests.faults.crashes import Inject


@dataclass(frozen=True)
class Kind:
    """One way in which things go wrong."""

    name: str
    what: str
    """For people."""
    inject: Inject
    whole: Sequence[int]
    """The numbers of a whole run."""
    few: Sequence[int]
    """Those of the tests' sample."""


def _every(count: int, step: int = 1) -> Sequence[int]:
    return range(1, count + 1, step)


_WAYS = {
    "500": "REST answers 500",
    "hang": "REST hangs",
    "close": "REST closes the connection",
    "garbage": "REST answers garbage",
    "half": "REST answers by half",
}
_POST = "POST /3.1/queues/in"
KINDS: Sequence[Kind] = (
    Kind(
        "kill",
        "`publisher publish` is killed (SIGKILL) at a write of a file or a database",
        crashes.at_a_point("kill", "kill"),
        _every(1000),
        (3, 110, 170, 200),
    ),
    Kind(
        "full",
        "from a write on, the disk takes nothing more; then there is room again",
        crashes.at_a_point("full", "full"),
        _every(1000, 4),
        (30, 180),
    ),
    Kind(
        "kill at first",
        "the first run in a new clone is killed at one of its first writes",
        crashes.at_the_start("kill at first", "kill"),
        _every(60),
        (9,),
    ),
    Kind(
        "full at first",
        "from one of the first writes in a new clone on, the disk takes nothing more",
        crashes.at_the_start("full at first", "full"),
        _every(60, 2),
        (11,),
    ),
    Kind(
        "small disk",
        "a real file system with too little room for the site, or for the journal",
        outside.small_disk,
        _every(12),
        (),
    ),
    *(
        Kind(
            f"runner {name}",
            f"Mailman's runner `{name}` is killed at a write of its own",
            crashes.runner_at_a_point(name),
            _every(60),
            few,
        )
        for name, few in (("in", (2, 6)), ("pipeline", (5,)), ("out", (5,)))
    ),
    Kind(
        "answer",
        "Mailman's runner `out` is killed when the MTA has a mail and has not said so",
        crashes.between_answer_and_record,
        _every(16),
        (1, 6),
    ),
    Kind(
        "mailman",
        "all of Mailman is killed in the middle of a release, and started again",
        crashes.master,
        _every(30),
        (12,),
    ),
    *(
        Kind(
            f"rest {fault} {'after' if reached else 'before'}",
            f"any request: {_WAYS[fault]}, "
            f"{'after' if reached else 'before'} it did what it was asked",
            outside.rest(fault, reached=reached),
            _every(100, 13),
            (),
        )
        for fault in _WAYS
        for reached in (True, False)
    ),
    *(
        Kind(
            f"post {fault} {'after' if reached else 'before'}",
            f"the request that hands a mail over: {_WAYS[fault]}, "
            f"{'after' if reached else 'before'} it did what it was asked",
            outside.rest(fault, reached=reached, only=_POST),
            _every(4),
            (1 + number % 4,) if reached or number % 2 else (),
        )
        for number, fault in enumerate(_WAYS)
        for reached in (True, False)
    ),
    Kind(
        "clock",
        "the clock steps back or forward, before a release or in the middle of it",
        outside.clock,
        range(30),
        (0, 7),
    ),
    Kind(
        "clock and kill",
        "the clock steps in the middle of a run that is killed then",
        outside.clock_and_kill,
        _every(200, 9),
        (),
    ),
    *(
        Kind(
            f"postfix {name}",
            f"Postfix takes what the lists send: its `{name}` is killed with a mail in "
            "its hands",
            postfix.part(name),
            _every(4),
            (),
        )
        for name in ("smtpd", "cleanup", "qmgr", "smtp")
    ),
    Kind(
        "postfix restarts",
        "all of Postfix is aborted in the middle of a post, and is back in two seconds",
        postfix.restart(2.0),
        _every(6),
        (),
    ),
    Kind(
        "deploy",
        "the command that puts the site up fails when a part of it is up",
        outside.deploy,
        _every(9),
        (5,),
    ),
    Kind(
        "canary",
        "the canary's mailbox cannot be read, or is another one",
        outside.canary,
        range(3),
        (0,),
    ),
    Kind(
        "race",
        "two operators publish the same signed texts at once, from two clones",
        race.at_once,
        _every(10),
        (1,),
    ),
    Kind(
        "race and kill",
        "the same, and one of the two is killed in the middle",
        race.race_and_kill,
        _every(10),
        (1,),
    ),
    Kind(
        "both sign",
        "two operators sign the same revisions, each in a clone, and publish at once",
        race.both_sign,
        _every(10),
        (1,),
    ),
)
