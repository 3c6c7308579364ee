from __future__ import annotations

import io
import sys

import pytest

from publisher.cli.common import Bar, counted


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(bar: Bar, screen: io.StringIO, total: int) -> str:
    for what in ("checked", "rendered"):
        for done in range(1, total + 1):
            bar(what, done, total)
    bar.close()
    return screen.getvalue()


def test_a_long_wait_has_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)

    seen = shown(Bar(), screen, 100)

    assert "checked  [####" in seen
    assert "rendered  [####" in seen
    assert "100%" in seen
    assert seen.endswith("\n")


def test_a_short_wait_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)

    assert shown(Bar(), screen, 10) == ""


def test_there_is_none_in_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)

    assert shown(Bar(), log, 100) == ""


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 mails"), (1, "1 mail"), (2, "2 mails")]
)
def test_things_are_counted(number: int, text: str) -> None:
    assert counted(number, "mail") == text


def test_things_with_an_odd_plural_are_counted() -> None:
    assert counted(2, "advisory", "advisories") == "2 advisories"
