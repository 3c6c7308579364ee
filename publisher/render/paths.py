"""Where each file of the site lies, relative to its root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.render.slugs import slug

if TYPE_CHECKING:
    from publisher.model.advisory import Kind
    from publisher.model.chain import EditionKey
    from publisher.model.ids import AdvisoryId, Language

VERIFIER = "verify.py"
"""The program that checks a signed text with Python and gpg alone."""
FORMATS = {
    "rss": "feed.xml",
    "atom": "atom.xml",
    "json": "feed.json",
    "rdf": "feed.rdf",
}
"""The file of each form that a feed has, in the folder of what it is about."""
API = "api/v1"
"""The folder of the machine index. What stands there is only ever added to."""
API_INDEX = f"{API}/index.json"
API_LATEST = f"{API}/changes/latest.json"
API_CHANGES = f"{API}/changes/index.json"
SITEMAP = "sitemap.xml"
"""The list of the site's lists of pages."""


def home(language: Language) -> str:
    """Return where the front page in `language` lies."""
    return f"{language}/index.html"


def year(language: Language, number: int) -> str:
    """Return where the list of one year's advisories lies."""
    return f"{language}/{number}/index.html"


def kind(language: Language, kind: Kind) -> str:
    """Return where the list of one kind's newest advisories lies."""
    return f"{language}/{kind}/index.html"


def severities(language: Language) -> str:
    """Return where the severities are listed."""
    return f"{language}/severity/index.html"


def severity(language: Language, severity: str) -> str:
    """Return where the list of the newest advisories of a severity's slug lies."""
    return f"{language}/severity/{severity}/index.html"


def vendors(language: Language, part: str = "") -> str:
    """Return where the vendors, or those of one part of the alphabet, are listed."""
    return f"{language}/vendors/{part or 'index'}.html"


def vendor(language: Language, vendor: str) -> str:
    """Return where the list of a vendor's advisories lies; any spelling will do."""
    return f"{language}/vendor/{slug(vendor)}/index.html"


def products(language: Language, vendor: str, part: str = "") -> str:
    """Return where the products of a vendor that has many are listed."""
    return f"{language}/products/{slug(vendor)}/{part or 'index'}.html"


def product(language: Language, vendor: str, product: str) -> str:
    """Return where the list of a product's advisories lies; any spelling will do."""
    return f"{language}/product/{slug(vendor)}/{slug(product)}/index.html"


def cves(language: Language, year: str = "") -> str:
    """Return where the CVE ids, or those of one year, are listed."""
    return f"{language}/cve/{year}/index.html" if year else f"{language}/cve/index.html"


def cve_block(language: Language, year: str, block: str) -> str:
    """Return where the CVE ids of a block such as `900xx` are listed."""
    return f"{language}/cve/{year}/{block}.html"


def cve(language: Language, cve: str) -> str:
    """Return page and fragment of a CVE id; for links, not for addresses."""
    _, year, number = cve.split("-")
    return f"{cve_block(language, year, number[:-2] + 'xx')}#{cve}"


def cve_list(language: Language, cve: str) -> str:
    """Return where the advisories of a CVE id that has many are listed."""
    return f"{language}/cve/{cve.split('-')[1]}/{cve}/index.html"


def listing(first: str, period: str = "", number: int = 1) -> str:
    """Return where a page of the list that begins at the page `first` lies.

    Without a period it is `first` itself; pages of a period count from 1, the oldest.
    """
    if not period:
        return first
    page = f"-{number}" if number > 1 else ""
    return f"{first.removesuffix('index.html')}{period}{page}.html"


def verify(language: Language) -> str:
    """Return where it is explained how to check a signature."""
    return f"{language}/verify.html"


def subscribe(language: Language) -> str:
    """Return where it is explained how to join and leave the lists."""
    return f"{language}/subscribe.html"


def search(language: Language) -> str:
    """Return where the advisories can be searched; it takes the words as `?q=`."""
    return f"{language}/search.html"


def search_index(language: Language) -> str:
    """Return where the page for searching learns which parts the index has."""
    return f"search/{language}/index.json"


def feed(language: Language, kind: Kind | None = None) -> str:
    """Return where the feed of all kinds, or of one, lies."""
    return f"{language}/{kind}/feed.xml" if kind else f"{language}/feed.xml"


def channel(folder: str, form: str) -> str:
    """Return where the feed of a folder's pages lies, in one of `FORMATS`."""
    return f"{folder}/{FORMATS[form]}"


def feeds(language: Language) -> str:
    """Return where it is explained which feed is for whom."""
    return f"{language}/feeds.html"


def opml(language: Language) -> str:
    """Return where the list of all feeds for feed readers lies."""
    return f"{language}/feeds.opml"


def sitemap(part: str) -> str:
    """Return where one list of pages lies: of a year, or `site` for all others."""
    return f"sitemap/{part}.xml"


def api_advisory(advisory: AdvisoryId) -> str:
    """Return where the machine-readable facts of an advisory lie."""
    return f"{API}/advisories/{advisory}.json"


def api_year(number: int) -> str:
    """Return where the machine-readable list of one year's advisories lies."""
    return f"{API}/years/{number}.json"


def api_changes(month: str) -> str:
    """Return where the changes of a month, e.g. `2026-11`, lie."""
    return f"{API}/changes/{month}.json"


def api_schema(name: str) -> str:
    """Return where a JSON Schema of the machine index lies."""
    return f"{API}/schema/{name}.json"


def advisory(advisory: AdvisoryId, language: Language) -> str:
    """Return where the page of an advisory lies."""
    return f"{_folder(advisory)}/{language}.html"


def changes(key: EditionKey, since: int) -> str:
    """Return where it is shown what changed in a text since an earlier revision."""
    return f"{_folder(key.id)}/r{since}-r{key.revision}.{key.language}.html"


def landing(advisory: AdvisoryId) -> str:
    """Return where readers choose the language of an advisory."""
    return f"{_folder(advisory)}/index.html"


def signed_file(advisory: AdvisoryId, name: str) -> str:
    """Return where a signed file of an advisory lies."""
    return f"{_folder(advisory)}/{name}"


def public_key(fingerprint: str) -> str:
    """Return where a public key lies."""
    return f"keys/{fingerprint}.asc"


def relative(path: str, start: str) -> str:
    """Return the link by which the page at `start` reaches the file at `path`."""
    here, there = start.split("/")[:-1], path.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    return "/".join([".."] * (len(here) - shared) + there[shared:])


def _folder(advisory: AdvisoryId) -> str:
    return f"advisories/{advisory.year:04d}/{advisory}"
