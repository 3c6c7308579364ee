"""What the page says, in the list's language first and then in the others."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.model.settings import MailingList
    from publisher.presentation import Presentation

_TEMPLATE = "leave/page.html"
_STYLE = "leave/style.css"


class Face(StrEnum):
    """The pages that there are."""

    ASK = "ask"
    """With the button."""
    DONE = "done"
    WRONG = "wrong"
    """The address cannot be used."""
    LATER = "later"
    """Mailman did not answer."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Makes the pages, each once, and all of them at first.

    By then this is the main thread, where a template that does not end is stopped.
    """

    presentation: Presentation
    _made: dict[tuple[Face, MailingList | None], bytes] = field(
        default_factory=dict, init=False
    )

    def __post_init__(self) -> None:
        self.render(Face.WRONG, None)
        for mailing_list in self.presentation.settings.lists:
            for face in Face:
                self.render(face, mailing_list)

    def find(self, list_id: str) -> MailingList | None:
        """Return a declared list."""
        lists = self.presentation.settings.lists
        return next((each for each in lists if each.list_id == list_id), None)

    def render(self, face: Face, mailing_list: MailingList | None) -> bytes:
        """Return a page about a list; None: about all of them."""
        if (face, mailing_list) not in self._made:
            self._made[face, mailing_list] = self._render(face, mailing_list)
        return self._made[face, mailing_list]

    def _render(self, face: Face, mailing_list: MailingList | None) -> bytes:
        settings = self.presentation.settings
        first = mailing_list.language if mailing_list else settings.languages[0]
        languages = dict.fromkeys((first, *settings.languages))
        page = self.presentation.render(
            _TEMPLATE,
            first,
            face=face.value,
            mailing_list=mailing_list,
            everyone={each: self.presentation.words[each] for each in languages},
            style=self.style,
        )
        return page.encode()

    @property
    def style(self) -> str:
        """The style sheet, which stands in the page."""
        return self.presentation.source(_STYLE).strip()

    @property
    def style_digest(self) -> str:
        """The style sheet's digest, as Content-Security-Policy has it."""
        digest = hashlib.sha256(self.style.encode()).digest()
        return f"sha256-{base64.b64encode(digest).decode()}"
