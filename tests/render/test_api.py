"""The machine index: each file against its schema, and what the files say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from publisher.model.advisory import Withdrawal
from publisher.model.ids import AdvisoryId
from publisher.model.summary import Summary
from publisher.render import api, paths
from tests import builders
from tests.builders import EN, JA
from tests.render import samples
from tests.render.test_feed_forms import hostile, superseded, withdrawn

SITE = "https://www.cert.example"
URL = f"{SITE}/api/v1"


@cache
def site() -> dict[str, bytes]:
    """Return a site with one of everything that the machine index can show."""
    resigned = samples.signed(builders.advisory(), {EN: [1, 2], JA: [2]})
    return samples.site(
        [
            resigned,
            withdrawn(samples.numbered(9)),
            superseded(samples.numbered(10), 7),
            hostile(samples.numbered(11)),
            samples.numbered(
                12, ('cvss: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"', "")
            ),
        ]
    )


def read(name: str) -> Any:
    return json.loads(site()[f"api/v1/{name}.json"])


FILES = sorted(path for path in site() if path.startswith("api/"))
SCHEMAS = [path for path in FILES if path.startswith("api/v1/schema/")]
DATA = [path for path in FILES if path not in SCHEMAS]


@cache
def registry() -> Registry[Any]:
    schemas = [json.loads(site()[path]) for path in SCHEMAS]
    found = ((each["$id"], Resource.from_contents(each)) for each in schemas)
    return Registry().with_resources(found)


@pytest.mark.parametrize("path", SCHEMAS)
def test_a_schema_is_one_and_is_named_by_where_it_lies(path: str) -> None:
    schema = json.loads(site()[path])

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"{SITE}/{path}"


@pytest.mark.parametrize("path", DATA)
def test_a_file_follows_the_schema_that_it_names(path: str) -> None:
    data = json.loads(site()[path])

    schema = registry().contents(data["$schema"])
    checker = jsonschema.FormatChecker()
    validator = jsonschema.Draft202012Validator(
        schema, registry=registry(), format_checker=checker
    )
    validator.validate(data)


@pytest.mark.parametrize(
    "name", ["advisory", "year", "changes", "changes-index", "index"]
)
def test_a_schema_refuses_a_file_that_lost_anything(name: str) -> None:
    paths_of = [
        p for p in DATA if json.loads(site()[p])["$schema"].endswith(f"/{name}.json")
    ]
    data = json.loads(site()[paths_of[0]])
    validator = jsonschema.Draft202012Validator(
        registry().contents(data["$schema"]), registry=registry()
    )

    for member in data:
        less = {key: value for key, value in data.items() if key != member}
        assert not validator.is_valid(less), member


def test_the_facts_of_an_advisory(golden: Callable[[str, str | bytes], None]) -> None:
    files = samples.site([samples.numbered(7)])

    golden("site/advisory.json", files["api/v1/advisories/ADV-2026-0007.json"])


def test_every_address_in_the_machine_index_is_there() -> None:
    def addresses(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [url for each in value.values() for url in addresses(each)]
        if isinstance(value, list):
            return [url for each in value for url in addresses(each)]
        return [value] if isinstance(value, str) and value.startswith(SITE) else []

    for path in DATA:
        for url in addresses(json.loads(site()[path])):
            file = url.removeprefix(f"{SITE}/")
            if "{id}" not in file:
                assert f"{file}index.html" in site() or file in site(), (path, url)


def test_what_does_not_hold_any_more_says_so_and_why() -> None:
    gone = read("advisories/ADV-2026-0009")["status"]
    replaced = read("advisories/ADV-2026-0010")["status"]

    assert gone["state"] == "withdrawn"
    assert gone["reason"]["en"].startswith("It was wrong")
    assert (replaced["state"], replaced["by"]) == ("superseded", "ADV-2026-0007")
    assert read("advisories/ADV-2026-0007")["status"] == {"state": "current"}


def test_the_successor_names_what_it_supersedes() -> None:
    assert read("advisories/ADV-2026-0007")["supersedes"] == ["ADV-2026-0010"]


def test_a_language_has_the_revisions_that_were_signed_in_it() -> None:
    first, second = read("advisories/ADV-2026-0007")["history"]

    assert set(first["signed"]) == {"en"}
    assert set(second["signed"]) == {"en", "ja"}
    assert set(first["summary"]) == {"en", "ja"}


def test_an_advisory_without_a_score_has_none() -> None:
    facts = read("advisories/ADV-2026-0012")

    assert (facts["severity"], facts["score"]) == (None, None)


def test_hostile_texts_hide_and_reorder_nothing() -> None:
    for path in FILES:
        assert "\u202e" not in site()[path].decode()
    text = read("advisories/ADV-2026-0011")["texts"][0]
    assert "<script>" in text["title"]
    assert "<script" not in text["html"]


def moved(number: int, days: int) -> Summary:
    summary = samples.moved(samples.summary(7), timedelta(days=days))
    return replace(summary, id=AdvisoryId("ADV", 2026, number))


def planned(*summaries: Summary) -> dict[str, Any]:
    plans = api.files(summaries, builders.presentation())
    return {str(plan.path): plan for plan in plans}


def test_a_change_touches_the_files_of_its_month_and_its_year_alone() -> None:
    before = planned(*(moved(number, 31 * number) for number in range(1, 6)))
    anew = replace(
        moved(2, 62), texts=(replace(moved(2, 62).texts[0], sha256="f" * 64),)
    )
    after = planned(moved(1, 31), anew, *(moved(n, 31 * n) for n in range(3, 6)))

    changed = {path for path in before if before[path].key != after[path].key}
    assert changed == {
        paths.api_year(2026),
        paths.api_changes("2027-01"),
        paths.API_LATEST,
        paths.API_CHANGES,
    }


def test_changes_of_a_month_are_in_order_and_the_newest_come_first_in_latest() -> None:
    files = planned(*(moved(number, 0) for number in range(1, 61)))

    month = json.loads(files[paths.api_changes("2026-11")].make())["changes"]
    latest = json.loads(files[paths.API_LATEST].make())["changes"]
    named = [(each["date"], each["id"], each["revision"]) for each in month]
    assert named == sorted(named)
    assert len(named) == 120
    assert [(e["date"], e["id"], e["revision"]) for e in latest] == named[::-1][:100]


def test_a_month_is_one_in_utc() -> None:
    # In Tokyo it is December already.
    late = samples.moved(samples.summary(7), timedelta(days=9, hours=17))

    assert paths.api_changes("2026-11") in planned(late)
    assert paths.api_changes("2026-12") not in planned(samples.summary(7))


def test_the_index_counts_by_kind_and_year() -> None:
    index = read("index")

    assert index["advisories"] == sum(index["kinds"].values()) == 5
    assert [(y["year"], y["advisories"]) for y in index["years"]] == [(2026, 5)]
    assert index["advisory"] == f"{URL}/advisories/{{id}}.json"


def test_an_empty_site_has_an_index_and_no_months() -> None:
    files = planned()

    assert json.loads(files[paths.API_CHANGES].make())["months"] == []
    assert json.loads(files[paths.API_LATEST].make())["changes"] == []
    assert json.loads(files[paths.API_INDEX].make())["advisories"] == 0


def test_the_result_says_that_withdrawn_reasons_are_those_of_each_language() -> None:
    one = samples.numbered(9)
    reason = Withdrawal(one.advisory.last_updated, "Wrong")
    text = replace(one.advisory.translations[0], withdrawn_reason="誤り")
    facts = replace(one.advisory, withdrawn=reason, translations=(text,))

    data = json.loads(api.advisory(replace(one, advisory=facts), (), SITE).data)

    assert data["status"]["reason"] == {"en": "Wrong", "ja": "誤り"}
