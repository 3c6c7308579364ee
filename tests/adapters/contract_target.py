"""What every implementation of `publisher.ports.Target` does that sends files."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

import pytest

from publisher.adapters import deploy
from publisher.adapters.site import SiteFolder
from publisher.adapters.store import SqliteCache
from publisher.errors import OperatorError, WorldError
from publisher.model.settings import TargetSettings
from publisher.pipeline.tools import silent
from publisher.ports import PutUp, Target

ROOT = Path(__file__).parent.parent.parent
SECRET = "a-secret-of-the-store-that-nobody-sees"
FIRST = {
    "index.html": b"<a href=en/index.html>en</a>",
    "en/index.html": b"<a href=../advisories/2026/ADV-2026-0001/en.html>1</a>",
    "en/feed.xml": b"<rss/>",
    "ja/\u7d22\u5f15 #1?[*].html": "日本語".encode(),
    ".well-known/security.txt": b"Contact: mailto:csirt@cert.example\n",
    ".well-known/openpgpkey/policy": b"",
    "advisories/2026/ADV-2026-0001/en.html": b"<p>page</p>",
    "advisories/2026/ADV-2026-0001/r1.en.txt.asc": b"signed",
    "record/2026.jsonl": b"{}\n",
    "record/index.json": b'{"heads": []}',
}
SECOND = {
    **{path: data for path, data in FIRST.items() if path != "en/feed.xml"},
    "advisories/2026/ADV-2026-0002/en.html": b"<p>new page</p>",
    "en/index.html": b"<a href=../advisories/2026/ADV-2026-0002/en.html>2</a>",
    "record/2026.jsonl": b"{}\n{}\n",
    "record/index.json": b'{"heads": ["1"]}',
}


class Place(Protocol):
    """Where a target puts the site, as its owner sees it."""

    @property
    def settings(self) -> TargetSettings:
        """How a project names it."""
        ...

    def public(self) -> Mapping[str, bytes]:
        """Return what is there, by its path."""
        ...

    def add(self, path: str, data: bytes) -> None:
        """Put something there that is not of the site."""
        ...

    def spoil(self) -> None:
        """Let what comes next fail."""
        ...

    def mend(self) -> None:
        """Undo `spoil`."""
        ...


@dataclass
class Stage:
    """A project with a site, and where it is put up."""

    root: Path
    place: Place

    def build(self, files: Mapping[str, bytes]) -> None:
        """Write the site as a build does."""
        site, cache = self._site()
        for path, data in files.items():
            site.write(PurePosixPath(path), data)
        site.prune(files.keys())
        site.flush()
        cache.close()

    def put_up(self) -> PutUp:
        """Do as the next run of the program does, which remembers what is on disk."""
        site, cache = self._site()
        try:
            return self._target(site, cache).put_up(silent)
        finally:
            cache.close()

    def killed(self, number: int) -> bool:
        """Kill a run at its act of this number; tell whether it came so far."""
        code = (
            "import sys; from tests.adapters import cut; "
            f"cut.at({number}, {str(self.root)!r}, {self.place.settings!r})"
        )
        done = subprocess.run(
            [sys.executable, "-c", f"from publisher.model.settings import *; {code}"],
            cwd=ROOT,
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        return done.returncode != 0

    def _site(self) -> tuple[SiteFolder, SqliteCache]:
        cache = SqliteCache(self.root / "cache.sqlite")
        return SiteFolder(self.root / "site", cache), cache

    def _target(self, site: SiteFolder, cache: SqliteCache) -> Target:
        return target(self.place.settings, self.root, site, cache)


def target(
    settings: TargetSettings, root: Path, site: SiteFolder, cache: SqliteCache
) -> Target:
    made = deploy.target(settings, root, site, cache, lambda: SECRET)
    assert made is not None
    return made


def whole(public: Mapping[str, bytes]) -> bool:
    """Tell whether each page that is there leads to pages that are there."""
    page = public.get("en/index.html", b"").partition(b"../")[2].partition(b">")[0]
    return page == b"" or page.decode() in public


class TargetContract:
    """Subclass it in a test module, with a fixture `stage`."""

    points = range(0, 200, 9)
    """The acts at which a run is killed."""

    def test_the_target_becomes_what_was_built(self, stage: Stage) -> None:
        stage.build(FIRST)

        done = stage.put_up()

        assert stage.place.public() == FIRST
        assert done == PutUp(len(FIRST), 0)

    def test_only_what_changed_is_sent_and_what_is_gone_vanishes(
        self, stage: Stage
    ) -> None:
        stage.build(FIRST)
        stage.put_up()
        stage.build(SECOND)

        done = stage.put_up()

        assert stage.place.public() == SECOND
        assert done == PutUp(4, 1)

    def test_putting_up_the_same_again_sends_nothing(self, stage: Stage) -> None:
        stage.build(FIRST)
        stage.put_up()

        assert stage.put_up() == PutUp(0, 0)
        assert stage.place.public() == FIRST

    def test_what_was_not_built_stays_here(self, stage: Stage) -> None:
        stage.build(FIRST)
        for name in (".gitkeep", "en/.index.html.swp", "en/.index.html.4711", "x[1]*"):
            (stage.root / "site" / name).write_bytes(b"draft")
        (stage.root / "site" / "elsewhere").symlink_to("/etc")

        stage.put_up()

        assert stage.place.public() == FIRST

    def test_what_others_put_into_our_site_is_removed(self, stage: Stage) -> None:
        stage.build(FIRST)
        stage.put_up()
        stage.place.add("en/odd \u540d.html", b"odd")

        stage.put_up()

        assert stage.place.public() == FIRST

    def test_a_failure_is_an_error_and_the_next_run_repairs_it(
        self, stage: Stage
    ) -> None:
        stage.build(FIRST)
        stage.put_up()
        stage.build(SECOND)
        stage.place.spoil()

        with pytest.raises(WorldError, match=r"[Nn]othing was mailed") as raised:
            stage.put_up()
        stage.place.mend()
        public = stage.place.public()

        assert whole(public)
        assert public["record/index.json"] == FIRST["record/index.json"]
        assert SECRET not in str(raised.value)
        stage.put_up()
        assert stage.place.public() == SECOND

    def test_a_file_that_is_missing_stops_it_before_anything_is_sent(
        self, stage: Stage
    ) -> None:
        stage.build(FIRST)
        (stage.root / "site" / "en" / "index.html").unlink()

        with pytest.raises(WorldError, match="run `publisher build`"):
            stage.put_up()

        assert stage.place.public() == {}

    def test_wherever_a_run_is_killed_no_link_is_dead_and_the_next_repairs_it(
        self, stage: Stage
    ) -> None:
        for count, number in enumerate(self.points):
            before, after = ((FIRST, SECOND), (SECOND, FIRST))[count % 2]
            stage.build(before)
            stage.put_up()
            stage.build(after)

            was_killed = stage.killed(number)
            public = stage.place.public()

            assert whole(public), number
            if public["record/index.json"] == after["record/index.json"]:
                assert after.items() <= public.items(), number
            stage.put_up()
            assert stage.place.public() == after, number
            if not was_killed:
                break
        else:
            pytest.fail("it was never left to its end")

    def test_a_first_run_that_is_killed_is_repaired(self, stage: Stage) -> None:
        stage.build(FIRST)
        assert stage.killed(12)

        stage.put_up()

        assert stage.place.public() == FIRST

    def test_the_remembered_can_be_lost(self, stage: Stage) -> None:
        stage.build(FIRST)
        stage.put_up()
        for file in stage.root.glob("cache.sqlite*"):
            file.unlink()
        stage.build(FIRST)

        assert stage.put_up() == PutUp(0, 0)
        assert stage.place.public() == FIRST


class SharedTargetContract(TargetContract):
    """Where what others have would be removed."""

    def test_a_place_that_holds_something_else_is_left_alone(
        self, stage: Stage
    ) -> None:
        stage.place.add("photos/cat.jpg", b"cat")
        stage.build(FIRST)

        with pytest.raises(OperatorError, match=r"'photos'.*nothing was changed"):
            stage.put_up()

        assert stage.place.public() == {"photos/cat.jpg": b"cat"}
