"""The formats of public archives: from a file's text to a Stranger.

A format is a pattern of paths and a pure function. Where an archive keeps several
texts for one advisory (a description and notes, say), they become one body, each below
a heading of ours; no letter of theirs is changed.
"""

from __future__ import annotations

import calendar
import datetime as dt
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from benchmarks.strangers.stranger import Stranger, titled

Read = Callable[[str, str], Stranger | None]
"""From a path and the text of the file; None: it holds no text to try."""

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_TOML = re.compile(r"\s*```\s*toml\n(.*?)\n```[ ]*\n(.*)", re.DOTALL)
_FRONT = re.compile(r"---[ ]*\n(.*?)\n---[ ]*\n(.*)", re.DOTALL)
_DAY = re.compile(r"([A-Z][a-z]+) ([0-9]{1,2})(?:st|nd|rd|th)?,? ((?:19|20)[0-9]{2})")
_MONTHS = tuple(calendar.month_abbr)
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Format:
    """One archive: which of its files are advisories, and how they are read."""

    name: str
    paths: re.Pattern[str]
    read: Read


def fenced(path: str, text: str) -> Stranger | None:
    """Read facts in a fence of TOML, then Markdown (RustSec, HSEC, JLSEC)."""
    match = _TOML.match(text)
    if match is None:
        return None
    facts = tomllib.loads(match[1])
    facts = facts.get("advisory", facts)
    title, body = titled(match[2], str(facts.get("id", path)))
    links = facts.get("references", [])
    affected = facts.get("affected", [])
    scores = [facts.get("cvss"), *(each.get("cvss") for each in affected)]
    return Stranger(
        path,
        title,
        _date(facts.get("published") or facts.get("date"), path),
        body,
        cves=_texts([*facts.get("aliases", []), *facts.get("upstream", [])]),
        vectors=_vectors([*scores, *_values(facts.get("severity"), "score")]),
        references=_texts([facts.get("url"), *links, *_values(links, "url")]),
    )


def curl(path: str, text: str) -> Stranger | None:
    """Read a text whose facts are prose (curl)."""
    title, body = titled(text, path)
    match = _DAY.search(body)
    published = _worded(match[0] if match else "", path)
    cve = path.rpartition("/")[2].removesuffix(".md")
    return Stranger(path, title, published, body, cves=(cve,))


def fronted(path: str, text: str) -> Stranger | None:
    """Read front matter and Markdown (Mozilla until 2016, EGI)."""
    match = _FRONT.match(text)
    if match is None:
        return None
    facts = _mapping(match[1])
    published = _worded(facts.get("announced"), path)
    return Stranger(path, str(facts.get("title", path)), published, match[2])


def mozilla(path: str, text: str) -> Stranger | None:
    """Read a list of weaknesses, each with a title and a description."""
    facts = _mapping(text)
    parts = [str(facts.get("description", ""))]
    weaknesses = facts.get("advisories", {})
    for cve, each in weaknesses.items():
        parts += [f"## {cve}: {_line(each.get('title', ''))}"]
        parts += [str(each.get("description", ""))]
    people = [each.get("reporter") for each in weaknesses.values()]
    return Stranger(
        path,
        str(facts.get("title", path)),
        _worded(facts.get("announced"), path),
        _joined(parts),
        cves=_texts(weaknesses),
        credits=_texts(people),
    )


def ossa(path: str, text: str) -> Stranger | None:
    """Read facts with a description and notes (OpenStack)."""
    facts = _mapping(text)
    parts = [str(facts.get("description", ""))]
    for name in ("errata", "notes"):
        said = facts.get(name) or ()
        texts = [said] if isinstance(said, str) else list(_strings(said))
        parts += [f"## {name.title()}", *texts] if texts else []
    weaknesses = facts.get("vulnerabilities") or ()
    return Stranger(
        path,
        str(facts.get("title", path)),
        _date(facts.get("date"), path),
        _joined(parts),
        cves=_texts(_values(weaknesses, "cve-id")),
        references=_texts(_strings([facts.get("issues"), facts.get("reviews")])),
        credits=_texts(_values(facts.get("reporters"), "name")),
    )


def vulndb(path: str, text: str) -> Stranger | None:
    """Read a report with a summary and a description (Go)."""
    facts = _mapping(text)
    body = facts.get("description")
    if not body:
        return None
    cves = [*facts.get("cves", ()), facts.get("cve_metadata", {}).get("id")]
    return Stranger(
        path,
        str(facts.get("summary", path)),
        _date(facts.get("published"), path),
        str(body),
        cves=_texts(cves),
        references=_texts(_strings(facts.get("references", ()))),
        credits=_texts(_strings(facts.get("credits", ()))),
    )


def osv(path: str, text: str) -> Stranger | None:
    """Read OSV with details in Markdown (PyPA, GitHub)."""
    facts = json.loads(text) if path.endswith(".json") else _mapping(text)
    body = facts.get("details")
    if not body:
        return None
    return Stranger(
        path,
        str(facts.get("summary") or facts["id"]),
        _date(facts.get("published"), path),
        str(body),
        cves=_texts(facts.get("aliases", ())),
        vectors=_vectors(_values(facts.get("severity"), "score")),
        references=_texts(_values(facts.get("references"), "url")),
    )


