"""What Mailman's log `smtp` says of a delivery; in the words that mailman.cfg wants."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mailman.config import config
from mailman.utilities.string import expand

if TYPE_CHECKING:
    from email.message import Message

    from mailman.interfaces.mailinglist import IMailingList

    from publisher.mailman_plugin.smtp import Refused

logger = logging.getLogger("mailman.smtp")


def write(
    mlist: IMailingList,
    msg: Message,
    msgdata: Mapping[str, Any],
    refused: Refused,
    seconds: float,
) -> None:
    """Log a delivery, as Mailman's own does."""
    told: dict[str, object] = {
        "msgid": str(msg.get("message-id", "n/a")).strip(),
        "listname": mlist.fqdn_listname,
        "sender": msgdata.get("original-sender", getattr(msg, "sender", "")),
        "recip": len(msgdata["recipients"]),
        "size": getattr(msg, "original_size", msgdata.get("original_size", "n/a")),
        "time": f"{seconds:.3f}",
        "refused": len(refused),
        "smtpcode": "n/a",
        "smtpmsg": "n/a",
    }
    templates = config.logging.smtp
    _log(templates.every, mlist, told)
    _log(templates.refused if refused else templates.success, mlist, told)
    if templates.failure.lower() != "no":
        for recipient, (code, text) in refused.items():
            own = {"recip": recipient, "smtpcode": code, "smtpmsg": text}
            _log(templates.failure, mlist, told | own)


def _log(template: str, mlist: IMailingList, told: Mapping[str, object]) -> None:
    if template.lower() != "no":
        logger.info("%s", expand(template, mlist, told))
