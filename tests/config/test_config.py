from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from publisher import config
from publisher.errors import SettingsError
from publisher.model.advisory import Kind
from publisher.model.settings import Links, Rejections, Settings

SETTINGS = Path("publisher.toml").read_text(encoding="utf-8")


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Settings]:
    def loaded(*changes: tuple[str, str]) -> Settings:
        text = SETTINGS
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        (tmp_path / config.NAME).write_text(text, encoding="utf-8")
        return config.load(tmp_path)

    return loaded


def test_the_settings_of_this_project_load(load: Callable[..., Settings]) -> None:
    settings = load()

    assert settings.languages == ("ja", "en")
    assert settings.lists[0].list_id == "announce-ja.lists.cert.example"
    assert settings.lists[0].kinds == tuple(Kind)
    assert settings.lists[0].rejections is Rejections.SILENT
    assert str(settings.team.timezone) == "Asia/Tokyo"


def test_the_list_server_may_have_no_plugin(
    load: Callable[..., Settings],
) -> None:
    more = 'user = "restadmin"\nplugin = false\nwait = 5'

    stock, told = load().mailman, load(('user = "restadmin"', more)).mailman

    assert stock is not None
    assert told is not None
    assert (stock.plugin, stock.wait) == (True, 30.0)
    assert (told.plugin, told.wait) == (False, 5.0)


def test_lists_are_left_with_one_click_where_there_is_a_page(
    load: Callable[..., Settings],
) -> None:
    url = "https://lists.cert.example/leave"
    page = ('user = "restadmin"', f'user = "restadmin"\nleave_url = "{url}"')
    off = ('language = "en"', 'language = "en"\none_click = false')

    settings = load(page, off)

    assert settings.mailman is not None
    assert settings.mailman.leave_url == url
    assert [each.one_click for each in settings.lists] == [True, False]


@pytest.mark.parametrize(
    "url",
    [
        "http://lists.cert.example/leave",
        "https://lists.cert.example/leave?x=1",
        "https://lists.cert.example/a,b",
        "https://lists.cert.example/>",
        "lists.cert.example",
    ],
)
def test_the_page_to_leave_on_can_stand_in_a_header(
    load: Callable[..., Settings], url: str
) -> None:
    with pytest.raises(SettingsError, match="leave_url"):
        load(('user = "restadmin"', f'user = "restadmin"\nleave_url = "{url}"'))


def test_a_list_can_answer_what_it_does_not_pass_on(
    load: Callable[..., Settings],
) -> None:
    settings = load(('language = "en"', 'language = "en"\nrejections = "bounce"'))

    assert settings.lists[1].rejections is Rejections.BOUNCE


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[team]", "[team", "no valid TOML"),
        ('contact = "csirt@cert.example"', "", r"team.contact is missing"),
        ("csirt@cert.example", "csirt at cert", "no mail address"),
        ("timezone", "timezon", "team.timezone is missing"),
        ("Asia/Tokyo", "Asia/Edo", "'Asia/Edo' is not known"),
        ("https://www.cert.example", "ftp://www.cert.example", "no address of a site"),
        ("https://www.cert.example", "https://u:p@cert.example", "name or password"),
        ('["ja", "en"]', '["ja", "english"]', "no language tag"),
        ('["ja", "en"]', "[]", "is empty"),
        ('["ja", "en"]', '"ja"', "expected"),
        ('["ja", "en"]', "[1]", "something else than texts"),
        ('prefix = "CSIRT"', 'prefix = "csirt"', "no advisory id"),
        ('["ADV"]', '["ADV", "jpy"]', "advisories.previous is wrong: 'jpy"),
        ('["ADV"]', '"ADV"', "list of capital letters"),
        ('["ADV"]', '["ADV", "CSIRT"]', "twice, or the one of new ids"),
        ('["ADV"]', '["ADV", "ADV"]', "names a prefix twice"),
        ('["ADV"]', '["DRILL"]', "what the ids of `publisher drill`"),
        ("2026-11-01T00:00:00+09:00", "2026-11-01T00:00:00", "expected a zone"),
        ("2026-11-01T00:00:00+09:00", "true", "expected"),
        ('language = "ja"', 'language = "de"', "not in site.languages"),
        ("announce-en@", "announce-ja@", "names an address twice"),
        ("announce-en@lists", "Announce EN@lists", "no mail address"),
        ('language = "en"', 'language = "en"\nkinds = ["news"]', "expected some of"),
        ('language = "en"', 'language = "en"\nrejections = "no"', "silent or bounce"),
        ('fingerprints = ["', 'fingerprints = ["x", "', "40 or 64 hexadecimal"),
        ("password = {", "password = 1 # {", "must say where the secret is"),
        ("[[lists]]", "[lists]", "valid TOML"),
        ("[mailman]", "[mailmann]", "unknown key"),
        ('user = "restadmin"', 'user = "restadmin"\ntimeout = 0', "1 to 600"),
        ('user = "restadmin"', 'user = "restadmin"\nwait = 601', "mailman.wait"),
        ("[site]", "[site]\npatience = 3601", "site.patience"),
        ("[site]", "[lint]\ntitle = 19\n[site]", "lint.title"),
        ("[site]", "[lint]\ntitle = 201\n[site]", "lint.title"),
        ("[site]", "[lint]\ntitel = 90\n[site]", "lint.titel"),
        ("[site]", "[links]\nseconds = -1\n[site]", "links.seconds"),
        ("[site]", '[links]\nprivate = "no"\n[site]', "links.private"),
        ('user = "restadmin"', 'user = "restadmin"\nplugin = 1', "true or false"),
        ('user = "restadmin"', 'user = "restadmin"\nuser_name = "x"', "unknown key"),
        ("contact =", "fax = 1\ncontact =", "team.fax is an unknown key"),
    ],
)  # fmt: skip
def test_every_mistake_is_named(
    load: Callable[..., Settings], old: str, new: str, reason: str
) -> None:
    with pytest.raises(SettingsError, match=reason) as caught:
        load((old, new))

    assert "publisher.toml" in str(caught.value)


