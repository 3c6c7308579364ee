"""What a list does to a signed text, by its settings, by way, by encoding, by MTA.

`outcomes` posts one text in each combination through a real Mailman, and looks at what
a reader gets; `compare` holds docs/survival.md to it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from itertools import groupby
from pathlib import Path

from publisher.imprint import Imprint
from publisher.lists import names
from publisher.model.chain import EditionKey
from publisher.model.settings import MailingList
from tests import keys
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hostile import WAYS
from tests.mailman_plugin.hosts import JA, Server

PAGE = Path(__file__).parents[1] / "docs" / "survival.md"
SENDER = hosts.OWNER
ENCODINGS = ("quoted-printable", "base64", "7bit", "8bit")
MAILMANS = "default-posting-pipeline"
MAY_POST = {"moderation_action": "defer", "delivery_status": "by_user"}

SAME, ALTERED, BROKEN = "same", "altered", "broken"
HELD, NOBODY = "held", "-"


@dataclass(frozen=True, eq=False)
class Setting:
    """One way to set a list."""

    name: str
    style: str = names.CHAIN
    """Ours has all that docs/lists.md says."""
    config: Mapping[str, object] = field(default_factory=dict)
    """What is different."""
    footer: str = ""
    chain: str = ""
    poster: Mapping[str, str] = field(default_factory=dict)
    """How the team's address is subscribed; empty: it is not."""
    reader: Mapping[str, str] = field(default_factory=dict)
    """How the reader is subscribed."""


DRIFTS: Mapping[str, Mapping[str, object]] = {
    "a footer": {},
    "a subject prefix": {"subject_prefix": "[alert] "},
    "a content filter": {
        "filter_content": True,
        "pass_types": ["multipart", "text/plain"],
        "collapse_alternatives": True,
        "convert_html_to_plaintext": True,
    },
    "From munged for DMARC": {
        "dmarc_mitigate_action": "munge_from",
        "dmarc_mitigate_unconditionally": True,
    },
    "posts wrapped for DMARC": {
        "dmarc_mitigate_action": "wrap_message",
        "dmarc_mitigate_unconditionally": True,
    },
    "posters made anonymous": {"anonymous_list": True},
    "personalization": {"personalize": "full"},
    "a reader of digests": {"digests_enabled": True, "digest_size_threshold": 0.01},
    "moderation of all posts": {"emergency": True},
    "a size limit": {"max_message_size": 1},
}


def _with_drifts(base: Setting) -> Iterator[Setting]:
    """Return a setting as it is, and with each thing that is often set otherwise."""
    yield base
    for name, drift in DRIFTS.items():
        footer = "-- \nannounce@lists.cert.example\n" if name == "a footer" else ""
        reader = (
            {"delivery_mode": "mime_digests"} if name == "a reader of digests" else {}
        )
        yield dataclasses.replace(
            base,
            name=f"{base.name}, with {name}",
            config={**base.config, **drift},
            footer=footer,
            reader=reader,
        )


_OURS = Setting("ours")
_WITHOUT = Setting(
    "ours without the plugin",
    config={"posting_pipeline": MAILMANS},
    chain="default-posting-chain",
    poster=MAY_POST,
)
_ANNOUNCE = Setting("Mailman's `legacy-announce`", style="legacy-announce")
_DISCUSS = Setting("Mailman's `legacy-default`", style="legacy-default")
_STOCK = tuple(
    changed
    for stock in (_ANNOUNCE, _DISCUSS)
    for changed in (
        stock,
        dataclasses.replace(
            stock, name=f"{stock.name}, the team may post", poster=MAY_POST
        ),
    )
)
SETTINGS = (*_with_drifts(_OURS), *_with_drifts(_WITHOUT), *_STOCK)
MOST_TELLING = (
    *tuple(_with_drifts(_OURS))[:2],
    *tuple(_with_drifts(_WITHOUT))[:2],
    *_STOCK[:2],
)
"""Enough where only the MTA is another one: it does not know how a list is set."""


