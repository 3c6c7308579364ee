"""`init`, `new` and `completion`: the first steps."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from publisher import config
from publisher.cli import common
from publisher.errors import AuthorError, OperatorError, SettingsError
from publisher.model import ids
from publisher.model.advisory import Kind
from publisher.wiring import KEYS, Project, skeleton

if TYPE_CHECKING:
    import jinja2

_TITLES = {"en": "Security announcements", "ja": "セキュリティ情報"}
_FIRST = {"en": "How to check what we publish", "ja": "当センターの発行物を検証する方法"}


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", default="Example CSIRT", show_default=True, help="The team's name.")
@click.option("--contact", default="csirt@cert.example", show_default=True, help="Its mail address.")
@click.option("--url", default="https://www.cert.example", show_default=True, help="The site's address.")
@click.option("--domain", default="lists.cert.example", show_default=True, help="The mail domain of its lists.")
@click.option("--prefix", default="ADV", show_default=True, help="What advisory ids begin with.")
@click.option("--timezone", default="Asia/Tokyo", show_default=True, help="The zone that dates are shown in.")
@click.option("-l", "--language", "languages", multiple=True, default=("ja", "en"), show_default=True, help="A language of the site, the first one first; may be repeated.")
@click.option("-k", "--key", metavar="FINGERPRINT", help="Pin this key of your gpg and put its public half into keys/.")
def init_command(folder: Path, languages: tuple[str, ...], key: str | None, **answers: str) -> None:
    """Make a fresh project: settings, templates to override, a first advisory.

    The project lints and builds at once. Everything that is asked for here can be
    changed in publisher.toml later.

    \b
    Examples:
      publisher init advisories-of-ours
      publisher init ours --name "Our CSIRT" --contact csirt@ours.example --key 0123…
    """
    if folder.exists() and any(folder.iterdir()):
        msg = f"{folder} is not empty: name a folder that is new or empty"
        raise OperatorError(msg)
    tags = [ids.language(tag) for tag in languages]
    public = _exported(key) if key else None
    now = datetime.now(UTC).astimezone(_zone(answers["timezone"])).replace(microsecond=0)
    values = {
        **answers,
        "text": lambda value: json.dumps(value, ensure_ascii=False),
        "languages": tags,
        "names": dict.fromkeys(tags, answers["name"]),
        "titles": {tag: _TITLES.get(tag, _TITLES["en"]) for tag in tags},
        "fingerprint": public[0] if public else "",
        "since": now.isoformat(),
    }
    files = {
        config.NAME: skeleton("publisher.toml", **values),
        ".gitignore": skeleton("gitignore"),
        ".gitattributes": skeleton("gitattributes"),
        "keys/.gitkeep": "",
        "templates/.gitkeep": "",
    }
    if public:
        files[f"{KEYS}/{public[0]}.asc"] = public[1]
    files |= _first_advisory(answers["prefix"], tags, now)
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    config.load(folder)
    click.echo(f"made {folder}: next, `cd {folder}`, `publisher lint`, `publisher build`")


@click.command("new")
@click.argument("kind", type=click.Choice([str(kind) for kind in Kind]))
@click.option("-t", "--title", default="FIXME", help="The title in the original's language.")
@click.option("-l", "--language", "languages", multiple=True, help="The original's language, then those of translations; default: all of the site's.")
@click.option("--date", type=common.Moment(), help="When it is to be released; default: now.")
@common.project_option
def new_command(
    kind: str, title: str, languages: Sequence[str], date: datetime | None, start: Path
) -> None:
    """Begin an advisory: a folder with the next free id and a text to fill in.

    It is a draft until `draft: true` is taken away, and lint refuses it as long as
    a FIXME is left. Two people who take the same id on two branches get a conflict
    from git in advisories/.last-id.

    \b
    Examples:
      publisher new alert --title "Remote code execution in Example Server"
      publisher new note --language ja
    """
    from publisher.pipeline import scaffold

    with common.project(start) as project:
        settings = project.settings
        tags = [_known(project, tag) for tag in languages] or list(settings.languages)
        zone = settings.team.timezone
        moment = (date or project.clock()).astimezone(zone).replace(microsecond=0)
        snapshot = project.repository.snapshot()
        advisory = scaffold.next_id(snapshot, settings.prefix, moment.year)
        titles = [(tag, title if tag == tags[0] else "FIXME") for tag in tags]
        beginning = scaffold.Beginning(Kind(kind), titles, moment)
        loader = project.presentation.environment
        bodies = [loader.get_template(_skeleton(loader, kind, tag)).render() for tag in tags]
        made = scaffold.sources(advisory, beginning, bodies)
        for name, text in made.items():
            click.echo(f"made {project.repository.add(advisory, name, text.encode())}")
        guard = project.root / "advisories" / ".last-id"
        guard.write_text(f"{advisory}\n", encoding="utf-8")


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> None:
    """Print the completion script of a shell.

    \b
    Examples:
      publisher completion bash > ~/.local/share/bash-completion/completions/publisher
      publisher completion fish > ~/.config/fish/completions/publisher.fish
    """
    from click import shell_completion

    from publisher.cli import cli

    found = shell_completion.get_completion_class(shell)
    if found is None:
        msg = f"click knows no completion for {shell}"
        raise OperatorError(msg)
    # Not its `source()`, which wants to run the very shell first.
    complete = found(cli, {}, "publisher", "_PUBLISHER_COMPLETE")
    click.echo(complete.source_template % complete.source_vars())


def _first_advisory(
    prefix: str,
    languages: Sequence[ids.Language],
    now: datetime,
) -> dict[str, str]:
    from publisher.pipeline import scaffold

    advisory = scaffold.next_id([], prefix, now.year)
    written = [tag for tag in languages if tag in _FIRST] or [ids.Language("en")]
    beginning = scaffold.Beginning(
        Kind.NOTE, [(tag, _FIRST[tag]) for tag in written], now, draft=False
    )
    bodies = [skeleton(f"first.{tag}.md") for tag in written]
    made = scaffold.sources(advisory, beginning, bodies)
    folder = f"advisories/{advisory.year}/{advisory}"
    return {f"{folder}/{name}": text for name, text in made.items()} | {
        "advisories/.last-id": f"{advisory}\n"
    }


def _exported(key: str) -> tuple[str, str]:
    fingerprint = key.replace(" ", "").upper()
    done = subprocess.run(  # noqa: S603  (an argument list, no shell)
        ["gpg", "--batch", "--armor", "--export", fingerprint],  # noqa: S607
        capture_output=True,
        check=False,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )
    if not done.stdout:
        msg = f"gpg knows no key {fingerprint}: `gpg --list-keys` shows those it knows"
        raise OperatorError(msg)
    return fingerprint, done.stdout.decode()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError) as error:
        msg = f"{name!r} is no time zone such as Asia/Tokyo"
        raise SettingsError(msg) from error


def _known(project: Project, tag: str) -> ids.Language:
    if tag not in project.settings.languages:
        known = ", ".join(project.settings.languages)
        msg = f"{tag!r} is not among site.languages ({known})"
        raise OperatorError(msg)
    return ids.Language(tag)


def _skeleton(loader: jinja2.Environment, kind: str, language: str) -> str:
    names = [f"new/{kind}.{language}.md", f"new/{kind}.en.md"]
    name: str | None = loader.select_template(names).name
    if name is None:
        msg = f"there is no skeleton for {kind}"
        raise AuthorError(msg)
    return name
