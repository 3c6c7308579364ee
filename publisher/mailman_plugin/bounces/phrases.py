"""The reports for people that some servers still write: how they begin, what they say.

Three things have to come together: the words by which a kind of server begins, a reason
that is for good, and none that passes. The last one decides: an address lives until its
server says clearly that it does not.

Known are those of qmail, sendmail, Exim, post.office, of au (KDDI), Yahoo Japan, DTI,
and what servers in Japan say in Japanese. docomo and SoftBank refuse while they are
connected, and whoever handed the mail to them writes the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

_LINES = 200
_WIDTH = 400

_OURS = re.compile(
    r"-----BEGIN PGP SIGNED MESSAGE-----"
    r"|-+ ?(?:Below this line is a copy|Original message|This is a copy of"
    r"|Unsent message|The header)"
    r"|(?:Received|Return-Path): ",
    re.IGNORECASE,
)
"""Where the mail that came back begins: of that, nothing counts."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_BEGINNING = _any(
    r"this is the (?:qmail-send|deliver|mail delivery) (?:program|agent) at",
    r"unable to deliver (?:your|the following|this)? ?message",
    r"able to deliver (?:your|the following|this) message",
    r"addresses had (?:permanent fatal|delivery|transient non-fatal) errors",
    r"transcript of session follows",
    r"created automatically by mail delivery software",
    r"message that you sent could not be delivered",
    r"(?:message|mail|e-mail) could not(?: be)?\s*$",
    r"your (?:message|mail|e-mail) (?:could not be|was not|has not been) delivered",
    r"message was undeliverable due to the following",
    r"recipients was rejected by a remote mail server",
    r"^\s*could not be delivered to:",
    r"user\(s\) account is ",
    r"following recipients did not receive this message",
    r"delivery (?:to the following recipients?|has) (?:has )?failed",
    r"(?:配信|配送|送信|配達|送達|お?届け)(?:する)?(?:こと|事)?[がをはに]?"
    r"(?:でき|出来)(?:ませ|なか)",
    r"(?:配信|配送|送信|配達|送達)(?:に|が)?(?:失敗|エラー)",
    r"届けられません",
)
_FOR_GOOD = _any(
    r"(?<![\w.])5\.\d{1,3}\.\d{1,3}(?![\w.])",
    r"(?<![\w.])55[0134][- ]",
    r"user unknown",
    r"unknown user",
    r"unknown or illegal (?:alias|user)",
    r"no such (?:user|address|mailbox|recipient|account|domain)",
    r"no mailbox (?:here|by that name)",
    r"invalid recipient",
    r"(?:user|recipient|mailbox|address|account) (?:does not|doesn't) exist",
    r"(?:user|recipient|mailbox|address|account) not found",
    r"user doesn't have an? \S+ account",
    r"account (?:is|has been) (?:disabled|closed|deleted|cancelled)",
    r"(?:host|domain)(?: name)? (?:unknown|not found)",
    r"unknown (?:host|domain)",
    r"unrouteable (?:address|mail domain)",
    r"(?:宛先|あて先|宛て先|受信者|ユーザー?)(?:の\w{0,12})?[がは]?(?:不明|存在しま|見つかりま)",
    r"(?:アドレス|ユーザー?|宛先|アカウント|メールボックス)(?:に誤り|[がはも]\w{0,12}"
    r"(?:存在しま|見つかりま|見当たりま|登録されてい|ありま|使われてい))",
)
_PASSING = _any(
    r"(?<![\w.])4\.\d{1,3}\.\d{1,3}(?![\w.])",
    r"(?<![\w.])4[25][0-4][- ]",
    r"temporar(?:y|ily)",
    r"transient",
    r"delayed",
    r"deferred",
    r"expired",
    r"over ?quota",
    r"quota exceeded",
    r"mailbox is full",
    r"in the queue too long",
    r"timed? ?out",
    r"not yet been delivered",
    r"(?:will|still) (?:be )?(?:try|tries|retr|keep|attempt)",
    r"could not be delivered for ",
    r"was not delivered within",
    r"一時的|遅延|再送|再度送信を試み|しばらく|容量|満杯|いっぱい|時間切れ|タイムアウト",
)


def is_report(text: str) -> bool:
    """Tell whether a text begins as a server's report does."""
    return any(map(_BEGINNING.search, _lines(text)))


def is_for_good(text: str) -> bool:
    """Tell whether a report says that an address is dead, and nothing else."""
    lines: Sequence[str] = list(_lines(text))
    return any(map(_FOR_GOOD.search, lines)) and not any(map(_PASSING.search, lines))


def _lines(text: str) -> Iterator[str]:
    """Yield the lines before the mail that came back, without what is quoted."""
    for line in islice(text.splitlines(), _LINES):
        if _OURS.match(line):
            return
        if not line.startswith(">") or line.startswith(">>> "):
            yield line[:_WIDTH]
