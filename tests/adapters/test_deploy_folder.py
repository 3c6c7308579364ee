from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.adapters import lock
from publisher.errors import OperatorError, WorldError
from publisher.model.settings import FolderTarget
from publisher.ports import PutUp
from tests.adapters.contract_target import FIRST, SECOND, Stage, TargetContract


@dataclass
class Served:
    """The folder of a web server."""

    top: Path
    settings: FolderTarget

    def public(self) -> Mapping[str, bytes]:
        current = self.top / "current"
        return {
            str(file.relative_to(current)): file.read_bytes()
            for file in current.rglob("*")
            if file.is_file()
        }

    def add(self, path: str, data: bytes) -> None:
        (self.top / "current" / path).write_bytes(data)

    def spoil(self) -> None:
        # A folder in the place of a file that is to be written.
        (self.top / "release-2.files").mkdir()

    def mend(self) -> None:
        (self.top / "release-2.files").rmdir()

    @property
    def names(self) -> list[str]:
        return sorted(file.name for file in self.top.iterdir())


@pytest.fixture
def place(tmp_path: Path) -> Served:
    return Served(tmp_path / "www" / "cert", FolderTarget("../www/cert", keep=2))


@pytest.fixture
def stage(tmp_path: Path, place: Served) -> Stage:
    (tmp_path / "project").mkdir()
    return Stage(tmp_path / "project", place)


class TestFolder(TargetContract):
    points = range(0, 400, 5)


def build(stage: Stage, number: int) -> PutUp:
    stage.build({**FIRST, "en/index.html": b"%d" % number})
    return stage.put_up()


def test_what_did_not_change_is_the_same_file_in_the_next_release(
    stage: Stage, place: Served
) -> None:
    stage.build(FIRST)
    stage.put_up()
    stage.build(SECOND)
    stage.put_up()

    first, second = place.top / "release-1", place.top / "release-2"
    page = "advisories/2026/ADV-2026-0001/en.html"

    assert (first / page).samefile(second / page)
    assert (first / "en/index.html").read_bytes() == FIRST["en/index.html"]


def test_the_last_releases_are_kept_and_older_ones_go(
    stage: Stage, place: Served
) -> None:
    for number in range(6):
        build(stage, number)

    assert [n for n in place.names if n[0] != "."] == [
        "current",
        "release-4",
        "release-4.files",
        "release-5",
        "release-5.files",
        "release-6",
        "release-6.files",
    ]


def test_fewer_releases_than_are_kept_all_stay(stage: Stage, place: Served) -> None:
    build(stage, 1)
    build(stage, 2)

    assert {"release-1", "release-2"} <= set(place.names)


def test_an_operator_can_go_back_to_an_earlier_release(
    stage: Stage, place: Served
) -> None:
    stage.build(FIRST)
    stage.put_up()
    stage.build(SECOND)
    stage.put_up()
    (place.top / "current").unlink()
    (place.top / "current").symlink_to("release-1")

    stage.put_up()

    assert place.public() == SECOND
    assert (place.top / "current").readlink() == Path("release-3")


def test_a_web_server_can_read_it_whatever_the_umask(
    stage: Stage, place: Served
) -> None:
    stage.build(FIRST)
    before = os.umask(0o077)
    try:
        stage.put_up()
    finally:
        os.umask(before)

    for file in (place.top, *(place.top / "current").resolve().rglob("*")):
        wanted = 0o755 if file.is_dir() else 0o644
        assert stat.S_IMODE(file.stat().st_mode) == wanted, file


def test_a_file_that_somebody_changed_there_is_put_right(
    stage: Stage, place: Served
) -> None:
    stage.build(FIRST)
    stage.put_up()
    (place.top / "current" / "en" / "index.html").write_bytes(b"defaced")

    assert stage.put_up() == PutUp(1, 0)
    assert place.public() == FIRST


def test_where_files_cannot_have_two_names_they_are_copied(
    stage: Stage, place: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    stage.build(FIRST)
    stage.put_up()
    stage.build(SECOND)
    monkeypatch.setattr(os, "link", link)

    assert stage.put_up() == PutUp(4, 1)
    assert place.public() == SECOND


@pytest.mark.parametrize("is_full", [True, False])
def test_a_disk_that_is_full_leaves_what_is_served_and_no_rubbish(
    stage: Stage, place: Served, monkeypatch: pytest.MonkeyPatch, is_full: bool
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    stage.build(FIRST)
    stage.put_up()
    stage.build(SECOND)
    monkeypatch.setattr(os, "fchmod" if is_full else "sync", full)

    with pytest.raises(
        WorldError, match=r"No space left.*still is; nothing was mailed"
    ):
        stage.put_up()

    assert place.public() == FIRST
    assert not [name for name in place.names if name.endswith(".new")]


def test_a_folder_in_the_place_of_the_link_is_left_alone(
    stage: Stage, place: Served
) -> None:
    (place.top / "current").mkdir(parents=True)
    stage.build(FIRST)

    with pytest.raises(OperatorError, match=r"current: is no link.*move it away"):
        stage.put_up()


def test_a_link_that_leads_elsewhere_is_left_alone(
    stage: Stage, place: Served, tmp_path: Path
) -> None:
    place.top.mkdir(parents=True)
    (place.top / "current").symlink_to(tmp_path)
    stage.build(FIRST)

    with pytest.raises(OperatorError, match="which is no release"):
        stage.put_up()


def test_a_folder_of_somebody_else_is_left_alone(stage: Stage, place: Served) -> None:
    place.top.mkdir(parents=True)
    (place.top / "photos").mkdir()
    stage.build(FIRST)

    with pytest.raises(OperatorError, match=r"'photos'.*name an empty folder"):
        stage.put_up()

    assert {"photos"} == {name for name in place.names if name[0] != "."}


def test_what_is_put_beside_the_releases_later_is_nobodys_business(
    stage: Stage, place: Served
) -> None:
    build(stage, 1)
    (place.top / "README").touch()
    (place.top / "release-99").mkdir()

    build(stage, 2)

    assert {"README", "release-99", "release-100"} <= set(place.names)


@pytest.mark.parametrize("folder", ["site", "site/www", "."])
def test_the_folder_is_not_the_site_itself(
    stage: Stage, place: Served, folder: str
) -> None:
    place.settings = FolderTarget(folder)
    stage.build(FIRST)

    with pytest.raises(OperatorError, match="name a folder elsewhere"):
        stage.put_up()


def test_two_runs_do_not_put_up_at_once(stage: Stage, place: Served) -> None:
    build(stage, 1)

    with lock.held(place.top / ".lock"), pytest.raises(OperatorError, match="another"):
        build(stage, 2)


def test_a_file_that_changes_meanwhile_is_not_put_up(
    stage: Stage, place: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from publisher.adapters.site import SiteFolder

    stage.build(FIRST)
    monkeypatch.setattr(SiteFolder, "read", lambda *_: b"other")

    with pytest.raises(WorldError, match=r"changed after it was built.*nothing"):
        stage.put_up()

    assert "current" not in place.names
