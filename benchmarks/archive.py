"""Makes a signed archive of any size, for the build to be measured on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import summaries
from publisher.demo import workshop
from publisher.model.ids import AdvisoryId
from publisher.pipeline import checking, recording, signing
from publisher.wiring import Project

_FIRST = datetime(2005, 1, 3, 10, tzinfo=UTC)
_PER_YEAR = 1000
_KINDS = ("alert", "advisory", "note")
_SEVERITIES = (
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N",
    "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N",
)
_VENDORS_OF = 10_000
"""The vendors are those of an archive of this size."""

_ENGLISH = """\
---
id: {id}
kind: {kind}
title: "Measured weakness {number} in {product}"
tlp: CLEAR
history:
  - {{date: "{date}", summary: Initial release}}
vulnerabilities:
  - {{cve: "{cve}", cvss: "{vector}", cwe: CWE-787}}
affected:
  - vendor: "{vendor}"
    product: "{product}"
    versions: "<{number}.1"
    fixed: "{number}.1"
references:
  - {{title: Vendor bulletin, url: "https://vendor.example/{number}"}}
---

## Overview

{filler}

## Solution

1. Stop the service and note which version runs.
2. Install version `{number}.1`, then start the service again:

    ```sh
    bench-update --to {number}.1
    ```

## Workarounds

{filler}
"""
_JAPANESE = """\
---
translates: 1
title: "{product} の脆弱性（計測用 {number}）"
summaries:
  - 初版公開
---

## 概要

{filler}

## 対策

1. サービスを停止し、動作しているバージョンを記録します。
2. バージョン `{number}.1` を適用します。

## 回避策

{filler}
"""
_SENTENCE = (
    "Bench Server reads a request beyond the end of its buffer, so that a request "
    "which is made for it can **overwrite** what lies behind; see "
    "[the bulletin](https://vendor.example/{number}) for how it was found. "
)
_SENTENCE_JA = (
    "Bench Server には、要求を読み取る際にバッファの終端を越える不備があります。"
    "細工された要求を受け取ると、**後続の領域**が上書きされるおそれがあります。"
)


def make(root: Path, size: int) -> Project:
    """Make a project with `size` signed advisories in two languages at `root`."""
    keyring = workshop.make_key(root / "team")
    try:
        project = workshop.make_empty_project(
            root / "project",
            keyring,
            url="https://www.cert.example",
            rest="http://127.0.0.1:9/3.1",
            prefix="BENCH",
        )
        for number in range(1, size + 1):
            write(project.root, number)
        _sign(project)
        project.close()
    finally:
        keyring.close()
    return Project(project.root, gnupg_home=keyring.home)


def write(root: Path, number: int, revision: int = 1) -> AdvisoryId:
    """Write the sources of one advisory; later revisions say so in their history."""
    year, place = divmod(number, _PER_YEAR)
    date = _FIRST + timedelta(days=int(365.25 * year) + 350 * place / _PER_YEAR)
    advisory = AdvisoryId("BENCH", date.year, number)
    affected = summaries.product(number, _VENDORS_OF)
    values = {
        "id": advisory,
        "number": number,
        "kind": _KINDS[number % len(_KINDS)],
        "date": date.isoformat(timespec="seconds"),
        "vector": _SEVERITIES[number % len(_SEVERITIES)],
        "cve": f"CVE-{date.year}-{number:04d}",
        "vendor": affected.vendor,
        "product": affected.name,
    }
    folder = root / "advisories" / str(date.year) / str(advisory)
    folder.mkdir(parents=True, exist_ok=True)
    english = _ENGLISH.format(
        **values, filler=(_SENTENCE * 6).format(number=number).strip()
    )
    japanese = _JAPANESE.format(**values, filler=_SENTENCE_JA * 6)
    for later in range(2, revision + 1):
        when = (date + timedelta(days=later)).isoformat(timespec="seconds")
        entry = f'  - {{date: "{when}", summary: Update {later}}}\n'
        english = english.replace("vulnerabilities:\n", entry + "vulnerabilities:\n")
        japanese = japanese.replace(f"translates: {later - 1}", f"translates: {later}")
        japanese = japanese.replace(
            "---\n\n## 概要", f"  - 更新 {later}\n---\n\n## 概要"
        )
    (folder / "en.md").write_text(english, encoding="utf-8")
    (folder / "ja.md").write_text(japanese, encoding="utf-8")
    return advisory


def sign(project: Project, advisory: AdvisoryId) -> None:
    """Sign what is not signed of one advisory."""
    tools = project.tools()
    plan = signing.plan(tools, checking.load(tools, [advisory], {}))
    list(signing.sign(tools, plan.texts, project.signer(), project.clock))


def _sign(project: Project) -> None:
    tools = project.tools()
    loaded = checking.load(tools, tools.repository.snapshot(), {})
    checking.require(loaded)
    texts = signing.plan(tools, loaded).texts
    signer = project.signer()
    with ThreadPoolExecutor(max_workers=4) as pool:
        for text, data in zip(
            texts, pool.map(lambda each: signer.sign(each.text), texts), strict=True
        ):
            project.repository.add(text.path, data)
    later = replace(tools, now=project.clock())
    loaded = checking.load(later, later.repository.snapshot(), {})
    recording.complete(later, loaded)
