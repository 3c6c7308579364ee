from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import pytest

from publisher.errors import MailmanError
from publisher.model.chain import Announcement
from publisher.model.ids import AdvisoryId
from publisher.ports import Received
from publisher.render import mail
from publisher.wiring import Project
from tests.cli.terminal import Desk, run, run_json
from tests.fakes import FakeLists

pytestmark = pytest.mark.gpg

JA, EN = "announce-ja-test@lists.cert.example", "announce-en-test@lists.cert.example"
STAGES = ["lint", "sign", "guard", "build", "probe", "push", "confirm"]


@dataclass
class Mailbox:
    """The canary's mailbox: it holds what the list server posted."""

    lists: FakeLists
    project: type[Project] = Project
    name: str = "the canary"
    damage: bool = False
    empty: bool = False

    def find(
        self, message_ids: Sequence[str], since: datetime | None = None
    ) -> Mapping[str, Sequence[Received]]:
        del since
        at = Project.clock(None)  # type: ignore[arg-type]
        return {
            each.message_id: [Received(self._copy(each), at)]
            for each in self.lists.mails
            if each.message_id in message_ids and not self.empty
        }

    def _copy(self, announcement: Announcement) -> bytes:
        each = announcement.mailing_list
        head = f"List-Id: <{each.list_id}>\n"
        head += f"List-Unsubscribe: <mailto:{each.sub_address('leave')}>\n"
        more = b"one more line\n" if self.damage else b""
        return head.encode() + announcement.message + more