@dataclass(frozen=True)
class _Sent:
    setting: Setting
    mailing_list: MailingList
    way: str
    encoding: str
    data: bytes
    name: str
    """Its Subject, too."""


Table = Mapping[tuple[str, str, str], str]
"""What becomes of a text by the name of the setting, way and encoding."""


def outcomes(server: Server, settings: Sequence[Setting] = SETTINGS) -> Table:
    """Post all of it, and tell what becomes of each."""
    lists = {setting: _made(server, setting, n) for n, setting in enumerate(settings)}
    sent = [
        each
        for way in WAYS
        for encoding in ENCODINGS
        for each in _send(server, lists, way, encoding)
    ]
    server.host.settle(120)
    mailboxes = {each: _mailbox(server, each) for each in lists.values()}
    told = {
        (each.setting.name, each.way, each.encoding): _outcome(
            server, each, mailboxes[each.mailing_list]
        )
        for each in sent
    }
    for mailing_list in lists.values():
        server.rest.call(f"lists/{mailing_list.list_id}", method="DELETE")
    return told


def _made(server: Server, setting: Setting, number: int) -> MailingList:
    name = f"survival{number}"
    mailing_list = dataclasses.replace(JA, address=f"{name}@{hosts.DOMAIN}", title=name)
    path = f"lists/{mailing_list.list_id}"
    values = {"fqdn_listname": mailing_list.address, "style_name": setting.style}
    server.rest.call("lists", values)
    if setting.style == names.CHAIN:
        # Mailman's texts in the list's language, and the signed texts are Japanese.
        server.rest.call(
            f"{path}/config", {"preferred_language": mailing_list.language}, "PATCH"
        )
    if setting.chain:
        change = {names.POSTING_CHAIN: setting.chain}
        server.rest.call(f"plugins/publisher/{path}", change, "PATCH")
    if setting.config:
        server.rest.call(f"{path}/config", dict(setting.config), "PATCH")
    if setting.footer:
        file = server.host.settings.directory / "footer.txt"
        file.write_text(setting.footer)
        values = {"list:member:regular:footer": f"file://{file}"}
        server.rest.call(f"{path}/uris", values, "PATCH")
    server.subscribe(mailing_list, _reader(mailing_list))
    if setting.reader:
        _set_member(server, mailing_list, _reader(mailing_list), setting.reader)
    if setting.poster:
        server.subscribe(mailing_list, SENDER)
        _set_member(server, mailing_list, SENDER, setting.poster)
    return mailing_list


def _set_member(
    server: Server, mailing_list: MailingList, address: str, change: Mapping[str, str]
) -> None:
    wanted = {
        "list_id": mailing_list.list_id,
        "subscriber": address,
        "role": "member",
    }
    [found] = server.rest.call("members/find", wanted)[1]["entries"]
    member = found["self_link"].rpartition("/")[2]
    for name, value in change.items():
        path = f"members/{member}"
        if name == "moderation_action":
            server.rest.call(path, {name: value}, "PATCH")
        else:
            server.rest.call(f"{path}/preferences", {name: value}, "PATCH")


def _reader(mailing_list: MailingList) -> str:
    return f"reader@{mailing_list.name}.example"


def _send(
    server: Server, lists: Mapping[Setting, MailingList], way: str, encoding: str
) -> Iterator[_Sent]:
    """Post one signed text to each list."""
    key = hosts.edition_key(server.new_id(), "ja")
    data = server.key.clearsign(_text(key, encoding))
    for setting, mailing_list in lists.items():
        name = f"{mailing_list.name}.{way}.{encoding}".lower()
        WAYS[way](
            server, mailing_list, SENDER, _wire(mailing_list, data, encoding, name)
        )
        yield _Sent(setting, mailing_list, way, encoding, data, name)


