"""The probe on real HTTP servers: what the public sees decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath

import pytest

from publisher.adapters.web import HttpWeb
from publisher.errors import WebError
from publisher.model.media import media_type
from publisher.pipeline.release import Probed
from publisher.wiring import Project
from tests.projects import Workplace
from tests.serving import started

pytestmark = [pytest.mark.gpg, pytest.mark.enable_socket]
FOLDER = "advisories/2026/ADV-2026-0007"


@dataclass
class Public(ThreadingHTTPServer):
    """A web server that serves a folder, but for what it is told otherwise."""

    folder: Path
    asked: list[str] = field(default_factory=list)
    status: dict[str, int] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    missing_until: int = 0
    """Nothing is there before so many requests."""
    daemon_threads = True

    def __post_init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server, path = self.server, self.path[1:]
        assert isinstance(server, Public)
        server.asked.append(path)
        file = server.folder / path
        there = file.is_file() and len(server.asked) > server.missing_until
        body = server.bodies.get(path, file.read_bytes() if there else b"nothing")
        self.send_response(server.status.get(path, 200 if there else 404))
        kind = {"Content-Type": media_type(PurePosixPath(path))}
        for name, value in (kind | server.headers.get(path, {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def public(workplace: Workplace) -> Iterator[Public]:
    server = Public(workplace.site)
    file = workplace.root / "publisher.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("https://www.cert.example", server.url), "utf-8")
    web = HttpWeb(timeout=2)
    workplace.web = web  # type: ignore[assignment]
    workplace.apply_lists()
    workplace.sign()
    with started(server), closing(web):
        yield server


def refused(workplace: Workplace) -> str:
    with pytest.raises(WebError, match=r"no mail was sent") as raised:
        workplace.release()
    assert workplace.lists.mails == []
    assert workplace.slept == 10
    return str(raised.value)


def test_what_was_built_and_is_served_is_mailed(
    workplace: Workplace, public: Public
) -> None:
    events = workplace.release()

    assert Probed(14) in events
    assert len(workplace.lists.mails) == 2
    assert {f"{FOLDER}/en.html", f"{FOLDER}/r2.ja.txt.asc", "ja/alert/feed.xml"} <= set(
        public.asked
    )


def test_a_site_that_appears_after_some_seconds_is_waited_for(
    workplace: Workplace, public: Public
) -> None:
    public.missing_until = 31

    workplace.release()

    assert 0 < workplace.slept < 10
    assert len(workplace.lists.mails) == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            lambda public: public.bodies.update(
                {f"{FOLDER}/en.html": b"r1.en.txt.asc"}
            ),
            r"en\.html: shows something else.*does not name r2\.en\.txt\.asc",
        ),
        (
            lambda public: public.bodies.update({"ja/feed.xml": b"<rss/>"}),
            r"ja/feed\.xml: shows something else than was built: put the new site up",
        ),
        (
            lambda public: public.headers.update(
                {f"{FOLDER}/r2.en.txt.asc": {"Content-Type": "text/html; charset=x"}}
            ),
            r"served as text/html: let the web server serve \.asc as text/plain",
        ),
        (
            lambda public: public.status.update({f"{FOLDER}/r2.ja.txt.asc": 404}),
            r"r2\.ja\.txt\.asc: answers 404, not 200: .+: see whether the site was put",
        ),
        (
            lambda public: (
                public.bodies.update({f"{FOLDER}/ja.html": b"r2.ja.txt.asc"}),
                public.headers.update(
                    {f"{FOLDER}/ja.html": {"Age": "37", "X-Cache": "HIT from edge"}}
                ),
            ),
            r"a cache answered \(Age: 37, X-Cache: HIT from edge\): empty it, or wait",
        ),
    ],
    ids=["old page", "old feed", "type", "missing", "cache"],
)
def test_what_the_public_should_not_see_stops_the_mail(
    workplace: Workplace,
    public: Public,
    change: Callable[[Public], object],
    reason: str,
) -> None:
    change(public)

    assert re.search(reason, refused(workplace))


def test_a_site_that_is_not_there_is_told_once_with_how_much_is_missing(
    workplace: Workplace, public: Public
) -> None:
    public.missing_until = 10**6

    assert "(and 13 more of 14 files)" in refused(workplace)


def test_without_patience_it_is_asked_once(
    workplace: Workplace, public: Public
) -> None:
    public.missing_until = 10**6
    file = workplace.root / "publisher.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[site]\n", "[site]\npatience = 0\n"), "utf-8")
    workplace.project = Project(workplace.root, gnupg_home=workplace.key.home)
    public.asked.clear()

    with pytest.raises(WebError):
        workplace.release()

    assert workplace.slept == 0
    assert len([path for path in public.asked if path != "record/index.json"]) == 14
