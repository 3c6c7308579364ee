"""Odd values, deep nesting and strange files in the place of the settings."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from publisher import config
from publisher.errors import SettingsError
from tests import growth

SETTINGS = Path("publisher.toml").read_text(encoding="utf-8")
MORE = """
[deploy]
folder = "/srv/www"
keep = 3

[canary]
address = "canary@cert.example"
imap = "imaps://canary@mail.cert.example/INBOX"
password = { env = "PUBLISHER_CANARY" }
wait = 300

[lint]
title = 100

[links]
seconds = 10
private = false

[security_txt]
contacts = ["mailto:csirt@cert.example"]
policy = "https://www.cert.example/policy"

[review]
other_person = true
"""
ODD = [
    "inf", "-inf", "nan", "1e999", "-1", "0", "9" * 4000, f"0x{'f' * 5000}", "-9e9",
    "true", "1979-05-27", "07:32:00", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59", "1979-05-27T07:32:00", "[]", "[[[[1]]]]", "{}",
    "{ a = { b = [{}] } }", '""', '"\\u0000"', '"a\\u0000b"', '"\\u001b[2J"',
    '"\\U0010FFFF"', f'"{"x" * 100_000}"', "[1, 'a', {}]", "['\\u0000']",
    "[" * 30 + "]" * 30, "[" * 40 + "]" * 40, "[" * 9000 + "]" * 9000,
]  # fmt: skip
KEYS = [line.partition(" = ")[0] for line in (SETTINGS + MORE).split("\n")
        if re.match(r"[a-z_]+ = ", line)]  # fmt: skip


@pytest.mark.parametrize("key", dict.fromkeys(KEYS))
def test_an_odd_value_is_taken_or_refused_by_name(key: str) -> None:
    for value in ODD:
        text = re.sub(
            rf"^{key} = .*$", f"{key} = {value}".replace("\\", r"\\"), SETTINGS + MORE,
            flags=re.MULTILINE,
        )  # fmt: skip
        try:
            config.parse(text)
        except SettingsError as error:
            told = str(error)
            assert told.startswith("publisher.toml"), told
            assert len(told) < 1000
            assert told.isprintable()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"a = {'[' * 5000}{']' * 5000}", "nests too deeply"),
        (f"a = {'{b=' * 5000}1{'}' * 5000}", "nests too deeply"),
        (f"a = {'[' * 40}{']' * 40}", "nests more than 32"),
        (f"a{'.a' * 40} = 1", "a key has more than 32 parts"),
        (f"[a{' . b' * 40}]", "a key has more than 32 parts"),
        (f"a = {{ a{'.a' * 40} = 1 }}", "a key has more than 32 parts"),
        ('"a\\u001b" = 1', "has the unprintable key"),
        (f"a = {'9' * 5000}", "digits"),
        (f"a = 0x{'f' * 5000}", "more than 64 bits"),
        ("a = 'x\\u0000'\nb = \"x\\u0000\"", "the character NUL"),
    ],
)
def test_what_nests_or_counts_too_far_is_refused(line: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        config.parse(f"{line}\n{SETTINGS}")


def test_a_key_of_many_parts_costs_no_more_than_its_length() -> None:
    def read(parts: int) -> None:
        with pytest.raises(SettingsError):
            config.parse(f"a{'.a' * parts} = 1\n")

    growth.is_linear(read, 50_000, 400_000)


@pytest.mark.parametrize("name", ["publisher.toml", "redirects.toml"])
@pytest.mark.parametrize("what", ["pipe", "folder", "huge", "device"])
def test_a_file_that_is_none_is_named(tmp_path: Path, name: str, what: str) -> None:
    file = tmp_path / name
    if what == "pipe":
        os.mkfifo(file)
    elif what == "folder":
        file.mkdir()
    elif what == "device":
        file.symlink_to("/dev/zero")
    else:
        with file.open("wb") as stream:
            stream.truncate(1 << 40)
    read = config.load if name == config.NAME else config.redirects

    with pytest.raises(SettingsError, match=rf"{name}: (is a|has 1|cannot be read)"):
        read(tmp_path)


def test_settings_may_be_a_link_to_a_plain_file(tmp_path: Path) -> None:
    (tmp_path / "there").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / config.NAME).symlink_to("there")

    assert config.load(tmp_path) == config.parse(SETTINGS)
