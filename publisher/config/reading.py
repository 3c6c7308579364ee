"""The tables of `publisher.toml`: every key is known, what is unknown is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from publisher.config import addresses, release
from publisher.config.table import Table
from publisher.model import drill, ids
from publisher.model.advisory import Kind
from publisher.model.settings import (
    MAX_TITLE,
    Links,
    Lint,
    MailingList,
    Mailman,
    Rejections,
    Review,
    SecurityTxt,
    Settings,
    SiteSettings,
    Team,
)
from publisher.sign import renewal

SAMPLE_FINGERPRINT = "E9F33637AC649067E88C863A5B50CCF0922BFFD0"
"""Of the key that signs the sample advisories. Its secret half is public."""

_FINGERPRINT = re.compile(r"[0-9A-F]{40}([0-9A-F]{24})?")
_CONTACT = re.compile(r"(mailto:[!-~]+@[!-~]+|https://[!-~]+|tel:[+0-9.()-]+)")
"""URIs that RFC 9116, section 2.5.3, takes; web addresses must be https."""
_CAPITALS = "capital letters, e.g. 'CSIRT'"
_PAGES = ("policy", "acknowledgments")


def settings(top: Table) -> Settings:
    """Read the whole file, or raise SettingsError."""
    site = top.table("site")
    languages = tuple(map(_language(site), site.texts("languages", '["ja", "en"]')))
    if not languages:
        site.fail("languages", "is empty (expected at least one)")
    advisories = top.table("advisories")
    mailman = top.table("mailman") if top.has("mailman") else None
    team = _team(top.table("team"), languages)
    read = Settings(
        team=team,
        languages=languages,
        prefix=advisories.read("prefix", _prefix, _CAPITALS),
        former=_former(advisories),
        site=_site(site),
        security_txt=_security_txt(top.table("security_txt", {}), team.contact),
        review=_review(top.table("review", {})),
        links=_links(top.table("links", {})),
        lint=_lint(top.table("lint", {})),
        lists=tuple(_list(entry, languages) for entry in top.tables("lists")),
        owners=tuple(mailman.texts("owners", "addresses", [])) if mailman else (),
        mailman=None if mailman is None else _mailman(mailman),
        announce_since=_moment(advisories, "announce_since"),
        target=release.target(top.table("deploy")) if top.has("deploy") else None,
        canary=release.canary(top.table("canary")) if top.has("canary") else None,
    )
    for table in (advisories, site, top):
        table.close()
    addresses = [each.address for each in read.every_list]
    if len(set(addresses)) != len(addresses):
        top.fail("lists", "names an address twice")
    _refuse_sample_key(top, read)
    return read


def _team(table: Table, languages: Sequence[ids.Language]) -> Team:
    expected = "fingerprints of OpenPGP keys"
    current = _fingerprints(
        table, "fingerprints", table.texts("fingerprints", expected)
    )
    previous = _fingerprints(table, "previous", table.texts("previous", expected, []))
    if twice := set(current) & set(previous):
        table.fail("previous", f"names {min(twice)}, which is in team.fingerprints")
    team = Team(
        name=table.localized("name", languages),
        contact=table.read(
            "contact", addresses.mail, "an address, e.g. csirt@cert.example"
        ),
        fingerprints=current,
        previous=previous,
        timezone=table.read("timezone", _zone, "a zone, e.g. 'Asia/Tokyo'"),
    )
    table.close()
    return team


def _fingerprints(table: Table, key: str, texts: Sequence[str]) -> tuple[str, ...]:
    prints = tuple(text.replace(" ", "").upper() for text in texts)
    for text in prints:
        if not _FINGERPRINT.fullmatch(text):
            reason = f"holds {text!r} (expected 40 or 64 hexadecimal digits)"
            table.fail(key, reason)
    if len(set(prints)) != len(prints):
        table.fail(key, "names a key twice")
    return prints


def _security_txt(table: Table, contact: str) -> SecurityTxt:
    expected = "addresses such as 'mailto:csirt@cert.example'"
    contacts = tuple(table.texts("contacts", expected, [f"mailto:{contact}"]))
    for uri in contacts:
        if not _CONTACT.fullmatch(uri):
            reason = f"holds {uri!r} (expected mailto:, https: or tel: addresses)"
            table.fail("contacts", reason)
    if not contacts:
        table.fail("contacts", f"is empty (expected {expected})")
    pages = {key: table.get(key, str, "an address", "") for key in _PAGES}
    for key, uri in pages.items():
        if uri and not re.fullmatch(r"https://[!-~]+", uri):
            table.fail(key, f"is {uri!r} (expected an address that begins https://)")
    table.close()
    return SecurityTxt(contacts, **pages)


def _review(table: Table) -> Review:
    review = Review(other_person=table.truth("other_person", default=True))
    table.close()
    return review


def _site(table: Table) -> SiteSettings:
    example = "an address, e.g. https://www.cert.example"
    url = table.read("url", addresses.site, example)
    minted = "a name and a date that it was yours, e.g. 'www.cert.example,2026'"
    has_tag = table.has("tag")
    tag = table.read("tag", addresses.tag, minted) if has_tag else ""
    patience = _seconds(table, "patience", 10, most=3600)
    return SiteSettings(url, tag, patience)


def _links(table: Table) -> Links:
    read = Links(
        seconds=_seconds(table, "seconds", 10, most=600),
        private=table.truth("private", default=False),
    )
    table.close()
    return read


def _lint(table: Table) -> Lint:
    title = table.get("title", int, "columns") if table.has("title") else None
    if title is not None and not 20 <= title <= MAX_TITLE:
        table.fail("title", f"is {title} (expected 20 to {MAX_TITLE} columns)")
    table.close()
    return Lint(title)


def _seconds(table: Table, key: str, default: int, *, most: int) -> float:
    seconds = table.get(key, int, "seconds", default)
    if not 0 <= seconds <= most:
        table.fail(key, f"is {seconds} (expected 0 to {most} seconds)")
    return float(seconds)


def _list(table: Table, languages: Sequence[ids.Language]) -> MailingList:
    language = table.read("language", ids.language, "a language tag")
    if language not in languages:
        table.fail("language", f"is {language!r}, which is not in site.languages")
    kinds = table.texts("kinds", "kinds of advisories", [str(kind) for kind in Kind])
    unknown = [kind for kind in kinds if kind not in set(Kind)]
    if unknown or not kinds:
        table.fail("kinds", f"is {kinds!r} (expected some of {', '.join(Kind)})")
    title = table.get("title", str, "a text")
    rejections = table.get("rejections", str, "a word", Rejections.SILENT)
    if rejections not in set(Rejections):
        expected = " or ".join(Rejections)
        table.fail("rejections", f"is {rejections!r} (expected {expected})")
    declared = MailingList(
        address=table.read("address", addresses.mail, "the posting address"),
        language=language,
        kinds=tuple(kind for kind in Kind if kind in kinds),
        title=title,
        description=table.get("description", str, "a text", title),
        rejections=Rejections(rejections),
        one_click=table.truth("one_click", default=True),
        drill=table.truth("drill", default=False),
    )
    table.close()
    if declared.is_twin:
        reason = f"ends in {drill.SUFFIX}, as the lists for drills do: "
        name = declared.name.removesuffix(drill.SUFFIX)
        table.fail("address", f"{reason}declare {name!r} with `drill = true` instead")
    return declared


def _mailman(table: Table) -> Mailman:
    # The value is not shown: it may be the secret.
    if not isinstance(table.get("password", object, "a table", {}), dict):
        reason = "must say where the secret is: { env = … }, { file = … } or "
        table.fail("password", f"{reason}{{ command = […] }}")
    timeout = table.get("timeout", int, "seconds", 30)
    wait = table.get("wait", int, "seconds", 30)
    for key, seconds in (("timeout", timeout), ("wait", wait)):
        if not 0 < seconds <= 600:
            table.fail(key, f"is {seconds} (expected 1 to 600 seconds)")
    server = Mailman(
        url=table.read(
            "url", addresses.rest, "the REST address, e.g. http://127.0.0.1:8001/3.1"
        ),
        user=table.get("user", str, "the REST user", "restadmin"),
        timeout=float(timeout),
        wait=float(wait),
        plugin=table.truth("plugin", default=True),
        leave_url=_leave_url(table),
    )
    table.close()
    return server


def _leave_url(table: Table) -> str:
    if not table.has("leave_url"):
        return ""
    example = "an address, e.g. https://lists.cert.example/leave"
    return table.read("leave_url", addresses.leave, example)


def _refuse_sample_key(top: Table, settings: Settings) -> None:
    host = urlsplit(settings.site.url).hostname or ""
    # No site of the public is below .example (RFC 6761, section 6.5).
    if SAMPLE_FINGERPRINT in settings.team.pinned and not host.endswith(".example"):
        reason = (
            "names the sample key, whose secret half everybody has: make a key of "
            f"your own with `{renewal.new_key(settings.team)}` and name its fingerprint"
        )
        top.fail("team.fingerprints", reason)


def _language(table: Table) -> Callable[[str], ids.Language]:
    def parse(text: str) -> ids.Language:
        try:
            return ids.language(text)
        except ValueError as error:
            table.fail("languages", str(error))

    return parse


def _prefix(text: str) -> str:
    prefix = ids.AdvisoryId.parse(f"{text}-2026-0001").prefix
    if prefix == drill.PREFIX:
        msg = f"{text!r} is what the ids of `publisher drill` begin with"
        raise ValueError(msg)
    return prefix


def _former(table: Table) -> tuple[str, ...]:
    found = table.texts("previous", f"a list of {_CAPITALS}", [])
    for text in found:
        try:
            _prefix(text)
        except ValueError as error:
            table.fail("previous", f"is wrong: {error} (expected {_CAPITALS})")
    if len({*found, table.get("prefix", str, _CAPITALS)}) <= len(found):
        table.fail("previous", "names a prefix twice, or the one of new ids")
    return tuple(found)


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError) as error:
        msg = f"{text!r} is not known"
        raise ValueError(msg) from error


def _moment(table: Table, key: str) -> datetime:
    value = table.get(key, datetime, "a date with time and zone, not quoted")
    if value.tzinfo is None:
        table.fail(key, f"is {value} (expected a zone, e.g. +09:00)")
    return value
