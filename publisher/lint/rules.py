"""All rules in one place; docs/lint.md says why each is there and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.lint import (
    acceptance,
    asked,
    disclosure,
    facts,
    headings,
    identity,
    links,
    mentions,
    naming,
    own,
    own_templates,
    publication,
    ranges,
    readings,
    sections,
    source_text,
    structure,
    sums,
    titles,
    translations,
    vanishing,
    weaknesses,
    wording,
)
from publisher.lint.acceptance import Claim
from publisher.lint.asked import Asked
from publisher.lint.disclosure import Disclosure
from publisher.lint.naming import Naming
from publisher.lint.own_templates import OwnTemplates
from publisher.lint.rule import Rule, judged
from publisher.lint.source_text import SourceText
from publisher.lint.subject import Subject
from publisher.source import Level

_W = Level.WARNING

CHARACTERS: tuple[Rule[SourceText], ...] = (
    Rule("L106", "no control characters", source_text.control),
    Rule("L107", "no bidirectional controls", source_text.bidirectional),
    Rule("L108", "no invisible characters", source_text.invisible),
    Rule("L109", "no private or unassigned characters", source_text.nameless),
)
"""What `check` looks for in bodies as well."""

CANONICAL: tuple[Rule[SourceText], ...] = (
    Rule("L101", "no byte order mark", source_text.byte_order_mark),
    Rule("L102", "lines end with LF", source_text.carriage_return),
    Rule("L103", "no blanks at the ends of lines", source_text.trailing_blank),
    Rule("L104", "no tabs outside fenced code", source_text.tab),
    Rule("L105", "one line feed at the end", source_text.final_newline),
    *CHARACTERS,
    Rule("L110", "Unicode's form NFC", source_text.composition),
    Rule("L111", "no marks of a conflict", source_text.conflict),
    Rule("L112", "no blanks end lines of code", source_text.code_blank, _W),
)
"""Rules of the bytes of a source file."""

RULES: tuple[Rule[Subject], ...] = (
    Rule("L201", "the id is the folder's name", identity.folder_name),
    Rule("L202", "the folder lies in its year", identity.folder_year),
    Rule("L203", "the id has the team's prefix", identity.prefix),
    Rule("L204", "the id has the year of the first release", identity.first_year),
    Rule("L205", "revisions are in order", identity.order),
    Rule("L206", "only a first release is under embargo", identity.later_revision),
    Rule("L207", "a revision tells of a withdrawal", identity.withdrawal),
    Rule("L208", "a successor exists", identity.successor),
    Rule("L209", "nothing supersedes itself", identity.succession),
    Rule("L301", "front matter texts are one line", facts.line_break),
    Rule("L302", "front matter holds no hidden characters", facts.character),
    Rule("L303", "a vulnerability has a name", facts.unnamed),
    Rule("L304", "a CVE id is given once", facts.repeated_cve),
    Rule("L305", "a reference is given once", facts.repeated_reference),
    judged("L306", "vulnerabilities have scores", facts.unscored),
    judged("L307", "affected products are named", facts.unaffected),
    Rule("L308", "translations and only they have a source", facts.origin),
    judged("L309", "titles are short", titles.long),
    judged("L310", "titles are no sentences", titles.ends),
    Rule("L311", "addresses can be used", links.address),
    judged("L312", "hosts look like no other ones", links.likeness),
    Rule("L313", "front matter has no frame of a text", facts.frame),
    Rule("L314", "front matter has no HTML entities", facts.entity),
    Rule("L315", "front matter is finished", facts.unfinished),
    Rule("L316", "links to ourselves are alive", own.dead),
    Rule("L317", "links to ourselves lead to signed texts", own.unsigned, _W),
    judged("L318", "links to ourselves lead to known pages", own.unknown),
    Rule("L320", "titles are no paragraphs", titles.overlong),
    Rule("L321", "CVE ids have a year that is possible", facts.impossible_cve),
    judged("L322", "CWE ids name weaknesses", weaknesses.unusable),
    Rule("L323", "version ranges hold a version", ranges.empty),
    judged("L324", "version ranges do not hold their fix", ranges.own_fix),
    Rule("L325", "affected versions are given once", facts.repeated_product),
    Rule("L326", "front matter is in Unicode's form NFC", facts.composition),
    Rule("L401", "a body says something", structure.empty),
    Rule("L402", "a body is within the limits", structure.excess),
    Rule("L403", "fenced code is closed", structure.unclosed),
    judged("L409", "tables fit into the text", structure.wide_table),
    Rule("L410", "no words are lost", structure.lost),
    Rule("L411", "headings begin at the second level", headings.first_level),
    Rule("L412", "no heading level is skipped", headings.skipped_level, waivable=True),
    judged("L413", "no section is written twice", headings.reserved),
    Rule("L414", "headings have words and a place", headings.misplaced),
    Rule("L415", "lists begin with numbers", structure.huge_number),
    judged("L416", "an alert says what to do", headings.without_steps),
    Rule("L417", "items have the numbers that readers see", structure.numbering),
    Rule("L418", "lists are lists", structure.look_alike, waivable=True),
    Rule("L419", "no words stand behind a fence", structure.fence_words),
    judged("L420", "commands can be copied", structure.copied),
    Rule("L421", "no HTML", readings.html),
    Rule("L422", "no HTML entities", readings.entity),
    Rule("L423", "no images", readings.image),
    Rule("L424", "no frame of a signed text", wording.frame),
    Rule("L425", "nothing is unfinished", wording.unfinished),
    Rule("L426", "spaces are spaces", wording.odd_blank, _W),
    Rule("L427", "no footnotes", readings.footnote),
    Rule("L428", "no words are struck through", readings.strikethrough),
    Rule("L429", "no boxes to tick", readings.task),
    Rule("L430", "no boxes of a forge", readings.alert),
    Rule("L431", "links show where they lead", links.disguise),
    Rule("L432", "links have words", links.wordless),
    Rule("L433", "links have no titles", links.title),
    Rule("L434", "links are whole", links.broken),
    Rule("L435", "link definitions are used", links.definition),
    Rule("L436", "no marks vanish in what is verbatim", vanishing.vanishing),
    Rule("L437", "two readers see the same text", readings.differing),
    judged("L441", "sums are right", sums.wrong),
    judged("L442", "sections say something", sections.empty),
    judged("L443", "CVE ids in the text are in the facts", mentions.foreign_cve),
    judged("L444", "no CVE id is left out", mentions.missing_cve),
    judged("L445", "advisories in the text exist", mentions.unknown_advisory),
    judged("L446", "citations have a reference", mentions.uncited),
    Rule("L501", "translated revisions exist", translations.ahead),
    judged("L502", "translations are up to date", translations.behind),
    judged("L503", "a withdrawal is translated", translations.reason_missing),
    Rule("L504", "a withdrawal is the original's", translations.reason_unfounded),
    Rule("L505", "languages are the project's", translations.language),
    judged("L506", "translations have the same sections", translations.sections),
    judged("L510", "facts of English texts are English", translations.wide_fact),
    Rule("L511", "translated facts are the original's", translations.unknown_fact),
    Rule("L512", "facts are translated as a whole", translations.missing_fact, _W),
    Rule("L601", "the label allows to publish", publication.label, _W),
    Rule("L602", "it is no draft", publication.draft, _W),
)
"""Rules of an advisory."""

PROJECT: tuple[Rule[Disclosure], ...] = (
    Rule("L701", "there is a security.txt", disclosure.missing, _W),
    Rule("L702", "the signature of security.txt counts", disclosure.unsigned, _W),
    Rule("L703", "security.txt says what the settings say", disclosure.other, _W),
    Rule("L704", "security.txt does not expire", disclosure.ending, _W),
)
"""Rules of what the project has besides advisories. None of them may stand in the way
of an emergency."""

NAMING: tuple[Rule[Naming], ...] = (
    Rule("L710", "ids are no mark of an advertisement", naming.advertising, _W),
)
"""Rules of the settings by which advisories get their names."""

TEMPLATES: tuple[Rule[OwnTemplates], ...] = (
    Rule("L711", "own templates can be used", own_templates.broken),
    Rule(
        "L712", "own templates and words use known placeholders", own_templates.unknown
    ),
    Rule("L713", "own mails have what they need", own_templates.lacking),
    Rule("L714", "own mails say what ours say", own_templates.reduced, _W),
    Rule("L715", "own templates and words are used", own_templates.idle, _W),
    Rule("L716", "own templates are no older form", own_templates.older, _W),
)
"""Rules of a project's own templates. They are judged by `lint` and by what sets lists
on the server, and stop no advisory."""

LINKS: tuple[Rule[Asked], ...] = (
    Rule("L801", "links are alive", asked.dead, _W),
    Rule("L802", "links to other pages of ours are alive", asked.own),
    Rule("L803", "links can be checked", asked.unheard, Level.NOTE),
)
"""Rules of what servers said of links."""

ACCEPTANCE: tuple[Rule[Claim], ...] = (
    Rule("L901", "what is accepted is known", acceptance.unknown),
    Rule("L902", "what guards a promise is not accepted", acceptance.firm),
    Rule("L903", "a reason is given", acceptance.hollow),
    Rule("L904", "what is accepted is there", acceptance.idle, _W),
    Rule("L905", "it is clear what is accepted", acceptance.several),
)
"""Rules of what sources say is right as it is."""

_ALL: tuple[Rule[Any], ...] = (
    *CANONICAL,
    *RULES,
    *PROJECT,
    *NAMING,
    *TEMPLATES,
    *LINKS,
    *ACCEPTANCE,
)
CODES: Mapping[str, bool] = {rule.code: rule.waivable for rule in _ALL}
"""All codes of rules, and whether a source may accept what they find."""
