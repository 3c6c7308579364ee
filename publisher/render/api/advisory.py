"""All facts of one advisory as JSON."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from publisher import markup
from publisher.model.chain import Artifact
from publisher.render import html, layout, paths
from publisher.render.api import form

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from publisher.model.advisory import Advisory, Product, Text, Vulnerability
    from publisher.model.chain import Signed, SignedFile, SignedText
    from publisher.model.ids import AdvisoryId


def advisory(signed: Signed, supersedes: Sequence[AdvisoryId], site: str) -> Artifact:
    """Return the file with everything that is known of a published advisory.

    `supersedes` are the published advisories that name this one as their successor;
    `site` is the address of the site.
    """
    facts = signed.advisory
    top = facts.top_score
    data = form.document(
        site,
        "advisory",
        {
            "id": str(facts.id),
            "kind": facts.kind,
            "tlp": facts.tlp,
            **form.links(site, facts.id),
            "first_published": facts.first_published.isoformat(),
            "last_updated": facts.last_updated.isoformat(),
            "revision": facts.revision.number,
            "status": _status(facts, site),
            "supersedes": [str(each) for each in sorted(supersedes)],
            "severity": top.severity.slug if top else None,
            "score": top.value if top else None,
            **_facts(facts),
            "original_language": facts.original.language,
            "texts": [_text(signed, *pair, site) for pair in signed.texts],
            "history": list(_history(signed, site)),
        },
    )
    return Artifact(PurePosixPath(paths.api_advisory(facts.id)), data)


def _facts(facts: Advisory) -> dict[str, Any]:
    return {
        "vulnerabilities": [_vulnerability(each) for each in facts.vulnerabilities],
        "affected": [_product(each) for each in facts.affected],
        "references": [
            {"title": reference.title, "url": reference.url}
            for reference in facts.references
        ],
        "acknowledgments": list(facts.acknowledgments),
    }


def _product(each: Product) -> dict[str, Any]:
    remedy = each.remedy
    due = remedy and remedy.due
    return {
        "vendor": each.vendor,
        "product": each.name,
        "versions": each.versions,
        "fixed": remedy and remedy.version,
        "remediation": remedy
        and {"category": remedy.category, "date": due and due.isoformat()},
    }


def _vulnerability(each: Vulnerability) -> dict[str, Any]:
    return {
        "cve": each.cve,
        "title": each.title,
        "cwes": list(each.cwes),
        "scores": [
            {
                "version": score.version,
                "vector": score.vector,
                "name": score.name,
                "base": score.base,
                "score": score.value,
                "part": score.part,
                "severity": score.severity.slug,
            }
            for score in each.scores
        ],
    }


def _status(facts: Advisory, site: str) -> dict[str, Any]:
    if facts.withdrawn is not None:
        reasons = {
            text.language: text.withdrawn_reason or facts.withdrawn.reason
            for text in facts.texts
        }
        date = facts.withdrawn.date.isoformat()
        return {"state": form.WITHDRAWN, "date": date, "reason": reasons}
    if facts.superseded_by is not None:
        url = form.links(site, facts.superseded_by)["url"]
        by = str(facts.superseded_by)
        return {"state": form.SUPERSEDED, "by": by, "url": url}
    return {"state": form.CURRENT}


def _text(signed: Signed, text: Text, current: SignedText, site: str) -> dict[str, Any]:
    facts, origin = signed.advisory, text.origin
    return {
        "language": text.language,
        "revision": text.revision,
        "title": text.title,
        "lead": markup.lead(text.body),
        "facts": {html.visible(fact): said for fact, said in text.facts.items()},
        "url": layout.address(site, paths.advisory(facts.id, text.language)),
        "signed": _file(facts.id, current.file, site),
        "origin": origin
        and {
            "title": origin.title,
            "publisher": origin.publisher,
            "url": origin.url,
            "license": origin.license,
        },
        "html": str(html.body(text.body).html),
    }


def _history(signed: Signed, site: str) -> Iterator[dict[str, Any]]:
    facts = signed.advisory
    order = signed.languages
    texts = sorted(
        (*signed.earlier, *signed.current),
        key=lambda text: order.index(text.edition.key.language),
    )
    for revision in facts.history:
        yield {
            "revision": revision.number,
            "date": revision.date.isoformat(),
            "notify": revision.notify,
            "summary": {
                text.language: text.summaries[revision.number - 1]
                for text, _ in signed.texts
                if revision.number <= len(text.summaries)
            },
            "signed": {
                text.edition.key.language: [
                    _file(facts.id, file, site) for file in text.files
                ]
                for text in texts
                if text.edition.key.revision == revision.number
            },
        }


def _file(advisory: AdvisoryId, file: SignedFile, site: str) -> dict[str, Any]:
    return {
        "url": layout.address(site, paths.signed_file(advisory, file.name)),
        "sha256": file.sha256,
        "signatures": [
            {"fingerprint": each.fingerprint, "time": each.time.isoformat()}
            for each in file.signatures
        ],
    }
