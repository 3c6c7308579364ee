"""docs/json.md names each key, reason and code that the program prints."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from publisher import errors
from publisher.cli.command import ending
from publisher.cli.left import Left
from publisher.cli.published import Publishing
from publisher.cli.report import SigningRun
from publisher.errors import PublisherError
from publisher.model.backlog import Copies
from publisher.model.chain import EditionKey, ToSign
from publisher.model.ids import AdvisoryId, Language
from publisher.model.state import Standing, State
from publisher.model.unsigned import Reason, Unsigned
from publisher.pipeline.building import Built
from publisher.pipeline.confirming import Confirmed
from publisher.pipeline.pushing import Pushed, Result
from publisher.pipeline.release import Live, OnWay, Probed
from publisher.pipeline.signing import Kept
from publisher.ports import Outcome, PutUp
from tests.adapters.announcements import ANNOUNCEMENT

PAGE = (Path(__file__).parent.parent / "docs" / "json.md").read_text(encoding="utf-8")
KEY = EditionKey(AdvisoryId.parse("ADV-2026-0007"), 1, Language("ja"))
SIGNED = ToSign(PurePosixPath("r1.ja.txt.asc"), "x\n", str(KEY), KEY)


def rows(heading: str, first: str) -> dict[str, str]:
    """Return the rows of a table below a heading, by their first cells."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    table = part.partition(f"| {first} |")[2].partition("\n\n")[0]
    found = re.findall(r"^\| (`.+?`) \| (.*) \|$", table, re.MULTILINE)
    return {
        name: rest for cell, rest in found for name in re.findall(r"`([^`]+)`", cell)
    }


def keys(value: Any) -> set[str]:
    """Return the keys of what a document's key holds."""
    if isinstance(value, list):
        return {key for each in value for key in keys(each)}
    return set(value) if isinstance(value, dict) else set()


def check(documented: dict[str, str], told: dict[str, Any]) -> None:
    assert set(documented) == set(told)
    for name, value in told.items():
        assert keys(value) <= set(re.findall(r"`([a-z_0-9]+)`", documented[name])), name


def signing() -> SigningRun:
    left = Left(doubts=(Unsigned.of(KEY, Reason.AUTHOR, "x"),))
    run = SigningRun(folder=Path("x"), sums="x")
    run.plan([SIGNED], [], left)
    run.signed.append(Kept(SIGNED, b"x", ("A" * 40,)))
    return run


def test_the_keys_of_sign_are_documented() -> None:
    told = {"version": 1, **signing().to_json(), "error": None}

    check(rows("sign", "key"), told)


def test_the_keys_of_publish_are_documented() -> None:
    withheld = ((KEY.id, Standing(State.EMBARGOED, datetime(2026, 12, 1, tzinfo=UTC))),)
    built = Built((), withheld, (), (), 1, (), ())
    copies = Copies(1, 1, sending=True)
    told = Publishing(
        events=[
            built,
            Live("x", PutUp(1, 1)),
            Probed(1),
            Pushed(ANNOUNCEMENT, Result.SENT),
            Confirmed(ANNOUNCEMENT, Outcome.DELIVERED, 1.0),
            OnWay(ANNOUNCEMENT, copies),
        ]
    ).to_json()
    shared = {"to_sign", "signed", "unsigned", "dry_run"}
    built_keys = set(re.findall(r"`([a-z_]+)`", rows("publish", "key")["built"]))

    del told["built"]["withheld"], told["built"]["held"]
    check(rows("publish", "key"), {k: v for k, v in told.items() if k not in shared})
    assert shared <= told.keys()
    assert {"withheld", "held", "state"} <= built_keys


def test_every_reason_is_documented() -> None:
    assert set(rows("sign", "`reason`")) == {str(each) for each in Reason}


def test_every_code_is_documented_with_its_exit_code() -> None:
    kinds = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, PublisherError)
    ]
    codes = {each.code: each.exit_code for each in kinds}
    codes |= {"stopped": 130, "bug": 1}
    documented = rows("What went wrong", "`code` | exit code")

    assert {name: int(rest.split(" ")[0]) for name, rest in documented.items()} == codes


def test_the_keys_of_an_error_are_documented() -> None:
    told = ending(PublisherError("x")).to_json()

    assert set(rows("What went wrong", "key")) == set(told)
