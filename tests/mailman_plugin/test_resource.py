"""What the plugin serves by REST, on a real Mailman."""

from __future__ import annotations

import pytest

from tests.mailman_plugin.hosts import JA, Server

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]


def test_texts_are_written_below_the_lists_own_folder_only(
    server: Server,
) -> None:
    folder = server.host.settings.directory / "templates/lists" / JA.list_id / "ja"

    assert sorted(file.name for file in folder.iterdir()) == [
        "list:user:action:subscribe.txt",
        "list:user:action:unsubscribe.txt",
        "list:user:notice:goodbye.txt",
        "list:user:notice:welcome.txt",
    ]


@pytest.mark.parametrize(
    "value",
    ['{"notices": {"../../evil": "x"}}', '{"notices": "x"}', '{"notices": {"x": 1}}'],
)
def test_other_texts_than_those_are_refused(server: Server, value: str) -> None:
    assert server.status("PATCH", f"plugins/publisher/lists/{JA.list_id}", value) == 400


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "version", 200),
        ("GET", "lists/nowhere.cert.example", 404),
        ("PATCH", "lists/nowhere.cert.example", 404),
        ("GET", "lists", 404),
        ("GET", "posts/x", 404),
        ("GET", f"posts/{JA.list_id}/ADV-2026-0001/ja/999", 200),
        ("GET", f"posts/{JA.list_id}/adv/ja/1", 400),
        ("GET", f"posts/{JA.list_id}/ADV-2026-0001/japanese/1", 400),
        ("GET", f"posts/{JA.list_id}/ADV-2026-0001/ja/x", 400),
        ("GET", "refusals/x", 404),
        ("GET", f"refusals/{JA.list_id}/{'0' * 64}", 404),
        ("DELETE", f"refusals/{JA.list_id}/{'0' * 64}", 204),
        ("GET", "nothing", 404),
    ],
)
def test_the_plugins_resources_answer_as_rest_does(
    server: Server, method: str, path: str, expected: int
) -> None:
    assert server.status(method, f"plugins/publisher/{path}", "{}") == expected


def test_the_plugins_resources_are_the_administrators_alone(server: Server) -> None:
    assert server.status("GET", "plugins/publisher/version", "", password="x") == 401
