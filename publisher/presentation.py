"""What every output is made with: the settings, the templates, the words."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import jinja2

from publisher.errors import OperatorError

if TYPE_CHECKING:
    from publisher.model.ids import Language
    from publisher.model.settings import Settings
    from publisher.words import Words

_ERRORS = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a template can end with: Jinja runs it as if it were Python."""


_UNTOLD: Mapping[type[Exception], str] = {
    MemoryError: "it takes more memory than a page can need",
    RecursionError: "it goes on into itself without an end",
}


@dataclass(frozen=True, slots=True)
class Presentation:
    """How the team's advisories look and read."""

    settings: Settings
    environment: jinja2.Environment
    """StrictUndefined; autoescape for `.html` and `.xml`, not for `.txt`."""
    words: Mapping[Language, Words]
    has_own_text: bool
    """Whether the project has templates or words of its own for what is signed."""
    digest: str
    """Of settings, templates, catalogues and this program's version: with the same
    digest, the same input renders to the same bytes."""

    def render(self, template: str, language: Language, **values: object) -> str:
        """Render `template` in `language`; it sees `words`, `settings` and `values`.

        A template that a project overrode badly is an OperatorError.
        """
        try:
            return self.environment.get_template(template).render(
                words=self.words[language],
                language=language,
                settings=self.settings,
                **values,
            )
        except _ERRORS as error:
            folders = getattr(self.environment.loader, "searchpath", ())
            place = _place(error, folders) or f"templates/{template}"
            reason = _UNTOLD.get(type(error)) or error
            msg = f"{place}: the template cannot be used: {reason}"
            raise OperatorError(msg) from error

    def source(self, template: str) -> str:
        """Return `template` as it is written; one that is not there is a bug."""
        loader = self.environment.loader
        assert loader is not None  # noqa: S101  (it is always made with one)
        return loader.get_source(self.environment, template)[0]


def _place(error: Exception, folders: Sequence[str]) -> str:
    """Return file and line of the innermost template; it may be an included one."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"templates/{error.name}:{error.lineno}"
    known = [
        f"templates/{frame.filename.removeprefix(f'{folder}/')}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        for folder in folders
        if frame.filename.startswith(f"{folder}/")
    ]
    return known[-1] if known else ""
