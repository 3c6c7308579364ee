"""One folder of sources to one Advisory: an original and its translations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from publisher.model import ids
from publisher.model.advisory import Advisory, SourceFile, Text
from publisher.parse import accepted as accepted_of
from publisher.parse import facts as facts_of
from publisher.parse import frontmatter
from publisher.source import Finding, Location

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from publisher.model.advisory import Acceptance
    from publisher.parse.facts import Facts


_NAMES = "a name such as 'en.md' or 'ja.md'"
_REVISION = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class _Source:
    """A source that could be split into front matter and body."""

    language: ids.Language
    head: frontmatter.Head
    fields: frontmatter.Fields
    file: SourceFile
    findings: frontmatter.Findings
    accepted: tuple[Acceptance, ...]


def advisory(
    folder: PurePosixPath, files: Mapping[str, bytes]
) -> tuple[Advisory | None, tuple[Finding, ...]]:
    """Parse the sources of `folder` (`<language>.md` by name).

    Every error of every file is found. The advisory is None exactly if there is
    one: a value that was half understood never leaves this function.
    """
    whole = frontmatter.Findings(folder)
    sources = []
    findings = [whole]
    for name in sorted(files):
        collected = frontmatter.Findings(folder / name)
        findings.append(collected)
        source = _source(name, files[name], collected)
        if source is not None:
            sources.append(source)
    parsed = _assemble(sources, whole, unread=len(sources) < len(files))
    found = tuple(finding for each in findings for finding in each.found)
    if found or parsed is None:
        return None, tuple(sorted(found, key=lambda finding: finding.sort_key))
    return parsed, ()


def _source(name: str, data: bytes, findings: frontmatter.Findings) -> _Source | None:
    language = _language(name, findings)
    text = None if language is None else _decoded(data, findings)
    if language is None or text is None:
        return None
    head = frontmatter.split(text)
    if head is None:
        expected = "a first line '---' and another one after the front matter"
        findings.add("P002", "the file has no front matter", expected)
        return None
    fields = frontmatter.fields(head, findings)
    if fields is None:
        return None
    file = SourceFile(findings.path, sha256(data).hexdigest())
    return _Source(language, head, fields, file, findings, accepted_of.accepted(fields))


def _language(name: str, findings: frontmatter.Findings) -> ids.Language | None:
    stem, _, suffix = name.partition(".")
    try:
        language = ids.language(stem)
    except ValueError as error:
        findings.add("P013", str(error), _NAMES)
        return None
    if suffix != "md":
        findings.add("P013", f"{name!r} is no name of a source", _NAMES)
        return None
    return language


def _decoded(data: bytes, findings: frontmatter.Findings) -> str | None:
    if len(data) > frontmatter.MAX_BYTES:
        findings.add("P011", f"the file has {len(data)} bytes", "at most 1 MiB")
        return None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        at = Location(findings.path, line)
        findings.add("P001", f"byte {data[error.start]:#04x} is not UTF-8", "UTF-8", at)
        return None


def _assemble(
    sources: list[_Source], whole: frontmatter.Findings, *, unread: bool
) -> Advisory | None:
    originals = [source for source in sources if source.fields.has("id")]
    if not originals:
        # An original without its id had better be told that than all the rest.
        originals = [source for source in sources if source.fields.has("history")]
    if len(originals) != 1:
        if not unread or len(originals) > 1:
            message = f"{len(originals)} originals (files with an 'id') in one folder"
            whole.add("P010", message, "one, and translations with 'translates'")
        for source in sources:
            if source not in originals:
                _translation(source, None)
        return None
    (original,) = originals
    facts = facts_of.facts(original.fields)
    texts = [_translation(s, facts) for s in sources if s is not original]
    if facts.title is None or not facts.history:
        return None
    own = _text(
        original,
        facts,
        revision=len(facts.history),
        title=facts.title,
        summaries=tuple(revision.summary for revision in facts.history),
    )
    return _whole(facts, own, tuple(text for text in texts if text is not None))


def _whole(
    facts: Facts, original: Text, translations: tuple[Text, ...]
) -> Advisory | None:
    if facts.id is None or facts.kind is None or facts.tlp is None:
        return None
    return Advisory(
        id=facts.id,
        kind=facts.kind,
        tlp=facts.tlp,
        draft=facts.draft,
        history=facts.history,
        vulnerabilities=facts.vulnerabilities,
        affected=facts.affected,
        references=facts.references,
        acknowledgments=facts.acknowledgments,
        withdrawn=facts.withdrawn,
        superseded_by=facts.superseded_by,
        original=original,
        translations=translations,
    )


def _translation(source: _Source, facts: Facts | None) -> Text | None:
    fields = source.fields
    revision = fields.value("translates", _revision_number)
    title = fields.text("title")
    summaries = fields.values("summaries", str)
    withdrawn = fields.mapping("withdrawn")
    reason = None
    if withdrawn is not None:
        reason = withdrawn.text("reason")
        withdrawn.close()
    origin = facts_of.origin(fields, facts.origin if facts else None)
    said = facts_of.said(fields, facts)
    fields.close()
    if revision is not None and len(summaries) != revision:
        message = f"{len(summaries)} summaries for {revision} revisions"
        fields.refuse("summaries", message, "one for each revision that is translated")
        return None
    if revision is None or title is None or facts is None:
        return None
    text = _text(source, facts, revision=revision, title=title, summaries=summaries)
    reason = reason or text.withdrawn_reason
    return replace(text, withdrawn_reason=reason, origin=origin, facts=said)


def _text(
    source: _Source,
    facts: Facts,
    *,
    revision: int,
    title: str,
    summaries: tuple[str, ...],
) -> Text:
    return Text(
        language=source.language,
        revision=revision,
        title=title,
        summaries=summaries,
        body=source.head.body,
        body_line=source.head.body_line,
        withdrawn_reason=facts.withdrawn.reason if facts.withdrawn else None,
        origin=facts.origin,
        source=source.file,
        places=source.findings.places,
        accepted=source.accepted,
    )


def _revision_number(text: str) -> int:
    if not _REVISION.fullmatch(text):
        msg = f"{text!r} is no revision number"
        raise ValueError(msg)
    return int(text)
