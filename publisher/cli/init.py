"""`init`: a fresh project."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from publisher import config, wiring
from publisher.cli import command, common
from publisher.errors import OperatorError
from publisher.model import ids
from publisher.model.advisory import Kind

_TITLES = {"en": "Security announcements", "ja": "セキュリティ情報"}
_FIRST = {
    "en": "How to check what we publish",
    "ja": "当センターの発行物を検証する方法",
}
"""The languages that there is a first advisory in, and its title."""


@click.command(
    "init",
    cls=command.Command,
    examples=[
        "publisher init our-advisories",
        "publisher init ours --name 'Our CSIRT' --contact csirt@ours.example \\",
        "    --url https://www.ours.example --domain lists.ours.example \\",
        "    --key 0123456789ABCDEF0123456789ABCDEF01234567",
    ],
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--name",
    type=common.Text(),
    default="Example CSIRT",
    show_default=True,
    help="The team's name.",
)
@click.option(
    "--contact",
    metavar="ADDRESS",
    default="csirt@cert.example",
    show_default=True,
    help="Its mail address.",
)
@click.option(
    "--url",
    metavar="URL",
    default="https://www.cert.example",
    show_default=True,
    help="Where its site is, or will be.",
)
@click.option(
    "--domain",
    metavar="DOMAIN",
    default="lists.cert.example",
    show_default=True,
    help="The mail domain of its lists.",
)
@click.option(
    "--prefix",
    default="CSIRT",
    show_default=True,
    help="What advisory ids begin with; your team's name is best.",
)
@click.option(
    "--timezone",
    metavar="ZONE",
    default="Asia/Tokyo",
    show_default=True,
    help="The zone that dates are shown in.",
)
@click.option(
    "-l",
    "--language",
    "languages",
    metavar="TAG",
    multiple=True,
    default=("ja", "en"),
    show_default=True,
    help="A language of the site, the main one first; may be repeated.",
)
@click.option(
    "-k",
    "--key",
    metavar="FINGERPRINT",
    help="Pin this key of your gpg and put its public half into keys/.",
)
def init_command(
    folder: Path, languages: tuple[str, ...], key: str | None, **answers: str
) -> None:
    """Make a fresh project: settings, keys, templates to override, a first advisory.

    The project lints and builds at once. Everything that is asked for here can be
    changed in publisher.toml later; signing needs a key there.
    """
    _require_empty(folder)
    tags = [_language(tag) for tag in dict.fromkeys(languages)]
    public = wiring.public_key(key) if key else None
    files = _files(tags, answers, public)
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    click.echo(f"made {folder}; next:")
    click.echo(f"  cd {folder}")
    for step in ("publisher lint", "publisher build", "publisher serve"):
        click.echo(f"  {step}")
    click.echo("before you sign:")
    if public is None:
        click.echo("  make a key and name it in publisher.toml (docs/keys.md)")
    click.echo("  commit with git: whoever signs must not have written the text")
    click.echo("  (alone? set `review.other_person = false` in publisher.toml)")


def _files(
    tags: Sequence[ids.Language],
    answers: dict[str, str],
    public: tuple[str, str] | None,
) -> dict[str, str]:
    zone = _zone(answers["timezone"])
    now = datetime.now(UTC).astimezone(zone).replace(microsecond=0)
    settings = wiring.skeleton(
        "publisher.toml",
        **answers,
        # A basic string of TOML has the form of JSON's, but for DEL.
        text=lambda value: json.dumps(value, ensure_ascii=False),
        languages=tags,
        names=dict.fromkeys(tags, answers["name"]),
        titles={tag: _TITLES.get(tag, _TITLES["en"]) for tag in tags},
        fingerprint=public[0] if public else "",
        since=now.isoformat(),
    )
    # Before anything is written.
    config.parse(settings)
    files = {
        config.NAME: settings,
        ".gitignore": wiring.skeleton("gitignore"),
        ".gitattributes": wiring.skeleton("gitattributes"),
        f"{wiring.KEYS}/.gitkeep": "",
        "templates/.gitkeep": "",
    }
    if public:
        files[f"{wiring.KEYS}/{public[0]}.asc"] = public[1]
    return files | _first_advisory(answers["prefix"], tags, now)


def _first_advisory(
    prefix: str, languages: Sequence[ids.Language], now: datetime
) -> dict[str, str]:
    from publisher.pipeline import scaffold

    written = [tag for tag in languages if tag in _FIRST]
    if not written:
        return {}
    advisory = scaffold.next_id([], prefix, now.year)
    titles = [(tag, _FIRST[tag]) for tag in written]
    beginning = scaffold.Beginning(Kind.NOTE, titles, now, draft=False)
    bodies = [wiring.skeleton(f"first.{tag}.md") for tag in written]
    made = scaffold.sources(advisory, beginning, bodies)
    folder = f"advisories/{advisory.year:04d}/{advisory}"
    files = {f"{folder}/{name}": text for name, text in made.items()}
    return files | {scaffold.GUARD: f"{advisory}\n"}


def _require_empty(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        msg = f"{folder} is no folder: name one that is new or empty"
        raise OperatorError(msg)
    # A repository that holds nothing yet is as good as empty.
    if folder.exists() and any(each.name != ".git" for each in folder.iterdir()):
        msg = f"{folder} is not empty: name a folder that is new or empty"
        raise OperatorError(msg)


def _language(tag: str) -> ids.Language:
    try:
        return ids.language(tag)
    except ValueError as error:
        raise OperatorError(str(error)) from error


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        msg = f"{name!r} is no time zone such as Asia/Tokyo"
        raise OperatorError(msg) from error
