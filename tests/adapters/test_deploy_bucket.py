from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

from publisher.adapters import deploy
from publisher.adapters.deploy import bucket, order, s3
from publisher.adapters.deploy.s3 import Store
from publisher.errors import OperatorError, SettingsError, WorldError
from publisher.model.settings import BucketTarget
from publisher.ports import PutUp
from tests import s3store, serving
from tests.adapters.contract_target import (
    FIRST,
    SECOND,
    SECRET,
    SharedTargetContract,
    Stage,
    whole,
)

pytestmark = pytest.mark.enable_socket
_NUMBERS = count()
_BLOCKED = "advisories/2026/ADV-2026-0002"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@dataclass
class Place:
    """A bucket, and the objects below a prefix of it."""

    server: s3store.Server
    settings: BucketTarget

    def public(self) -> Mapping[str, bytes]:
        prefix = self.settings.prefix
        return {
            name.removeprefix(prefix): data
            for name, data in self.server.objects(self.settings).items()
            if name.startswith(prefix)
        }

    def add(self, path: str, data: bytes) -> None:
        self.server.put(self.settings, f"{self.settings.prefix}{path}", data)

    def spoil(self) -> None:
        # In this store, which has files, it is in the way of what lies below it.
        self.add(_BLOCKED, b"in the way")

    def mend(self) -> None:
        with self.server.store(self.settings) as store:
            store.delete(f"{self.settings.prefix}{_BLOCKED}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3store.Server]:
    s3store.need()
    folder = tmp_path_factory.mktemp("s3")
    with s3store.running(folder, free_port(), SECRET) as running:
        yield running


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "_WAITS", (0.0, 0.0))


@pytest.fixture(params=["", "web/cert/"])
def place(server: s3store.Server, request: pytest.FixtureRequest) -> Place:
    return Place(server, server.bucket(f"www{next(_NUMBERS)}", request.param))


@pytest.fixture
def stage(tmp_path: Path, place: Place) -> Stage:
    return Stage(tmp_path, place)


class TestBucket(SharedTargetContract):
    points = range(0, 200, 2)


def test_what_is_beside_the_prefix_is_nobodys_business(
    server: s3store.Server, tmp_path: Path
) -> None:
    settings = server.bucket("shared", "web/")
    server.put(settings, "photos/cat.jpg", b"cat")
    server.put(settings, "website/x.html", b"x")
    stage = Stage(tmp_path, Place(server, settings))
    stage.build(FIRST)

    stage.put_up()
    stage.build(SECOND)
    stage.put_up()

    stored = server.objects(settings)
    assert (stored["photos/cat.jpg"], stored["website/x.html"]) == (b"cat", b"x")


def test_objects_have_the_types_and_ages_that_readers_need(
    server: s3store.Server, tmp_path: Path
) -> None:
    settings = server.bucket("types")
    stage = Stage(tmp_path, Place(server, settings))
    stage.build(FIRST)
    stage.put_up()
    signed = "advisories/2026/ADV-2026-0001/r1.en.txt.asc"
    auth = Store(settings, SECRET)._auth

    def head(path: str) -> Mapping[str, str]:
        url = f"{settings.endpoint}/{settings.bucket}/{path}"
        return requests.head(url, auth=auth, timeout=5).headers

    assert head(signed)["Content-Type"] == "text/plain; charset=utf-8"
    assert head("en/index.html")["Content-Type"] == "text/html; charset=utf-8"
    assert bucket._headers(signed)["Cache-Control"].endswith("immutable")
    assert bucket._headers("en/index.html")["Cache-Control"] == "no-cache"


def test_a_file_whose_type_changed_is_sent_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.build(FIRST)
    stage.put_up()
    monkeypatch.setattr(bucket, "media_type", lambda path: f"text/{len(path.parts)}")

    assert stage.put_up() == PutUp(len(FIRST), 0)


def test_an_object_that_somebody_changed_there_is_put_right(
    stage: Stage, place: Place
) -> None:
    stage.build(FIRST)
    stage.put_up()
    place.add("en/index.html", b"defaced")

    assert stage.put_up() == PutUp(1, 0)
    assert place.public() == FIRST


def test_a_store_that_dies_half_way_is_repaired(
    server: s3store.Server, stage: Stage, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.build(FIRST)
    stage.put_up()
    stage.build(SECOND)
    put = Store.put
    calls = count()

    def dying(self: Store, name: str, data: bytes, headers: Mapping[str, str]) -> str:
        if next(calls) == 1:
            server.stop()
        return put(self, name, data, headers)

    monkeypatch.setattr(Store, "put", dying)
    try:
        with pytest.raises(WorldError, match=r"cannot be reached.*Nothing was mailed"):
            stage.put_up()
    finally:
        server.start()

    assert whole(place.public())
    monkeypatch.setattr(Store, "put", put)
    stage.put_up()
    assert place.public() == SECOND


def test_new_files_go_first_and_the_index_of_the_record_last(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.build(FIRST)
    stage.put_up()
    stage.build(SECOND)
    put, delete = Store.put, Store.delete
    done: list[str] = []

    def noted(self: Store, name: str, data: bytes, headers: Mapping[str, str]) -> str:
        done.append(name)
        return put(self, name, data, headers)

    def removed(self: Store, name: str) -> None:
        done.append(name)
        delete(self, name)

    monkeypatch.setattr(Store, "put", noted)
    monkeypatch.setattr(Store, "delete", removed)

    stage.put_up()

    prefix = getattr(stage.place.settings, "prefix", "")
    assert [name.removeprefix(prefix) for name in done] == [
        "advisories/2026/ADV-2026-0002/en.html",
        "en/index.html",
        "record/2026.jsonl",
        "record/index.json",
        "en/feed.xml",
    ]


def test_the_order_is_from_what_is_linked_to_what_links() -> None:
    paths = [
        "record/index.json",
        "record/2026.jsonl",
        "en/feed.xml",
        "en/alert/atom.xml",
        "api/v1/index.json",
        "sitemap.xml",
        "en/index.html",
        "advisories/2026/A/en.html",
        "advisories/2026/A/r1.en.txt.asc",
        "style.css",
        "keys/0.asc",
    ]

    assert list(order.batches(set(paths))) == [
        ["advisories/2026/A/r1.en.txt.asc", "keys/0.asc", "style.css"],
        ["advisories/2026/A/en.html"],
        ["en/index.html"],
        ["api/v1/index.json", "sitemap.xml"],
        ["en/alert/atom.xml", "en/feed.xml"],
        ["record/2026.jsonl"],
        ["record/index.json"],
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"access_key": "NOBODY"}, "does not know the key|refuses the key"),
        ({"bucket": "nowhere"}, "there is no such bucket"),
        ({"endpoint": "http://127.0.0.1:9"}, "cannot be reached"),
    ],
)
def test_what_the_store_refuses_becomes_what_to_do(
    server: s3store.Server, tmp_path: Path, change: dict[str, str], reason: str
) -> None:
    settings = server.bucket(f"refused{next(_NUMBERS)}")
    stage = Stage(tmp_path, Place(server, replace(settings, **change)))
    stage.build(FIRST)

    with pytest.raises(WorldError, match=rf"({reason}).*Nothing was mailed") as raised:
        stage.put_up()

    assert SECRET not in str(raised.value)
    assert server.objects(settings) == {}


