"""A template that does not end is stopped, with its name and line."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from publisher.adapters import bounds, templates
from publisher.errors import OperatorError, SettingsError
from publisher.presentation import Presentation
from tests.builders import EN, settings

NAME = "site/robots.txt"
LOOPS = "{% for a in range(99999) %}{% for b in range(99999) %}"
ENDS = "{% endfor %}{% endfor %}"
BIG = "('f' * 5000)|int(base=16)"


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "SECONDS", 0.5)
    monkeypatch.setattr(bounds, "_AGAIN", 0.1)
    # What the system would end is this process.
    monkeypatch.setattr(bounds, "_TIMES", 100)
    monkeypatch.setattr(bounds, "MEMORY", 1 << 26)


def made(folder: Path, text: str, name: str = NAME) -> Presentation:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return templates.presentation(settings(), folder)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (f"one\n{LOOPS}\n{ENDS}", 2, "did not end within"),
        (f"one\n{LOOPS}\n{{{{ a ~ b }}}}{ENDS}", 3, "did not end within|memory"),
        ("{{ lipsum(n=10 ** 9)|length }}", 1, "did not end within"),
        ("{% for a in range(10 ** 12) %}{% endfor %}", 1, "[Rr]ange too big"),
        ("{% macro m() %}\n{{ m() }}{% endmacro %}{{ m() }}", 2, "without an end"),
        (f"\n{{% include {NAME!r} %}}", 2, "without an end"),
        ("{{ 'x' * 10 ** 12 }}", 1, "more memory"),
        ("{{ 'x'|center(10 ** 12) }}", 1, "more memory"),
        ("{{ '%1000000000000d' % 1 }}", 1, "more memory|too big"),
        ("{% set n = namespace(x='x') %}\n{% for a in range(99) %}"
         "{% set n.x = n.x ~ n.x %}{% endfor %}", 2, "more memory|did not end"),
        ("\n{{ 10 ** (10 ** 10) }}", 2, "more than 4096 bits"),
        ("\n{{ 2 ** 64 ** 65 }}", 2, "more than 4096 bits"),
        (f"\n{{{{ ({BIG}) * ({BIG}) }}}}", 2, "more than 4096 bits"),
        (f"\n{{{{ {BIG} is divisibleby({BIG}) }}}}", 2, "more than 4096 bits"),
        ("{{ 1.5|round(10 ** 9, 'ceil') }}", 1, "more than 4096 bits"),
        (f"{{{{ {'(' * 5000}1{')' * 5000} }}}}", 0, "without an end"),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("{{ settings.__class__ }}", 1, "unsafe"),
    ],
)  # fmt: skip
def test_what_does_not_end_is_stopped_where_it_is(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    look = made(tmp_path, text)

    place = f"templates/{NAME}:{line}: " if line else f"templates/{NAME}: "
    with pytest.raises(OperatorError, match=f"^{place}.*({reason})"):
        look.render(NAME, EN)


def test_afterwards_all_is_as_before(tmp_path: Path) -> None:
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU)
    before = [resource.getrlimit(kind) for kind in kinds]
    look = made(tmp_path, f"{LOOPS}{ENDS}")
    with pytest.raises(OperatorError):
        look.render(NAME, EN)

    assert [resource.getrlimit(kind) for kind in kinds] == before
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)
    assert look.render("leave/style.css", EN)


def test_a_template_within_another_ends_with_it(tmp_path: Path) -> None:
    look = made(tmp_path, f"\n{LOOPS}{ENDS}")
    with (
        pytest.raises(OperatorError, match=rf"{NAME}:2: .* did not end"),
        bounds.bounded(),
    ):
        look.render(NAME, EN)


def test_a_thread_renders_without_the_main_threads_clock(tmp_path: Path) -> None:
    look = made(tmp_path, "{{ 2 * 3 }} {{ 7 % 4 }} {{ 6 is divisibleby 3 }}")
    told: list[str] = []
    thread = threading.Thread(target=lambda: told.append(look.render(NAME, EN)))
    thread.start()
    thread.join()

    assert told == ["6 3 True"]


def test_without_proc_memory_has_no_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "_STATM", tmp_path / "none")
    bounds._taken.cache_clear()

    with bounds.bounded():
        limit = resource.getrlimit(resource.RLIMIT_AS)
    bounds._taken.cache_clear()
    assert limit == resource.getrlimit(resource.RLIMIT_AS)


@pytest.mark.parametrize("name", ["site/base.html", "locale/ja/ours.po", "x/y"])
@pytest.mark.parametrize("what", ["link", "pipe", "huge", "folder"])
def test_a_stranger_among_the_templates_is_named(
    tmp_path: Path, name: str, what: str
) -> None:
    file = tmp_path / "templates" / name
    file.parent.mkdir(parents=True)
    if what == "link":
        file.symlink_to("/etc/hostname")
    elif what == "pipe":
        os.mkfifo(file)
    elif what == "huge":
        with file.open("wb") as stream:
            stream.truncate(1 << 33)
    elif name == "site/base.html":
        (file / "within").mkdir(parents=True)
        (file / "within" / "x").write_bytes(b"")
    else:
        return

    with pytest.raises(OperatorError, match=rf"^templates/{name}: (is|has) "):
        templates.presentation(settings(), tmp_path / "templates")


def test_folders_of_templates_are_no_links(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "templates").symlink_to("elsewhere")
    with pytest.raises(OperatorError, match="templates: is a link"):
        templates.presentation(settings(), tmp_path / "templates")
    (tmp_path / "elsewhere" / "site").symlink_to("/usr")
    with pytest.raises(OperatorError, match="elsewhere/site: is a link"):
        templates.presentation(settings(), tmp_path / "elsewhere")


@pytest.mark.parametrize(
    "head",
    ["Content-Type: text/plain; charset=nonsense",
     "Plural-Forms: nplurals=1000000000000; plural=0;"],
)  # fmt: skip
def test_an_odd_catalogue_is_named(tmp_path: Path, head: str) -> None:
    text = f'msgid ""\nmsgstr "{head}\\n"\n\nmsgid "a"\nmsgid_plural "b"\nmsgstr "x"\n'
    file = tmp_path / "locale" / "ja" / "odd.po"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=r"locale/ja/odd\.po: "):
        templates.presentation(settings(), tmp_path)


ENDLESS = """
import sys
from publisher.adapters import bounds
bounds.SECONDS = 0.1
twice = "{% set n.a = [n.a, n.a] %}{% set n.b = [n.b, n.b] %}"
deep = "{% for i in range(99) %}" + twice + "{% endfor %}"
text = "{% set n = namespace(a=[1], b=[1]) %}" + deep + "{{ n.a == n.b }}"
bounds.Bounded().from_string(text).render()
"""


def test_what_python_cannot_stop_is_ended_by_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", ENDLESS], check=False, timeout=60)

    assert -done.returncode == signal.SIGXCPU
