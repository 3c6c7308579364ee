"""Tables of what became of the texts."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.strangers.stranger import Stranger
from benchmarks.strangers.trial import Verdict
from publisher.model.ids import AdvisoryId
from publisher.source import Finding

Verdicts = Mapping[AdvisoryId, Verdict]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one archive."""

    name: str
    texts: Mapping[AdvisoryId, Stranger]
    first: Verdicts
    """Of the texts as they are."""
    fixed: Verdicts | None
    """After `publisher lint --fix`; None: this version cannot do it."""


def archive(result: Result, show: int) -> str:
    """Return the table of one archive."""
    lines = [f"== {result.name}: {len(result.texts)} texts"]
    lines += _outcome("as they are", result, result.first, show)
    if result.fixed is not None:
        lines += _outcome("after --fix", result, result.fixed, show)
    return "\n".join(lines) + "\n"


def whole(results: Sequence[Result]) -> str:
    """Return one line for each archive."""
    lines = [
        f"{'archive':14}{'texts':>7}{'pass':>8}{'fixed':>8}"
        f"{'no HTML':>9}{'pass':>8}{'fixed':>8}{'letters':>9}{'later':>7}"
        f"{'ms mean':>9}{'median':>8}{'most':>8}"
    ]
    for each in results:
        last = each.fixed or each.first
        plain = {i: one for i, one in each.first.items() if not one.has_html}
        mended = {i: last[i] for i in plain}
        times = [1000 * one.seconds for one in each.first.values()]
        fixed = _share(each.fixed) if each.fixed is not None else "-"
        differ = sum(bool(one.difference) for one in last.values())
        later = sum(bool(one.refused) for one in last.values())
        lines.append(
            f"{each.name:14}{len(each.texts):7}{_share(each.first):>8}{fixed:>8}"
            f"{len(plain):9}{_share(plain):>8}{_share(mended):>8}"
            f"{differ:9}{later:7}{statistics.mean(times):9.1f}"
            f"{statistics.median(times):8.1f}{max(times):8.1f}"
        )
    lines.append(
        "letters: texts that pass and show other letters; "
        "later: texts that pass and are refused later"
    )
    return "\n".join(lines) + "\n"


def _share(verdicts: Verdicts) -> str:
    passing = sum(each.passes for each in verdicts.values())
    return f"{100 * passing / max(1, len(verdicts)):.1f} %"


def _outcome(
    title: str, result: Result, verdicts: Verdicts, show: int
) -> Iterator[str]:
    passing = sum(each.passes for each in verdicts.values())
    yield f"{title}: {passing} pass ({_share(verdicts)})"
    yield from _codes("error", (each.errors for each in verdicts.values()))
    yield from _codes("warning", (each.warnings for each in verdicts.values()))
    for what in ("difference", "refused"):
        said = {i: getattr(v, what) for i, v in verdicts.items() if getattr(v, what)}
        if said:
            yield f"  {what}: {len(said)}"
        for advisory in list(said)[:show]:
            yield f"    {advisory} {result.texts[advisory].origin}: {said[advisory]}"


def _codes(level: str, found: Iterable[tuple[Finding, ...]]) -> Iterator[str]:
    texts: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for findings in found:
        codes = {each.code for each in findings}
        texts.update(codes)
        alone.update(codes if len(codes) == 1 else ())
    for code, count in texts.most_common():
        yield f"  {level} {code}: {count} texts, {alone[code]} of them for nothing else"
