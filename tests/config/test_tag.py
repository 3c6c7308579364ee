"""The name under which the ids of Atom feeds are minted."""

from __future__ import annotations

import pytest

from publisher import config
from publisher.config import addresses
from publisher.errors import SettingsError
from tests.builders import FINGERPRINT
from tests.projects import SETTINGS

TEXT = SETTINGS.format(fingerprint=FINGERPRINT)


def with_tag(tag: str) -> str:
    return TEXT.replace("[site]\n", f'[site]\ntag = "{tag}"\n')


def test_it_is_optional() -> None:
    assert config.parse(TEXT).site.tag == ""
    assert config.parse(with_tag("old.example,2019")).site.tag == "old.example,2019"


@pytest.mark.parametrize(
    "tag",
    ["www.cert.example,2026", "csirt@cert.example,2026-11", "cert.example,2026-11-20"],
)
def test_a_host_or_an_address_and_a_date_will_do(tag: str) -> None:
    assert addresses.tag(tag) == tag


@pytest.mark.parametrize(
    "tag",
    [
        *("", "www.cert.example", "www.cert.example,26", ",2026", "a b,2026"),
        *("https://www.cert.example,2026", "WWW.cert.example,2026"),
        "www.cert.example,2026:x",
    ],
)
def test_anything_else_is_refused_with_its_line(tag: str) -> None:
    with pytest.raises(SettingsError, match=r"publisher\.toml:\d+: site\.tag is wrong"):
        config.parse(with_tag(tag))
