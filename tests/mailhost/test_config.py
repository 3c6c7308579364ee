"""Settings that cannot work are refused; the others become Mailman's configuration."""

from __future__ import annotations

import configparser
import dataclasses
import stat
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import OperatorError
from publisher.mailhost import MailHostSettings, MailHostSettingsError, config, files
from publisher.mailhost.loopback import Ports

PORTS = Ports(rest=21001, smtp=21002, lmtp=21003)
FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"


def parsed(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    return parser


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"domain": "lists"}, "'lists' cannot be the mail host's domain"),
        ({"domain": "lists.example\nx: y"}, "domain"),
        ({"domain": "-a.example"}, "domain"),
        ({"site_owner": "nobody"}, "site owner"),
        ({"site_owner": "a@b.example\nx"}, "site owner"),
        ({"languages": ()}, "languages"),
        ({"languages": ("en", "klingon")}, "language"),
        ({"fingerprints": ("ABCD",)}, "fingerprint"),
        ({"rest_port": 70000}, "port"),
        ({"lmtp_port": -1}, "port"),
        ({"sleep_time": 0.0}, "sleep time"),
        ({"directory": Path("/srv/$HOME")}, "folder"),
        ({"directory": Path("/srv/a?b")}, "folder"),
        ({"keys": Path("/srv/a\nb")}, "folder"),
    ],
)
def test_settings_that_cannot_work_are_refused(
    settings: MailHostSettings, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(MailHostSettingsError, match=message) as refusal:
        dataclasses.replace(settings, **change)

    assert isinstance(refusal.value, OperatorError)


def test_mailman_is_told_all_it_needs(settings: MailHostSettings) -> None:
    cfg = parsed(config.mailman(settings, PORTS, "s3cret"))

    assert cfg["paths.publisher"]["var_dir"] == str(settings.directory)
    assert cfg["mailman"]["layout"] == "publisher"
    assert cfg["mailman"]["site_owner"] == "owner@cert.example"
    assert cfg["webservice"]["admin_pass"] == "s3cret"
    assert cfg["webservice"]["port"] == "21001"
    assert cfg["mta"]["smtp_port"] == "21002"
    assert cfg["mta"]["lmtp_port"] == "21003"
    assert {cfg[part]["hostname"] for part in ("webservice",)} == {"127.0.0.1"}
    assert {cfg["mta"][it] for it in ("smtp_host", "lmtp_host")} == {"127.0.0.1"}
    assert cfg["language.ja"]["charset"] == "utf-8"
    assert cfg["runner.in"]["sleep_time"] == "0.100s"
    assert cfg["runner.digest"]["start"] == "no"
    assert "class" not in cfg["runner.lmtp"]
    assert "plugin.publisher" not in cfg


def test_the_plugin_is_configured_when_it_is_wanted(settings: MailHostSettings) -> None:
    wanted = dataclasses.replace(
        settings, use_plugin=True, keys=Path("keys"), fingerprints=(FINGERPRINT,) * 2
    )

    cfg = parsed(config.mailman(wanted, PORTS, "x"))
    section = cfg["plugin.publisher"]
    own = parsed(config.plugin(wanted))["publisher"]

    assert section["enabled"] == "yes"
    assert section["class"] == "publisher.mailman_plugin.plugin.Publisher"
    assert section["component_package"] == "publisher.mailman_plugin"
    assert section["configuration"] == str(config.plugin_path(settings.directory))
    runners = "publisher.mailman_plugin.runners"
    assert cfg["runner.lmtp"]["class"] == f"{runners}.lmtp.Intake"
    assert cfg["runner.command"]["class"] == f"{runners}.command.Commands"
    assert own["keys"] == str(Path.cwd() / "keys")
    assert own["fingerprints"] == f"{FINGERPRINT} {FINGERPRINT}"


def test_without_keys_the_plugin_is_told_of_none(settings: MailHostSettings) -> None:
    assert dict(parsed(config.plugin(settings))["publisher"]) == {"fingerprints": ""}


def test_the_first_language_is_the_servers_own(settings: MailHostSettings) -> None:
    japanese = dataclasses.replace(settings, languages=("ja", "en"))

    assert parsed(config.mailman(japanese, PORTS, "x"))["mailman"][
        "default_language"
    ] == ("ja")


def test_what_is_written_is_for_the_owner_only(settings: MailHostSettings) -> None:
    settings.directory.mkdir(mode=0o755)
    files.make_folders(settings.directory)
    secret = files.password(settings.directory)
    for _ in range(2):
        files.write_configuration(settings, PORTS, secret)

    written = [path for path in settings.directory.rglob("*") if path.is_file()]
    assert {path.name for path in written} == {
        "gunicorn.cfg",
        "mailman.cfg",
        "publisher.cfg",
        "rest-password",
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert stat.S_IMODE(settings.directory.stat().st_mode) == 0o700
    assert files.password(settings.directory) == secret


def test_every_host_has_a_password_of_its_own(tmp_path: Path) -> None:
    directories = [tmp_path / "a", tmp_path / "b"]
    for directory in directories:
        files.make_folders(directory)

    assert len({files.password(directory) for directory in directories}) == 2
