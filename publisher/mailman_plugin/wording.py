"""What Mailman writes on our lists goes out with our subject and text, and no other.

Mailman composes its notices itself: a subject from its own catalogue, in the site's
language or the reader's; a charset by language; and to some, the mail that came in is
attached. Between that and the sending there is one place: the pipeline `virgin`. There,
each notice whose text is one of ours (`publisher.lists.texts`) becomes one plain part
in UTF-8 with the subject that the text begins with.

The answer to a mail command has no template. It quotes what came in, so all of it gives
way to the text `publisher:results`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.charset import BASE64, QP, Charset
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from mailman.config import config
from mailman.core.i18n import _
from mailman.interfaces.handler import IHandler
from mailman.interfaces.languages import ILanguageManager
from mailman.interfaces.pipeline import IPipeline
from mailman.interfaces.template import ITemplateLoader
from mailman.utilities.string import expand
from zope.component import getUtility
from zope.interface import implementer

from publisher import letterhead
from publisher.lists import names, texts

if TYPE_CHECKING:
    from email.message import Message

    from mailman.interfaces.mailinglist import IMailingList

_PIPELINE = "virgin"
_RESULTS = "The results of your email commands"
"""The subject of the answer to a mail command, in Mailman's catalogue."""
_TOKEN = re.compile(r"confirm [0-9a-f]+")
"""The subject that a reply has to have where `verp_confirmations` is off."""
_REPLACED = (
    "subject",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-language",
)
_NO_ANSWERS = "X-Auto-Response-Suppress"
"""What Exchange looks for before it sends an absence notice."""
_MOSTLY_ASCII = 5 / 6
"""With more ASCII than that, quoted-printable is shorter than base64."""


def install() -> None:
    """Put `Words` in front of Mailman's pipeline for what it writes."""
    stock = config.pipelines[_PIPELINE]
    if not isinstance(stock, Worded):
        config.pipelines[_PIPELINE] = Worded(stock)


@implementer(IPipeline)
class Worded:
    """Mailman's pipeline for what it writes, with our handler before its own."""

    name = _PIPELINE

    def __init__(self, stock: Any) -> None:
        self._stock = stock
        self.description = stock.description

    def __iter__(self) -> Iterator[Any]:
        """Yield the handlers."""
        yield Words()
        yield from self._stock


@implementer(IHandler)
class Words:
    """Make of Mailman's notice a mail of ours."""

    name = "publisher-words"
    description = "Give notices of our lists their own subject and text."

    def process(
        self, mlist: IMailingList, msg: Message, msgdata: dict[str, Any]
    ) -> None:
        """Change `msg` if it is a notice on one of our lists."""
        del msgdata
        if mlist.posting_chain != names.CHAIN:
            return
        found = texts.parts(_text(msg))
        if found is None and _is_results(msg):
            found = texts.parts(template(mlist, texts.RESULTS))
        if found is not None:
            _write(msg, *found)
            _address(mlist, msg)


def template(mlist: IMailingList, name: str, **values: str) -> str:
    """Return a text of a list with all that Mailman fills in; "" if it has none."""
    code = mlist.preferred_language.code
    try:
        text = getUtility(ITemplateLoader).get(name, mlist, language=code)
    except OSError:
        return ""
    return str(expand(text, mlist, values))


def _text(msg: Message) -> str:
    """Return the text that Mailman wrote; what it attached is left out."""
    part: Any = msg.get_payload(0) if msg.is_multipart() else msg
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    # Mailman takes EUC-JP for Japanese unless it is told otherwise, and declares what
    # the email package would have it be: ISO-2022-JP.
    for charset in (part.get_content_charset("ascii"), "utf-8", "euc-jp"):
        try:
            return data.decode(charset)
        except (LookupError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def _is_results(msg: Message) -> bool:
    """Tell whether a mail is the answer to a mail command, in any language."""
    try:
        subject = str(make_header(decode_header(msg.get("subject", ""))))
    except (HeaderParseError, LookupError, ValueError):
        return False
    for language in getUtility(ILanguageManager).languages:
        with _.using(language.code):
            if subject == _(_RESULTS):
                return True
    return False


def _write(msg: Message, subject: str, text: str) -> None:
    """Make `msg` one plain part."""
    before = str(msg.get("subject", ""))
    subject = before if _TOKEN.fullmatch(before) else subject
    for name in _REPLACED:
        del msg[name]
    charset = Charset("us-ascii" if text.isascii() else "utf-8")
    if not text.isascii():
        share = sum(map(str.isascii, text)) / len(text)
        charset.body_encoding = QP if share > _MOSTLY_ASCII else BASE64
    msg["Subject"] = letterhead.text("Subject", subject)
    msg.preamble = msg.epilogue = None
    msg.set_payload(text, charset)


def _address(mlist: IMailingList, msg: Message) -> None:
    """Say that a program wrote it (RFC 3834, section 5), to whom, who reads replies.

    The name that a reader gave himself is anybody's words; the list's own stands before
    the sender. A reply to `LIST-bounces` would be taken for a bounce.
    """
    msg["Content-Language"] = mlist.preferred_language.code.replace("_", "-")
    if "auto-submitted" not in msg:
        msg["Auto-Submitted"] = "auto-generated"
    if _NO_ANSWERS not in msg:
        # Not "All": Exchange would not say that an address is dead, to a probe neither.
        msg[_NO_ANSWERS] = "OOF, AutoReply"
    _replace(msg, "To", parseaddr(str(msg.get("to", "")))[1])
    sender = parseaddr(str(msg.get("from", "")))[1]
    local = sender.partition("@")[0].partition("+")[0]
    if local == mlist.bounces_address.partition("@")[0]:
        sender = mlist.request_address
    name = " ".join(str(mlist.display_name).split())
    _replace(msg, "From", letterhead.mailbox("From", name, sender))


def _replace(msg: Message, name: str, value: str) -> None:
    del msg[name]
    msg[name] = value
