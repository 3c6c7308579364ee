from __future__ import annotations

import dataclasses
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher import edition
from publisher.imprint import Imprint, imitates
from publisher.model.chain import EditionKey
from publisher.model.ids import AdvisoryId, Language
from tests import builders
from tests.edition.samples import text_of

OWN, ORIGINAL = "a" * 64, "0123456789abcdef" * 4
KEY = EditionKey(AdvisoryId("ADV", 2026, 7), 2, builders.JA)
STATE = "c" * 64
SAMPLE = Imprint(KEY, (("ja.md", OWN), ("en.md", ORIGINAL)), STATE)

digests = st.text("0123456789abcdef", min_size=64, max_size=64)
keys = st.builds(
    EditionKey,
    st.builds(
        AdvisoryId,
        st.sampled_from(["ADV", "X", "CERT7"]),
        st.integers(1990, 2999),
        st.integers(0, 9_999_999),
    ),
    st.integers(1, 9999),
    st.sampled_from([Language("ja"), Language("pt-BR")]),
)


@settings(deadline=None)
@given(keys, digests, st.none() | digests, digests, st.text("abc .\n", max_size=40))
def test_what_was_written_is_read_back(
    key: EditionKey, own: str, original: str | None, record: str, before: str
) -> None:
    sources = [(f"{key.language}.md", own)]
    if original is not None:
        sources.append(("en.md", original))
    written = Imprint(key, tuple(sources), record)

    assert edition.imprint(f"{before}\n{written}") == written


def test_a_translation_names_its_own_source_first() -> None:
    advisory = builders.advisory()

    found = edition.imprint(text_of(advisory, builders.JA))

    assert found.key == KEY
    assert found.sources == (
        ("ja.md", advisory.translations[0].source.sha256),
        ("en.md", advisory.original.source.sha256),
    )


def test_an_original_names_its_source_alone() -> None:
    advisory = builders.advisory()

    found = edition.imprint(text_of(advisory, builders.EN))

    assert found.sources == (("en.md", advisory.original.source.sha256),)


def test_all_lines_of_an_imprint_fit_the_page() -> None:
    longest = Imprint(
        EditionKey(AdvisoryId("A" * 12, 2026, 9_999_999), 9999, Language("fil-PH")),
        (("fil-PH.md", OWN), ("en.md", ORIGINAL)),
        STATE,
    )

    assert max(map(len, str(longest).split("\n"))) <= 76


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum here")
def test_sha256sum_checks_the_sources_with_the_text_itself(tmp_path: Path) -> None:
    for name, data in builders.sources().items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "r2.ja.txt").write_text(text_of(builders.advisory(), builders.JA))

    done = subprocess.run(
        ["sha256sum", "--check", "r2.ja.txt"],
        cwd=tmp_path,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
        text=True,
    )

    assert done.stdout == "ja.md: OK\nen.md: OK\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        (str(SAMPLE), ""),
        (str(SAMPLE), str(SAMPLE) + "\n"),
        (str(SAMPLE), str(SAMPLE) * 2),
        (str(SAMPLE), str(SAMPLE).rstrip("\n")),
        (str(SAMPLE), str(SAMPLE).replace("\n", "\r\n")),
        (str(SAMPLE), "".join("  " + line for line in str(SAMPLE).splitlines(True))),
        ("ADV-2026-0007", "ADV-2026-00007"),
        ("ADV-2026-0007", "7"),
        ("revision 2", "revision 0"),
        ("revision 2", "revision 02"),
        ("revision 2", "revision 12345"),
        ("language ja", "language en"),
        ("language ja", "language Japanese"),
        ("SHA-256", "SHA-1"),
        (f"{OWN}  ja.md\n", ""),
        (f"{OWN}  ja.md\n{ORIGINAL}  en.md\n", ""),
        (f"{ORIGINAL}  en.md\n", f"{ORIGINAL}  en.md\n{OWN}  de.md\n"),
        (f"{ORIGINAL}  en.md\n", f"{ORIGINAL}  ja.md\n"),
        ("en.md", "../en.md"),
        ("en.md", "en.txt"),
        (OWN, OWN.upper()),
        (OWN, OWN[1:]),
        ("  ja.md", " *ja.md"),
        ("  ja.md", "  ja.md "),
        (f"{STATE}\n", ""),
        (STATE, STATE[1:]),
        (STATE, STATE.upper()),
        (STATE, f"{STATE}\n{STATE}"),
        (STATE, f"{STATE}  record"),
        ("SHA-256 of the publication record before this text:\n", ""),
    ],
)
def test_anything_else_is_no_imprint(old: str, new: str) -> None:
    text = "text\n\n" + str(SAMPLE)
    changed = text.replace(old, new) if old else ""

    with pytest.raises(ValueError, match=r"imprint|advisory id|spelling|language tag"):
        edition.imprint(changed)


def test_an_imprint_is_the_end_whatever_stands_before_it() -> None:
    other = dataclasses.replace(SAMPLE, sources=SAMPLE.sources[:1])
    quoted = "".join("> " + line for line in str(other).splitlines(keepends=True))

    assert edition.imprint(quoted + str(SAMPLE)) == SAMPLE


@pytest.mark.parametrize("before", ["", "  ", "> ", "  * "])
def test_an_imitation_is_recognised_in_quotations_and_lists(before: str) -> None:
    assert imitates(before + str(SAMPLE).split("\n")[0])


def test_a_sentence_about_an_advisory_is_no_imitation() -> None:
    assert not imitates("See Advisory ADV-2026-0007, revision 2, below.")
