"""A list as `publisher.toml` declares it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from publisher.model.advisory import Kind

if TYPE_CHECKING:
    from publisher.model.settings import MailingList


def toml(mailing_list: MailingList) -> str:
    """Return the table `[[lists]]` of a list, without what is the default."""
    lines = [
        "[[lists]]",
        f"address = {_text(mailing_list.address)}",
        f"language = {_text(mailing_list.language)}",
        f"title = {_text(mailing_list.title)}",
    ]
    if mailing_list.description != mailing_list.title:
        lines.append(f"description = {_text(mailing_list.description)}")
    if set(mailing_list.kinds) != set(Kind):
        lines.append(f"kinds = [{', '.join(map(_text, mailing_list.kinds))}]")
    return "".join(f"{line}\n" for line in lines)


def _text(value: str) -> str:
    """Write a basic string (TOML 1.0): as JSON does, and DEL is escaped, too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
