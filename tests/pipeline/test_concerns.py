"""What is to be looked at, by what is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from publisher.model.chain import EditionKey
from publisher.model.concern import Concern, Urgency
from publisher.model.ids import AdvisoryId, Language
from publisher.model.settings import Canary
from publisher.pipeline import metrics
from publisher.pipeline.concerns import Limits, concerns
from publisher.pipeline.standstill import Matter, MatterKind, Standstill
from publisher.pipeline.watching import Facts, Mailed
from publisher.ports import Act
from publisher.push.due import State
from tests import builders

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
LIST = builders.settings().lists[0]
LIMITS = Limits(canary=Canary("canary@cert.example", maildir="canary", wait=300))
KEY = EditionKey(AdvisoryId("ADV", 2026, 7), 1, Language("ja"))
PRINT = "A" * 40


def mailed(state: State, minutes: float, **changes: object) -> Mailed:
    since = NOW - timedelta(minutes=minutes)
    made = Mailed(KEY, LIST, f"<{state}@lists.cert.example>", state, since)
    return replace(made, **changes)  # type: ignore[arg-type]


def act(*, ended: bool = True, problem: str = "") -> Act:
    return Act("web", NOW, NOW if ended else None, problem)


def found(facts: Facts) -> list[tuple[str, str]]:
    return [(each.urgency.name, each.code) for each in concerns(facts, LIMITS)]


WELL = Facts(
    NOW,
    advisories=3,
    mails=(
        mailed(State.DUE, 9),
        mailed(State.SENT, 4),
        mailed(State.DELIVERED, 900, seconds=2.5),
    ),
    deploy=act(),
    server=Standstill(
        matters=(Matter(MatterKind.BOUNCING, "announce@x", "x", 3, None, "-"),)
    ),
    keys={PRINT: NOW + timedelta(days=400), "B" * 40: None},
    expires=NOW + timedelta(days=60),
)


def waiting(kind: MatterKind, where: str) -> Standstill:
    return Standstill("", (Matter(kind, where, "x", 1, NOW, "y"),))


def test_when_all_is_well_there_is_nothing_to_look_at() -> None:
    assert concerns(WELL, LIMITS) == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mails": (mailed(State.DAMAGED, 1),)}, ("CRITICAL", "damaged")),
        ({"mails": (mailed(State.UNKNOWN, 1),)}, ("CRITICAL", "unknown")),
        ({"mails": (mailed(State.DUE, 11),)}, ("CRITICAL", "due")),
        ({"mails": (mailed(State.SENT, 6),)}, ("CRITICAL", "unseen")),
        ({"problem": "a text\nis in doubt"}, ("CRITICAL", "stopped")),
        ({"deploy": act(ended=False)}, ("CRITICAL", "deploy")),
        ({"deploy": act(problem="no room")}, ("CRITICAL", "deploy")),
        ({"server": Standstill(problem="down")}, ("CRITICAL", "server")),
        (
            {"server": waiting(MatterKind.SHUNTED, "queue shunt")},
            ("CRITICAL", "held"),
        ),
        (
            {"server": waiting(MatterKind.QUEUED, "queue out")},
            ("WARNING", "queue"),
        ),
        (
            {"server": waiting(MatterKind.HELD_POSTS, "a@b")},
            ("CRITICAL", "held"),
        ),
        ({"undeclared": (LIST,)}, ("WARNING", "lists")),
        ({"keys": {PRINT: NOW + timedelta(days=60)}}, ("WARNING", "key")),
        ({"keys": {PRINT: NOW + timedelta(days=20)}}, ("CRITICAL", "key")),
        ({"expires": NOW + timedelta(days=3)}, ("WARNING", "security.txt")),
        ({"warnings": ("it is in doubt",)}, ("WARNING", "security.txt")),
    ],
)  # fmt: skip
def test_each_thing_that_is_stuck_is_one_concern(
    changes: dict[str, object], expected: tuple[str, str]
) -> None:
    facts = replace(WELL, **changes)  # type: ignore[arg-type]

    assert found(facts) == [expected]
    (only,) = concerns(facts, LIMITS)
    assert "\n" not in only.text


def test_a_deploy_of_another_process_is_under_way() -> None:
    assert concerns(replace(WELL, deploy=act(ended=False), busy=True), LIMITS) == ()


def test_the_most_urgent_is_first() -> None:
    facts = replace(
        WELL,
        undeclared=(LIST,),
        mails=(mailed(State.DUE, 60), mailed(State.DAMAGED, 1)),
    )

    assert [code for _, code in found(facts)] == ["damaged", "due", "lists"]


def test_what_is_unknown_comes_with_the_commands_that_settle_it() -> None:
    (only,) = concerns(replace(WELL, mails=(mailed(State.UNKNOWN, 1),)), LIMITS)

    assert only.commands == (
        "publisher publish",
        "publisher settle '<unknown@lists.cert.example>' --sent",
        "publisher settle '<unknown@lists.cert.example>' --not-sent",
    )


def test_several_mails_that_are_late_are_one_concern() -> None:
    late = (mailed(State.DUE, 30), mailed(State.DUE, 60), mailed(State.DUE, 40))
    (only,) = concerns(replace(WELL, mails=late), LIMITS)

    assert "due since 2026-12-01T11:00" in only.text
    assert "and 2 more mails" in only.text


def values(facts: Facts, found: tuple[Concern, ...] = ()) -> dict[str, float]:
    """Return what a strict parser reads, by name and labels."""
    read = {}
    for family in text_string_to_metric_families(metrics.text(facts, found)):
        assert family.type == "gauge"
        assert family.documentation
        for sample in family.samples:
            labels = ",".join(sorted(sample.labels.values()))
            read[f"{sample.name}[{labels}]"] = sample.value
    return read


def test_the_metrics_are_those_of_the_facts() -> None:
    facts = replace(
        WELL, states={"due": 1, "sent": 1}, undeclared=(LIST,), published=NOW
    )
    read = values(facts, concerns(facts, LIMITS))

    assert read["publisher_status[]"] == 1
    assert read["publisher_concerns[lists]"] == 1
    assert read["publisher_advisories[]"] == 3
    assert read["publisher_mails[due]"] == 1
    assert read["publisher_mails[damaged]"] == 0
    assert read["publisher_oldest_due_seconds[]"] == 540
    assert read[f"publisher_inbox_seconds[{LIST.address}]"] == 2.5
    assert read["publisher_last_post_timestamp_seconds[]"] == NOW.timestamp()
    assert read["publisher_deploy_ok[]"] == 1
    assert read["publisher_server_up[]"] == 1
    assert read["publisher_lists_differing[]"] == 1
    assert read["publisher_waiting[announce@x,bouncing]"] == 3
    end = (NOW + timedelta(days=400)).timestamp()
    assert read[f"publisher_key_end_timestamp_seconds[{PRINT}]"] == end
    assert read["publisher_checked_timestamp_seconds[]"] == NOW.timestamp()


def test_what_is_not_known_has_no_line() -> None:
    read = values(Facts(NOW))

    assert not any("deploy" in name or "server" in name for name in read)
    down = values(Facts(NOW, server=Standstill(problem="down")))
    assert down["publisher_server_up[]"] == 0
    assert not any("differing" in name for name in down)


def test_labels_from_elsewhere_are_escaped() -> None:
    strange = Matter(MatterKind.QUEUED, 'a"b\\c\nd', "x", 1, None, "")
    read = values(Facts(NOW, server=Standstill("", (strange,))))

    assert read['publisher_waiting[a"b\\c\nd,queued]'] == 1


def test_the_words_of_urgency_are_those_of_the_exit_codes() -> None:
    assert [(each.word, int(each)) for each in Urgency] == [
        ("ok", 0), ("warning", 1), ("critical", 2), ("unknown", 3)
    ]  # fmt: skip
