from __future__ import annotations

from pathlib import Path

import pytest

from publisher.adapters import templates
from publisher.errors import OperatorError, SettingsError
from tests.builders import EN, JA, settings


def override(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_a_project_overrides_templates_file_by_file(tmp_path: Path) -> None:
    override(tmp_path, "site/robots.txt", "ours {{ settings.site.url }}")

    made = templates.presentation(settings(), tmp_path)

    assert made.render("site/robots.txt", EN) == "ours https://www.cert.example"
    assert made.environment.get_template("site/style.css").render()


def test_a_project_overrides_words_message_by_message(tmp_path: Path) -> None:
    po = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    override(tmp_path, "locale/ja/ours.po", po + 'msgid "Alert"\nmsgstr "警報"\n')

    made = templates.presentation(settings(), tmp_path)

    assert made.words[JA]("Alert") == "警報"
    assert made.words[JA]("Report") == "レポート"


def test_the_digest_changes_with_a_template_and_with_a_setting(tmp_path: Path) -> None:
    first = templates.presentation(settings(), tmp_path).digest
    override(tmp_path, "site/robots.txt", "ours")
    second = templates.presentation(settings(), tmp_path).digest

    assert first != second
    assert first == templates.presentation(settings(), tmp_path / "none").digest


@pytest.mark.parametrize(
    "text", ["{{ nothing.here }}", "{% if %}", "{{ 'x'|nofilter }}"]
)
def test_a_broken_override_is_named(tmp_path: Path, text: str) -> None:
    override(tmp_path, "site/robots.txt", text)
    made = templates.presentation(settings(), tmp_path)

    with pytest.raises(OperatorError, match=r"templates/site/robots\.txt"):
        made.render("site/robots.txt", EN)


@pytest.mark.parametrize("data", [b"no catalogue\n", b'msgid "\xff"\nmsgstr "x"\n'])
def test_a_broken_catalogue_is_named(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "locale" / "ja" / "broken.po"
    file.parent.mkdir(parents=True)
    file.write_bytes(data)

    with pytest.raises(SettingsError, match=r"broken\.po"):
        templates.presentation(settings(), tmp_path)