def test_a_wrong_secret_is_told_and_not_shown(
    server: s3store.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.adapters import contract_target

    monkeypatch.setattr(contract_target, "SECRET", "another-secret")
    stage = Stage(tmp_path, Place(server, server.bucket("wrong")))
    stage.build(FIRST)

    with pytest.raises(WorldError, match=r"the secret is not that|refuses") as raised:
        stage.put_up()

    assert "another-secret" not in str(raised.value)


def test_a_listing_of_many_pages_is_read_to_its_end(
    server: s3store.Server, tmp_path: Path
) -> None:
    settings = server.bucket("many")
    stage = Stage(tmp_path, Place(server, settings))
    many = {**FIRST, **{f"en/{n}.html": b"%d" % n for n in range(1100)}}
    stage.build(many)
    stage.put_up()

    assert stage.put_up() == PutUp(0, 0)
    stage.build(FIRST)
    assert stage.put_up() == PutUp(0, 1100)


@dataclass
class Moody(ThreadingHTTPServer):
    """A store in a mood: answers with what it is told, in turn."""

    answers: list[tuple[int, bytes]]
    asked: list[str] = field(default_factory=list)
    daemon_threads = True

    def __post_init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Moody)
        self.server.asked.append(self.path)
        answers = self.server.answers
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


_EMPTY = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([(403, b"<Code>RequestTimeTooSkewed</Code>")], "the clock of this machine"),
        ([(403, b"<Code>AccessDenied</Code>")], "has to list, put and delete"),
        ([(403, b"no")], "refuses the key"),
        ([(301, b"<Code>PermanentRedirect</Code>")], "the bucket is elsewhere"),
        ([(307, b"")], "the bucket is elsewhere"),
        ([(404, b"<Code>NoSuchBucket</Code>")], "make it"),
        ([(507, b"")], "no room left"),
        ([(500, b"")], r"the store failed \(500\)"),
        ([(200, b"<html>")], "no listing"),
        ([(503, b"SlowDown"), (200, _EMPTY)], None),
        ([(500, b""), (429, b""), (200, _EMPTY)], None),
    ],
)
def test_moods_of_a_store(answers: list[tuple[int, bytes]], reason: str | None) -> None:
    server = Moody(answers)
    waited: list[float] = []
    with serving.started(server) as url:
        target = BucketTarget(url, "b", "", "r", "K")
        with closing(Store(target, SECRET, waited.append)) as store:
            if reason is None:
                assert list(store.listing("")) == []
            else:
                with pytest.raises(WorldError, match=reason):
                    list(store.listing(""))
    assert len(server.asked) == len(waited) + 1 <= 3


def test_a_listing_without_end_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (
        b"<L><IsTruncated>true</IsTruncated>"
        b"<NextContinuationToken>x</NextContinuationToken></L>"
    )
    monkeypatch.setattr(s3, "_PAGES", 3)
    store = Store(BucketTarget("http://127.0.0.1:9", "b", "", "r", "K"), SECRET)
    answer = SimpleNamespace(content=page)
    monkeypatch.setattr(store, "_ask", lambda *_: answer)

    with pytest.raises(WorldError, match="no end"):
        list(store.listing(""))


def test_without_its_package_it_is_told_what_to_install(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "publisher.adapters.deploy.bucket", None)
    monkeypatch.delattr(deploy, "bucket")
    stage.build(FIRST)

    with pytest.raises(SettingsError, match=r"advisory-publisher\[s3\]"):
        stage.put_up()


def test_an_empty_bucket_of_somebody_else_is_not_emptied(
    server: s3store.Server, tmp_path: Path
) -> None:
    settings = server.bucket("backup")
    server.put(settings, "backup.tar", b"all")
    stage = Stage(tmp_path, Place(server, settings))
    stage.build(FIRST)

    with pytest.raises(OperatorError, match=r"'backup\.tar'.*another deploy\.prefix"):
        stage.put_up()


def test_the_secret_is_in_no_list_of_processes(stage: Stage) -> None:
    stage.build(FIRST)
    stage.put_up()

    listed = subprocess.run(["ps", "axww"], capture_output=True, text=True, check=True)

    assert SECRET not in listed.stdout
