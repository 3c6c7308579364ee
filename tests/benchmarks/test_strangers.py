"""Texts of others become ours letter by letter, and another reader judges them."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from pathlib import Path, PurePosixPath

import pytest

from benchmarks.strangers import archives, formats, letters, reader, report, stranger
from benchmarks.strangers.__main__ import strangers, written
from benchmarks.strangers.stranger import Stranger
from benchmarks.strangers.trial import Bench
from publisher import parse
from publisher.model.ids import AdvisoryId
from tests import builders

ID = AdvisoryId.parse("ADV-2026-0001")
DAY = dt.date(2026, 2, 3)
RUST = """\
```toml
[advisory]
id = "RUSTSEC-2026-9001"
date = "2026-02-03"
url = "https://vendor.example/1"
aliases = ["CVE-2026-90001", "GHSA-xxxx-xxxx-xxxx"]
cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
```

# `copy()` reads too far

A *text*,  with
 - blanks
"""
CURL = """\
Reads too far
=============

Project Advisory, February 3rd 2026 -

PROBLEM
-------

None.
"""
MOZILLA = """\
announced: February 3, 2026
title: Fixed in 2.0
description: |
  First of all.
advisories:
  CVE-2026-90001:
    title: Reads too far
    reporter: Hoshi
    description: |
      Some *text*.
"""
OSSA = """\
date: 2026-02-03
id: OSSA-2026-901
title: Reads too far
description: >
  Some ``text``.
vulnerabilities:
  - cve-id: CVE-2026-90001
reporters:
  - name: Hoshi
    affiliation: null
issues:
  links:
    - https://bugs.example/1
notes:
  - A note.
"""
GO = """\
id: GO-2026-9001
summary: Reads too far
description: |-
    Some text.
cves:
    - CVE-2026-90001
references:
    - fix: https://vendor.example/1
published: 2026-02-03T10:00:00Z
"""
OSV = """\
id: PYSEC-2026-9001
details: Some text.
aliases: [CVE-2026-90001]
published: "2026-02-03T10:00:00Z"
references:
- {type: FIX, url: "https://vendor.example/1"}
"""
NODE = """\
{"title": "Reads too far", "publish_date": "2026-02-03", "cves": ["CVE-2026-90001"],
 "overview": "Some text.", "recommendation": "Update.", "references": null}
"""
RUBY = """\
gem: example
cve: 2026-90001
title: Reads too far
date: 2026-02-03
url: https://vendor.example/1
description: |
  Some text.
