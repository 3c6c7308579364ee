"""The lists, the explanations and the rest of the site."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from publisher.model.advisory import Kind
from publisher.model.ids import AdvisoryId
from publisher.model.keys import KeyState, Revocation
from publisher.model.settings import SiteSettings
from publisher.model.summary import Summary
from publisher.presentation import Presentation
from publisher.render import indexes
from publisher.render.indexes import home, pages
from tests import builders
from tests.render import samples
from tests.render.samples import KEY, Outline

LISTS = {
    "index.html",
    *(
        f"{language}/{name}.html"
        for language in ("ja", "en")
        for name in (
            "index",
            "2026/index",
            "alert/index",
            "severity/critical/index",
            "vendor/example/index",
            "product/example/example_server/index",
            "cve/2026/900xx",
        )
    ),
}
"""The pages with a row of the sample advisory."""
OVERVIEWS = {
    f"{language}/{name}/index.html"
    for language in ("ja", "en")
    for name in ("severity", "vendors", "cve", "cve/2026")
}


def planned(
    summaries: Iterable[Summary], presentation: Presentation | None = None
) -> dict[str, str]:
    """Return the key of each planned file by its path."""
    look = presentation or builders.presentation()
    plans = indexes.indexes(list(summaries), [KEY], look, samples.NOW)
    return {str(plan.path): plan.key for plan in plans}


def made(path: str, summaries: Iterable[Summary], **changes: object) -> str:
    """Return one file as text."""
    look = builders.presentation()
    settings = replace(look.settings, **changes)  # type: ignore[arg-type]
    look = replace(look, settings=settings)
    plans = indexes.indexes(list(summaries), [KEY], look, samples.NOW)
    return next(p.make().decode() for p in plans if str(p.path) == path)


def many(count: int) -> list[Summary]:
    """Return advisories that are a minute apart."""
    summary = samples.summary(1)
    return [
        replace(
            samples.moved(summary, timedelta(minutes=number)),
            id=AdvisoryId("ADV", 2025 + number % 2, number),
        )
        for number in range(1, count + 1)
    ]


def links(page: str) -> list[str]:
    """Return the advisories to which a page links, in its order."""
    return re.findall(r'href="[^"]*/(ADV-[0-9-]+)/[a-z]+\.html"', page)


def test_every_file_is_planned_once() -> None:
    look = builders.presentation()

    plans = indexes.indexes([samples.summary(7)], [KEY], look, samples.NOW)
    paths = [str(plan.path) for plan in plans]

    assert len(paths) == len(set(paths))
    kinds = ("alert", "emergency", "advisory", "note", "report", "translation")
    assert set(paths) == {
        *LISTS,
        *OVERVIEWS,
        *(
            f"{lang}/severity/{slug}/index.html"
            for lang in ("ja", "en")
            for slug in ("none", "low", "medium", "high")
        ),
        *(f"{lang}/{kind}/index.html" for lang in ("ja", "en") for kind in kinds),
        *(
            f"{lang}/{name}.html"
            for lang in ("ja", "en")
            for name in ("verify", "subscribe", "feeds")
        ),
        f"keys/{KEY.fingerprint}.asc",
        "style.css",
        "favicon.svg",
        "robots.txt",
        "verify.py",
        "404.html",
    }


def test_a_change_of_one_advisory_touches_the_pages_that_show_it() -> None:
    other = replace(samples.summary(1), id=AdvisoryId("ADV", 2025, 1), kind=Kind.NOTE)
    before = planned([samples.summary(7), other])

    after = planned(
        [samples.summary(7, ("title: Remote code", "title: Remote")), other]
    )

    changed = {path for path in before if before[path] != after[path]}
    assert changed == {path for path in LISTS if path.startswith("en")}


def test_what_no_list_shows_touches_no_list() -> None:
    summary = samples.summary(7)
    last = summary.last_updated + timedelta(days=1)
    text = replace(summary.texts[0], sha256="0" * 64)
    changed = replace(summary, last_updated=last, texts=(text, summary.texts[1]))

    assert planned([summary]) == planned([changed])


def test_the_order_of_what_comes_in_does_not_matter() -> None:
    summaries = many(5)

    assert planned(summaries) == planned(reversed(summaries))
    assert made("ja/2025/index.html", summaries) == made(
        "ja/2025/index.html", reversed(summaries)
    )


def test_a_change_of_the_look_touches_everything() -> None:
    look = builders.presentation()
    before = planned([], look)

    after = planned([], replace(look, digest="other"))

    assert not {path for path in before if before[path] == after[path]}


def test_the_front_page_shows_the_newest_twenty() -> None:
    page = made("en/index.html", many(60))

    newest = page.partition("<h2>Latest</h2>")[2]
    assert len(links(newest)) == 20
    assert links(newest)[:2] == ["ADV-2025-0060", "ADV-2026-0059"]
    assert len(links(page)) == 20 + home.URGENT
    assert len(page.encode()) < 50_000


def test_the_page_at_the_root_is_the_front_page_of_the_first_language() -> None:
    page = made("index.html", many(1))

    assert '<link rel="canonical" href="https://www.cert.example/ja/">' in page
    assert 'href="ja/2026/index.html"' in page
    assert 'href="../' not in page


def test_a_year_is_listed_by_months_newest_first() -> None:
    summaries = many(6)
    early = replace(summaries[0], first_published=datetime(2026, 2, 1, tzinfo=UTC))
    same_year = [s for s in summaries[1:] if s.id.year == 2026]
    early = replace(early, id=AdvisoryId("ADV", 2026, 1))

    page = made("ja/2026/index.html", [early, *same_year])

    assert re.findall("<h2>(.*)</h2>", page) == ["2026年11月", "2026年2月"]
    assert links(page) == ["ADV-2026-0005", "ADV-2026-0003", "ADV-2026-0001"]


def test_a_month_is_that_of_the_team() -> None:
    evening = datetime(2026, 10, 31, 15, 0, tzinfo=UTC)
    summary = replace(samples.summary(7), first_published=evening)

    page = made("en/2026/index.html", [summary])

    assert "<h2>November 2026</h2>" in page


def test_a_kind_with_few_advisories_has_one_page() -> None:
    paths = planned(many(pages.PER_PAGE))

    assert "en/alert/2025.html" not in paths
    assert len(links(made("en/alert/index.html", many(pages.PER_PAGE)))) == 100


def test_a_kind_with_many_advisories_has_pages_by_year() -> None:
    summaries = many(pages.PER_PAGE + 1)

    newest = made("en/alert/index.html", summaries)
    year = made("en/alert/2025.html", summaries)

    assert len(links(newest)) == 100
    assert 'href="2025.html"' in newest
    assert len(links(year)) == 50
    assert "<h1>Alerts of 2025</h1>" in year


def test_an_empty_site_says_that_nothing_was_published() -> None:
    assert "Nothing has been published here yet." in made("en/index.html", [])
    assert "公開した文書はまだありません。" in made("ja/note/index.html", [])


def test_only_the_first_lines_of_the_most_urgent_are_shown() -> None:
    before = planned(summaries := many(8))

    lead = replace(summaries[0].texts[0], lead="Changed.")
    quiet = replace(summaries[0], texts=(lead, summaries[0].texts[1]))
    after = planned([quiet, *summaries[1:]])

    assert before == after


def test_withdrawn_and_superseded_advisories_are_marked() -> None:
    withdrawn = replace(samples.summary(7), withdrawn=True)
    superseded = replace(samples.summary(8), superseded_by=AdvisoryId("ADV", 2026, 9))

    assert ">Withdrawn</span>" in made("en/2026/index.html", [withdrawn])
    assert ">Replaced</span>" in made("en/2026/index.html", [superseded])
    assert "Critical" not in made("en/2026/index.html", [withdrawn])


def test_an_advisory_without_a_text_in_the_language_is_listed_in_another() -> None:
    summary = samples.summary(7)
    english = replace(summary, texts=summary.texts[:1])

    page = made("ja/2026/index.html", [english])

    link = (
        '<a href="../../advisories/2026/ADV-2026-0007/en.html" lang="en" hreflang="en">'
    )
    assert link in page
    assert "<span>English</span>" in page


def with_keys(
    *keys: KeyState, previous: int = 0, language: str = "en"
) -> tuple[dict[str, bytes], str]:
    """Return the site of a team that has `keys`, and how to verify.

    The last `previous` of them sign no more.
    """
    look = builders.presentation()
    names = [key.fingerprint for key in keys]
    end = len(names) - previous
    team = replace(
        look.settings.team,
        fingerprints=tuple(names[:end]),
        previous=tuple(names[end:]),
    )
    look = replace(look, settings=replace(look.settings, team=team))
    files = samples.site([], look, keys)
    page = files[f"{language}/verify.html"].decode()
    assert Outline(page).faults == []
    return files, page


def section(page: str, heading: str) -> str:
    """Return what stands under a heading, as text."""
    part = re.split(f">{heading}</h[1-3]>", page)[1]
    return " ".join(Outline(re.split("<h[1-3]", part)[0]).text.split())


def test_the_key_that_is_pinned_is_served_and_explained() -> None:
    files = samples.site([])

    page = files["en/verify.html"].decode()
    assert files[f"keys/{KEY.fingerprint}.asc"] == KEY.public
    assert f'href="../keys/{KEY.fingerprint}.asc"' in page
    assert "Expires on: <time" in page
    assert "Algorithm: ed25519" in page
    assert "Example CERT &lt;csirt@cert.example&gt;" in page
    spaced = "0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567"
    assert f"Primary key fingerprint: {spaced}" in page
    assert "<h3>Earlier keys</h3>" not in page
    assert "<h3>Revoked keys</h3>" not in page


def test_a_key_that_is_not_pinned_is_not_served() -> None:
    stranger = samples.key("F" * 40)

    files = samples.site([], keys=[stranger])

    assert not any(path.startswith("keys/") for path in files)
    assert "FFFF FFFF" not in files["en/verify.html"].decode()
    assert "Download the public key" not in files["en/verify.html"].decode()


def test_several_keys_that_sign_are_all_imported() -> None:
    files, page = with_keys(KEY, samples.key("A" * 40))

    own = section(page, "Our key and its fingerprint")
    assert "A signature by one of them is enough" in own
    assert "0123 4567" in own
    assert "AAAA AAAA" in own
    imported = section(page, "Import our public key")
    assert imported.startswith(
        f"curl -O https://www.cert.example/keys/{KEY.fingerprint}"
    )
    assert f"gpg --import {'A' * 40}.asc" in imported
    assert f"gpg --fingerprint {KEY.fingerprint} {'A' * 40}" in page
    assert {f"keys/{'A' * 40}.asc", f"keys/{KEY.fingerprint}.asc"} <= set(files)


def test_a_previous_key_is_served_and_told_apart() -> None:
    files, page = with_keys(KEY, samples.key("A" * 40, expires=None), previous=1)

    assert f"keys/{'A' * 40}.asc" in files
    assert "AAAA AAAA" in section(page, "Earlier keys")
    assert "AAAA AAAA" not in section(page, "Our key and its fingerprint")
    assert f"{'A' * 40}.asc" not in section(page, "Import our public key")


def test_a_key_that_expired_is_no_current_one() -> None:
    ended = samples.key("A" * 40, expires=samples.NOW)

    _, page = with_keys(ended, KEY)

    assert "AAAA AAAA" in section(page, "Earlier keys")
    assert "Expired on: 22 November 2026" in section(page, "Earlier keys")
    assert "0123 4567" in section(page, "Our key and its fingerprint")
    assert f"gpg --fingerprint {KEY.fingerprint}</code>" in page


@pytest.mark.parametrize(
    ("hard", "english", "japanese"),
    [
        (
            True,
            "Nothing that it signed counts any more",
            "時期にかかわらずすべて無効です",
        ),
        (
            False,
            "What it signed before that still counts",
            "失効日より前の署名は、引き続き有効です",
        ),
    ],
)
def test_a_revoked_key_says_since_when_and_what_still_counts(
    hard: bool, english: str, japanese: str
) -> None:
    made = datetime(2026, 11, 20, tzinfo=UTC)
    revoked = samples.key("A" * 40, revocation=Revocation(made, hard, "lost"))

    files, page = with_keys(KEY, revoked)

    told = section(page, "Revoked keys")
    assert "Revoked on: 20 November 2026" in told
    assert english in told
    assert "AAAA AAAA" in told
    assert f"keys/{'A' * 40}.asc" in files
    assert japanese in section(files["ja/verify.html"].decode(), "失効した鍵")
    assert "失効日： 2026年11月20日" in files["ja/verify.html"].decode().replace(
        '<time datetime="2026-11-20">', ""
    )


def test_a_team_whose_only_key_was_revoked_does_not_claim_to_sign() -> None:
    made = Revocation(samples.NOW, hard=True, note="")

    _, page = with_keys(samples.key(revocation=made))

    assert "At present we have no key that signs." in page
    assert "We sign with this key" not in page


def test_the_keys_are_found_by_address_only_at_the_site_s_own_domain() -> None:
    _, own = with_keys(KEY)
    _, foreign = with_keys(samples.key(user="CERT <cert@other.example>"))

    assert "gpg --locate-keys csirt@cert.example" in own
    assert "--locate-keys" not in foreign


def test_the_script_and_the_record_are_explained() -> None:
    files, page = with_keys(KEY)

    script = section(page, "With our script")
    assert "curl -O https://www.cert.example/verify.py" in script
    assert "python3 verify.py r1.en.txt.asc" in script
    assert '<a href="../verify.py">verify.py</a>' in page
    recorded = section(page, "The record of all that we published")
    assert "python3 verify.py --site" in recorded
    for language in ("en", "ja"):
        link = '<a href="../record/index.json">record/index.json</a>'
        assert link in files[f"{language}/verify.html"].decode()
    assert "python3 verify.py r1.ja.txt.asc" in files["ja/verify.html"].decode()


def test_each_list_can_be_joined_and_left_by_mail() -> None:
    page = made("ja/subscribe.html", [])

    outline = Outline(page)
    found = [link for link in outline.values("href") if link.startswith("mailto:")]
    addresses = [link.partition("?")[0] for link in found]
    # First the button, then all that one can write.
    assert addresses[0] == addresses[1]
    assert addresses[1:9] == [
        f"mailto:announce-{language}-{name}@lists.cert.example"
        for language in ("ja", "en")
        for name in ("join", "leave", "request", "request")
    ]
    assert "announce-ja-confirm+" in page
    assert "電話、ファックス、郵便" in page


def test_readers_find_the_list_in_their_language_first() -> None:
    page = made("en/subscribe.html", [])

    assert page.index("announce-en-join") < page.index("announce-ja-join")


def test_a_list_that_describes_itself_is_described() -> None:
    (mailing_list, _) = builders.settings().lists
    described = replace(mailing_list, description="どなたでも")

    page = made("ja/subscribe.html", [], lists=(described,))

    assert "どなたでも" in page
    assert "複数のメーリングリスト" not in page


def test_a_team_without_lists_points_to_its_feeds() -> None:
    page = made("en/subscribe.html", [], lists=())

    assert "There is no mailing list yet." in page
    assert 'href="feeds.html"' in page


def test_the_page_for_missing_pages_works_at_any_depth() -> None:
    site = SiteSettings(url="https://www.cert.example/csirt")

    page = made("404.html", [], site=site)

    assert 'href="/csirt/style.css"' in page
    assert 'href="/csirt/en/index.html"' in page
    assert "canonical" not in page
    assert "ページが見つかりません" in page
    assert "There is no such page" in page


@pytest.mark.parametrize("name", ["home", "verify", "subscribe"])
def test_the_words_of_a_page(
    name: str, golden: Callable[[str, str | bytes], None]
) -> None:
    files = samples.site([samples.signed(builders.advisory())])
    path = "index" if name == "home" else name

    for language in ("ja", "en"):
        page = files[f"{language}/{path}.html"].decode()
        golden(f"site/{name}.{language}.html", page)


def test_crawlers_are_welcome() -> None:
    sitemap = "Sitemap: https://www.cert.example/sitemap.xml"

    assert made("robots.txt", []) == f"User-agent: *\nDisallow:\n{sitemap}\n"
