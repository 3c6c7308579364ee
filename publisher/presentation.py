"""What every output is made with: the settings, the templates, the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import jinja2

from publisher.errors import OperatorError

if TYPE_CHECKING:
    from publisher.model.ids import Language
    from publisher.model.settings import Settings
    from publisher.words import Words


@dataclass(frozen=True, slots=True)
class Presentation:
    """How the team's advisories look and read."""

    settings: Settings
    environment: jinja2.Environment
    """StrictUndefined; autoescape for `.html` and `.xml`, not for `.txt`."""
    words: Mapping[Language, Words]
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
        except jinja2.TemplateError as error:
            line = getattr(error, "lineno", None)
            place = f"templates/{template}" + (f":{line}" if line else "")
            msg = f"{place}: the template cannot be used: {error}"
            raise OperatorError(msg) from error
