"""The texts to a list's subscribers, as files in Mailman's own template folder.

Each is written where Mailman looks for templates of one list in one language, and is
registered as the list's by Mailman's own address of it, which goes before what is
registered for the domain or the whole server.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mailman.config import config
from mailman.interfaces.template import ITemplateLoader, ITemplateManager
from zope.component import getUtility

from publisher.lists.texts import TEMPLATES

if TYPE_CHECKING:
    from mailman.interfaces.mailinglist import IMailingList


def checked(texts: object) -> Mapping[str, str]:
    """Return `texts` if they are texts by names of templates, or raise ValueError."""
    if not isinstance(texts, dict) or not set(texts) <= set(TEMPLATES):
        msg = f"expected texts for some of {', '.join(TEMPLATES)}"
        raise ValueError(msg)
    if not all(isinstance(text, str) for text in texts.values()):
        msg = "expected texts and nothing else"
        raise ValueError(msg)
    return texts


def texts(mlist: IMailingList) -> Mapping[str, str]:
    """Return the text of each template as it stands, whoever wrote it."""
    code = mlist.preferred_language.code
    loader = getUtility(ITemplateLoader)
    found = {}
    for name in TEMPLATES:
        try:
            found[name] = loader.get(name, mlist, language=code)
        except OSError as error:
            found[name] = f"cannot be read: {error}"
    return found


def write(mlist: IMailingList, changed: Mapping[str, str]) -> None:
    """Give templates of a list other texts, in the list's language."""
    code = mlist.preferred_language.code
    folder = Path(config.TEMPLATE_DIR) / "lists" / mlist.list_id / code
    for name, text in changed.items():
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{name}.txt"
        temporary = folder / f"{name}.new"
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(file)
        uri = f"mailman:///{mlist.list_id}/{code}/{file.name}"
        getUtility(ITemplateManager).set(name, mlist.list_id, uri)
