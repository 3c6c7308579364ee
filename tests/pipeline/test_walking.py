"""Invariant 5 from outside: what a site lost, changed or forged is found."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from publisher import webserver
from publisher.adapters.web import HttpWeb
from publisher.model.found import Found
from publisher.model.ids import AdvisoryId
from publisher.pipeline import walking
from publisher.pipeline.walking import Walked
from publisher.record import Entry, Record
from publisher.sign import cleartext
from publisher.wiring import Project
from tests import keys, letters
from tests.projects import ID, Workplace
from tests.sign import bench

pytestmark = [pytest.mark.gpg, pytest.mark.enable_socket]

SECOND = AdvisoryId("ADV", 2026, 8)
THIRD = AdvisoryId("ADV", 2026, 9)


@dataclass
class World:
    """A project, and the site that the public sees."""

    work: Workplace
    live: Path

    def release(self, advisory: AdvisoryId) -> None:
        """Sign and build another advisory."""
        product = f"Example Client {advisory.number}"
        self.work.write(("Example Server", product), advisory=advisory)
        self.work.sign()
        self.work.build()

    def put_up(self) -> None:
        shutil.rmtree(self.live, ignore_errors=True)
        shutil.copytree(self.work.site, self.live)

    def change_key(self, old: keys.Key, new: keys.Key) -> None:
        """Let a new key sign, and say so in the settings."""
        file = self.work.root / "publisher.toml"
        fingerprints = f'["{new.fingerprint}"]\nprevious = ["{old.fingerprint}"]'
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(f'["{old.fingerprint}"]', fingerprints))
        (self.work.root / "keys/team.asc").write_bytes(old.public)
        (self.work.root / "keys/new.asc").write_bytes(new.public)
        self.work.close()
        self.work.key = new
        self.work.project = Project(self.work.root, gnupg_home=new.home)

    def signed(self, advisory: AdvisoryId = ID, language: str = "en") -> Path:
        return self.live / f"advisories/2026/{advisory}/r2.{language}.txt.asc"

    def walk(self, *known: Found, built: bool = True) -> Walked:
        tools = self.work.tools()
        files = {str(path): tools.site.holds(path) or "" for path in
                 self.work.project.site.files()} if built else {}  # fmt: skip
        web = HttpWeb()
        try:
            with webserver.serving(self.live) as url:
                return walking.walk(tools, url, web, built=files, known=known)
        finally:
            web.close()

    def index(self, **changes: object) -> None:
        """Change the record's index."""
        file = self.live / "record/index.json"
        file.write_text(json.dumps(json.loads(file.read_bytes()) | changes))

    def forge(self, lines: list[str]) -> None:
        """Serve a record of these entries, in which all digests fit."""
        data = "".join(lines).encode()
        (self.live / "record/2026.jsonl").write_bytes(data)
        try:
            record = Record.parse({"record/2026.jsonl": data})
        except Exception:  # noqa: BLE001  (it need not hang together)
            record = Record({})
        digest = sha256(data).hexdigest()
        file = {"path": "record/2026.jsonl", "sha256": digest, "entries": len(lines)}
        self.index(state=record.state, heads=record.heads, files=[file])

    def lines(self) -> list[str]:
        return (self.live / "record/2026.jsonl").read_text().splitlines(keepends=True)


