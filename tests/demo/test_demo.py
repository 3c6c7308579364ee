"""The demo on real parts: that it shows what it promises, and leaves nothing."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from publisher.demo import promises, run
from publisher.demo.stranger import Stranger
from publisher.mailhost.maildir import Mailboxes
from tests.demo import processes
from tests.keys import Key

pytestmark = [pytest.mark.gpg, pytest.mark.mailman, pytest.mark.enable_socket]


@dataclass(frozen=True)
class Shown:
    """What somebody saw of a demo that was kept and served."""

    text: str
    folder: Path
    front_page: str
    left: list[str]
    exit_code: int

    @property
    def table(self) -> str:
        return self.text.partition("\n\n")[2].partition("\n\n")[0]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The one demo that is run to its end in a terminal."""
    folder = tmp_path_factory.mktemp("demo") / "kept"
    with processes.started("--serve", "--keep", str(folder)) as demo:
        demo.wait_for("until Ctrl-C")
        (url,) = re.findall(r"The site is at (http://127\.0\.0\.1:\d+/)", demo.told)
        with urlopen(f"{url}en/index.html", timeout=10) as answer:
            front_page = answer.read().decode()
        demo.process.send_signal(signal.SIGINT)
        exit_code = demo.end()
        left = demo.left + [str(pid) for pid in processes.processes_of(folder)]
        yield Shown(demo.told, folder, front_page, left, exit_code)


def test_every_promise_is_shown_and_holds(shown: Shown) -> None:
    _, *rows = shown.table.splitlines()

    assert [re.split(r" {2,}", row)[0] for row in rows] == ["holds"] * len(rows)
    assert [re.split(r" {2,}", row)[1] for row in rows] == list(promises.ALL)
    assert shown.exit_code == 0


def test_nothing_runs_on_and_nothing_is_left(shown: Shown) -> None:
    assert shown.left == []


def test_the_site_was_served_until_ctrl_c(shown: Shown) -> None:
    assert "Hayabusa Server" in shown.front_page


def test_what_is_kept_is_named_and_has_all_but_the_secret_key(shown: Shown) -> None:
    places = re.findall(
        r"^(?:site|feed|mailbox|all of it) +([^:\n]+)", shown.text, re.MULTILINE
    )
    mailboxes = Mailboxes(shown.folder / "mailhost" / "mailboxes")

    assert len(places) == 6
    assert all(Path(place).exists() for place in places)
    assert len(mailboxes.messages("john@reader.example")) > 20
    assert not list(shown.folder.rglob("private-keys-v1.d"))


def test_the_readme_shows_what_the_demo_shows(
    shown: Shown, request: pytest.FixtureRequest
) -> None:
    page = processes.ROOT / "README.md"
    before, _, rest = page.read_text(encoding="utf-8").partition("<!-- demo -->\n")
    block, _, after = rest.partition("<!-- /demo -->")
    expected = f"```text\n{shown.table}\n```\n"
    if request.config.getoption("--update-golden"):
        new = f"{before}<!-- demo -->\n{expected}<!-- /demo -->{after}"
        page.write_text(new, encoding="utf-8")
        block = expected

    assert block == expected


def test_a_broken_promise_is_shown_and_fails(
    monkeypatch: pytest.MonkeyPatch, stranger_key: Key
) -> None:
    def with_another_key(home: Path, site: str, fingerprint: str) -> Stranger:
        del fingerprint
        home.mkdir(mode=0o700)
        stranger = Stranger(home, site)
        stranger._gpg("--import", data=stranger_key.public)
        return stranger

    monkeypatch.setattr(Stranger, "with_key", with_another_key)
    told: list[str] = []

    exit_code = run(
        serve=False, keep=None, as_json=True, say=told.append, tell=lambda _: None
    )

    facts = json.loads(told[0])
    assert [each["promise"] for each in facts] == list(promises.ALL)
    assert all(each["seen"] for each in facts)
    broken = [each["promise"] for each in facts if not each["holds"]]
    assert broken == [promises.SAME, promises.UPDATE_SAME]
    assert exit_code == 3


@pytest.mark.parametrize(
    ("step", "number"),
    [
        ("make a team key", signal.SIGINT),
        ("make a team key", signal.SIGTERM),
        ("let two readers join", signal.SIGINT),
        ("lint, sign, build", signal.SIGTERM),
    ],
)
def test_a_signal_ends_everything_soon(step: str, number: signal.Signals) -> None:
    with processes.started() as demo:
        demo.wait_for(step)
        time.sleep(0.3)
        begun = time.monotonic()
        demo.process.send_signal(number)
        # Impatience must not leave anything behind either.
        time.sleep(0.1)
        demo.process.send_signal(number)

        assert demo.end() == 130
        assert time.monotonic() - begun < 10
        assert demo.told.splitlines()[-1].startswith("publisher: stopped; ")
        assert "Traceback" not in demo.told
        assert demo.left == []
