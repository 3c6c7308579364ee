"""docs/api.md shows what the machine index of the samples says."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from publisher.pipeline import building
from publisher.wiring import Project

pytestmark = pytest.mark.gpg

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "api.md"
SHOWN = "api/v1/advisories/ADV-2026-0002.json"
NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("clone")
    for name in ("publisher.toml", "security.txt"):
        shutil.copy(ROOT / name, root)
    for folder in ("advisories", "keys", "record"):
        shutil.copytree(ROOT / folder, root / folder)
    project = Project(root)
    building.build(replace(project.tools(), now=NOW))
    yield root / "site"
    project.close()


def shortened(facts: dict[str, Any]) -> str:
    """Return the example: one language's text, and no whole body."""
    first, *_ = facts["texts"]
    body = first["html"].partition("\n")[0]
    facts["texts"] = [{**first, "html": f"{body}…"}]
    example = json.dumps(facts, ensure_ascii=False, indent=1)
    return f"\n```json\n{example}\n```\n"


def test_the_example_is_what_is_served(
    site: Path, request: pytest.FixtureRequest
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    head, rest = page.split("<!-- advisory -->")
    before, tail = rest.split("<!-- /advisory -->")
    example = shortened(json.loads((site / SHOWN).read_text(encoding="utf-8")))
    if request.config.getoption("--update-golden"):
        marked = f"<!-- advisory -->{example}<!-- /advisory -->"
        PAGE.write_text(f"{head}{marked}{tail}", encoding="utf-8")
        before = example

    assert f"`/{SHOWN}`" in head
    assert before == example


def test_every_file_of_the_samples_follows_its_schema(site: Path) -> None:
    files = sorted((site / "api/v1").rglob("*.json"))
    read = {file: json.loads(file.read_text(encoding="utf-8")) for file in files}
    schemas = [data for file, data in read.items() if file.parent.name == "schema"]
    resources = ((each["$id"], Resource.from_contents(each)) for each in schemas)
    known: Registry[Any] = Registry().with_resources(resources)

    for file, data in read.items():
        if file.parent.name != "schema":
            checker = jsonschema.FormatChecker()
            schema = known.contents(data["$schema"])
            jsonschema.Draft202012Validator(
                schema, registry=known, format_checker=checker
            ).validate(data)


def test_every_file_and_member_is_explained(site: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    places = set(re.findall(r"^\| `/(api/v1/[^`]+)` \|", page, re.MULTILINE))

    ids = {"ADV-[0-9]+-[0-9]+": "ID", r"years/\d+": "years/YEAR"}
    months = {r"changes/\d+-\d+": "changes/MONTH", r"schema/[a-z-]+": "schema/NAME"}
    found = set()
    for file in (site / "api/v1").rglob("*.json"):
        path = str(file.relative_to(site))
        for pattern, name in {**ids, **months}.items():
            path = re.sub(pattern, name, path)
        found.add(path)

    assert found == places