@pytest.fixture(scope="module")
def released(
    team_key: keys.Key, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A project with two advisories in two languages that are signed and built."""
    work = Workplace(tmp_path_factory.mktemp("released") / "project", team_key)
    made = World(work, work.site)
    made.release(ID)
    made.release(SECOND)
    yield work.root
    work.close()


@pytest.fixture
def world(released: Path, team_key: keys.Key, tmp_path: Path) -> Iterator[World]:
    """A copy of it, and its site as it should be."""
    work = Workplace(tmp_path / "project", team_key)
    shutil.copytree(released, work.root, dirs_exist_ok=True)
    made = World(work, tmp_path / "live")
    made.put_up()
    yield made
    work.close()


def test_a_site_as_it_should_be_is_good(world: World) -> None:
    walked = world.walk()

    assert (walked.wrong, walked.failed) == ((), ())
    assert walked.good
    assert len(walked.texts) == 4
    assert {text.key.id for text in walked.texts if text.key} == {ID, SECOND}
    assert all(text.standing and text.standing.newest for text in walked.texts)
    assert walked.pages > 20
    assert walked.to_json()["good"] is True
    assert str(walked).startswith("4 of 4 signed texts are good, ")


def _edit_text(world: World) -> None:
    data = world.signed().read_bytes()
    world.signed().write_bytes(data.replace(b"Stop", b"Stip"))


def _edit_page(world: World) -> None:
    page = world.live / "advisories/2026/ADV-2026-0007/en.html"
    page.write_bytes(page.read_bytes().replace(b"Stop", b"Stip"))


def _take_key(world: World) -> None:
    (world.live / f"keys/{world.work.key.fingerprint}.asc").unlink()


def _no_key(world: World) -> None:
    (world.live / f"keys/{world.work.key.fingerprint}.asc").write_bytes(b"<html>")


def _take_entry(world: World) -> None:
    world.forge([line for line in world.lines() if str(SECOND) not in line])


def _break_chain(world: World) -> None:
    world.forge([line for line in world.lines() if str(ID) not in line])


def _edit_entry(world: World) -> None:
    world.forge([ln.replace('"signature":1', '"signature":3') for ln in world.lines()])


def _garbage(world: World) -> None:
    world.forge([*world.lines(), "{}\n", "\xe9\n"])


def _swap(world: World) -> None:
    english, japanese = world.signed(), world.signed(language="ja")
    data = english.read_bytes()
    english.write_bytes(japanese.read_bytes())
    japanese.write_bytes(data)


def _hostile_index(world: World) -> None:
    (world.live / "record/index.json").write_bytes(b"[" * 100_000)


def _other_files(world: World) -> None:
    digest = "0" * 64
    files = [{"path": "../../etc/passwd", "sha256": digest, "entries": 1}]
    world.index(files=files)


def _other_state(world: World) -> None:
    """Cut the second advisory loose from what was before it."""
    entries = [Entry.parse(line.rstrip()) for line in world.lines()]
    world.forge([f"{replace(entry, after=())}\n" for entry in entries])


def _english(world: World) -> Entry:
    entries = [Entry.parse(line.rstrip()) for line in world.lines()]
    return next(e for e in entries if (e.key.id, e.key.language) == (ID, "en"))


def _twice(world: World) -> None:
    """Record the very same file as a third revision, too."""
    entry = _english(world)
    forged = replace(entry, key=replace(entry.key, revision=3))
    shutil.copy(world.signed(), world.signed().with_name(forged.filename))
    world.forge([f"{forged}\n", *world.lines()])


def _other_text(world: World) -> None:
    """Sign another text with the same imprint, as a second signature."""
    text = cleartext.payload(world.signed().read_bytes()).replace("Stop", "Start")
    data = world.work.key.clearsign(text)
    entry = replace(_english(world), signature=2, sha256=sha256(data).hexdigest())
    world.signed().with_name(entry.filename).write_bytes(data)
    world.forge([*world.lines(), f"{entry}\n"])


CHANGES: dict[str, tuple[Callable[[World], object], str]] = {
    "an edited text": (_edit_text, "was changed after it was published"),
    "a text that is gone": (lambda w: w.signed().unlink(),
                            "the signed text .* is missing"),
    "texts changed about": (_swap, "was changed after it was published"),
    "an edited page": (_edit_page, "en.html: is not what this project built"),
    "a feed that is gone": (lambda w: (w.live / "en/feed.xml").unlink(),
                            "en/feed.xml is missing"),
    "a key that is gone": (_take_key, "keys/.* is missing"),
    "a key that is none": (_no_key, "keys/.*: is not what this project built"),
    "an entry that is gone": (_take_entry, "the site lacks the entry of ADV-2026-0008"),
    "a broken chain": (_break_chain, "the entry before it, .* is missing"),
    "an edited entry": (_edit_entry, "has an entry of .* that this project does not"),
    "garbage in the record": (_garbage, "holds something else than ASCII"),
    "an index of its own": (lambda w: w.index(state="0" * 64), "says that the state"),
    "an index that hides heads": (lambda w: w.index(heads=[]), "says that the state"),
    "a hostile index": (_hostile_index, "is no index of a publication record"),
    "an index that leads away": (_other_files, "is no index of a publication record"),
    "no index": (lambda w: (w.live / "record/index.json").unlink(),
                 "the publication record is missing"),
    "no year": (lambda w: (w.live / "record/2026.jsonl").unlink(),
                "a part of the publication record, .*, is missing"),
    "an index without digests": (lambda w: w.index(state="none"), "is no index"),
    "another state": (_other_state, "the state of the .* that it names is not the one"),
    "a text recorded twice": (_twice, "is ADV-2026-0007 r2 en, recorded as .* r3 en"),
    "a later signature on another text": (_other_text, "are over different texts"),
    "another year's file": (lambda w: (w.live / "record/2026.jsonl").write_bytes(b"\n"),
                            "its SHA-256 is not the one in record/index.json"),
    "an empty record": (lambda w: w.forge([]), "nothing is recorded"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "told"), CHANGES.values(), ids=CHANGES)
def test_what_was_done_to_a_site_is_found(
    world: World, change: Callable[[World], object], told: str
) -> None:
    change(world)

    walked = world.walk()

    assert not walked.good
    assert any(re.search(told, line) for line in walked.wrong), walked.wrong


@pytest.mark.parametrize(
    ("change", "told"),
    [(_take_key, "the public key .* is missing"), (_no_key, "is no public key")],
)
def test_the_keys_are_looked_for_where_no_site_is_built(
    world: World, change: Callable[[World], object], told: str
) -> None:
    change(world)

    (wrong,) = world.walk(built=False).wrong

    assert re.search(told, wrong)


def test_everything_is_found_in_one_walk(world: World) -> None:
    _edit_text(world)
    world.signed(SECOND).unlink()
    _take_key(world)
    _edit_page(world)

    assert len(world.walk().wrong) == 4


def test_a_site_that_was_rolled_back_lacks_entries(world: World) -> None:
    world.release(THIRD)

    wrong = world.walk(built=False).wrong

    assert len(wrong) == 2
    assert all("the site lacks the entry of ADV-2026-0009" in line for line in wrong)


def test_entries_that_git_does_not_have_are_foreign(
    world: World, tmp_path: Path
) -> None:
    shutil.copytree(world.work.root / "record", tmp_path / "earlier")
    world.release(THIRD)
    world.put_up()
    shutil.copytree(
        tmp_path / "earlier", world.work.root / "record", dirs_exist_ok=True
    )

    wrong = world.walk(built=False).wrong

    assert len(wrong) == 2
    assert all("that this project does not have" in line for line in wrong)


def test_a_record_in_doubt_at_home_is_told_and_the_site_is_walked(world: World) -> None:
    (world.work.root / "record/2026.jsonl").write_text("broken\n")

    walked = world.walk(built=False)

    assert "this project's own record is in doubt" in walked.wrong[0]
    assert len(walked.texts) == 4


def kept(path: Path, *, mail: bool = False) -> Found:
    data = path.read_bytes()
    return Found(f"kept/{path.name}", letters.mail(data) if mail else data)


def test_what_was_kept_from_earlier_is_borne_out(world: World) -> None:
    walked = world.walk(
        kept(world.signed()),
        kept(world.signed(SECOND, "ja"), mail=True),
        kept(world.live / "record/index.json"),
        kept(world.live / "record/2026.jsonl"),
    )

    assert walked.wrong == ()


def test_a_mail_from_earlier_proves_that_a_site_was_rolled_back(world: World) -> None:
    world.release(THIRD)
    fourth = AdvisoryId("ADV", 2026, 10)
    world.release(fourth)
    third, last = (
        world.work.folder(each) / "r2.en.txt.asc" for each in (THIRD, fourth)
    )
    index, year = (
        world.work.site / f"record/{n}" for n in ("index.json", "2026.jsonl")
    )

    wrong = world.walk(
        kept(third, mail=True), kept(last, mail=True), kept(index), kept(year),
        built=False,
    ).wrong  # fmt: skip

    told = [line for line in wrong if line.startswith("kept/")]
    assert (
        "ADV-2026-0009 r2 en is not in the site's record: it was taken away" in told[0]
    )
    assert "in a state of the publication record that the site's record was" in told[1]
    assert "the site's record does not continue the state" in told[2]
    assert len(told) == 3 + 4


@pytest.mark.parametrize("data", [b"{}", b'{"after":1}\n', b"hello\n", b"{\xff"])
def test_what_proves_nothing_is_in_doubt(world: World, data: bytes) -> None:
    (line,) = world.walk(Found("kept", data), built=False).wrong

    assert line.startswith("kept: ")


def test_a_text_by_somebody_else_proves_nothing(
    world: World, stranger_key: keys.Key
) -> None:
    data = stranger_key.clearsign("hello\n", "--digest-algo", "SHA512")
    ours = world.work.key.clearsign("hello\n", "--digest-algo", "SHA512")

    wrong = world.walk(Found("a", data), Found("b", ours), built=False).wrong

    assert [line.partition("nothing")[0] for line in wrong] == [
        "a: proves ", "b: proves ",
    ]  # fmt: skip


def test_a_site_that_fails_is_not_in_doubt(world: World) -> None:
    web = HttpWeb(timeout=1)

    walked = walking.walk(
        world.work.tools(), "http://127.0.0.1:9", web, built={"a": ""}
    )

    web.close()
    assert walked.wrong == ()
    assert any("was not checked" in line for line in walked.failed)


def test_a_later_signature_stands_for_that_of_a_compromised_key(tmp_path: Path) -> None:
    with bench.bench() as workbench:
        old, new = (
            keys.make(workbench.home, f"{n} <csirt@cert.example>") for n in "ab"
        )
        world = World(Workplace(tmp_path / "project", old), tmp_path / "live")
        world.release(ID)
        world.put_up()
        workbench.revoke(old, bench.COMPROMISED, f"{datetime.now(UTC):%Y%m%dT%H%M%S}!")
        world.change_key(old, new)

        alone = world.walk(built=False).wrong
        for name in ("r2.en.txt", "r2.ja.txt"):
            text = cleartext.payload((world.work.folder() / f"{name}.asc").read_bytes())
            signed = new.clearsign(text, "--digest-algo", "SHA512")
            (world.work.folder() / f"{name}.2.asc").write_bytes(signed)
        world.work.sign()
        world.work.build()
        world.put_up()
        both = world.walk()
        world.work.close()

    assert len([line for line in alone if "as compromised" in line]) == 2
    assert both.wrong == ()
    assert len(both.texts) == 4
    assert "another signature on this text counts" in both.texts[0].note


def test_security_txt_is_checked_if_it_is_there(world: World) -> None:
    folder = world.live / ".well-known"
    folder.mkdir(exist_ok=True)
    sign = world.work.key.clearsign
    text = "Contact: mailto:csirt@cert.example\nExpires: {}-01-01T00:00:00Z\n"
    (folder / "security.txt").write_bytes(sign(text.format(2099)))
    assert world.walk(built=False).wrong == ()

    (folder / "security.txt").write_bytes(sign(text.format(2020)))
    (expired,) = world.walk(built=False).wrong
    assert expired.endswith("/.well-known/security.txt: has expired")

    (folder / "security.txt").write_bytes(text.encode())
    (unsigned,) = world.walk(built=False).wrong
    assert "does not begin with the block" in unsigned


def test_a_large_site_is_walked_in_batches(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "_BATCH", 1)

    walked = world.walk(built=False)

    assert walked.good
    assert len(walked.texts) == 4


def test_an_entry_of_the_future_is_in_doubt(world: World) -> None:
    tools = replace(world.work.tools(), now=datetime(2026, 11, 20, tzinfo=UTC))
    web = HttpWeb()
    with webserver.serving(world.live) as url:
        wrong = walking.walk(tools, url, web, built={}).wrong
    web.close()

    assert any("is not public before 2026-11-21T00:00:00+00:00" in ln for ln in wrong)
