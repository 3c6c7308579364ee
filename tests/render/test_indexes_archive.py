"""The lists of an archive that is large: small pages that stay as they are."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from urllib.parse import unquote, urlsplit

import pytest

from benchmarks import summaries as synthetic
from publisher.model.chain import Planned
from publisher.model.ids import AdvisoryId
from publisher.model.summary import ProductName, Summary
from publisher.pipeline import memory
from publisher.render import indexes
from publisher.render.indexes import cves, names, pages
from tests import builders
from tests.render import samples
from tests.render.samples import Outline

LOOK = builders.presentation()
PER_PAGE = pages.PER_PAGE
WIDE = "\uff25\uff38\uff21\uff2d\uff30\uff2c\uff25"
LIMIT = 64_000
"""Bytes of one list page."""
ROW = re.compile(r'href="[^"]*advisories/[0-9]+/([^/"]*)/[a-z]+\.html"')


def planned(summaries: Iterable[Summary]) -> dict[str, Planned]:
    """Return what is planned of an archive, by path."""
    with memory.growing():
        plans = list(indexes.indexes(list(summaries), [], LOOK, samples.NOW))
    found = {str(plan.path): plan for plan in plans}
    assert len(found) == len(plans)
    return found


def row_ids(plan: Planned) -> list[str]:
    """Return the advisories that a page lists, in its order."""
    return ROW.findall(plan.make().decode().partition("<main")[2])


def monthly(count: int, start: Summary | None = None) -> list[Summary]:
    """Return alerts of one year, four hours apart."""
    summary = start or samples.summary(1)
    first = summary.first_published.replace(month=1, day=2)
    summary = samples.moved(summary, first - summary.first_published)
    return [
        replace(
            samples.moved(summary, timedelta(hours=4 * number)),
            id=AdvisoryId("ADV", 2026, number + 1),
        )
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def archive() -> list[Summary]:
    return synthetic.many(20_000)


@pytest.fixture(scope="module")
def plans(archive: list[Summary]) -> dict[str, Planned]:
    return planned(archive)


@pytest.mark.large
def test_no_page_of_a_hundred_thousand_advisories_is_large() -> None:
    found = planned(synthetic.many(100_000))
    biggest = [
        "en/index.html",
        "ja/index.html",
        "ja/2025/index.html",
        "ja/2025/06.html",
        "ja/alert/index.html",
        "ja/advisory/2025-2.html",
        "ja/severity/index.html",
        "ja/severity/high/index.html",
        "ja/severity/high/2025.html",
        "ja/vendors/index.html",
        *(path for path in found if path.startswith("ja/vendors/")),
        *[path for path in found if path.startswith("ja/vendor/")][:40],
        *[path for path in found if path.startswith("ja/product/")][:40],
        "ja/cve/index.html",
        *(path for path in found if re.fullmatch("ja/cve/[0-9]+/index.html", path)),
        *[path for path in found if re.fullmatch("ja/cve/[0-9]+/.*xx.html", path)][:30],
    ]

    sizes = {path: len(found[path].make()) for path in biggest}

    assert {path: size for path, size in sizes.items() if size > LIMIT} == {}
    assert max(sizes["en/index.html"], sizes["ja/index.html"]) < 34_000


def test_a_list_of_a_hundred_has_one_page() -> None:
    found = planned(monthly(PER_PAGE))

    assert len(row_ids(found["en/2026/index.html"])) == PER_PAGE
    assert len(row_ids(found["en/alert/index.html"])) == PER_PAGE
    assert not [path for path in found if re.search("/(2026|0[1-9])[-.]", path)]


def test_a_longer_list_leads_to_pages_that_are_counted_from_the_oldest() -> None:
    found = planned(monthly(450))

    year = found["en/2026/index.html"]
    assert row_ids(year) == [f"ADV-2026-{n:04d}" for n in range(450, 350, -1)]
    assert row_ids(found["en/alert/2026.html"])[::99] == [
        "ADV-2026-0100",
        "ADV-2026-0001",
    ]
    assert len(row_ids(found["en/alert/2026-5.html"])) == 50
    assert "en/alert/2026-6.html" not in found
    january, more = found["en/2026/01.html"], found["en/2026/01-2.html"]
    assert len(row_ids(january)) == PER_PAGE
    assert b"<h1>January 2026 (2)</h1>" in more.make()


def test_a_reader_walks_from_the_newest_to_the_oldest() -> None:
    found = planned(monthly(450))
    for first, pattern in (
        ("en/2026/index.html", r'rel="next" href="([^"]*)"'),
        ("en/alert/index.html", r'rel="next" href="([^"]*)"'),
    ):
        path, seen = first, set(row_ids(found[first]))
        while older := re.search(pattern, found[path].make().decode()):
            back = path
            path = posixpath.join(posixpath.dirname(first), older[1])
            seen |= set(row_ids(found[path]))
            if back != first:
                page = found[path].make().decode()
                newer = re.search(r'rel="prev" href="([^"]*)"', page)
                assert newer
                assert newer[1] == posixpath.basename(back)

        assert len(seen) == 450


def test_a_new_advisory_leaves_the_full_pages_as_they_were() -> None:
    before = planned(monthly(450))

    after = planned(monthly(451))

    same = {path for path in before if before[path].key == after[path].key}
    assert {"en/alert/2026.html", "en/alert/2026-4.html", "en/2026/01.html"} <= same
    assert {"en/severity/critical/2026.html", "en/vendor/example/2026-2.html"} <= same
    assert "en/alert/2026-5.html" not in same


def test_an_advisory_that_comes_late_moves_its_month_only() -> None:
    all_of_them = monthly(450)
    before = planned(all_of_them[:20] + all_of_them[21:])

    after = planned(all_of_them)

    changed = {path for path in before if before[path].key != after[path].key}
    months = {path for path in changed if re.fullmatch("en/2026/.*", path)}
    assert months == {"en/2026/index.html", "en/2026/01.html", "en/2026/01-2.html"}


def test_one_more_advisory_changes_few_pages(
    archive: list[Summary], plans: dict[str, Planned]
) -> None:
    last = archive[-1]
    new = replace(
        samples.moved(last, timedelta(hours=1)),
        id=replace(last.id, number=last.id.number + 1),
    )

    after = planned([*archive, new])

    changed = {
        path
        for path in after
        if path not in plans or plans[path].key != after[path].key
    }
    assert set(plans) <= set(after)
    assert len(changed) < 80
    assert len(after) > 20_000


def test_an_update_of_an_old_advisory_changes_few_pages(
    archive: list[Summary], plans: dict[str, Planned]
) -> None:
    old = archive[777]
    text = replace(old.texts[0], title="Another title")
    mended = replace(old, texts=(text, *old.texts[1:]))

    after = planned([*archive[:777], mended, *archive[778:]])

    changed = {path for path in plans if plans[path].key != after[path].key}
    assert set(plans) == set(after)
    assert 5 <= len(changed) < 40


def test_the_counts_of_a_period_say_how_much_there_is() -> None:
    page = planned(monthly(450))["ja/2026/index.html"].make().decode()

    assert re.findall(r">(2026年\d+月)</a>", page) == [
        "2026年3月",
        "2026年2月",
        "2026年1月",
    ]
    assert sum(map(int, re.findall(r'"count">\((\d+)\)', page))) == 450
    assert ">450件<" in page


def test_every_advisory_is_reached_by_links_from_the_front_page() -> None:
    summaries = synthetic.many(300)
    found = planned(summaries)
    reached: set[str] = set()
    waiting = ["index.html"]
    while waiting:
        path = waiting.pop()
        if path in reached:
            continue
        reached.add(path)
        if path in found and path.endswith(".html"):
            waiting += targets(path, found[path].make().decode())

    lists = {path for path in found if path.endswith(".html") and path != "404.html"}
    assert lists <= reached
    for summary in summaries:
        for text in summary.texts:
            page = f"advisories/{summary.id.year}/{summary.id}/{text.language}.html"
            assert page in reached


def targets(path: str, page: str) -> list[str]:
    """Return the files of the site to which a page links."""
    links = [urlsplit(link) for link in Outline(page).values("href")]
    folder = posixpath.dirname("/" + path)
    return [
        posixpath.normpath(posixpath.join(folder, unquote(link.path))).lstrip("/")
        for link in links
        if not link.scheme and link.path
    ]


def test_every_list_says_what_it_is() -> None:
    found = planned(monthly(120))
    for path, plan in found.items():
        if not re.match("(en|ja)/(2026|alert|vendor|product|severity|cve)", path):
            continue
        outline = Outline(page := plan.make().decode())
        language = path[:2]

        assert outline.faults == [], path
        assert re.search('<meta name="description" content="[^"]{8,}">', page), path
        public = f"https://www.cert.example/{path.removesuffix('index.html')}"
        assert f'<link rel="canonical" href="{public}">' in page, path
        assert f'hreflang="{language}" href="{public}">' in page, path
        assert 'hreflang="x-default"' in page, path
        assert 'type="application/atom+xml"' in page, path


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_words_of_a_list_are_in_its_language(language: str) -> None:
    found = planned(monthly(120))
    for path, words in {
        f"{language}/vendors/index.html": ("Vendors and products", "ベンダー・製品"),
        f"{language}/cve/index.html": ("CVE ids", "CVE番号"),
        f"{language}/severity/index.html": ("By severity", "深刻度別"),
    }.items():
        heading = words[language == "ja"]

        assert f"<h1>{heading}</h1>" in found[path].make().decode()


def test_each_score_is_in_the_list_of_its_severity() -> None:
    summary = samples.summary(7)
    none = replace(samples.summary(8), severity=None, score=None)
    found = planned([summary, none])

    assert row_ids(found["en/severity/critical/index.html"]) == ["ADV-2026-0007"]
    assert row_ids(found["en/severity/none/index.html"]) == []
    assert "公開した文書はまだありません。" in (
        found["ja/severity/low/index.html"].make().decode()
    )


def named(number: int, *products: tuple[str, str]) -> Summary:
    """Return an advisory on some products."""
    affected = tuple(ProductName(*product) for product in products)
    date = timedelta(minutes=number)
    return replace(samples.moved(samples.summary(number), date), affected=affected)


def test_spellings_of_a_vendor_are_one_vendor_under_its_first_name() -> None:
    found = planned(
        [
            named(1, ("Example Corp.", "Example Server")),
            named(2, (f"{WIDE}\u3000CORP.", "example server")),
        ]
    )

    vendor = found["en/vendor/example_corp./index.html"]
    product = found["en/product/example_corp./example_server/index.html"]
    assert row_ids(vendor) == row_ids(product) == ["ADV-2026-0002", "ADV-2026-0001"]
    assert b"<h1>Example Corp.</h1>" in vendor.make()
    assert b'<bdi>Example Server</bdi></a> <span class="count">(2)' in vendor.make()


def test_an_advisory_on_several_products_is_listed_once() -> None:
    found = planned([named(1, ("A", "One"), ("A", "Two"), ("a", "ONE"))])

    assert row_ids(found["en/vendor/a/index.html"]) == ["ADV-2026-0001"]
    assert row_ids(found["en/product/a/one/index.html"]) == ["ADV-2026-0001"]


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x>',
        "{{ 7 * 7 }}",
        "../../x",
        "\u202egnp.exe",
        "a" * 5000,
        "_",
        ".",
        "index.html",
    ],
)
def test_no_name_does_harm(name: str) -> None:
    for path, plan in planned([named(1, (name, name))]).items():
        assert not {"", ".", ".."} & set(path.split("/"))
        if re.match("en/(vendor|product)", path):
            page = plan.make().decode()

            assert Outline(page).faults == []
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "\u202e" not in page
            assert len(page) < 20_000


def test_few_vendors_are_on_one_page_by_letters() -> None:
    vendors = ("Zeta", "alpha", "Ändern", "さくら", "ガンマ", "3D", "海野", "ァ")
    summaries = [named(number, (name, "P")) for number, name in enumerate(vendors, 1)]

    page = planned(summaries)["ja/vendors/index.html"].make().decode()

    found = re.findall(r"<h2>(.*)</h2>|<bdi>(.*?)</bdi></a> <span", page)
    assert [letter or name for letter, name in found] == [
        *("A", "alpha", "Ändern", "Z", "Zeta", "0–9", "3D"),
        *("ア", "ァ", "カ", "ガンマ", "サ", "さくら", "漢字・その他", "海野"),
    ]


def test_many_vendors_have_pages_by_letter_that_hardly_change() -> None:
    summaries = [named(n, (f"A {n:04d}", "P")) for n in range(1, 1001)]
    before = planned(summaries)

    after = planned([*summaries, named(1001, ("A 0500b", "P"))])

    letters = {p for p in before if p.startswith("en/vendors/")}
    changed = {path for path in letters if before[path].key != after[path].key}
    assert b'href="a.html"' in before["en/vendors/index.html"].make()
    assert {"en/vendors/index.html", "en/vendors/a.html"} < changed
    assert len(changed) == 3
    assert letters <= set(after)


def test_the_products_of_a_large_vendor_have_pages_of_their_own() -> None:
    summaries = [named(n, ("A", f"P {n}")) for n in range(1, 302)]
    found = planned(summaries)

    assert (
        b'href="../../products/a/index.html"' in found["en/vendor/a/index.html"].make()
    )
    parts = [path for path in found if path.startswith("en/products/a/")]
    shown = "".join(found[path].make().decode() for path in parts)
    assert len(set(re.findall(r'href="\.\./\.\./product/a/([^"]*)/', shown))) == 301


def test_parts_of_a_list_are_cut_by_the_names_alone() -> None:
    every = [names.Name(f"Name {number:05d}", 1) for number in range(5000)]
    before = {part.id: part.names for part in names.parts(every)}

    after = {part.id: part.names for part in names.parts(every[:2500] + every[2501:])}

    assert sum(map(len, before.values())) == 5000
    assert max(map(len, before.values())) <= names.MANY
    assert len([part for part in before if before[part] != after.get(part)]) <= 2


def with_cves(number: int, *ids: str) -> Summary:
    """Return an advisory on some CVE ids."""
    date = timedelta(minutes=number)
    return replace(samples.moved(samples.summary(number), date), cves=ids)


def test_a_cve_id_is_found_by_its_number() -> None:
    found = planned([with_cves(1, "CVE-2026-90007", "CVE-2025-0042")])

    block = found["en/cve/2026/900xx.html"].make().decode()
    assert '<section class="ids" id="CVE-2026-90007">' in block
    assert row_ids(found["en/cve/2025/00xx.html"]) == ["ADV-2026-0001"]
    assert b'href="900xx.html"' in found["en/cve/2026/index.html"].make()
    assert b'href="2025/index.html"' in found["en/cve/index.html"].make()


def test_a_cve_id_with_many_advisories_has_a_list() -> None:
    many = [with_cves(number, "CVE-2021-44228") for number in range(1, 7)]
    found = planned(many)

    block = found["en/cve/2021/442xx.html"]
    assert row_ids(block) == ["ADV-2026-0006", "ADV-2026-0005"]
    whole = found["en/cve/2021/CVE-2021-44228/index.html"]
    assert len(row_ids(whole)) == 6
    assert b"CVE-2021-44228/index.html" in block.make()
    assert len(row_ids(block)) == cves.PER_CVE


@pytest.mark.parametrize("step", [100, 10_000, 1_234_567_890_123])
def test_a_year_with_many_cve_ids_has_levels(step: int) -> None:
    ids = [f"CVE-2026-{number * step:04d}" for number in range(1, 150)]
    found = planned([with_cves(1, *ids)])
    year = "en/cve/2026/"
    pages_of_year = {
        p: plan.make().decode() for p, plan in found.items() if p.startswith(year)
    }
    reached, waiting = set(), [year + "index.html"]
    while waiting:
        path = waiting.pop()
        reached.add(path)
        inside = [t for t in targets(path, pages_of_year[path]) if t.startswith(year)]
        assert len(set(inside)) <= 102
        waiting += [target for target in inside if target not in reached]

    assert reached == set(pages_of_year)
    shown = [i for page in pages_of_year.values() for i in Outline(page).values("id")]
    assert Counter(i for i in shown if i.startswith("CVE")) == Counter(ids)


def test_the_rows_of_a_page_are_newest_first(plans: dict[str, Planned]) -> None:
    for path in ("ja/2015/03.html", "en/severity/high/2015-2.html"):
        page = plans[path].make().decode()

        dates = re.findall(r'<p class="date"><time datetime="([^"]*)"', page)
        assert len(dates) > 10
        assert all(newer >= older for newer, older in pairwise(dates))
