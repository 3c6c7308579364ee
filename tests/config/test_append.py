"""Tables are added to publisher.toml, and nothing else of it changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from publisher import config
from publisher.errors import SettingsError
from publisher.lists import declaration
from publisher.model.advisory import Kind
from publisher.model.ids import Language
from publisher.model.settings import MailingList
from tests.projects import SETTINGS

TEXT = "# Ours: 設定\n" + SETTINGS.format(fingerprint="0" * 40) + "# The end"
NEWS = MailingList(
    "news@lists.cert.example", Language("en"), (Kind.ALERT,), "News", "For all"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / config.NAME).write_text(TEXT, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_what_is_there_stays_byte_for_byte(root: Path, end: str, last: str) -> None:
    before = f"{TEXT}\n{last}".replace("\n", end).removesuffix("" if last else end)
    (root / config.NAME).write_bytes(before.encode())

    config.append(root, declaration.toml(NEWS))

    after = (root / config.NAME).read_bytes().decode()
    assert after.startswith(before)
    assert config.load(root).lists[-1] == NEWS


def test_the_file_keeps_its_rights_and_stays_the_target_of_a_link(root: Path) -> None:
    file = root / config.NAME
    target = file.rename(root / "elsewhere.toml")
    file.symlink_to(target)
    target.chmod(0o640)

    config.append(root, declaration.toml(NEWS))

    assert file.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in root.iterdir()) == [
        "elsewhere.toml",
        config.NAME,
    ]


@pytest.mark.parametrize(
    "tables",
    ["[[lists]]\n", "[[lists]\n", declaration.toml(NEWS) * 2, "[team]\n"],
)
def test_what_could_not_be_read_afterwards_is_not_written(
    root: Path, tables: str
) -> None:
    with pytest.raises(SettingsError):
        config.append(root, tables)

    assert (root / config.NAME).read_text(encoding="utf-8") == TEXT


def test_lists_in_an_array_of_one_line_cannot_be_added_to(root: Path) -> None:
    head = TEXT.partition("[[lists]]")[0]
    (root / config.NAME).write_text(f"lists = []\n{head}", encoding="utf-8")

    with pytest.raises(SettingsError, match="no valid TOML"):
        config.append(root, declaration.toml(NEWS))


def test_a_folder_in_which_nobody_may_write_is_named(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)

    with pytest.raises(SettingsError, match="cannot be written: Permission denied"):
        config.append(root, declaration.toml(NEWS))

    assert [each.name for each in root.iterdir()] == [config.NAME]


TITLES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1
)


@given(TITLES, TITLES, st.sets(st.sampled_from(Kind), min_size=1))
@examples(max_examples=100)
def test_any_list_is_read_as_it_was_written(
    title: str, description: str, kinds: set[Kind]
) -> None:
    ordered = tuple(kind for kind in Kind if kind in kinds)
    declared = MailingList(
        "news@lists.cert.example", Language("ja"), ordered, title, description
    )

    text = f"{TEXT}\n{declaration.toml(declared)}"

    assert config.parse(text).lists[-1] == declared
