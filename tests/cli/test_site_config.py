"""`publisher site-config`; tests/webservers runs what it prints."""

from __future__ import annotations

import pytest

from tests.cli.terminal import Desk, run


@pytest.mark.parametrize("server", ["nginx", "caddy", "apache"])
def test_the_settings_are_those_of_the_project(desk: Desk, server: str) -> None:
    (desk.root / "redirects.toml").write_text('"/old/" = "/ja/"\n')

    printed = run("site-config", server).stdout

    assert str(desk.root / "site") in printed
    assert "cert.example" in printed
    assert '"/old/"' in printed or '"^/old/$"' in printed
    assert "{{" not in printed
    assert "{%" not in printed


def test_the_folder_that_is_served_can_be_another_one(desk: Desk) -> None:
    del desk

    assert 'root "/srv/www"' in run("site-config", "nginx", "--root", "/srv/www").stdout


def test_a_folder_where_the_site_is_put_up_is_what_is_served(desk: Desk) -> None:
    settings = desk.root / "publisher.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}\n[deploy]\nfolder = "/srv/www/cert"\n')

    assert 'root "/srv/www/cert/current"' in run("site-config", "nginx").stdout


@pytest.mark.parametrize("folder", ['/srv/"x"', "/srv/$x", "/srv/{x}", "/srv/x\ny"])
def test_a_folder_that_settings_cannot_name_is_refused(desk: Desk, folder: str) -> None:
    del desk

    result = run("site-config", "nginx", "--root", folder, code=2)

    assert "cannot be written to settings" in result.stderr


@pytest.mark.parametrize(
    "url", ["http://www.cert.example", "https://www.cert.example/csirt"]
)
def test_a_site_without_a_host_of_its_own_is_refused(desk: Desk, url: str) -> None:
    settings = desk.root / "publisher.toml"
    text = settings.read_text(encoding="utf-8")
    (line,) = [each for each in text.split("\n") if each.startswith("url = ")][:1]
    settings.write_text(text.replace(line, f'url = "{url}"'), encoding="utf-8")

    result = run("site-config", "nginx", code=2)

    assert f"site.url is {url}: settings are made for a site with a host" in (
        result.stderr
    )


def test_there_is_no_other_web_server(desk: Desk) -> None:
    del desk

    assert "is not one of" in run("site-config", "lighttpd", code=2).stderr
