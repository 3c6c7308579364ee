"""Templates and words of a project's own: found out before a reader sees them (L71x).

A template is Jinja; those below `mail/` are Mailman's templates in their turn. Words
are catalogues, whose messages have `{placeholders}`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import jinja2
from jinja2 import meta

from publisher.lint.rule import Problem
from publisher.source import Location

_FOLDER = PurePosixPath("templates")
_JINJA = frozenset((".html", ".txt", ".xml", ".json"))
_OF_JINJA = frozenset(jinja2.defaults.DEFAULT_NAMESPACE)
_GIVEN = frozenset(("words", "settings", "language"))
_FILLED = re.compile(r"\{(\w*+)[^{}]*\}")
_SUBJECT = "Subject: "
_SHORT = 80
"""Characters of a name for which another one is proposed."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What a template for Mailman comes to on one list."""

    path: str
    text: str
    used: frozenset[str]
    """Names that Mailman is to fill in."""
    known: frozenset[str]
    """Those that it does fill in."""
    missing: frozenset[str]
    """Placeholders and addresses of the packaged one that are not there."""
    needed: frozenset[str]
    """Those that it cannot do without."""
    bare: frozenset[str]
    """Names in single braces."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a project's own catalogue."""

    path: str
    line: int
    id: str
    string: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A template that ends with an error."""

    path: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class OwnTemplates:
    """What a project has in `templates/` that is not as it is packaged."""

    files: Mapping[str, str] = field(default_factory=dict)
    """Texts by their paths below `templates/`."""
    packaged: Mapping[str, str] = field(default_factory=dict)
    """All that come with the program."""
    welcome: frozenset[str] = frozenset()
    """Further paths that the program looks for, in the project's languages."""
    older: Mapping[str, str] = field(default_factory=dict)
    """Files that are as an earlier version had them, and which that was."""
    given: frozenset[str] = frozenset()
    """Functions that every template may use."""
    mails: tuple[Mail, ...] = ()
    messages: tuple[Message, ...] = ()
    known_messages: frozenset[str] = frozenset()
    untranslated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the folder of a language of the project's alone: messages that it lacks."""
    broken: tuple[Broken, ...] = ()


def broken(own: OwnTemplates) -> Iterator[Problem]:
    """Find templates that cannot be used at all."""
    for each in own.broken:
        yield Problem(_at(each.path, each.line), f"cannot be used: {each.reason}")
    for path, text in own.files.items():
        try:
            _parsed(path, text)
        except jinja2.TemplateSyntaxError as error:
            yield Problem(_at(path, error.lineno), f"cannot be used: {error.message}")


def unknown(own: OwnTemplates) -> Iterator[Problem]:
    """Find placeholders that nobody fills in."""
    folders = {path.partition("/")[0] for path in own.files}
    names = {folder: _known(own, folder) for folder in folders}
    for path, text in own.files.items():
        known = names[path.partition("/")[0]]
        for name in sorted(_undeclared(path, text) - known):
            at = _at(path, _line(text, rf"\b{re.escape(name)}\b"))
            yield Problem(at, f"{name!r} is unknown here", _meant(name, known))
    for mail in own.mails:
        for name in sorted(mail.used - mail.known):
            at = _at(mail.path, _line(own.files.get(mail.path, ""), rf"\${{?{name}"))
            shown = f"${name} is unknown to Mailman: readers would see it as it stands"
            yield Problem(at, shown, _meant(name, mail.known, "$"))
        for name in sorted(mail.bare):
            at = _at(mail.path, _line(own.files.get(mail.path, ""), rf"{{{name}}}"))
            shown = f"{{{name}}} is filled in by nobody: readers would see it as it is"
            yield Problem(at, shown, f"{{{{ {name} }}}} or ${name}")
    for message in own.messages:
        strange = _names(message.string) - _names(message.id)
        for name in sorted(strange):
            shown = f"{{{name}}} is no placeholder of the message {message.id[:40]!r}"
            yield Problem(_at(message.path, message.line), shown)


def lacking(own: OwnTemplates) -> Iterator[Problem]:
    """Find what a mail cannot do without."""
    for mail in own.mails:
        for name in sorted(mail.missing & mail.needed):
            yield Problem(
                _at(mail.path), f"the mail lacks {name}, and is of no use without it"
            )
        if not mail.text.startswith(_SUBJECT):
            shown = "the mail does not begin with its subject"
            yield Problem(_at(mail.path, 1), shown, f"a first line {_SUBJECT!r}")


