"""What servers write for people when mail comes back, and what others write."""

from __future__ import annotations

from collections.abc import Mapping

QMAIL = """\
    Hi. This is the qmail-send program at mail.example.
    I'm afraid I wasn't able to deliver your message to the following addresses.
    This is a permanent error; I've given up. Sorry it didn't work out.

    <reader@home.example>:
    Sorry, no mailbox here by that name. (#5.1.1)

    --- Below this line is a copy of the message.
    """
SENDMAIL = """\
    The original message was received at Fri, 20 Nov 2026 10:00:00 +0900
    from lists.cert.example [192.0.2.25]

       ----- The following addresses had permanent fatal errors -----
    <reader@docomo.example>
        (reason: 550 Unknown user reader@docomo.example)

       ----- Transcript of session follows -----
    ... while talking to mx.docomo.example.:
    >>> RCPT To:<reader@docomo.example>
    <<< 550 Unknown user reader@docomo.example
    550 5.1.1 <reader@docomo.example>... User unknown
    """
DEAD: Mapping[str, str] = {
    "qmail": QMAIL,
    "qmail, in Japan": QMAIL.replace(
        "no mailbox here by that name. (#5.1.1)", "宛先不明"
    ),
    "sendmail, docomo": SENDMAIL,
    "sendmail, SoftBank": SENDMAIL.replace(
        "Unknown user reader@", "Invalid recipient: <reader@softbank.example"
    ),
    "au": """\
        Your mail sent on: Fri, 20 Nov 2026 10:00:00 +0900
             Could not be delivered to: <reader@ezweb.example>
             As it was rejected: no such user here
        """,
    "au, older": """\
        This Message was undeliverable due to the following reason:

        Each of the following recipients was rejected by a remote mail server.
        The reasons given by the server are included to help you determine why
        each recipient was rejected.

            Recipient: <reader@ezweb.example>
            Reason:    <reader@ezweb.example>... User unknown
        """,
    "au, disabled": """\
        The user(s) account is disabled.

        <reader@ezweb.example>: 550 5.2.1 <reader@ezweb.example>... Blocked
        """,
    "Yahoo Japan": """\
        Message from yahoo.example.
        Unable to deliver message to the following address(es).

        <reader@yahoo.example>:
        This user doesn't have a yahoo.example account (reader@yahoo.example) [-5]
        """,
    "Yahoo Japan, newer": """\
        Sorry, we were unable to deliver your message to the following address.

        <reader@home.example>:
        Remote host said: 550 5.1.1 User unknown [RCPT_TO]
        """,
    "Exim": """\
        This message was created automatically by mail delivery software.

        A message that you sent could not be delivered to one or more of its
        recipients. This is a permanent error. The following address(es) failed:

          reader@home.example
            Unrouteable address
        """,
    "in Japanese": """\
        メールを配信することができませんでした。

        宛先: reader@home.example
        理由: 宛先のメールアドレスが存在しません。
        """,
    "in Japanese, shorter": """\
        送信できませんでした。
        reader@home.example: ユーザーが見つかりません
        """,
}
"""Texts that say that an address is dead, by who writes so."""
PASSING: Mapping[str, str] = {
    "qmail, given up": QMAIL.replace(
        "Sorry, no mailbox here by that name. (#5.1.1)",
        "I'm not going to try again; this message has been in the queue too long.",
    ),
    "sendmail, a warning": SENDMAIL.replace(
        "permanent fatal errors", "transient non-fatal errors"
    ).replace("550 5.1.1", "451 4.1.1"),
    "au, full": """\
        Your mail sent on: Fri, 20 Nov 2026 10:00:00 +0900
             Could not be delivered to: <reader@ezweb.example>
             As their mailbox is full.
        """,
    "au, over quota": "The user(s) account is temporarily over quota.\n\n<a@b.c>\n",
    "Yahoo Japan, expired": """\
        Sorry, we were unable to deliver your message to the following address.

        <reader@home.example>:
        Message expired for domain home.example. Remote host said: 454 4.7.1 later
        """,
    "Exim, a warning": """\
        This message was created automatically by mail delivery software.
        A message that you sent has not yet been delivered to one or more of its
        recipients after more than 24 hours. Delivery attempts will continue.
        """,
    "in Japanese, full": """\
        メールを配信できませんでした。
        宛先のメールボックスの容量がいっぱいです。
        """,
}
"""Texts about what may pass."""
NO_REPORTS: Mapping[str, str] = {
    "away": "I am out of the office until Monday.\n",
    "away, and quotes us": "Away. Your mail:\n> 550 5.1.1 user unknown\n",
    "left": "I have left. This account is disabled, no such user will answer.\n",
    "left, in Japanese": "退職しました。このアドレスは存在しません。\n",
    "question": "Please confirm that you are a person: https://x.example/\n",
    "empty": "",
}
"""Texts of people and of what answers for them."""
