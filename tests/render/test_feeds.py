"""What feeds hold: RSS as readers of events see it, and the others by it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from publisher.model.advisory import Kind, Withdrawal
from publisher.model.chain import Planned, Signed
from publisher.model.ids import AdvisoryId
from publisher.model.summary import ProductName, Summary
from publisher.render import api, feeds, pages, paths
from publisher.render.feeds import rdf
from tests import builders
from tests.builders import EN, JA
from tests.render import samples

SEVERITIES = ("critical", "high", "medium", "low")
ATOM = "{http://www.w3.org/2005/Atom}"
NOTE = ("kind: alert", "kind: note")


def plans(summaries: list[Summary], *signed: Signed) -> dict[str, Planned]:
    """Plan the feeds of `summaries`; what they say beside is taken from `signed`."""
    known = signed or tuple(samples.numbered(each.id.number) for each in summaries)
    files = {}
    for one, summary in zip(known, summaries, strict=False):
        data = api.advisory(one, (), "https://www.cert.example").data
        files[paths.api_advisory(summary.id)] = data
    look = builders.presentation()
    return {str(p.path): p for p in feeds.feeds(summaries, look, samples.facts(files))}


def feed(
    summaries: list[Summary], path: str = "en/feed.xml", *signed: Signed
) -> Element:
    """Return the channel of a feed."""
    data = plans(summaries, *signed)[path].make()
    channel = ElementTree.fromstring(data).find("channel")
    assert channel is not None
    return channel


def texts(channel: Element, tag: str) -> list[str]:
    """Return the text of `tag` in each item."""
    return [item.findtext(tag) or "" for item in channel.iter("item")]


def test_the_feed_of_two_advisories(
    golden: Callable[[str, str | bytes], None],
) -> None:
    signed = [samples.signed(builders.advisory()), samples.numbered(8, NOTE)]

    files = samples.site(signed)

    golden("site/feed.ja.xml", files["ja/feed.xml"])
    golden("site/feed.en.xml", files["en/feed.xml"])
    for name in ("atom.xml", "feed.json", "feed.rdf", "feeds.opml"):
        golden(f"site/{name}", files[f"ja/{name}"])


def test_there_are_feeds_of_everything_each_kind_and_each_severity() -> None:
    found = plans([])

    folders = ["", "alert/", "emergency/", "advisory/", "note/", "report/"]
    folders += ["translation/", *(f"severity/{s}/" for s in SEVERITIES)]
    forms = ("feed.xml", "atom.xml", "feed.json", "feed.rdf")
    expected = {
        f"{language}/{folder}{form}"
        for language in ("ja", "en")
        for folder in folders
        for form in forms
    }
    assert set(found) == {*expected, "ja/feeds.opml", "en/feeds.opml"}


def test_a_vendor_and_a_product_have_feeds_in_two_forms() -> None:
    found = {path for path in plans([samples.summary(7)]) if "/example/" in path}

    folders = ("vendor/example", "product/example/example_server")
    assert found == {
        f"{language}/{folder}/{form}"
        for language in ("ja", "en")
        for folder in folders
        for form in ("feed.xml", "atom.xml")
    }


def test_spellings_of_a_product_share_a_feed() -> None:
    one, two = samples.summary(7), samples.summary(8)
    other = replace(two, affected=(ProductName("EXAMPLE", "example  server"),))

    channel = feed([one, other], "en/product/example/example_server/feed.xml")

    assert len(texts(channel, "guid")) == 4
    assert channel.findtext("title") == "Example CERT: EXAMPLE example  server"


def test_each_notified_revision_has_an_item_of_its_own_newest_first() -> None:
    channel = feed([samples.summary(7)])

    assert texts(channel, "guid") == ["ADV-2026-0007/r2.en", "ADV-2026-0007/r1.en"]
    assert texts(channel, "title") == [
        "Remote code execution in Example Server (update 2)",
        "Remote code execution in Example Server",
    ]
    assert {guid.get("isPermaLink") for guid in channel.iter("guid")} == {"false"}
    lead = "Example Server reads a request beyond its buffer. Update at once; "
    assert texts(channel, "description") == [
        "Exploitation observed",
        lead + "the vendor's bulletin says how.".replace("'", "&#39;"),
    ]


def test_an_item_names_what_programs_sort_by() -> None:
    summary = replace(samples.summary(7), cves=("CVE-2026-90007", "CVE-2026-90008"))

    (item, *_) = feed([summary], "ja/feed.xml").iter("item")

    assert [(each.text, each.get("domain")) for each in item.iter("category")] == [
        ("注意喚起", None),
        ("critical", "https://www.cert.example/ja/severity/"),
        ("CVE-2026-90007", "https://www.cve.org/"),
        ("CVE-2026-90008", "https://www.cve.org/"),
    ]
    assert item.findtext(f"{{{rdf.DC}}}identifier") == "ADV-2026-0007"


def test_what_has_no_score_names_no_severity() -> None:
    summary = replace(samples.summary(7), severity=None, score=None, cves=())

    assert texts(feed([summary]), "category") == ["Alert", "Alert"]


VOID = [
    (
        {"withdrawn": Withdrawal(datetime(2026, 11, 21, tzinfo=UTC), "It was wrong.")},
        "【取り下げ】",
        "withdrawn",
    ),
    ({"superseded_by": AdvisoryId("ADV", 2026, 9)}, "【置き換え済み】", "superseded"),
]


@pytest.mark.parametrize(("change", "mark", "state"), VOID)
def test_the_last_item_of_what_is_void_says_so_as_its_mail_does(
    change: dict[str, Any], mark: str, state: str
) -> None:
    signed = samples.numbered(7, ("kind: alert", "kind: emergency"))
    signed = replace(signed, advisory=replace(signed.advisory, **change))
    files = plans([pages.summary(signed)], signed)

    channel = ElementTree.fromstring(files["ja/feed.xml"].make())
    titles = texts(channel, "title")
    name = "Example Server における任意のコード実行の脆弱性"
    assert titles == [f"{mark}{name}", f"【緊急報告】{name}"]
    items = json.loads(files["ja/feed.json"].make())["items"]
    assert [item["title"] for item in items] == titles
    assert texts(channel, "guid") == ["ADV-2026-0007/r2.ja", "ADV-2026-0007/r1.ja"]
    (item, *_) = channel.iter("item")
    assert state in [each.text for each in item.iter("category")]


@pytest.mark.parametrize("change", [each[0] for each in VOID])
def test_what_is_void_says_so_although_its_revision_was_no_news(
    change: dict[str, Any],
) -> None:
    quiet = ("Exploitation observed}", "Exploitation observed, notify: false}")
    signed = samples.numbered(7, quiet)
    signed = replace(signed, advisory=replace(signed.advisory, **change))

    channel = feed([pages.summary(signed)], "en/feed.xml", signed)

    (title,) = texts(channel, "title")
    assert title.partition(":")[0] in ("Withdrawn", "Superseded")


@pytest.mark.parametrize("form", ["feed.xml", "feed.rdf", "atom.xml", "feed.json"])
def test_an_emergency_is_called_one_in_every_form(form: str) -> None:
    emergency = replace(
        samples.summary(7), kind=Kind.EMERGENCY, severity=None, score=None, cves=()
    )

    data = plans([emergency])[f"en/{form}"].make().decode()

    title = "Emergency report: Remote code execution in Example Server"
    assert title in data
    assert (f"{title} (update 2)" in data) == (form != "atom.xml")


def test_an_emergency_whose_title_says_so_says_it_once() -> None:
    named = ("における任意のコード実行の脆弱性", "に関する緊急報告")
    signed = samples.numbered(7, ("kind: alert", "kind: emergency"), named)

    channel = feed([pages.summary(signed)], "ja/feed.xml", signed)

    assert texts(channel, "title")[-1] == "Example Server に関する緊急報告"


def test_a_mended_typo_adds_no_item() -> None:
    quiet = ("Exploitation observed}", "Exploitation observed, notify: false}")

    signed = samples.numbered(7, quiet)
    channel = feed([pages.summary(signed)], "en/feed.xml", signed)

    assert texts(channel, "guid") == ["ADV-2026-0007/r1.en"]


def test_a_language_hears_of_what_was_signed_in_it() -> None:
    signed = samples.signed(builders.advisory(), {JA: [2]})

    channel = feed([pages.summary(signed)], "ja/feed.xml", signed)

    assert texts(channel, "guid") == ["ADV-2026-0007/r2.ja"]
    assert texts(channel, "title") == [
        "Example Server における任意のコード実行の脆弱性"
    ]


def test_an_advisory_that_is_not_in_the_language_is_not_in_its_feed() -> None:
    summary = samples.summary(7)
    english = replace(summary, texts=summary.texts[:1])

    assert texts(feed([english], "ja/feed.xml"), "guid") == []
    assert len(texts(feed([english], "en/feed.xml"), "guid")) == 2


def test_a_kind_has_only_its_own_items() -> None:
    summaries = [samples.summary(7), samples.summary(8, NOTE)]

    channel = feed(summaries, "en/note/feed.xml")

    assert texts(channel, "guid") == ["ADV-2026-0008/r2.en", "ADV-2026-0008/r1.en"]
    assert texts(channel, "category") == ["Technical note", "Technical note"]
    assert channel.findtext("title") == "Example CERT: Technical notes"


def test_dates_are_those_of_the_revisions_in_the_zone_of_the_team() -> None:
    channel = feed([samples.summary(7)])

    assert texts(channel, "pubDate") == [
        "Sat, 21 Nov 2026 09:00:00 +0900",
        "Fri, 20 Nov 2026 10:00:00 +0900",
    ]
    assert channel.findtext("lastBuildDate") == "Sat, 21 Nov 2026 09:00:00 +0900"


def test_an_empty_feed_has_a_date_that_does_not_move() -> None:
    channel = feed([])

    date = parsedate_to_datetime(channel.findtext("lastBuildDate") or "")
    assert date == datetime(2026, 1, 1, tzinfo=UTC)


def test_links_lead_to_the_page_the_list_and_the_feed_itself() -> None:
    channel = feed([samples.summary(7)], "ja/alert/feed.xml")

    page = "https://www.cert.example/advisories/2026/ADV-2026-0007/ja.html"
    own = channel.find(f"{ATOM}link")
    assert set(texts(channel, "link")) == {page}
    assert channel.findtext("link") == "https://www.cert.example/ja/alert/"
    assert own is not None
    assert own.get("rel") == "self"
    assert own.get("href") == "https://www.cert.example/ja/alert/feed.xml"


def test_a_feed_has_fifty_items_at_most() -> None:
    summary = samples.summary(1)
    day = timedelta(days=1)
    summaries = []
    for number in range(1, 40):
        changes = tuple(
            replace(c, date=c.date + number * day) for c in summary.texts[0].changes
        )
        text = replace(summary.texts[0], changes=changes)
        advisory = AdvisoryId("ADV", 2026, number)
        summaries.append(replace(summary, id=advisory, texts=(text,)))

    guids = texts(feed(summaries), "guid")

    assert len(guids) == len(set(guids)) == 50
    assert guids[:3] == [
        "ADV-2026-0039/r2.en",
        "ADV-2026-0039/r1.en",
        "ADV-2026-0038/r2.en",
    ]


def test_hostile_text_is_no_markup_in_a_reader() -> None:
    hostile = "\u202e\x07<script>alert(1)</script> & <b>"
    summary = samples.summary(7)
    text = replace(summary.texts[0], title=hostile, lead=hostile)

    channel = feed([replace(summary, texts=(text,))])

    description = texts(channel, "description")[-1]
    assert description == (
        "\ufffd\ufffd&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;"
    )
    assert texts(channel, "title")[-1] == (
        "\ufffd\ufffd<script>alert(1)</script> & <b>"
    )


def signed_anew(summary: Summary, language: str) -> Summary:
    """Return what would be known if the text of a language were another one."""
    changed = tuple(
        replace(text, sha256="f" * 64) if text.language == language else text
        for text in summary.texts
    )
    return replace(summary, texts=changed)


def test_a_feed_is_made_again_only_if_what_it_shows_changed() -> None:
    alert, note = samples.summary(7), samples.summary(8, NOTE)
    note = replace(note, severity="low", affected=())

    before = plans([alert, note])
    after = plans([signed_anew(alert, JA), note])

    different = {path for path in before if before[path].key != after[path].key}
    folders = ("", "alert/", "severity/critical/")
    forms = ("feed.xml", "atom.xml", "feed.json", "feed.rdf")
    expected = {f"ja/{folder}{form}" for folder in folders for form in forms}
    few = ("vendor/example/", "product/example/example_server/")
    assert different == {
        *expected,
        *(f"ja/{folder}{form}" for folder in few for form in forms[:2]),
    }


def test_facts_are_the_originals_so_its_change_makes_every_language_again() -> None:
    summary = samples.summary(7)

    before, after = plans([summary]), plans([signed_anew(summary, EN)])

    different = {path for path in before if before[path].key != after[path].key}
    assert {"ja/feed.xml", "en/feed.xml", "ja/atom.xml", "en/atom.xml"} <= different


def test_a_feed_is_the_same_whenever_and_in_whatever_order_it_is_made() -> None:
    summaries = [samples.summary(7), samples.summary(8)]

    once, again = plans(summaries), plans(summaries[::-1])

    assert {p: plan.key for p, plan in once.items()} == {
        p: plan.key for p, plan in again.items()
    }
    assert [plan.make() for plan in once.values()] == [
        again[path].make() for path in once
    ]


def test_english_readers_and_japanese_readers_have_different_items() -> None:
    summary = samples.summary(7)

    english = texts(feed([summary], f"{EN}/feed.xml"), "guid")
    japanese = texts(feed([summary], f"{JA}/feed.xml"), "guid")

    assert not set(english) & set(japanese)