def node(path: str, text: str) -> Stranger | None:
    """Read JSON with an overview and a recommendation (Node.js)."""
    facts = json.loads(text)
    parts = [str(facts.get("overview") or "")]
    if facts.get("recommendation"):
        parts += ["## Recommendation", str(facts["recommendation"])]
    references = facts.get("references") or facts.get("ref") or ()
    return Stranger(
        path,
        str(facts.get("title") or path),
        _date(facts.get("publish_date"), path),
        _joined(parts),
        cves=_texts(facts.get("cves") or facts.get("cve") or ()),
        vectors=_vectors([facts.get("cvss_vector")]),
        references=_texts(_strings(references)),
    )


def ruby(path: str, text: str) -> Stranger | None:
    """Read facts with a description in Markdown (RubySec)."""
    facts = _mapping(text)
    body = facts.get("description")
    if not body:
        return None
    related = facts.get("related")
    urls = [facts.get("url"), *_strings(related.get("url") if related else ())]
    return Stranger(
        path,
        str(facts.get("title", path)),
        _date(facts.get("date"), path),
        str(body),
        cves=(f"CVE-{facts['cve']}",) if facts.get("cve") else (),
        references=_texts(urls),
    )


def report(path: str, text: str) -> Stranger | None:
    """Read a text with a title and no facts (people who look for weaknesses)."""
    title, body = titled(text, path)
    return Stranger(path, title, _date("", path), body)


def _format(name: str, paths: str, read: Read) -> Format:
    return Format(name, re.compile(paths), read)


FORMATS = (
    _format("rustsec", r"(?:crates|rust)/[^/]+/RUSTSEC-[0-9-]+\.md", fenced),
    _format("ossa", r"ossa/OSSA-[0-9-]+\.yaml", ossa),
    _format("mozilla-md", r"announce/[0-9]+/mfsa[^/]+\.md", fronted),
    _format("mozilla-yml", r"announce/[0-9]+/mfsa[^/]+\.yml", mozilla),
    _format("hsec", r"advisories/published/[0-9]+/HSEC-[0-9-]+\.md", fenced),
    _format("curl", r"docs/CVE-[0-9-]+\.md", curl),
    _format("julia", r"advisories/published/[0-9]+/JLSEC-[0-9-]+\.md", fenced),
    _format("go", r"data/reports/GO-[0-9-]+\.yaml", vulndb),
    _format("pypa", r"vulns/[^/]+/PYSEC-[0-9-]+\.yaml", osv),
    _format("node", r"vuln/(?:core|npm)/[0-9]+\.json", node),
    _format("egi", r"20[0-9]{2}/Advisory-[^/]+\.md", fronted),
    _format("ruby", r"(?:gems|rubies)/[^/]+/[^/]+\.yml", ruby),
    _format("enable", r"ES20[0-9]{2}-[^/]+/README\.md", report),
    _format("sba", r"20[0-9]{2}/SBA-ADV-[^/]+/README\.md", report),
    _format("kernelctf", r"pocs/linux/kernelctf/[^/]+/docs/[^/]+\.md", report),
    _format("swival", r"[a-z-]+/[0-9]{3}-[^/]+\.md", report),
    _format("steven", r"20[0-9]{2}_[^/]+\.md", report),
    _format("github", r"advisories/github-reviewed/.+/GHSA-[^/]+\.json", osv),
)
"""The first one whose pattern a path has counts."""


def _mapping(text: str) -> dict[str, Any]:
    found = yaml.load(text, _Loader)
    return found if isinstance(found, dict) else {}


def _date(value: object, path: str) -> dt.date:
    """Return a date; where there is none, some day in the year that `path` names."""
    text = str(value or "")[:10].replace("/", "-")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        years = _YEAR.findall(path)
        return dt.date(int(years[-1]) if years else 2020, 1, 5)


def _worded(value: object, path: str) -> dt.date:
    match = _DAY.search(str(value or ""))
    if match is None or match[1][:3] not in _MONTHS:
        return _date(value, path)
    return dt.date(int(match[3]), _MONTHS.index(match[1][:3]), int(match[2]))


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(filter(None, (part.strip("\n") for part in parts)))


def _line(text: object) -> str:
    return " ".join(str(text).split())


def _texts(values: object) -> tuple[str, ...]:
    """Return those of `values` that are texts."""
    found = [values] if isinstance(values, str) else values
    if not isinstance(found, Sequence | Mapping):
        return tuple(_strings(found)) if isinstance(found, Iterator) else ()
    return tuple(_line(each) for each in found if isinstance(each, str))


def _values(entries: object, key: str) -> list[object]:
    """Return the values of `key` in a list of mappings."""
    if not isinstance(entries, list):
        return []
    return [each.get(key) for each in entries if isinstance(each, dict)]


def _strings(value: object) -> Iterator[str]:
    """Yield the texts in lists and mappings, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)


def _vectors(values: Sequence[object]) -> tuple[str, ...]:
    """Return CVSS vectors, one of each version."""
    texts = [each for each in values if isinstance(each, str)]
    versions = {each.split("/")[0]: each for each in texts if each.startswith("CVSS:")}
    return tuple(versions.values())
