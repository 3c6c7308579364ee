"""Mailman's configuration, written anew at each start; nothing here touches a file.

Where it differs from stock:

- `mailman.mta.null.NullMTA`: the local MTA asks Mailman about each recipient, so
  there are no maps to keep, and no `postmap` is needed.
- With the plugin, it delivers posts itself (`outgoing`), and takes mail in within
  limits.
- Each copy of a post comes back to an address of its own, and before a subscription
  ends, the address is asked once more: anybody can forge a bounce.
- Off are the runners for digests (a digest breaks every signature), news, and
  archives (the site is the archive).
- On is the runner for bounces, although the local MTA sends none: `LIST-bounces@`
  is open to everybody, and its queue would grow for ever. On is the one for tasks:
  it drops requests that nobody confirmed.
- `retry` looks every few seconds, not every fifteen minutes: nothing but the end of
  this very process makes the local MTA refuse mail for a while.
- With a relay, Mailman sends to it what leaves the host; the local MTA takes mail in.
- One REST worker: each costs memory, and SQLite has one writer at a time anyway.
- gunicorn's control socket is off: it would lie in the home directory, where two
  Mailmans of one user meet.
"""

from __future__ import annotations

import configparser
import io
from pathlib import Path

from publisher.mailhost import loopback
from publisher.mailhost.loopback import Ports
from publisher.mailhost.settings import MailHostSettings

REST_USER = "restadmin"

_QUICK = ("command", "in", "lmtp", "out", "pipeline", "virgin")
_SLOW = {"bounces": "1s", "retry": "5s", "task": "1m"}
_OFF = ("archive", "digest", "nntp")
_BOUNCES = "publisher.mailman_plugin.runners.bounces.Bounces"
_COMMANDS = "publisher.mailman_plugin.runners.command.Commands"
_INTAKE = "publisher.mailman_plugin.runners.lmtp.Intake"

GUNICORN = """\
[gunicorn]
control_socket_disable = true
graceful_timeout = 5
timeout = 120
"""


def mailman(settings: MailHostSettings, ports: Ports, password: str) -> str:
    """Return the text of `mailman.cfg` (the syntax is lazr.config's)."""
    outgoing = settings.relay or (loopback.HOST, ports.smtp)
    sections: dict[str, dict[str, object]] = {
        "mailman": {
            "site_owner": settings.site_owner,
            "default_language": settings.languages[0],
            "layout": "publisher",
        },
        "paths.publisher": {"var_dir": settings.directory},
        "database": _database(settings),
        "webservice": {
            "hostname": loopback.HOST,
            "port": ports.rest,
            "admin_user": REST_USER,
            "admin_pass": password,
            "workers": 1,
            "configuration": gunicorn_path(settings.directory),
        },
        "logging.gunicorn": {"path": "rest.log"},
        "mta": {
            "incoming": "mailman.mta.null.NullMTA",
            "outgoing": (
                "publisher.mailman_plugin.delivery.deliver"
                if settings.use_plugin
                else "mailman.mta.deliver.deliver"
            ),
            "smtp_host": outgoing[0],
            "smtp_port": outgoing[1],
            "verp_probes": "yes",
            "verp_delivery_interval": int(settings.personal),
            "lmtp_host": loopback.HOST,
            "lmtp_port": ports.lmtp,
        },
        **_languages(settings),
        **_runners(settings),
        **_plugin(settings),
    }
    return "\n".join(_section(name, values) for name, values in sections.items())


def plugin(settings: MailHostSettings) -> str:
    """Return the text of the file that `publisher.mailman_plugin` reads."""
    parser = configparser.RawConfigParser()
    parser["publisher"] = {"fingerprints": " ".join(settings.fingerprints)}
    if settings.keys is not None:
        parser["publisher"]["keys"] = str(settings.keys.absolute())
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()


def gunicorn_path(directory: Path) -> Path:
    """Return where `GUNICORN` belongs."""
    return directory / "etc" / "gunicorn.cfg"


def plugin_path(directory: Path) -> Path:
    """Return where `plugin` belongs."""
    return directory / "etc" / "publisher.cfg"


def _database(settings: MailHostSettings) -> dict[str, object]:
    if settings.database_url:
        kind = "mailman.database.postgresql.PostgreSQLDatabase"
        return {"class": kind, "url": settings.database_url}
    # SQLite lets one write and the others wait; its own limit of 5 seconds is short on
    # a busy machine, and then mail is shunted.
    return {"url": "sqlite:///$DATA_DIR/mailman.db?timeout=60"}


def _languages(settings: MailHostSettings) -> dict[str, dict[str, object]]:
    return {
        f"language.{code}": {"charset": "utf-8", "enabled": "yes"}
        for code in settings.languages
    }


def _runners(settings: MailHostSettings) -> dict[str, dict[str, object]]:
    quick = f"{settings.sleep_time:.3f}s"
    # A relay that refuses mail for a while is not to be asked every few seconds.
    slow = _SLOW if settings.relay is None else {**_SLOW, "retry": "1m"}
    sections: dict[str, dict[str, object]] = {
        **{f"runner.{name}": {"sleep_time": quick} for name in _QUICK},
        **{f"runner.{name}": {"sleep_time": time} for name, time in slow.items()},
        **{f"runner.{name}": {"start": "no"} for name in _OFF},
    }
    if settings.use_plugin:
        sections["runner.bounces"]["class"] = _BOUNCES
        sections["runner.command"]["class"] = _COMMANDS
        sections["runner.lmtp"]["class"] = _INTAKE
    return sections


def _plugin(settings: MailHostSettings) -> dict[str, dict[str, object]]:
    if not settings.use_plugin:
        return {}
    return {
        "plugin.publisher": {
            "enabled": "yes",
            "class": "publisher.mailman_plugin.plugin.Publisher",
            "component_package": "publisher.mailman_plugin",
            "configuration": plugin_path(settings.directory),
        }
    }


def _section(name: str, values: dict[str, object]) -> str:
    lines = [f"[{name}]", *(f"{key}: {value}" for key, value in values.items())]
    return "\n".join(lines) + "\n"
