"""The RSS feeds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from publisher.model.ids import AdvisoryId
from publisher.model.summary import Summary
from publisher.render import feeds, pages
from tests import builders
from tests.builders import EN, JA
from tests.render import samples

ATOM = "{http://www.w3.org/2005/Atom}"
NOTE = ("kind: alert", "kind: note")


def feed(summaries: list[Summary], path: str = "en/feed.xml") -> Element:
    """Return the channel of a feed."""
    plans = feeds.feeds(summaries, builders.presentation())
    data = next(plan.make() for plan in plans if str(plan.path) == path)
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


def test_there_is_a_feed_for_each_language_and_kind() -> None:
    plans = list(feeds.feeds([], builders.presentation()))

    kinds = [
        "",
        "alert/",
        "emergency/",
        "advisory/",
        "note/",
        "report/",
        "translation/",
    ]
    assert [str(plan.path) for plan in plans] == [
        f"{lang}/{kind}feed.xml" for lang in ("ja", "en") for kind in kinds
    ]


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


def test_a_mended_typo_adds_no_item() -> None:
    quiet = ("Exploitation observed}", "Exploitation observed, notify: false}")

    channel = feed([samples.summary(7, quiet)])

    assert texts(channel, "guid") == ["ADV-2026-0007/r1.en"]


def test_a_language_hears_of_what_was_signed_in_it() -> None:
    signed = samples.signed(builders.advisory(), {JA: [2]})

    channel = feed([pages.summary(signed)], "ja/feed.xml")

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
    assert set(texts(channel, "category")) == {"Technical note"}
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


def test_a_feed_is_made_again_only_if_its_items_changed() -> None:
    look = builders.presentation()
    note = samples.summary(8, NOTE)
    changed = samples.summary(7, ("Exploitation observed", "Exploited"))

    before = {str(p.path): p.key for p in feeds.feeds([samples.summary(7), note], look)}
    after = {str(p.path): p.key for p in feeds.feeds([changed, note], look)}

    different = {path for path in before if before[path] != after[path]}
    assert different == {"en/feed.xml", "en/alert/feed.xml"}


def test_a_feed_is_the_same_whenever_and_in_whatever_order_it_is_made() -> None:
    look = builders.presentation()
    summaries = [samples.summary(7), samples.summary(8)]

    once = [plan.make() for plan in feeds.feeds(summaries, look)]
    again = [plan.make() for plan in feeds.feeds(summaries[::-1], look)]

    assert once == again


def test_english_readers_and_japanese_readers_have_different_items() -> None:
    summary = samples.summary(7)

    english = texts(feed([summary], f"{EN}/feed.xml"), "guid")
    japanese = texts(feed([summary], f"{JA}/feed.xml"), "guid")

    assert not set(english) & set(japanese)
