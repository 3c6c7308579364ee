"""What is said of all faults together: docs/reliability.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.faults.judge import Verdict
from tests.faults.kinds import KINDS

PAGE = Path(__file__).with_name("reliability.md")
"""The page without what was measured."""
_COLUMNS = (
    "fault",
    "injected",
    "mails lost",
    "mails doubled",
    "repeats that the MTA dropped",
    "wrong successes",
    "not mended by running again",
    "ended with a trace",
)


def table(verdicts: Sequence[Verdict]) -> str:
    """Return a row for each kind, and the sums."""
    rule = "|".join(["---"] * len(_COLUMNS))
    lines = [f"| {' | '.join(_COLUMNS)} |", f"|{rule}|"]
    for kind in KINDS:
        own = [each for each in verdicts if each.kind == kind.name]
        if own:
            lines.append(_row(kind.what, own))
    lines.append(_row("**all**", verdicts))
    return "\n".join(lines)


def _row(what: str, verdicts: Sequence[Verdict]) -> str:
    numbers = (
        len(verdicts),
        sum(each.lost for each in verdicts),
        sum(each.doubled for each in verdicts),
        sum(each.repeated for each in verdicts),
        sum(each.wrong for each in verdicts),
        sum(each.stuck for each in verdicts),
        sum(each.raw for each in verdicts),
    )
    return f"| {what} | {' | '.join(map(str, numbers))} |"


def document(verdicts: Sequence[Verdict], every: int = 1) -> str:
    """Return the page; one in `every` of the places was taken."""
    bad = [each for each in verdicts if not each.good]
    found = "\n".join(f"- {_line(each)}" for each in bad)
    if not bad:
        found = "Nothing: all of these numbers are zero."
    seconds = median(each.seconds for each in verdicts)
    values = {
        "{table}": table(verdicts),
        "{bad}": found,
        "{count}": str(len(verdicts)),
        "{share}": "every one" if every == 1 else f"one in {every} (`--every`)",
        "{seconds}": f"{seconds:.1f}",
    }
    text = PAGE.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _line(verdict: Verdict) -> str:
    why = verdict.problems[-1].strip().splitlines()[-1] if verdict.problems else ""
    return f"{verdict.kind}, {verdict.fault[:120]}: {why}"