def _text(key: EditionKey, encoding: str) -> str:
    """Return a text that needs the encoding; each has what is often damaged."""
    title, body, extra = (
        hosts.TITLES["ja"],
        hosts.BODIES["ja"],
        "- --dashes\n=3D\n" * 50,
    )
    if encoding in {"quoted-printable", "base64"}:
        # Nothing protects it in the other encodings, in which the gate refuses it.
        extra += "From here on\n"
    if encoding == "7bit":
        title, body = "Example Server", ""
    imprint = Imprint(key, (("ja.md", "1" * 64), ("en.md", "2" * 64)), "0" * 64)
    return f"{title}\n\n{body}{extra}\n{imprint}"


def _wire(mailing_list: MailingList, data: bytes, encoding: str, name: str) -> bytes:
    wire = hosts.message(mailing_list, b"", f"<{name}@cert.example>", subject=name)
    head = wire.partition(b"\n\n")[0]
    body = data
    if encoding in {"quoted-printable", "base64"}:
        mail = EmailMessage()
        mail.set_content(data.decode(), charset="utf-8", cte=encoding)
        body = mail.as_bytes().partition(b"\n\n")[2]
    return head.replace(b"quoted-printable", encoding.encode()) + b"\n\n" + body


@dataclass(frozen=True)
class _Mailbox:
    mails: Sequence[EmailMessage]
    """What a list's only reader got."""
    held: Collection[str]
    """The subjects of what the list holds."""


def _mailbox(server: Server, mailing_list: MailingList) -> _Mailbox:
    told = server.rest.call(f"lists/{mailing_list.list_id}/held")[1]
    held = {entry["subject"] for entry in told.get("entries", ())}
    return _Mailbox(server.host.messages(_reader(mailing_list)), held)


def _outcome(server: Server, sent: _Sent, mailbox: _Mailbox) -> str:
    got = [mail for mail in mailbox.mails if sent.name in str(mail["subject"])]
    if got:
        [mail] = got
        return _judged(server, mail, sent.data)
    return HELD if sent.name in mailbox.held else NOBODY


def _judged(server: Server, mail: EmailMessage, data: bytes) -> str:
    if mail.get_payload(decode=True) == data:
        return SAME
    bodies = [part.get_payload(decode=True) for part in mail.walk()]
    texts = [body for body in bodies if isinstance(body, bytes)]
    return ALTERED if any(_verifies(server, text) for text in texts) else BROKEN


def _verifies(server: Server, text: bytes) -> bool:
    try:
        keys.gpg(server.key.home, "--verify", data=text)
    except AssertionError:
        return False
    return True


def table(told: Table) -> str:
    """Return the outcomes in Markdown; ways and encodings that agree share a cell."""
    lines = [
        f"| settings | by | {' | '.join(ENCODINGS)} |",
        f"|{'---|' * (2 + len(ENCODINGS))}",
    ]
    for setting in dict.fromkeys(setting for setting, _, _ in told):
        rows = [
            (way, [told[setting, way, encoding] for encoding in ENCODINGS])
            for way in WAYS
        ]
        for cells, ways in groupby(rows, key=lambda row: row[1]):
            by = ", ".join(way for way, _ in ways)
            lines.append(f"| {setting} | {by} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def compare(mta: str, told: Table, *, update: bool) -> None:
    """Hold the page's part about an MTA to what was seen, or rewrite it."""
    page = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {mta} -->\n", f"<!-- end {mta} -->\n"
    head, _, rest = page.partition(begin)
    _, _, tail = rest.partition(end)
    assert rest.count(end) == 1, (
        f"{PAGE.name} has no part between {begin!r} and {end!r}"
    )
    wanted = f"{head}{begin}{table(told)}{end}{tail}"
    if update:
        PAGE.write_text(wanted, encoding="utf-8")
        page = wanted

    hint = f"{PAGE.name} differs: if that is meant, run pytest --update-golden"
    assert page == wanted, hint
