"""An advisory that somebody else wrote, and the source of ours that it becomes."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import yaml

from publisher.model.ids import AdvisoryId

_CVE = re.compile(r"CVE-(?:1999|2[0-9]{3})-[0-9]{4,19}")
_TITLE = re.compile(r"\s*# (?P<atx>.+)\n|\s*(?P<setext>\S.*)\n=+[ ]*\n")


@dataclass(frozen=True, slots=True)
class Stranger:
    """What is taken of somebody else's advisory."""

    origin: str
    """The path of its file in the archive."""
    title: str
    published: dt.date
    body: str
    """Their Markdown, letter by letter."""
    cves: tuple[str, ...] = ()
    vectors: tuple[str, ...] = ()
    """CVSS vectors of the first of them."""
    references: tuple[str, ...] = ()
    """Addresses."""
    credits: tuple[str, ...] = ()


def titled(body: str, otherwise: str) -> tuple[str, str]:
    """Return the title at the top of `body`, and the rest of it."""
    match = _TITLE.match(body)
    if match is None:
        return otherwise, body
    return match["atx"] or match["setext"], body[match.end() :]


def source(stranger: Stranger, advisory: AdvisoryId) -> str:
    """Return the source that `stranger` becomes under the id `advisory`."""
    cves = tuple(dict.fromkeys(each for each in stranger.cves if _CVE.fullmatch(each)))
    urls = dict.fromkeys(
        each for each in stranger.references if re.match("https?://", each)
    )
    published = dt.datetime.combine(stranger.published, dt.time(10), dt.UTC)
    revision = {"date": published.isoformat(), "summary": "Initial release"}
    head = {
        "id": str(advisory),
        "kind": "advisory",
        "title": " ".join(stranger.title.split()) or str(advisory),
        "tlp": "CLEAR",
        "history": [revision],
        "vulnerabilities": _vulnerabilities(cves, stranger),
        "references": [
            {"title": f"Reference {n}", "url": u} for n, u in _counted(urls)
        ],
        "acknowledgments": list(dict.fromkeys(filter(None, stranger.credits))),
    }
    filled = {key: value for key, value in head.items() if value}
    front = yaml.safe_dump(filled, sort_keys=False, allow_unicode=True, width=1 << 20)
    return f"---\n{front}---\n\n{trimmed(stranger.body)}\n"


def trimmed(body: str) -> str:
    """Return `body` without empty lines around it."""
    return re.sub(r"\A(?:[ \t\r]*\n)+", "", body).rstrip()


def _vulnerabilities(
    cves: tuple[str, ...], stranger: Stranger
) -> list[dict[str, object]]:
    found: list[dict[str, object]] = [{"cve": each} for each in cves]
    if stranger.vectors:
        first = found[0] if found else {"title": "Weakness"}
        found = [{**first, "cvss": list(stranger.vectors)}, *found[1:]]
    return found


def _counted(urls: dict[str, None]) -> list[tuple[int, str]]:
    return list(enumerate(urls, start=1))
