"""The kinds of faults, how many of each, and where."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests import s3store
from tests.faults import crashes, outside, plain, postfix, race, state, tools
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
    can: Callable[[], object] = lambda: True
    """Tells whether this machine has what it takes."""


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
        _every(1000, 2),
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
    Kind(
        "one clone",
        "two processes publish at once in one clone, or one of them is killed then",
        race.in_one_clone,
        _every(9),
        (1,),
    ),
    Kind(
        "power",
        "the power is cut at a write: all that was not synced to the disk is gone",
        state.power("warm"),
        range(state.SHARES),
        (33,),
        state.may_mount,
    ),
    Kind(
        "power at first",
        "the power is cut at one of the first writes in a new clone",
        state.power("new"),
        range(0, state.SHARES, 3),
        (),
        state.may_mount,
    ),
    Kind(
        "flipped",
        "a file of the local state is damaged: a byte, a page, half of it, all of it",
        state.flipped,
        _every(66),
        (3,),
    ),
    Kind(
        "gpg",
        "gpg says nothing, half, nonsense, or of something else, fails or is killed",
        tools.gpg,
        _every(140, 2),
        (5,),
    ),
    Kind(
        "gpg hangs",
        "gpg does not end, with all that it has started",
        tools.hung,
        _every(20),
        (),
    ),
    Kind(
        "command hangs",
        "the command that puts the site up does not end when a part of it is up",
        tools.command,
        _every(3),
        (),
    ),
    Kind(
        "rsync",
        "rsync: a connection is refused, breaks or hangs, or `publish` is killed in it",
        tools.line,
        _every(16),
        (8,),
        lambda: shutil.which("rsync"),
    ),
    Kind(
        "bucket",
        "a bucket: the store stops when it has a part of the site",
        tools.bucket("stop"),
        _every(8),
        (3,),
        s3store.program,
    ),
    Kind(
        "bucket and kill",
        "a bucket: `publish` is killed",
        tools.bucket("kill"),
        _every(2000, 97),
        (),
        s3store.program,
    ),
    *(
        Kind(
            f"no plugin {fault} {'after' if reached else 'before'}",
            f"a list server without the plugin: {_WAYS[fault]} when it gets a mail, "
            f"{'after' if reached else 'before'} it took it",
            plain.post(fault, reached=reached),
            _every(4),
            (),
        )
        for fault in ("close", "hang")
        for reached in (True, False)
    ),
    Kind(
        "no plugin and kill",
        "a list server without the plugin: `publish` is killed while it mails",
        plain.kill,
        _every(200, 6),
        (),
    ),
)