def reduced(own: OwnTemplates) -> Iterator[Problem]:
    """Find what the packaged texts have and the project's own do not."""
    for mail in own.mails:
        for name in sorted(mail.missing - mail.needed):
            shown = f"the mail does not say {name}, which the packaged one does"
            yield Problem(_at(mail.path), shown)
    for path, lacking in own.untranslated.items():
        shown = (
            f"{len(lacking)} messages of this version are not translated, the first is "
            f"{lacking[0][:40]!r}: readers see English"
        )
        yield Problem(_at(path), shown)
    for message in own.messages:
        for name in sorted(_names(message.id) - _names(message.string)):
            shown = f"the message {message.id[:40]!r} is translated without {{{name}}}"
            yield Problem(_at(message.path, message.line), shown)


def idle(own: OwnTemplates) -> Iterator[Problem]:
    """Find files and messages that nothing looks for."""
    wanted = {*own.packaged, *own.welcome}
    wanted |= {name for path, text in own.files.items() for name in _named(path, text)}
    for path in own.files:
        if path not in wanted and not path.startswith("locale/"):
            shown = "overrides nothing: there is no packaged template of this name"
            yield Problem(_at(path), shown, _meant(path, wanted))
    own_texts = (t for path, t in own.files.items() if not path.endswith(".po"))
    sources = "\n".join(own_texts)
    for message in own.messages:
        if message.id not in own.known_messages and message.id not in sources:
            shown = f"no template says {message.id[:40]!r}: the words are never used"
            near = _meant(message.id, own.known_messages)
            yield Problem(_at(message.path, message.line), shown, near)


def older(own: OwnTemplates) -> Iterator[Problem]:
    """Find copies of templates as an earlier version had them."""
    for path, version in own.older.items():
        shown = (
            f"is the packaged template as version {version} had it, word for word; it "
            "has changed since: take the file away, and today's is used"
        )
        yield Problem(_at(path), shown)


def _at(path: str, line: int = 0) -> Location:
    return Location(_FOLDER / path, line)


def _line(text: str, pattern: str) -> int:
    """Return the first line in which a pattern is; 0 if it is in none."""
    match = re.search(pattern, text)
    return text.count("\n", 0, match.start()) + 1 if match else 0


def _parsed(path: str, text: str) -> jinja2.nodes.Template | None:
    if PurePosixPath(path).suffix not in _JINJA or path.startswith("new/"):
        return None
    try:
        return jinja2.Environment(autoescape=True).parse(text)
    except (RecursionError, ValueError) as error:
        # Brackets within brackets, or a number of thousands of digits.
        deep = "it nests too deeply"
        reason = deep if isinstance(error, RecursionError) else str(error)
        raise jinja2.TemplateSyntaxError(reason, 1, path) from error


def _undeclared(path: str, text: str) -> set[str]:
    try:
        tree = _parsed(path, text)
        return set() if tree is None else meta.find_undeclared_variables(tree)
    except jinja2.TemplateError:
        # That it cannot be parsed is said by itself.
        return set()


def _named(path: str, text: str) -> set[str]:
    """Return the templates that one names by their names."""
    try:
        tree = _parsed(path, text)
        found = [] if tree is None else meta.find_referenced_templates(tree)
        return {name for name in found if name}
    except jinja2.TemplateError:
        return set()


def _known(own: OwnTemplates, folder: str) -> set[str]:
    """Return the names that templates of a folder may use."""
    packaged = (
        _undeclared(name, text)
        for name, text in own.packaged.items()
        if name.startswith(f"{folder}/")
    )
    return {*_OF_JINJA, *_GIVEN, *own.given, *(n for names in packaged for n in names)}


def _names(text: str) -> set[str]:
    return {name for name in _FILLED.findall(text) if name}


def _meant(name: str, known: Iterable[str], mark: str = "") -> str:
    # It takes its time with long ones.
    short = sorted(each for each in known if len(each) < _SHORT)
    near = difflib.get_close_matches(name, short, 1) if len(name) < _SHORT else []
    return f"perhaps {mark}{near[0]}" if near else ""
