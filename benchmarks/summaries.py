"""Makes what lists know of an archive of any size, without signing anything.

No chance and no clock: the same size is the same archive. There are a few large
vendors and many small ones, as in life, with names of several scripts; titles are as
long as lint lets them be.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from publisher.model.advisory import Kind
from publisher.model.ids import AdvisoryId, Language
from publisher.model.summary import Change, ProductName, Summary, TextSummary

_FIRST = datetime(2005, 1, 3, 10, tzinfo=UTC)
_LAST = datetime(2026, 11, 20, 10, tzinfo=UTC)
_TEAM = ZoneInfo("Asia/Tokyo")
_KINDS = (*[Kind.ALERT] * 5, *[Kind.ADVISORY] * 10, Kind.NOTE, Kind.TRANSLATION)
_SEVERITIES = (
    ("critical", "9.8"),
    ("high", "8.1"),
    ("high", "7.5"),
    ("medium", "5.4"),
    ("low", "3.1"),
    (None, None),
)
_STEMS = ("Example", "Mizu", "Sora", "Yama", "ひかり", "サクラ", "海野電機", "Ångström")
_LINES = ("Server", "Gateway", "ルーター", "Mail", "Client", "Cloud Agent")
ENGLISH = "Vulnerability that lets strangers run code in {name}"
JAPANESE = "{name} における任意のコード実行につながる脆弱性"


def many(size: int) -> list[Summary]:
    """Return the summaries of `size` advisories over twenty-two years."""
    step = (_LAST - _FIRST) / max(size, 1)
    numbers: dict[int, int] = {}
    found = []
    for place in range(size):
        date = (_FIRST + place * step).replace(microsecond=0)
        year = date.astimezone(_TEAM).year
        numbers[year] = numbers.get(year, 0) + 1
        advisory = AdvisoryId("BENCH", year, numbers[year])
        found.append(one(advisory, date, place, size))
    return found


def one(advisory: AdvisoryId, date: datetime, place: int, size: int) -> Summary:
    """Return the advisory at one place of an archive of `size`."""
    severity, score = _SEVERITIES[place % len(_SEVERITIES)]
    affected = tuple(dict.fromkeys(product(place + more, size) for more in (0, 3)))
    # As many ids as a year had, so that blocks of them are as full as in life.
    first = 1 + advisory.number * 7 % (5000 + 1700 * (date.year - _FIRST.year))
    changes = _changes(date, 1 + (place % 9 == 0))
    return Summary(
        id=advisory,
        kind=_KINDS[place % len(_KINDS)],
        first_published=date,
        last_updated=changes[-1].date,
        revision=len(changes),
        severity=severity,
        score=score,
        cves=tuple(f"CVE-{date.year}-{first + more:04d}" for more in range(2)),
        affected=affected,
        withdrawn=place % 199 == 0,
        superseded_by=None,
        texts=_texts(place, affected[0], changes)[: 1 + (place % 20 > 0)],
    )


def product(place: int, size: int) -> ProductName:
    """Return the product that an archive of `size` has at one place."""
    # The square makes the first vendors the largest ones.
    draw = int.from_bytes(sha256(str(place).encode()).digest()[:6])
    vendors = max(size // 20, 1)
    vendor = (draw % 1000) ** 2 * vendors // 1_000_000 + draw % 7 * (place % 2)
    name = f"{_STEMS[vendor % len(_STEMS)]} {vendor}"
    line = _LINES[draw // 1000 % len(_LINES)]
    return ProductName(name, f"{line} {draw // 7000 % 3}")


def _changes(date: datetime, count: int) -> tuple[Change, ...]:
    return tuple(
        Change(number, date + timedelta(days=number - 1), "Initial release", True)
        for number in range(1, count + 1)
    )


def _texts(
    place: int, affected: ProductName, changes: tuple[Change, ...]
) -> tuple[TextSummary, ...]:
    made = []
    for language, title in (("en", ENGLISH), ("ja", JAPANESE)):
        named = title.format(name=affected.name)
        text = f"{named}: " + "x" * 200
        digest = sha256(f"{place} {language}".encode()).hexdigest()
        made.append(
            TextSummary(Language(language), len(changes), named, text, changes, digest)
        )
    return tuple(made)
