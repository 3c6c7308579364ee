"""From the words of a mail to one command. No IO.

A line is a command only if all of it is one: "help" is, "Help us to save paper" is not.
So greetings before and footers behind a command are passed over in silence. The first
command of a mail counts, the subject before the text, and no other.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

_MOST_LINES = 30
"""In which a command is looked for; those that are passed over count, too."""
_REPLY = re.compile(
    r"(?:(?:re|aw|antw|ant|sv|vs|res|odp|返信|回答)\s*(?:[\[(^*]?\d+[\])]?)?\s*:|\[[^\]]{1,40}\])\s*",
    re.IGNORECASE,
)
"""Prefixes of replies, and marks in brackets that gateways put before a subject."""
_FORWARD = re.compile(r"(?:fwd?|wg|tr|rv|転送|fw)\s*:", re.IGNORECASE)
_QUOTED = (">", "|")
_END = re.compile(
    r"-- ?|[-_=*]{5,}.*|-+ ?(?:original|forwarded|元の|転送).*"
    r"|on .* wrote:|am .* schrieb.*:|.*20\d\d年.*:"
    r"|(?:from|von|sent|差出人|送信者|送信元) ?:.*",
    re.IGNORECASE,
)
"""Where a signature or the quoted original begins."""
_TOKEN = re.compile(r"[0-9a-f]{16,64}")
_ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]\\]{1,64}@[^\s<>@,;:\"()\[\]\\]{3,190}")
_LANGUAGES = {
    "english": "en",
    "英語": "en",
    "japanese": "ja",
    "日本語": "ja",
}


class Verb(StrEnum):
    """What can be asked for by mail."""

    JOIN = "join"
    LEAVE = "leave"
    CHANGE = "change"
    UNDO = "undo"
    LANGUAGE = "language"
    LISTS = "lists"
    HELP = "help"
    CONFIRM = "confirm"


_VERBS = {
    **{str(verb): verb for verb in Verb},
    "subscribe": Verb.JOIN,
    "unsubscribe": Verb.LEAVE,
    "subscriptions": Verb.LISTS,
    # Who reads is told to nobody; that is said where everything else is.
    "who": Verb.HELP,
}


_USAGE = {
    Verb.JOIN: ("join",),
    Verb.LEAVE: ("leave", "leave old@example.org"),
    Verb.CHANGE: ("change new@example.org", "change new@example.org all"),
    Verb.UNDO: ("undo 0123456789abcdef",),
    Verb.LANGUAGE: ("language en", "language ja"),
    Verb.LISTS: ("lists",),
    Verb.HELP: ("help",),
    Verb.CONFIRM: ("confirm 0123456789abcdef",),
}
"""How each command is written, with addresses and codes that stand for others."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a mail asks for."""

    verb: Verb
    argument: str = ""
    """An address, a token or a language's code, in lower case; "" if there is none."""
    everywhere: bool = False
    """Whether a change of address is meant for all lists."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """The line of a mail without a command that was meant to be one, as it seems."""

    line: int | None
    """Its number in the text; 0: it is the subject; None: the mail is empty."""
    word: str = ""
    """The known word that it begins with; "" if it begins with any other."""

    @property
    def usage(self) -> tuple[str, ...]:
        """Return how lines look that begin with the word."""
        return _USAGE[_VERBS[self.word]] if self.word else ()


def find(subject: str, lines: Iterable[tuple[int, str]]) -> Command | Mistake:
    """Return the command of a mail, or what was not understood.

    `lines` are those of the text by their numbers. A forwarded mail has no command.
    """
    rest = subject
    while (prefix := _REPLY.match(rest)) is not None:
        rest = rest[prefix.end() :]
    if _FORWARD.match(rest):
        return Mistake(0)
    tried = [(number, line) for number, line in ((0, rest), *_own(lines)) if line]
    for _, line in tried:
        command = parse(line)
        if command is not None:
            return command
    begun = (Mistake(number, word) for number, line in tried if (word := _word(line)))
    return next(begun, Mistake(tried[0][0] if tried else None))


def parse(line: str) -> Command | None:
    """Return the command that `line` is, if all of it is one."""
    verb = _VERBS.get(_word(line))
    if verb is None:
        return None
    _, *rest = line.split()
    arguments = tuple(each.casefold() for each in rest)
    if verb in {Verb.CONFIRM, Verb.UNDO}:
        return _with_token(verb, arguments)
    if verb is Verb.CHANGE:
        return _change(arguments)
    if verb is Verb.LANGUAGE:
        return _language(arguments)
    if verb is Verb.LEAVE:
        return _leave(arguments)
    # There are no digests; Mailman's own command has that option.
    asked = [each for each in arguments if not each.startswith("digest=")]
    return None if asked else Command(verb)


def address(text: str) -> str:
    """Return the address that an argument is, without what surrounds it; "" if none."""
    bare = text.removeprefix("address=").strip("<>.,;'\"").removeprefix("mailto:")
    return bare if bare.isascii() and _ADDRESS.fullmatch(bare) else ""


def _own(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the lines that the sender wrote, as far as can be told."""
    for number, line in itertools.islice(lines, _MOST_LINES):
        if _END.fullmatch(line):
            return
        if not line.startswith(_QUOTED):
            yield number, line


def _word(line: str) -> str:
    """Return the word that a command begins with; "" if it is none of ours."""
    first = line.partition(" ")[0].casefold().rstrip(".")
    return first if first in _VERBS else ""


def _with_token(verb: Verb, arguments: tuple[str, ...]) -> Command | None:
    if len(arguments) == 1 and _TOKEN.fullmatch(arguments[0]):
        return Command(verb, arguments[0])
    return None


def _change(arguments: tuple[str, ...]) -> Command | None:
    everywhere = "all" in arguments
    found = _addresses(each for each in arguments if each != "all")
    if len(found) != 1:
        return None
    return Command(Verb.CHANGE, found.pop(), everywhere)


def _leave(arguments: tuple[str, ...]) -> Command | None:
    if not arguments:
        return Command(Verb.LEAVE)
    found = _addresses(arguments)
    return Command(Verb.LEAVE, found.pop()) if len(found) == 1 else None


def _addresses(arguments: Iterable[str]) -> set[str]:
    """Return the addresses; mail programs write `a@b.example <mailto:a@b.example>`.

    Anything else among them makes the line no command, which "" stands for.
    """
    found = {address(each) for each in arguments}
    return set() if "" in found else found


def _language(arguments: tuple[str, ...]) -> Command | None:
    if len(arguments) != 1:
        return None
    [name] = arguments
    code = _LANGUAGES.get(name, name.replace("-", "_"))
    is_code = re.fullmatch(r"[a-z]{2,3}(?:_[a-z]{2,4})?", code)
    return Command(Verb.LANGUAGE, code) if is_code else None
