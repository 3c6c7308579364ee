"""Invariants 1, 6 and 7: what is built, from what, and always the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import pytest

from publisher.errors import AuthorError, FindingsError, TrustError
from publisher.model.ids import AdvisoryId
from publisher.model.state import Standing, State
from publisher.pipeline import accepting, checking, signing
from publisher.record import Record
from publisher.wiring import Project
from tests import keys
from tests.projects import ID, Workplace

pytestmark = pytest.mark.gpg

PAGE = PurePosixPath("advisories/2026/ADV-2026-0007/en.html")
OTHER = AdvisoryId("ADV", 2026, 8)


def test_the_site_serves_the_signed_file_byte_for_byte(workplace: Workplace) -> None:
    workplace.sign()
    workplace.build()

    for name in ("r2.en.txt.asc", "r2.ja.txt.asc"):
        served = workplace.site / "advisories/2026/ADV-2026-0007" / name
        assert served.read_bytes() == (workplace.folder() / name).read_bytes()


def test_nothing_unsigned_is_built(workplace: Workplace) -> None:
    built = workplace.build()

    assert built.summaries == ()
    assert built.withheld == ((ID, Standing(State.UNSIGNED)),)
    assert not (workplace.site / PAGE).exists()


Edit = Callable[[Workplace], None]


def _replace(name: str, old: str, new: str) -> Edit:
    def edit(workplace: Workplace) -> None:
        file = workplace.folder() / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    return edit


def _remove(name: str) -> Edit:
    return lambda workplace: (workplace.folder() / name).unlink()


def _rename(old: str, new: str) -> Edit:
    def edit(workplace: Workplace) -> None:
        (workplace.folder() / old).rename(workplace.folder() / new)

    return edit


def _copy(old: str, new: str) -> Edit:
    def edit(workplace: Workplace) -> None:
        data = (workplace.folder() / old).read_bytes()
        (workplace.folder() / new).write_bytes(data)

    return edit


DOUBTS: dict[str, tuple[Edit, str]] = {
    "a source that changed": (_replace("en.md", "at once", "soon"), "changed after"),
    "a translation that changed": (_replace("ja.md", "至急", "後で"), "changed after"),
    "facts that changed": (
        _replace("en.md", "fixed: 2.4.1", "fixed: 2.4.0"),
        "changed",
    ),
    "a changed signed text": (
        _replace("r2.en.txt.asc", "Stop the service", "Buy a service"),
        "changed after it was signed",
    ),
    "a line after the signature": (
        _replace(
            "r2.ja.txt.asc",
            "-----END PGP SIGNATURE-----\n",
            "-----END PGP SIGNATURE-----\nP.S.\n",
        ),
        "goes on behind",
    ),
    "another language's signature": (
        _copy("r2.en.txt.asc", "r2.ja.txt.asc"),
        "says that it is ADV-2026-0007 r2 en",
    ),
    "another revision's signature": (
        _rename("r2.en.txt.asc", "r1.en.txt.asc"),
        "says that it is ADV-2026-0007 r2 en",
    ),
    "a signed translation without its original": (
        _remove("r2.en.txt.asc"),
        "the original is not",
    ),
    "a language that vanished": (_remove("ja.md"), "its source ja.md is gone"),
}


@pytest.mark.parametrize("name", DOUBTS)
def test_any_doubt_stops_the_build_and_leaves_the_site_as_it_was(
    name: str, workplace: Workplace
) -> None:
    workplace.sign()
    workplace.build()
    before = workplace.digests()
    edit, reason = DOUBTS[name]
    edit(workplace)

    with pytest.raises(TrustError):
        workplace.build()
    # Whoever can change a signed text can make the record agree with it.
    workplace.forge_record()
    with pytest.raises(TrustError, match=reason):
        workplace.build()

    assert workplace.digests() == before
    assert before


@pytest.mark.parametrize("name", DOUBTS)
def test_any_doubt_stops_the_push(name: str, workplace: Workplace) -> None:
    workplace.apply_lists()
    workplace.sign()
    edit, reason = DOUBTS[name]
    edit(workplace)
    workplace.forge_record()

    with pytest.raises(TrustError, match=reason):
        workplace.push()

    assert workplace.lists.mails == []


def test_a_signature_from_another_advisory_does_not_count(workplace: Workplace) -> None:
    workplace.write(advisory=OTHER)
    workplace.sign()
    ours, theirs = (workplace.folder(each) / "r2.en.txt.asc" for each in (ID, OTHER))
    ours.write_bytes(theirs.read_bytes())
    workplace.forge_record()

    with pytest.raises(TrustError, match="says that it is ADV-2026-0008 r2 en"):
        workplace.build()


def test_a_signature_of_a_key_that_is_not_pinned_any_more_stops_the_build(
    workplace: Workplace, stranger_key: keys.Key
) -> None:
    workplace.sign()
    (workplace.root / "keys" / "other.asc").write_bytes(stranger_key.public)
    file = workplace.root / "publisher.toml"
    text = file.read_text(encoding="utf-8")
    pinned, other = workplace.key.fingerprint, stranger_key.fingerprint
    file.write_text(text.replace(pinned, other), encoding="utf-8")
    workplace.project.close()
    workplace.project = Project(workplace.root)

    with pytest.raises(TrustError, match="not among the team's fingerprints"):
        workplace.build()


def test_a_published_advisory_that_does_not_pass_lint_stops_the_build(
    workplace: Workplace,
) -> None:
    workplace.sign()
    _replace("en.md", "## Overview", "## FIXME")(workplace)

    with pytest.raises(FindingsError, match="still to be written"):
        workplace.build()


def test_a_colleagues_unfinished_draft_does_not_stop_an_emergency(
    workplace: Workplace,
) -> None:
    workplace.sign()
    workplace.write(
        ("tlp: CLEAR", "tlp: CLEAR\ndraft: true"),
        ("## Overview", "## FIXME"),
        advisory=OTHER,
    )

    built = workplace.build()

    assert [summary.id for summary in built.summaries] == [ID]
    assert built.withheld == ((OTHER, Standing(State.DRAFT)),)


WITHHELD: dict[str, tuple[str, str]] = {
    "TLP:AMBER": ("tlp: CLEAR", "tlp: AMBER"),
    "embargoed until 2099": ("2026-11-20T10:00:00+09:00", "2099-01-01T10:00:00+09:00"),
}


@pytest.mark.parametrize("reason", WITHHELD)
def test_what_is_withheld_leaves_no_trace(reason: str, workplace: Workplace) -> None:
    workplace.write(
        ("ADV-2026-0007", "ADV-2099-0001") if "2099" in reason else ("id:", "id:"),
        WITHHELD[reason],
        ("2026-11-21T09:00:00", "2099-01-02T10:00:00")
        if "2099" in reason
        else ("id:", "id:"),
        ("Example Server", "Kagerou Gateway"),
        ("CVE-2026-90007", "CVE-2026-90999"),
        advisory=ID,
    )
    secret = AdvisoryId("ADV", 2099, 1) if "2099" in reason else ID
    if secret != ID:
        workplace.folder(secret).parent.mkdir()
        workplace.folder().rename(workplace.folder(secret))
        later = workplace.folder(secret) / "en.md"
        text = later.read_text(encoding="utf-8").split("\n")
        text = [line for line in text if "2099-01-02" not in line]
        later.write_text("\n".join(text), encoding="utf-8")
        japanese = workplace.folder(secret) / "ja.md"
        behind = japanese.read_text(encoding="utf-8").replace(
            "translates: 2", "translates: 1"
        )
        japanese.write_text(behind.replace("  - 悪用を確認\n", ""), encoding="utf-8")
    workplace.write(advisory=OTHER)
    sent = workplace.published()

    built = workplace.build()

    assert [summary.id for summary in built.summaries] == [OTHER]
    assert built.withheld[0][0] == secret
    assert str(built.withheld[0][1]).startswith(reason)
    texts = [file.read_bytes() for file in workplace.site.rglob("*") if file.is_file()]
    texts += [announcement.message for announcement in sent]
    for mark in (b"Kagerou", b"90999", str(secret).encode()):
        assert not any(mark in text for text in texts)


def test_an_embargo_ends_at_its_minute(workplace: Workplace) -> None:
    release = datetime.now(UTC) + timedelta(days=1)
    first = release.replace(microsecond=0).isoformat()
    workplace.write(
        ("2026-11-20T10:00:00+09:00", first),
        ("  - {date: 2026-11-21T09:00:00+09:00, summary: Exploitation observed}\n", ""),
        ("translates: 2", "translates: 1"),
        ("  - 悪用を確認\n", ""),
    )
    workplace.sign()

    workplace.now = release - timedelta(seconds=1)
    assert workplace.build().summaries == ()
    workplace.now = release + timedelta(seconds=1)
    assert [summary.id for summary in workplace.build().summaries] == [ID]
    workplace.now = release - timedelta(seconds=1)
    with pytest.raises(TrustError, match="would vanish now: it is embargoed"):
        workplace.build()


def test_the_second_build_writes_nothing(workplace: Workplace) -> None:
    workplace.sign()
    first = workplace.build()

    second = workplace.build()

    assert len(first.written) == first.files > 10
    assert second.written == ()
    assert second.removed == ()
    assert second.files == first.files


def test_one_change_writes_what_shows_it_and_nothing_else(workplace: Workplace) -> None:
    workplace.write(advisory=OTHER)
    workplace.sign()
    workplace.build()
    workplace.write(
        (
            "vulnerabilities:",
            "  - {date: 2026-11-21T10:00:00+09:00, summary: More}\nvulnerabilities:",
        ),
        japanese=None,
    )
    ja = workplace.folder() / "ja.md"
    text = ja.read_text(encoding="utf-8")
    ja.write_text(
        text.replace("translates: 2", "translates: 3").replace(
            "---\n\n", "  - 追記\n---\n\n", 1
        ),
        encoding="utf-8",
    )
    workplace.sign()

    built = workplace.build()

    written = {str(path) for path in built.written}
    assert str(PAGE) in written
    assert not any("ADV-2026-0008" in path for path in written)


def test_a_page_that_somebody_changed_is_made_again(workplace: Workplace) -> None:
    workplace.sign()
    workplace.build()
    before = workplace.digests()
    (workplace.site / PAGE).write_text("defaced")
    (workplace.site / "style.css").unlink()

    workplace.build()

    assert workplace.digests() == before


def test_losing_the_cache_changes_nothing(workplace: Workplace) -> None:
    workplace.sign()
    workplace.build()
    before = workplace.digests()
    workplace.project.cache.close()
    (workplace.root / ".publisher" / "cache.sqlite").unlink()
    for name in ("cache", "repository", "site"):
        workplace.project.__dict__.pop(name, None)

    built = workplace.build()

    assert built.written == ()
    assert workplace.digests() == before


def test_an_advisory_whose_folder_is_gone_stops_the_build(workplace: Workplace) -> None:
    workplace.write(advisory=OTHER)
    workplace.sign()
    workplace.build()
    for file in workplace.folder().iterdir():
        file.unlink()
    workplace.folder().rmdir()

    with pytest.raises(TrustError, match="its folder is gone"):
        workplace.build()


def test_a_build_is_the_same_in_any_folder_locale_zone_and_order(
    workplace: Workplace, tmp_path: Path
) -> None:
    workplace.write(advisory=OTHER)
    workplace.sign()
    environments = [
        {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1"},
        {"LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "2"},
        {"LANG": "ja_JP.eucJP", "TZ": "America/St_Johns", "PYTHONHASHSEED": "3"},
    ]
    results = []
    for number, changed in enumerate(environments):
        copy = tmp_path / f"copy {number}" / "ü"
        _clone(workplace.root, copy, backwards=bool(number % 2))
        moment = (workplace.moment + timedelta(days=number)).isoformat()
        subprocess.run(
            [sys.executable, "-m", "publisher", "build", "-C", copy, "--now", moment],
            check=True,
            env={k: v for k, v in os.environ.items() if not k.startswith("LC_")}
            | changed,
            capture_output=True,
        )
        results.append(
            {
                str(file.relative_to(copy / "site")): file.read_bytes()
                for file in (copy / "site").rglob("*")
                if file.is_file()
            }
        )

    assert len(results[0]) > 20
    assert results[0] == results[1] == results[2]


def _clone(source: Path, target: Path, *, backwards: bool) -> None:
    files = sorted(f for f in source.rglob("*") if f.is_file())
    for file in reversed(files) if backwards else files:
        relative = file.relative_to(source)
        if relative.parts[0] not in ("site", ".publisher"):
            (target / relative).parent.mkdir(parents=True, exist_ok=True)
            (target / relative).write_bytes(file.read_bytes())


def test_an_advisory_that_is_not_public_is_not_named(workplace: Workplace) -> None:
    workplace.write(("acknowledgments:", f"superseded_by: {OTHER}\nacknowledgments:"))
    workplace.write(("tlp: CLEAR", "tlp: AMBER"), advisory=OTHER)
    workplace.sign()

    with pytest.raises(AuthorError, match="not published"):
        workplace.build()

    assert workplace.digests() == {}


def test_a_clock_that_goes_back_takes_nothing_down(workplace: Workplace) -> None:
    workplace.sign()
    workplace.build()
    before = workplace.digests()
    workplace.now = datetime(2026, 1, 1, tzinfo=UTC)

    with pytest.raises(FindingsError, match="dated in the future"):
        workplace.build()

    assert workplace.digests() == before


def test_what_does_not_pass_lint_is_neither_signed_nor_joined(
    workplace: Workplace,
) -> None:
    workplace.write(("## Overview", "## FIXME"))
    tools = workplace.tools()
    loaded = checking.load(tools, [ID], {})

    assert accepting.join(tools, loaded, Record({})) == []
    assert signing.plan(tools, loaded).texts == ()