def test_a_mistake_is_named_with_its_line(load: Callable[..., Settings]) -> None:
    with pytest.raises(SettingsError) as caught:
        load(("Asia/Tokyo", "Asia/Edo"))

    lines = SETTINGS.split("\n")
    number = next(n for n, line in enumerate(lines, 1) if "timezone" in line)
    assert str(caught.value).startswith(f"publisher.toml:{number}: team.timezone")


def test_fingerprints_may_be_written_in_groups(load: Callable[..., Settings]) -> None:
    settings = load(
        (
            f'"{config.SAMPLE_FINGERPRINT}"',
            '"0123 4567 89ab cdef 0123  4567 89ab cdef 0123 4567"',
        )
    )

    assert settings.team.fingerprints == ("0123456789ABCDEF0123456789ABCDEF01234567",)


def test_the_sample_key_is_refused_for_a_real_site(
    load: Callable[..., Settings],
) -> None:
    with pytest.raises(
        SettingsError, match="sample key, whose secret half everybody has"
    ):
        load(("https://www.cert.example", "https://www.cert.example.org"))


def test_a_folder_without_settings_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="publisher init"):
        config.find_root(tmp_path)


def test_the_project_is_found_from_below(tmp_path: Path) -> None:
    (tmp_path / config.NAME).touch()
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)

    assert config.find_root(below) == tmp_path


def test_a_secret_comes_from_a_variable(tmp_path: Path) -> None:
    assert config.secret("s", {"env": "X"}, tmp_path, {"X": "word"}) == "word"
    with pytest.raises(SettingsError, match="X is not set"):
        config.secret("s", {"env": "X"}, tmp_path, {})


def test_a_secret_file_must_be_closed_to_others(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("word\n")
    file.chmod(0o600)

    assert config.secret("s", {"file": "secret"}, tmp_path, {}) == "word"

    file.chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        config.secret("s", {"file": "secret"}, tmp_path, {})
    with pytest.raises(SettingsError, match="cannot be read"):
        config.secret("s", {"file": "other"}, tmp_path, {})


def test_a_secret_comes_from_a_command(tmp_path: Path) -> None:
    assert config.secret("s", {"command": ["echo", "word"]}, tmp_path, {}) == "word"
    for command in (["false"], ["no-such-program-here"]):
        with pytest.raises(SettingsError, match="failed"):
            config.secret("s", {"command": command}, tmp_path, {})


@pytest.mark.parametrize("source", ["word", {"command": []}, {"command": [1]}, {}, 1])
def test_a_secret_itself_is_refused(tmp_path: Path, source: object) -> None:
    with pytest.raises(SettingsError, match="never the secret itself"):
        config.secret("s", source, tmp_path, {})


def test_settings_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        config.load(tmp_path)

    (tmp_path / config.NAME).write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="no valid TOML"):
        config.load(tmp_path)


def test_the_password_comes_from_where_the_settings_say(tmp_path: Path) -> None:
    (tmp_path / config.NAME).write_text(SETTINGS, encoding="utf-8")
    environ = {"PUBLISHER_MAILMAN_PASSWORD": "word"}

    assert config.mailman_password(tmp_path, environ) == "word"


def test_a_list_for_drills_stands_beside_the_one_that_says_so(
    load: Callable[..., Settings],
) -> None:
    settings = load(('language = "en"', 'language = "en"\ndrill = true'))

    [twin] = settings.twins
    assert twin.address == "announce-en-test@lists.cert.example"
    assert twin.title.startswith("[DRILL] ")
    assert twin.is_twin
    assert settings.every_list == (*settings.lists, twin)
    assert not settings.is_drill


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('"announce-en@', '"announce-en-test@'), "declare 'announce-en' with `drill"),
        (('prefix = "CSIRT"', 'prefix = "DRILL"'), "what the ids of `publisher drill`"),
    ],
)
def test_nothing_else_is_named_like_a_drill(
    load: Callable[..., Settings], change: tuple[str, str], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        load(change)


def test_ids_may_have_begun_otherwise_earlier() -> None:
    changed = config.parse(SETTINGS)
    plain = config.parse(SETTINGS.replace('previous = ["ADV"]\n', ""))

    assert (plain.former, plain.prefixes) == ((), ("CSIRT",))
    assert changed.prefix == "CSIRT"
    assert changed.prefixes == ("CSIRT", "ADV")


def test_links_and_patience_have_defaults_and_can_be_set() -> None:
    plain = config.parse(SETTINGS)
    more = "[links]\nseconds = 0\nprivate = true\n[site]\npatience = 120"
    changed = config.parse(SETTINGS.replace("[site]", more))

    assert (plain.site.patience, plain.links) == (10, Links(10, private=False))
    assert (changed.site.patience, changed.links) == (120, Links(0, private=True))


def test_how_long_titles_may_be_has_a_default_and_can_be_set() -> None:
    changed = config.parse(SETTINGS.replace("[site]", "[lint]\ntitle = 110\n[site]"))

    assert config.parse(SETTINGS).lint.title is None
    assert changed.lint.title == 110
