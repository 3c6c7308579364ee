"""What is to be looked at, the most urgent first: a pure function of the facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from publisher.model.concern import Code, Concern, Urgency
from publisher.push.due import State
from publisher.sign import fitness

if TYPE_CHECKING:
    from publisher.model.settings import Canary
    from publisher.pipeline.watching import Facts, Mailed

_CRITICAL, _WARNING = Urgency.CRITICAL, Urgency.WARNING
_LISTS_CHECK = "publisher lists check"
_PUBLISH = "publisher publish"
_DISCLOSURE = timedelta(days=14)
"""So long before security.txt expires, somebody is to sign it anew."""


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something is stuck."""

    due: timedelta = timedelta(minutes=10)
    """A mail that was due for so long should have gone."""
    canary: Canary | None = None
    """Its `wait` is how long a mail may take."""


def concerns(facts: Facts, limits: Limits) -> tuple[Concern, ...]:
    """Return all that there is, the most urgent first."""
    found = [
        *_damaged(facts),
        *_unknown(facts),
        *_unpublished(facts),
        *_deploy(facts),
        *_due(facts, limits),
        *_unseen(facts, limits),
        *_server(facts),
        *_keys(facts),
        *_security_txt(facts),
    ]
    return tuple(sorted(found, key=lambda each: -each.urgency))


def _damaged(facts: Facts) -> Iterator[Concern]:
    for each in facts.of(State.DAMAGED):
        text = f"{each}: the canary's copy is not what was signed: {each.detail}"
        yield Concern(
            _CRITICAL, Code.DAMAGED, _line(text), (_LISTS_CHECK,), _mail(each)
        )


def _unknown(facts: Facts) -> Iterator[Concern]:
    for each in facts.of(State.UNKNOWN):
        settle = f"publisher settle '{each.message_id}'"
        yield Concern(
            _CRITICAL,
            Code.UNKNOWN,
            f"{each}: unknown since {_at(each.since)} whether it was sent",
            (_PUBLISH, f"{settle} --sent", f"{settle} --not-sent"),
            _mail(each),
        )


def _unpublished(facts: Facts) -> Iterator[Concern]:
    if facts.problem:
        text = f"nothing can be published: {facts.problem}"
        yield Concern(
            _CRITICAL,
            Code.STOPPED,
            _line(text),
            ("publisher build",),
            {"problem": facts.problem},
        )


def _deploy(facts: Facts) -> Iterator[Concern]:
    act = facts.deploy
    if act is None or (act.ended is None and facts.busy):
        return
    if act.ended is None:
        text = f"putting the site up to {act.where} was cut short at {_at(act.begun)}"
        yield Concern(_CRITICAL, Code.DEPLOY, text, (_PUBLISH,), {"where": act.where})
    elif act.problem:
        text = f"the site was not put up at {_at(act.begun)}: {act.problem}"
        yield Concern(
            _CRITICAL,
            Code.DEPLOY,
            _line(text),
            (_PUBLISH,),
            {"where": act.where, "problem": act.problem},
        )


def _due(facts: Facts, limits: Limits) -> Iterator[Concern]:
    late = [e for e in facts.of(State.DUE) if facts.now - e.since > limits.due]
    if late:
        more = {1: "", 2: ", and 1 more mail"}.get(
            len(late), f", and {len(late) - 1} more mails"
        )
        text = f"{late[0]}: due since {_at(late[0].since)} and not sent{more}"
        yield Concern(
            _CRITICAL,
            Code.DUE,
            text,
            (_PUBLISH,),
            {"mails": [_mail(each) for each in late]},
        )


def _unseen(facts: Facts, limits: Limits) -> Iterator[Concern]:
    if limits.canary is None:
        return
    wait = timedelta(seconds=limits.canary.wait)
    for each in facts.of(State.SENT):
        if facts.now - each.since > wait:
            sent = f"{each}: sent at {_at(each.since)}"
            text = f"{sent}, not seen in the canary's mailbox"
            yield Concern(
                _CRITICAL, Code.UNSEEN, text, ("publisher confirm",), _mail(each)
            )


def _server(facts: Facts) -> Iterator[Concern]:
    if facts.server is None:
        return
    if facts.server.problem:
        text = f"nothing is known of the list server: {facts.server.problem}"
        yield Concern(
            _CRITICAL, Code.SERVER, _line(text), facts={"problem": facts.server.problem}
        )
    for matter in facts.server.matters:
        if matter.kind.waits_for_somebody:
            yield Concern(
                _CRITICAL, Code.HELD, str(matter), (_LISTS_CHECK,), matter.to_json()
            )
        elif matter.kind.is_of_a_queue:
            yield Concern(_WARNING, Code.QUEUE, str(matter), facts=matter.to_json())
    if facts.undeclared:
        names = ", ".join(each.address for each in facts.undeclared)
        commands = ("publisher lists plan", "publisher lists apply")
        text = f"not as declared on the list server: {names}"
        yield Concern(
            _WARNING,
            Code.LISTS,
            text,
            commands,
            {"lists": [each.address for each in facts.undeclared]},
        )


def _keys(facts: Facts) -> Iterator[Concern]:
    for name, end in facts.keys.items():
        if end is None or end - facts.now >= fitness.WARN:
            continue
        signs = end - facts.now >= fitness.REFUSE
        what = "signs until" if signs else "signs nothing more: it ends"
        urgency = _WARNING if signs else _CRITICAL
        text = f"the key {name} {what} {end:%Y-%m-%d} (docs/keys.md)"
        yield Concern(
            urgency,
            Code.KEY,
            text,
            facts.extending.get(name, ()),
            {"fingerprint": name, "until": end.isoformat()},
        )


def _security_txt(facts: Facts) -> Iterator[Concern]:
    for warning in facts.warnings:
        yield Concern(_WARNING, Code.SECURITY_TXT, _line(warning), ("publisher sign",))
    if facts.expires is not None and facts.expires - facts.now < _DISCLOSURE:
        text = f"security.txt holds until {facts.expires:%Y-%m-%d} only"
        yield Concern(
            _WARNING,
            Code.SECURITY_TXT,
            text,
            ("publisher sign",),
            {"until": facts.expires.isoformat()},
        )


def _mail(each: Mailed) -> dict[str, Any]:
    return {
        "id": str(each.key.id),
        "revision": each.key.revision,
        "language": each.key.language,
        "list": each.mailing_list.address,
        "message_id": each.message_id,
        "since": each.since.isoformat(),
    }


def _at(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _line(text: str) -> str:
    return " ".join(text.split())