"""
OLD = "---\nannounced: May 4, 2014\ntitle: T\n---\n<p>x\n"
FILES = {
    "crates/example/RUSTSEC-2026-9001.md": RUST,
    "docs/CVE-2026-90001.md": CURL,
    "announce/2026/mfsa2026-91.yml": MOZILLA,
    "ossa/OSSA-2026-901.yaml": OSSA,
    "data/reports/GO-2026-9001.yaml": GO,
    "vulns/example/PYSEC-2026-9001.yaml": OSV,
    "vuln/core/901.json": NODE,
    "gems/example/CVE-2026-90001.yml": RUBY,
    "announce/2014/mfsa2014-91.md": OLD,
    "ES2026-01-example/README.md": "# Reads too far\n\nSome text.\n",
}
BODIES = {
    "crates/example/RUSTSEC-2026-9001.md": "\nA *text*,  with\n - blanks\n",
    "docs/CVE-2026-90001.md": CURL.partition("=\n")[2].lstrip("="),
    "announce/2026/mfsa2026-91.yml": (
        "First of all.\n\n## CVE-2026-90001: Reads too far\n\nSome *text*."
    ),
    "ossa/OSSA-2026-901.yaml": "Some ``text``.\n\n## Notes\n\nA note.",
    "data/reports/GO-2026-9001.yaml": "Some text.",
    "vulns/example/PYSEC-2026-9001.yaml": "Some text.",
    "vuln/core/901.json": "Some text.\n\n## Recommendation\n\nUpdate.",
    "gems/example/CVE-2026-90001.yml": "Some text.\n",
    "announce/2014/mfsa2014-91.md": "<p>x\n",
    "ES2026-01-example/README.md": "\nSome text.\n",
}
ODD = Stranger("a.md", "Odd: a title #1", DAY, "\n\nA\tb \r\n", cves=("CVE-1-1",))


def read(path: str) -> Stranger:
    form = archives.format_of(path)
    assert form is not None
    found = form.read(path, FILES[path])
    assert found is not None
    return found


@pytest.mark.parametrize("path", FILES)
def test_the_letters_of_a_body_are_kept(path: str) -> None:
    assert read(path).body.strip() == BODIES[path].strip()


@pytest.mark.parametrize("path", list(FILES)[:8])
def test_facts_are_taken_over(path: str) -> None:
    found = read(path)

    assert found.published == DAY
    assert "CVE-2026-90001" in found.cves


def test_a_title_is_taken_from_the_top() -> None:
    assert read("crates/example/RUSTSEC-2026-9001.md").title == "`copy()` reads too far"
    assert read("docs/CVE-2026-90001.md").title == "Reads too far"


def test_a_format_that_has_no_text_is_left_out() -> None:
    assert formats.fenced("RUSTSEC-2026-9001.md", "no facts") is None
    assert formats.vulndb("GO-2026-9001.yaml", "id: GO-2026-9001\n") is None


@pytest.mark.parametrize("path", FILES)
def test_what_is_written_can_be_parsed(path: str) -> None:
    data = stranger.source(read(path), ID).encode()

    parsed, findings = parse.advisory(PurePosixPath("f"), {"en.md": data})

    assert findings == ()
    assert parsed is not None
    assert parsed.original.body == stranger.trimmed(read(path).body) + "\n"


def test_odd_values_are_quoted_and_what_is_no_cve_is_left_out() -> None:
    data = stranger.source(ODD, ID).encode()

    parsed, _ = parse.advisory(PurePosixPath("f"), {"en.md": data})

    assert parsed is not None
    assert parsed.original.title == ODD.title
    assert parsed.vulnerabilities == ()
    assert parsed.original.body == "A\tb\n"


def test_archives_are_read_from_folders_and_from_git(tmp_path: Path) -> None:
    work, bare = tmp_path / "work", tmp_path / "bare"
    for name, text in {**FILES, "README.md": "no advisory"}.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)
    for command in (
        ("init", "-q", str(work)),
        ("-C", str(work), "add", "-A"),
        ("-C", str(work), *_AUTHOR, "commit", "-qm", "all"),
        ("clone", "-q", "--bare", str(work), str(bare)),
    ):
        subprocess.run(["git", *command], check=True)

    found = {path: text for _, path, text in archives.files(work)}

    assert found == FILES
    assert list(archives.files(bare)) == list(archives.files(work))


_AUTHOR = ("-c", "user.name=A", "-c", "user.email=a@b.example")


def test_each_archive_becomes_a_project(tmp_path: Path) -> None:
    source = tmp_path / "source" / "ossa"
    source.mkdir(parents=True)
    for number in range(1, 6):
        (source / f"OSSA-2026-90{number}.yaml").write_text(OSSA)

    found = strangers([source.parent], limit=3)
    named = written(tmp_path, "ADV", found["ossa"])

    assert [str(each) for each in named] == [f"ADV-2026-000{n}" for n in (1, 2, 3)]
    assert (tmp_path / "advisories/2026/ADV-2026-0003/en.md").exists()
    origins = json.loads((tmp_path / "origins.json").read_text())
    assert origins["ADV-2026-0002"] == "ossa/OSSA-2026-903.yaml"


SAME = {
    "A *b* **c** `d` [e](https://f.example/)": "  A b c `d`\u00a0e [1]",
    "one\ntwo three": "  one two\n  three",
    "- a\n  1. b\n\n> c\n> d": "  * a\n    1. b\n\n  > c\n  > d",
    "## H\n\n---\n\nx": "H\n=\n\n  ~~~~~~~~\n\n  x",
    "```\na\n  > b\n```": "    a\n      > b",
    "> ```\n> a\n> ```": "  >   a",
    "| a | b |\n|---|---|\n| c | d |": "  a  b\n  =  =\n  c  d",
    "| a | b |\n|-|-|\n| c d | e |": "  * a: c d\n    b: e",
    "https://a.example/b_c and <https://d.example/>": (
        "  <https://a.example/b_c> and\n  <https://d.example/>"
    ),
    "<b>x</b> &lt;": "  <b>x</b> <",
    "[a](https://f.example/)> b": "  a [1]> b",
}
OTHER = {
    "snake_case": ("  snakecase", "lost '_'"),
    "one two": ("  onetwo", "lost a blank"),
    "onetwo": ("  one two", "added a blank"),
    "2. a": ("  1. a", "lost '(?:2|2)"),
    "a": ("  a b", "added 'b'"),
    "```\na  b\n```": ("    a b", "code is not verbatim"),
    "[a](https://b.example/c)": ("  a [1]", "lost the address 'https://b.example/c'"),
}


@pytest.mark.parametrize("body", SAME)
def test_signs_of_plain_text_are_no_difference(body: str) -> None:
    plain = SAME[body].replace("`\u00a0e", "` e")
    whole = f"{plain}\n[1] https://f.example/"

    assert letters.difference(reader.read(body), plain, whole) is None


@pytest.mark.parametrize("body", OTHER)
def test_other_letters_are_a_difference(body: str) -> None:
    plain, expected = OTHER[body]

    assert (letters.difference(reader.read(body), plain, plain) or "").startswith(
        expected
    )


def test_html_is_told_from_markdown() -> None:
    assert reader.has_html("a <b>c</b>")
    assert not reader.has_html("a `<b>` < c")


def test_a_text_is_judged_and_reported() -> None:
    bench = Bench(builders.presentation())
    good = Stranger(
        "good.md", "Reads too far", DAY, "Some *text*.", ("CVE-2026-90001",)
    )
    bad = Stranger("bad.md", "Reads too far", DAY, "Some <b>text</b>.")
    other = AdvisoryId.parse("ADV-2026-0002")

    verdicts = {
        name: bench.verdict(name, stranger.source(each, name), each.body + "\n")
        for name, each in ((ID, good), (other, bad))
    }
    result = report.Result("sample", {ID: good, other: bad}, verdicts, None)

    assert verdicts[ID].passes
    assert (verdicts[ID].difference, verdicts[ID].refused) == ("", "")
    assert "L421" in {each.code for each in verdicts[other].errors}
    assert verdicts[other].has_html
    assert "as they are: 1 pass (50.0 %)" in report.archive(result, 5)
    assert "  error L421: 1 texts, 1 of them for nothing else" in report.archive(
        result, 5
    )
    assert report.whole([result]).splitlines()[1].split()[:3] == ["sample", "2", "50.0"]
