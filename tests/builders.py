"""Valid values to start from; a test changes the one thing that it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from publisher import parse
from publisher.adapters import templates
from publisher.model.advisory import Advisory, Kind
from publisher.model.ids import Language
from publisher.model.keys import KeyPart, KeyState
from publisher.model.settings import (
    MailingList,
    Mailman,
    Review,
    SecurityTxt,
    Settings,
    SiteSettings,
    Team,
)
from publisher.presentation import Presentation

EN, JA = Language("en"), Language("ja")
FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"
FOLDER = PurePosixPath("advisories/2026/ADV-2026-0007")

ENGLISH = """\
---
id: ADV-2026-0007
kind: alert
title: Remote code execution in Example Server
tlp: CLEAR
history:
  - {date: 2026-11-20T10:00:00+09:00, summary: Initial release}
  - {date: 2026-11-21T09:00:00+09:00, summary: Exploitation observed}
vulnerabilities:
  - cve: CVE-2026-90007
    cvss: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    cwe: CWE-787
affected:
  - {vendor: Example, product: Example Server, versions: ">=2.0, <2.4.1", fixed: 2.4.1}
references:
  - {title: Vendor bulletin, url: "https://vendor.example/sb-1"}
acknowledgments:
  - Hoshizora Research (fictional)
---

## Overview

Example Server reads a request beyond its buffer. Update **at once**; the vendor's
[bulletin](https://vendor.example/sb-1) says how.

## Solution

1. Stop the service.
2. Install version `2.4.1`:

    ```sh
    example-update --to 2.4.1
    ```
"""

JAPANESE = """\
---
translates: 2
title: Example Server における任意のコード実行の脆弱性
summaries:
  - 初版公開
  - 悪用を確認
---

## 概要

Example Server には、要求の読み取りに不備があります。至急、更新してください。詳細は[ベンダーの情報](https://vendor.example/sb-1)をご確認ください。

## 対策

1. サービスを停止します。
2. バージョン `2.4.1` を適用します。
"""


def advisory(
    *changes: tuple[str, str], english: str = ENGLISH, japanese: str | None = JAPANESE
) -> Advisory:
    """Return the sample advisory, `changes` made as replacements in both sources."""
    parsed, findings = parse.advisory(
        FOLDER, sources(*changes, english=english, japanese=japanese)
    )
    assert parsed is not None, findings
    return parsed


def sources(
    *changes: tuple[str, str], english: str = ENGLISH, japanese: str | None = JAPANESE
) -> dict[str, bytes]:
    """Return the files of the sample advisory; each change must match something."""
    texts = {"en.md": english} | ({"ja.md": japanese} if japanese is not None else {})
    for old, new in changes:
        assert any(old in text for text in texts.values()), old
        texts = {name: text.replace(old, new) for name, text in texts.items()}
    return {name: text.encode() for name, text in texts.items()}


def key_state(
    fingerprint: str = FINGERPRINT,
    user: str = "Example CERT <csirt@cert.example>",
    **changes: Any,
) -> KeyState:
    """Return an Ed25519 key that is beyond doubt; `changes` are made to its part."""
    part = KeyPart(
        fingerprint=fingerprint,
        algorithm=22,
        bits=255,
        curve="ed25519",
        created=datetime(2020, 1, 1, tzinfo=UTC),
        expires=None,
        revocation=None,
        signs=True,
        bound_with=8,
    )
    public = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    return KeyState((user,), (replace(part, **changes),), public)


def settings() -> Settings:
    """Return the settings of a team with one Japanese and one English list."""
    return Settings(
        team=Team(
            name={EN: "Example CERT", JA: "Example CERT コーディネーションセンター"},
            contact="csirt@cert.example",
            fingerprints=(FINGERPRINT,),
            previous=(),
            timezone=ZoneInfo("Asia/Tokyo"),
        ),
        languages=(JA, EN),
        prefix="ADV",
        site=SiteSettings(url="https://www.cert.example"),
        security_txt=SecurityTxt(("mailto:csirt@cert.example",), "", ""),
        review=Review(other_person=True),
        lists=tuple(
            MailingList(
                address=f"announce-{language}@lists.cert.example",
                language=language,
                kinds=tuple(Kind),
                title=title,
                description=title,
            )
            for language, title in (
                (JA, "注意喚起・セキュリティ情報"),
                (EN, "Alerts and advisories"),
            )
        ),
        owners=("csirt@cert.example",),
        mailman=Mailman(url="http://127.0.0.1:8001/3.1", user="restadmin", timeout=10),
        announce_since=datetime(2026, 1, 1, tzinfo=UTC),
    )


def presentation() -> Presentation:
    """Return the packaged templates with the settings above."""
    return templates.presentation(settings(), Path("no-such-folder"))