@pytest.fixture
def mailbox(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    made = Mailbox(desk.lists)
    monkeypatch.setattr(Project, "inbox", property(lambda _: made))
    return made


@pytest.fixture
def ready(desk: Desk, mailbox: Mailbox) -> Desk:
    """All is published, and each list has its twin."""
    text = (desk.root / "publisher.toml").read_text(encoding="utf-8")
    drill = re.sub(r"(\[\[lists\]\]\n)", r"\1drill = true\n", text)
    table = '[canary]\naddress = "canary@cert.example"\nmaildir = "canary"\n'
    whole = drill.replace("[mailman]\n", f"{table}\n[mailman]\n", 1)
    (desk.root / "publisher.toml").write_text(whole, encoding="utf-8")
    mailbox.lists.canary = "canary@cert.example"
    run("lists", "apply")
    run("publish", "--yes")
    return desk


def files(desk: Desk) -> dict[str, str]:
    """Return the digests of the real site's files, without those of drills."""
    return {
        str(file.relative_to(desk.site)): sha256(file.read_bytes()).hexdigest()
        for file in sorted(desk.site.rglob("*"))
        if file.is_file() and "drill" not in file.relative_to(desk.site).parts[0]
    }


def pages(desk: Desk) -> list[str]:
    found = sorted((desk.site / "drill").rglob("*.html"))
    return [file.read_text(encoding="utf-8") for file in found]


def test_a_drill_says_stage_by_stage_how_long_it_took(ready: Desk) -> None:
    lines = run("drill", "--yes").stdout.splitlines()

    assert "訓練 DRILL" in lines[0]
    assert re.fullmatch(
        r"DRILL-\d{4}-\d{5,7}  https://\S+/drill/DRILL-\d{4}-\d{5,7}/", lines[1]
    )
    rows = [line for line in lines if re.search(r" \d\d:\d\d +\d+\.\d s$", line)]
    assert [row.split()[0] for row in rows] == STAGES
    assert re.fullmatch(r"inbox after \d+ min \d+ s", lines[-1])
    drills = [each for each in ready.lists.mails if each.key.id.prefix == "DRILL"]
    assert [each.mailing_list.address for each in drills] == [JA, EN]


def test_with_a_place_to_put_it_up_that_is_a_stage_too(ready: Desk) -> None:
    table = '\n[deploy]\ncommand = ["sh", "-c", "ls site/drill >> ups; true"]\n'
    ready.settings(("\n[advisories]", f"{table}\n[advisories]"))

    done = run_json("drill", "--yes")

    assert [each["stage"] for each in done["stages"]] == [
        "lint", "sign", "build", "guard", "site", "probe", "push", "confirm"
    ]  # fmt: skip
    assert (ready.root / "ups").read_text() == f"{done['id']}\n"
    assert run("drill", "--clean").stdout == "1 drill taken down\n"


def test_nobody_can_mistake_it(ready: Desk) -> None:
    run("drill", "--yes")

    ja, en = ready.lists.mails[-2:]
    for each, mark in ((ja, "訓練"), (en, "DRILL")):
        text = mail.body(each.message).decode()
        signed = text.partition("\n\n")[2].split("\n")
        assert signed[0] == "*" * 76
        assert signed[1].startswith("** 訓練 DRILL  訓練 DRILL")
        assert "This is a drill. Nothing has happened." in text
        subject = next(
            str(value) for name, value in headers(each.message) if name == "Subject"
        )
        assert subject.startswith(f"[{mark}] DRILL-")
    assert pages(ready)
    for page in pages(ready):
        assert '<meta name="robots" content="noindex' in page
        assert 'class="drill"' in page
        assert "<title>[訓練 DRILL]" in page


def headers(message: bytes) -> list[tuple[str, object]]:
    from email import message_from_bytes, policy

    return list(message_from_bytes(message, policy=policy.default).items())


def test_the_real_site_lists_and_status_never_hear_of_it(ready: Desk) -> None:
    before, status = files(ready), run_json("status")
    real = [each.message_id for each in ready.lists.mails]

    run("drill", "--yes")

    assert files(ready) == before
    assert not any(b"DRILL" in (ready.site / name).read_bytes() for name in before)
    assert run_json("status") == status
    posted = {
        each.mailing_list.address
        for each in ready.lists.mails
        if each.message_id not in real
    }
    assert posted == {JA, EN}
    assert run("publish", "--yes").stdout.endswith("nothing to push\n")
    assert (ready.site / "drill").is_dir()


def test_only_the_page_of_the_last_drill_stays_and_it_can_be_taken_down(
    ready: Desk,
) -> None:
    first, second = run_json("drill", "--yes"), run_json("drill", "--yes")

    assert first["id"] != second["id"]
    assert [each.name for each in (ready.site / "drill").iterdir()] == [second["id"]]
    assert run("drill", "--clean").stdout == "1 drill taken down\n"
    assert not (ready.site / "drill").exists()


def test_what_is_not_of_a_drill_stays_there(ready: Desk) -> None:
    (ready.site / "drill" / "bits").mkdir(parents=True)
    (ready.site / "drill" / "DRILL-2026-0001").write_text("a file")

    result = run("drill", "--yes", code=2)

    assert "is no folder of a drill" in result.stderr
    assert (ready.site / "drill" / "bits").is_dir()


@pytest.mark.usefixtures("ready")
def test_past_drills_are_remembered() -> None:
    assert "there was no drill here yet" in run("drill", "--history").stdout
    done = run_json("drill", "--yes")

    [line] = run("drill", "--history").stdout.splitlines()
    [past] = run_json("drill", "--history")

    assert past == done
    assert done["id"] in line
    assert re.search(r"\d+ min \d+ s  slowest: [a-z]+, \d+\.\d s$", line)
    assert [each["stage"] for each in done["stages"]] == sorted(
        (each["stage"] for each in done["stages"]),
        key=lambda stage: next(
            each["done"] for each in done["stages"] if each["stage"] == stage
        ),
    )


def test_a_torn_line_of_the_history_is_passed_over(ready: Desk) -> None:
    done = run_json("drill", "--yes")
    file = ready.root / ".publisher" / "drill" / "history.jsonl"
    file.write_text(file.read_text() + '{"id": "DRI')
    again = run_json("drill", "--yes")

    assert run_json("drill", "--history") == [done, again]


def test_a_damaged_copy_is_an_error_and_remembered(
    ready: Desk, mailbox: Mailbox
) -> None:
    mailbox.damage = True

    result = run("drill", "--yes", code=2)

    assert "did not reach the canary as signed" in result.stderr
    assert "inbox after" not in result.stdout
    assert "did not reach the canary as signed" in run("drill", "--history").stdout
    assert ready.lists.mails


def test_a_copy_that_does_not_come_is_an_error(ready: Desk, mailbox: Mailbox) -> None:
    mailbox.empty = True

    result = run("drill", "--yes", "--wait", "0", code=3)

    assert "not seen to arrive" in result.stderr
    assert run_json("drill", "--history")[0]["inbox"] is None
    assert ready.lists.mails


def test_what_stops_it_is_said_with_the_stages_before(ready: Desk) -> None:
    ready.lists.failures.append(MailmanError("the server is on fire"))

    result = run("drill", "--yes", code=3)

    assert "probe" in result.stdout
    assert "the server is on fire" in result.stderr
    assert json.loads(json.dumps(run_json("drill", "--history")))[0]["problem"]


def test_without_a_canary_it_says_that_nobody_looked(
    ready: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Project, "inbox", property(lambda _: None))

    assert "nobody saw it arrive" in run("drill", "--yes").stdout
    assert "no inbox" in run("drill", "--history").stdout
    assert ready.lists.mails


def test_without_a_twin_it_says_what_to_add(desk: Desk) -> None:
    result = run("drill", "--yes", code=2)

    assert "add `drill = true` below [[lists]]" in result.stderr
    assert "announce-ja-test-join@lists.cert.example" in result.stderr
    assert not desk.site.exists()


def test_it_publishes_nothing_real(ready: Desk) -> None:
    run("new", "note", "--title", "Something")
    ready.finish(ready.folder("*-0002").name)
    run("sign", "--yes")

    result = run("drill", "--yes", code=2)

    assert "run `publisher publish` first" in result.stderr
    assert not (ready.site / "drill").exists()


def test_twins_that_are_not_on_the_server_stop_it(desk: Desk) -> None:
    run("lists", "apply")
    run("publish", "--yes")
    desk.settings(("[[lists]]\n", "[[lists]]\ndrill = true\n"))

    result = run("drill", "--yes", code=3)

    assert "run `publisher lists apply`" in result.stderr


def test_a_dry_run_says_who_would_hear_of_it(ready: Desk) -> None:
    shown = run("drill", "--dry-run").stdout.splitlines()

    assert shown[0].startswith(f"would mail to {JA}: [訓練] ")
    assert shown[1].startswith(f"would mail to {EN}: [DRILL] ")
    assert shown[-1] == "no list but these would hear of it"
    assert run("drill", "--clean", "--dry-run").stdout.startswith("would remove ")
    planned = run_json("drill", "--dry-run")
    assert planned.keys() == {"lists", "url", "where"}
    assert all(each in "".join(shown) for each in planned["lists"])
    cleaned = run_json("drill", "--clean", "--dry-run")
    assert cleaned["drills"] == 0
    assert cleaned["folder"].endswith("/drill")
    assert not (ready.site / "drill").exists()


@pytest.mark.usefixtures("ready")
def test_json_does_not_sign_unasked() -> None:
    result = run("drill", "--json", code=2)

    assert "add --yes" in result.stderr


@pytest.mark.usefixtures("ready")
def test_a_declined_drill_goes_nowhere() -> None:
    result = run("drill", answers="n\n", code=2)

    assert "nothing was signed" in result.stderr


def test_the_lists_for_drills_are_compared_as_all_others(ready: Desk) -> None:
    plans = run_json("lists", "plan")

    assert [each["list"] for each in plans][2:] == [JA, EN]
    assert run("lists", "check").exit_code == 0
    settings = ready.lists.settings["announce-ja-test.lists.cert.example"]
    assert settings["advertised"] is False
    settings["advertised"] = True
    shown = run("lists", "check", code=2).stdout
    assert "readers need not find a list on which there are drills only" in shown


def test_ids_of_drills_are_ids() -> None:
    from datetime import UTC, datetime

    from publisher.pipeline import drill

    first = drill.new_id(datetime(2026, 11, 22, 6, 41, tzinfo=UTC), ())
    second = drill.new_id(datetime(2026, 11, 22, 6, 41, tzinfo=UTC), {str(first)})

    assert (str(first), str(second)) == ("DRILL-2026-3260641", "DRILL-2026-3260642")
    last = drill.new_id(datetime(2028, 12, 31, 23, 59, tzinfo=UTC), ())
    assert AdvisoryId.parse(str(last)) == last
    assert dataclasses.is_dataclass(last)
