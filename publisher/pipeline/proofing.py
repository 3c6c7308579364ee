"""Lint advisories, and lay out what of them is not signed yet.

Laying out joins and wraps lines, and a template puts words around them. So the only
proof that a text can be signed is to make it, as `sign` will, before anybody is asked
to review it or to use a key. What was signed is not made anew: it stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from publisher.edition import edition, guard
from publisher.edition.evident import is_evident
from publisher.errors import FindingsError, SpoiltError
from publisher.model.chain import EditionKey
from publisher.pipeline import checking
from publisher.source import Finding, Location

if TYPE_CHECKING:
    from publisher.model.chain import Checked
    from publisher.model.ids import AdvisoryId, Language
    from publisher.pipeline.checking import Loaded, Succession
    from publisher.pipeline.tools import Tools

_STATE = "0" * 64
"""As long as any state of the record; which one it will be makes no difference."""


def load(
    tools: Tools, wanted: Iterable[AdvisoryId], succession: Succession
) -> list[Loaded]:
    """Load advisories as `checking.load` does: what passes here, `sign` can sign.

    What spoils a text, and is neither in its body nor in a value, comes from a template
    or a word of the project, or from how a value stands beside them. It is told as a
    finding of each text that it spoils, so that one never stops the others.
    """
    return checking.load(tools, wanted, succession, partial(_proofed, set()))


def _proofed(tried: set[Language], tools: Tools, loaded: Loaded) -> Loaded:
    if loaded.checked is None:
        return loaded
    found = tuple(_faults(tried, tools, loaded, loaded.checked))
    if not found:
        return loaded
    every = sorted({*loaded.findings, *found}, key=lambda finding: finding.sort_key)
    return replace(loaded, checked=None, findings=tuple(every))


def _faults(
    tried: set[Language], tools: Tools, loaded: Loaded, checked: Checked
) -> Iterator[Finding]:
    """Yield what keeps texts from being signed; `tried` are the languages laid out.

    Of each language one text is, for settings and words can spoil it, too.
    """
    advisory = checked.advisory
    for text in advisory.texts:
        key = EditionKey(advisory.id, text.revision, text.language)
        if key.filename in loaded.files or advisory.is_behind(text):
            continue
        is_known = text.language in tried and not tools.presentation.has_own_text
        if is_known and is_evident(advisory, text):
            continue
        tried.add(text.language)
        try:
            edition(checked, text, tools.presentation, _STATE)
        except FindingsError as error:
            yield from error.findings
        except SpoiltError as error:
            at = Location(text.source.path)
            expected = "another template, or other values beside its words"
            yield Finding(at, guard.SPOILT, str(error), expected)
