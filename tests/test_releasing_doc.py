"""What docs/releasing.md says runs, and what programs rely on is in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.cli import monitoring
from publisher.model.concern import Code, Concern, Urgency
from publisher.model.settings import MailingList
from publisher.pipeline import metrics
from publisher.pipeline.standstill import Matter, MatterKind, Standstill
from publisher.pipeline.watching import Facts, Mailed
from publisher.ports import Act
from publisher.push.due import State
from tests import builders
from tests.cli.conftest import desk, gnupg, template  # noqa: F401  (fixtures)
from tests.cli.terminal import Desk, run
from tests.mailman_plugin.hosts import ADVISORY, edition_key
from tests.systemd import units

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "releasing.md").read_text(encoding="utf-8")
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def command() -> list[str]:
    [line] = units.load("publisher-release.service").all("Service", "ExecStart")
    return line.split()


@pytest.mark.gpg
def test_the_timers_command_publishes_what_is_due_and_is_quiet_then(
    desk: Desk,  # noqa: F811  (a fixture)
) -> None:
    run("lists", "apply")
    run("sign", "--yes")
    program, *arguments = command()

    first = run(*arguments)
    second = run(*arguments)

    assert Path(program).name == "publisher"
    assert first.output.count("sent ") == 2
    assert second.output == ""
    assert len(desk.lists.mails) == 2


def test_cron_runs_the_same_command() -> None:
    [line] = re.findall(r"```crontab\n(.+)\n```", PAGE)

    unit = units.load("publisher-release.service")
    [pull] = unit.all("Service", "ExecStartPre")
    folder = unit.last("Service", "WorkingDirectory")
    # A pull that fails stops neither of them.
    first = pull.removeprefix("-").replace("/usr/bin/", "")
    then = " ".join(command())
    assert line == f"* * * * * cd {folder} && {{ {first}; {then}; }}"


def everything() -> tuple[Facts, list[Concern]]:
    """Return facts of which each metric has a value."""
    mailing_list: MailingList = builders.settings().lists[0]
    key = edition_key(ADVISORY, "ja")
    mails = tuple(
        Mailed(key, mailing_list, f"<{n}@x>", state, NOW, seconds=1.0)
        for n, state in enumerate((State.DUE, State.DELIVERED))
    )
    return Facts(
        NOW,
        advisories=1,
        mails=mails,
        deploy=Act("web", NOW, NOW, ""),
        published=NOW,
        server=Standstill(matters=(Matter(MatterKind.QUEUED, "a", "b", 1, None, "c"),)),
        keys={"A" * 40: NOW + timedelta(days=1)},
        expires=NOW,
    ), [Concern(Urgency.WARNING, Code.LISTS, "x")]


def test_every_metric_is_documented() -> None:
    names = set(re.findall(r"# TYPE (\S+) gauge", metrics.text(*everything())))
    documented = set(re.findall(r"`(publisher_[a-z_]+)[`{]", PAGE))

    assert documented == names


def test_every_kind_of_concern_is_documented() -> None:
    codes = {str(code) for code in Code}
    table = PAGE.partition("| `code` | when |")[2].partition("\n\n")[0]

    assert set(re.findall(r"^\| `([a-z.]+)` \|", table, re.MULTILINE)) == codes


def test_every_key_of_the_json_is_documented() -> None:
    keys = {*monitoring.to_json(*everything()), "advisories", "server", "version"}
    table = PAGE.partition("### As JSON")[2].partition("### As metrics")[0]

    assert set(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)) == keys


def test_every_act_is_documented() -> None:
    folder = ROOT / "publisher" / "adapters"
    code = "".join(f.read_text("utf-8") for f in sorted(folder.rglob("*.py")))
    acts = set(re.findall(r'\b(?:acts\.)?(?:act|note)\("([a-z-]+)"', code))
    table = PAGE.partition("| `act` |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)

    assert {name for row in rows for name in re.findall(r"`([a-z-]+)`", row)} == acts
