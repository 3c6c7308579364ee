"""Faults of a release to a list server without our plugin: it cannot say what it has.

What is not known then is asked of the operator, who looks into mailboxes; here, this
does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.faults.crashes import Inject
from tests.faults.judge import RUNS, Verdict, judge
from tests.faults.warm import Ran
from tests.faults.world import READERS, Desk, World

_ASKED = re.compile(r"publisher settle '(<[^>]+>)' --sent")
_POST = "POST /3.1/queues/pipeline"


def post(fault: str, *, reached: bool) -> Inject:
    """Return what spoils the request that hands a mail over."""

    def inject(world: World, number: int) -> Verdict | None:
        plain = world.plain
        desk = plain.desk(timeout=2)
        plain.proxy.only = _POST
        plain.proxy.arm(fault, number, reached=reached)
        try:
            ran = desk.publish()
        finally:
            hit = plain.proxy.hit
            plain.proxy.arm()
        where = "after" if reached else "before"
        return _settled(plain, desk, ran, f"{fault} {where} {number}") if hit else None

    return inject


def kill(world: World, number: int) -> Verdict | None:
    """Kill `publish` at one of the points of its last third, where it mails."""
    plain = world.plain
    some = plain.points[len(plain.points) * 2 // 3 :]
    if number > len(some):
        return None
    desk = plain.desk()
    ran = desk.publish(at=some[number - 1], act="kill")
    return _settled(plain, desk, ran, ran.fault) if ran.fault else None


def _settled(world: World, desk: Desk, ran: Ran, fault: str) -> Verdict:
    """Run `publish` again, and answer what the operator is asked."""
    verdict = Verdict("no plugin", fault)
    verdict.heard(ran)
    while ran.code != 0 and verdict.runs <= RUNS:
        for message_id in _ASKED.findall(ran.output):
            _answer(world, desk, message_id, verdict)
        ran = desk.publish()
        verdict.runs += 1
        verdict.heard(ran)
    verdict.stuck = ran.code != 0
    if verdict.stuck:
        verdict.problems.append(ran.output[-600:])
    judge(world, desk, verdict)
    return verdict


def _answer(world: World, desk: Desk, message_id: str, verdict: Verdict) -> None:
    world.host.settle()
    is_there = message_id in _mails(world)
    answer = "--sent" if is_there else "--not-sent"
    verdict.heard(desk.driver.run(desk.root, "settle", message_id, answer))


def _mails(world: World) -> Iterator[str]:
    for file in world.host.mailbox(READERS[0]).glob("new/*"):
        head = file.read_bytes()[:4096].decode("latin-1")
        yield from re.findall(r"(?im)^message-id:\s*(<[^>]+>)", head)
