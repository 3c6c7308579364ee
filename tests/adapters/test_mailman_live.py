"""What the adapter reads off a server, on one that says what the test wants."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from publisher.adapters.mailman import MailmanLists
from publisher.errors import MailmanError
from publisher.lists import names
from publisher.model.settings import Mailman
from tests.adapters.announcements import ANNOUNCEMENT
from tests.mailman_plugin.hosts import JA
from tests.serving import started

pytestmark = pytest.mark.enable_socket

LANGUAGE = "system/configuration/language.ja"


@contextmanager
def serving(answers: Mapping[str, object]) -> Iterator[MailmanLists]:
    """Answer each path below /3.1 as told, others with an empty object."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/3.1/").partition("?")[0]
            found = answers.get(path, {})
            data = json.dumps(found or {}).encode()
            self.send_response(200 if found is not None else 404)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            del format, args

    with started(HTTPServer(("127.0.0.1", 0), Handler)) as url:
        settings = Mailman(f"{url}/3.1", "restadmin", timeout=5, wait=0.1)
        yield MailmanLists(settings, "secret")


def live(answers: Mapping[str, object]) -> Mapping[str, object]:
    with serving(answers) as lists:
        settings = lists.live(JA)
    assert settings is not None
    return settings


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ({"charset": "UTF-8"}, "utf-8"),
        ({"charset": "us-ascii"}, "utf-8"),
        ({"charset": "euc-jp"}, "euc-jp"),
        (None, ""),
    ],
)
def test_the_charset_is_that_of_the_lists_language(
    section: object, expected: str
) -> None:
    assert live({LANGUAGE: section})[names.CHARSET] == expected


def test_arrays_are_tuples() -> None:
    config = {"acceptable_aliases": ["a@lists.cert.example"], "info": "x"}

    settings = live({f"lists/{JA.list_id}/config": config})

    assert settings["acceptable_aliases"] == ("a@lists.cert.example",)
    assert settings["info"] == "x"


def test_addresses_are_sorted_and_in_lower_case() -> None:
    entries = [{"email": "Zoe@cert.example"}, {"email": "abe@cert.example"}]

    settings = live({f"lists/{JA.list_id}/roster/owner": {"entries": entries}})

    assert settings[names.OWNERS] == ("abe@cert.example", "zoe@cert.example")


def test_a_template_that_is_not_set_is_empty() -> None:
    entries = [{"name": "list:member:regular:footer", "uri": "file:/x"}]

    settings = live({f"lists/{JA.list_id}/uris": {"entries": entries}})

    assert settings[names.template("list:member:regular:footer")] == "file:/x"
    assert settings[names.template("list:member:regular:header")] == ""


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"state": "accepted"}, True),
        ({"state": "unknown"}, False),
        ({"state": "claimed"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_what_the_plugin_does_not_say_for_certain_is_not_known(
    told: object, expected: bool | None
) -> None:
    path = "plugins/publisher/posts/announce-ja.lists.cert.example/ADV-2026-0007/ja/1"
    with serving({path: told}) as lists:
        assert lists.taken(ANNOUNCEMENT) is expected


def test_what_may_have_been_posted_is_not_posted_again() -> None:
    base = "plugins/publisher"
    answers = {
        f"{base}/version": {"version": "1"},
        f"{base}/lists/{JA.list_id}": {"posting_chain": names.CHAIN},
        f"{base}/posts/{JA.list_id}/ADV-2026-0007/ja/1": {"state": "claimed"},
    }

    with serving(answers) as lists, pytest.raises(MailmanError) as caught:
        lists.post(ANNOUNCEMENT)

    assert not caught.value.certain
    assert "has begun to post ADV-2026-0007 r1 ja" in str(caught.value)
    assert "it is posted once only" in str(caught.value)


def test_a_runner_that_is_not_started_is_named() -> None:
    answers = {
        "system/configuration/runner.out": {"start": "no"},
        "system/configuration/runner.in": {"start": " False"},
        "system/configuration/runner.task": {"start": "yes"},
        "system/configuration/runner.bounces": None,
    }

    assert live(answers)[names.RUNNERS] == ("in", "out")


def test_a_list_with_many_members_is_not_asked_about_bounces_without_the_plugin() -> (
    None
):
    answers = {
        "plugins/publisher/version": None,
        f"lists/{JA.list_id}": {"member_count": 2001},
        f"lists/{JA.list_id}/held": {"total_size": 1},
        "queues": {"entries": [{"name": "out", "files": []}]},
    }

    with serving(answers) as lists:
        found = lists.backlog([JA])

    [only] = found.lists
    assert (only.held, only.requests, only.disabled, only.bouncing) == (
        1,
        0,
        None,
        None,
    )
    assert found.queues == ()


def test_a_bounce_score_is_counted_without_the_plugin() -> None:
    scores = [{"bounce_score": 0}, {"bounce_score": 2}, {}]
    answers = {
        "plugins/publisher/version": None,
        f"lists/{JA.list_id}": {"member_count": 3},
        "members/find": {"entries": scores},
    }

    with serving(answers) as lists:
        [found] = lists.backlog([JA]).lists

    assert found.bouncing == 1
