"""The unit files: what they run, what they may do, and that docs and files agree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from publisher.cli import cli
from tests.systemd import units

PAGES = {
    file.relative_to(units.ROOT).as_posix(): file.read_text(encoding="utf-8")
    for file in [units.ROOT / "README.md", *sorted((units.ROOT / "docs").glob("*.md"))]
}
OWN = PAGES["docs/systemd.md"]
PROGRAM = "/opt/publisher/bin/publisher"
# What every service has: systemd.exec(5) on each.
HARDENED = {
    "CapabilityBoundingSet": "",
    "LockPersonality": "yes",
    "MemoryDenyWriteExecute": "yes",
    "NoNewPrivileges": "yes",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "ProcSubset": "pid",
    "ProtectClock": "yes",
    "ProtectControlGroups": "yes",
    "ProtectHome": "yes",
    "ProtectHostname": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectProc": "invisible",
    "ProtectSystem": "strict",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces": "yes",
    "RestrictRealtime": "yes",
    "RestrictSUIDSGID": "yes",
    "SystemCallArchitectures": "native",
    "SystemCallErrorNumber": "EPERM",
}
EXCEPTED = {
    "mailman3.service": {
        "RestrictAddressFamilies": "AF_INET AF_INET6 AF_NETLINK AF_UNIX",
    }
}
WRITES = {
    "mailman3.service": {"/var/lib/mailman3"},
    "publisher-drill.service": {"/srv/advisories", "/var/lib/publisher"},
    "publisher-leave-page.service": set(),
    "publisher-mailhost.service": {
        "/srv/advisories/.publisher",
        "/var/lib/publisher",
    },
    "publisher-release.service": {"/srv/advisories", "/var/lib/publisher"},
}


def context(arguments: list[str]) -> click.Context:
    """Return how the command line reads a command, without running anything."""
    top = cli.make_context("publisher", list(arguments), resilient_parsing=False)
    name, command, rest = cli.resolve_command(top, [*top._protected_args, *top.args])
    assert command is not None
    return command.make_context(name, rest, parent=top)


def program_lines(name: str) -> list[list[str]]:
    lines = units.load(name).commands()
    return [line[1:] for line in lines if line[0] == PROGRAM]


def writes(name: str) -> set[str]:
    unit = units.load(name)
    paths = [
        path.removeprefix("-")
        for line in unit.all("Service", "ReadWritePaths")
        for path in line.split()
    ]
    folders = unit.all("Service", "StateDirectory")
    return {*paths, *(f"/var/lib/{folder}" for folder in folders)}


def test_there_is_one_unit_for_each_thing_that_runs_by_itself() -> None:
    assert units.NAMES == (
        "mailman3.service",
        "publisher-drill.service",
        "publisher-drill.timer",
        "publisher-leave-page.service",
        "publisher-mailhost.service",
        "publisher-release.service",
        "publisher-release.timer",
    )


@pytest.mark.parametrize("name", [n for n in units.SERVICES if n[0] == "p"])
def test_the_command_line_takes_what_a_unit_runs(name: str) -> None:
    [line] = program_lines(name)

    read = context(line)

    assert read.info_name in cli.list_commands(read)


def test_an_option_that_there_is_not_would_be_found() -> None:
    with pytest.raises(click.UsageError):
        context(["publish", "--no-sing", "--yes"])


def test_no_unit_signs() -> None:
    for name in units.SERVICES:
        for line in program_lines(name):
            read = context(line)
            if read.info_name == "publish":
                assert read.params["unsigned"]
            elif read.info_name == "drill":
                assert read.params["dry_run"]
            else:
                assert read.info_name in {"leave-page", "mailhost"}
        assert "gpg" not in units.text(name).lower()


def test_no_page_has_a_release_by_itself_that_would_sign() -> None:
    for path, page in PAGES.items():
        lines = re.findall(r"^(?:ExecStart\w*=|\* \* \* \* \*).*$", page, re.MULTILINE)
        for line in lines:
            assert "publisher publish" not in line or " --no-sign" in line, path


def test_a_pull_that_fails_or_hangs_does_not_keep_a_release_back() -> None:
    [pull] = units.load("publisher-release.service").all("Service", "ExecStartPre")

    assert pull.startswith("-/usr/bin/timeout 60 /usr/bin/git pull --ff-only")


@pytest.mark.parametrize("name", units.SERVICES)
def test_a_service_has_no_right_that_it_does_not_need(name: str) -> None:
    unit = units.load(name)
    found = {what: value for _, what, value in unit.settings if what in HARDENED}

    assert found == HARDENED | EXCEPTED.get(name, {})
    assert unit.all("Service", "SystemCallFilter")[0] == "@system-service"
    assert unit.last("Service", "UMask") in {"0022", "0027", "0077"}
    assert writes(name) == WRITES[name]
    # Somebody else than root: by name, or one that is made for it.
    own = unit.last("Service", "DynamicUser") == "yes"
    assert own != (unit.last("Service", "User") in {"publisher", "mailman"})


def test_the_leave_page_sees_nothing_that_is_not_public_and_talks_to_nobody_else() -> (
    None
):
    unit = units.load("publisher-leave-page.service")

    assert unit.all("Service", "InaccessiblePaths") == [
        "-/srv/advisories/advisories",
        "-/srv/advisories/.git",
    ]
    assert unit.last("Service", "IPAddressDeny") == "any"
    assert unit.last("Service", "IPAddressAllow") == "localhost"


def test_the_page_says_what_each_may_write_to() -> None:
    table = OWN.partition("| unit | may write to |")[2].partition("\n\n")[0]
    told: dict[str, set[str]] = {}
    for line in table.strip().splitlines()[1:]:
        first, second = line.strip("|").split(" | ")
        folders = set(re.findall(r"`(/[^`]+)`", second))
        told |= dict.fromkeys(re.findall(r"`([^`]+)`", first), folders)

    assert told == WRITES


@pytest.mark.parametrize("name", units.TIMERS)
def test_a_timer_has_its_service_which_nothing_else_starts(name: str) -> None:
    timer = units.load(name)
    service = units.load(f"{Path(name).stem}.service")

    assert not timer.last("Timer", "Unit")
    assert timer.last("Install", "WantedBy") == "timers.target"
    assert service.last("Service", "Type") == "oneshot"
    assert not service.last("Install", "WantedBy")


@pytest.mark.parametrize("name", units.NAMES)
def test_a_unit_is_in_the_table_and_some_page_has_it_copied(name: str) -> None:
    others = "".join(page for page in PAGES.values() if page != OWN)

    assert re.search(rf"^\| `{re.escape(name)}` \| \S", OWN, re.MULTILINE)
    assert name in others
    assert name in {each for page in PAGES.values() for each in units.copied(page)}


def test_what_a_page_has_copied_is_there_and_what_it_quotes_is_the_file() -> None:
    quoted = re.compile(
        r"^ *```ini\n *# /etc/systemd/system/(\S+?)\n(.*?)^ *```$",
        re.MULTILINE | re.DOTALL,
    )
    for path, page in PAGES.items():
        assert set(units.copied(page)) <= set(units.NAMES), path
        for name, text in quoted.findall(page):
            # What changes a unit is beside it, in a folder of its own.
            if not name.endswith(".d/override.conf"):
                assert text == units.text(name), path


def test_what_is_started_has_been_copied_on_the_same_page() -> None:
    for path, page in PAGES.items():
        started = re.findall(r"systemctl enable --now (\S+)", page)
        assert set(started) <= set(units.copied(page)), path


def test_a_release_of_this_program_brings_the_units_along() -> None:
    data = tomllib.loads((units.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    targets = data["tool"]["hatch"]["build"]["targets"]
    [(source, place)] = targets["wheel"]["shared-data"].items()

    assert units.ROOT / source == units.FOLDER
    assert f"`{place}/`" in OWN
    assert source.partition("/")[0] in targets["sdist"]["include"]
