"""What programs write in answer to a mail, known by its subject or by its form."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.header import Header
from pathlib import Path

import pytest
from mailman.email.message import Message

from publisher.mailman_plugin.selfservice import automatic, subjects
from publisher.mailman_plugin.selfservice.commands import Verb
from tests import growth
from tests.mailman_plugin.selfservice.people import wide

TEMPLATES = Path(__file__).parents[3] / "templates"
OURS = "Please confirm your subscription: Alerts"
OURS_JA = "登録の確認のお願い：注意喚起"

PROGRAMS = [
    # English.
    f"Automatic reply: {OURS}",
    f"Auto reply: {OURS}",
    f"AutoReply: {OURS}",
    f"Auto-Response: {OURS}",
    "AUTO: Taro Yamada is out of the office (returning 2026-11-30)",
    f"Out of Office: {OURS}",
    f"Out of office AutoReply: {OURS}",
    f"Out-of-Office Re: {OURS}",
    f"{OURS} (Out of the office)",
    f"Away: {OURS}",
    "I am on vacation",
    "Re: On annual leave until Monday",
    f"[EXTERNAL] Re: Automatic reply: {OURS}",
    "I’m away until Monday",
    "On holiday until 5 January",
    f"Maternity leave Re: {OURS}",
    # German.
    f"Automatische Antwort: {OURS}",
    f"Abwesenheitsnotiz: {OURS}",
    f"AW: Abwesenheitsnotiz: {OURS}",
    "Abwesend bis 30.11.",
    "Ich bin im Urlaub",
    "Max Muster ist außer Haus",
    "Ich bin derzeit nicht im Büro",
    "Ich bin derzeit nicht erreichbar",
    "In Elternzeit",
    # French.
    f"Message automatique d'absence : {OURS}",
    f"Réponse automatique : {OURS}",
    f"Re\u0301ponse automatique : {OURS}",
    f"Absence du bureau : {OURS}",
    "Absent du bureau",
    f"Message d'absence Re: {OURS}",
    f"RE : Notification d’absence : {OURS}",
    # Japanese.
    f"自動返信: {OURS_JA}",
    f"自動応答：{OURS_JA}",
    f"【自動返信】{OURS_JA}",
    f"[自動返信] Re: {OURS_JA}",
    f"Re: {OURS_JA}（自動応答）",
    "不在通知",
    "不在のお知らせ",
    "Re: 不在のため返信できません",
    f"不在: {OURS_JA}",
    "【不在】山田",
    "夏季休暇中",
    "休業のお知らせ",
    "出張中です",
    "\u3000".join(wide(word) for word in ("Out", "of", "Office")),
    "自動配信メール",
    "退職のお知らせ",
    # Chinese.
    f"自动回复: {OURS}",
    f"自動回覆：{OURS}",
    f"回复：自动答复：{OURS}",
    "不在办公室",
    "我正在休假",
    # Others.
    f"자동 회신: {OURS}",
    f"Respuesta automática: {OURS}",
    f"Risposta automatica: {OURS}",
    f"Automatisch antwoord: {OURS}",
    f"Автоматический ответ: {OURS}",
    # Receipts.
    f"Read: {OURS}",
    f"Not read: {OURS}",
    f"Gelesen: {OURS}",
    f"Lu : {OURS}",
    f"開封済み: {OURS_JA}",
    f"已读: {OURS}",
    f"Return Receipt (displayed) - {OURS}",
    # Bounces.
    f"Undeliverable: {OURS}",
    "Undelivered Mail Returned to Sender",
    "Delivery Status Notification (Failure)",
    "Mail delivery failed: returning message to sender",
    "failure notice",
    "Returned mail: see transcript for details",
    f"Unzustellbar: {OURS}",
    f"配信不能: {OURS_JA}",
    "系统退信",
    # Challenges.
    "Please confirm your message",
    f"Your email requires verification verify#0123456789: {OURS}",
    f"Re: {OURS} (confirmation required)",
    "Your message to taro@home.example awaits moderator approval",
    "送信者認証のお願い",
    # Desks.
    "Thank you for contacting us",
    f"We have received your request: {OURS}",
    "[Ticket#2026112610000012] Thank you for your message",
    f"Vielen Dank für Ihre Nachricht: {OURS}",
    "お問い合わせありがとうございます",
    "お問合せを受け付けました",
    "【例社】受付完了のお知らせ",
]

PERSONS = [
    f"Re: {OURS}",
    f"AW: {OURS}",
    f"RE: {OURS_JA}",
    f"返信: Re: {OURS_JA}",
    f"回复：{OURS}",
    f"[EXTERNAL] Re: {OURS}",
    *Verb,
    "change new@home.example",
    "leave old@home.example",
    "unsubscribe please",
    "Ready to join",
    "Reading your alerts",
    "登録をお願いします",
    "受付番号を教えてください",
    "お問い合わせ",
    "Thank you",
    f"Re: [Ticket#2026112610000012] {OURS}",
    "Bitte abmelden",
    "désinscription",
    "退订",
    "",
]


@pytest.mark.parametrize("subject", PROGRAMS)
@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "raw"])
def test_a_program_is_known_by_its_subject_alone(subject: str, charset: str) -> None:
    try:
        written = subject if charset == "raw" else Header(subject, charset).encode()
    except UnicodeEncodeError:
        written = Header(subject, "utf-8").encode()

    assert automatic.reason(answer(written)) == "its subject is a program's"


@pytest.mark.parametrize("subject", PERSONS)
def test_a_person_is_not_taken_for_a_program(subject: str) -> None:
    assert automatic.reason(answer(subject)) == ""


def answer(subject: str) -> Message:
    head = f"From: a@home.example\nSubject: {subject}\n"
    return message_from_bytes(f"{head}\nYes\n".encode(), Message)


def test_a_reply_to_any_mail_of_ours_is_a_persons() -> None:
    told = re.compile(
        r'^(?:Subject: .*words\("(.*)", |msg(?:id|str) "(.*)"$)', re.MULTILINE
    )
    files = [*(TEMPLATES / "mail").iterdir(), TEMPLATES / "locale" / "ja" / "mail.po"]
    titles = [
        (first or second).replace("{title}", "Alerts")
        for file in files
        for first, second in told.findall(file.read_text(encoding="utf-8"))
        if "{title}" in f"{first}{second}"
    ]

    assert len(titles) > 40
    for title in titles:
        assert not subjects.is_a_programs(f"Re: {title}"), title


@pytest.mark.parametrize(
    "header",
    [
        "X-Autoreply-From: a@home.example",
        "X-Mail-Autoreply: 1",
        "X-MS-Exchange-Inbox-Rules-Loop: a@home.example",
        "Preference: auto_reply",
        "Content-Type: message/disposition-notification",
        "Content-Type: multipart/report; report-type=disposition-notification",
    ],
)
def test_a_program_is_known_by_a_header(header: str) -> None:
    mail = f"From: a@home.example\n{header}\nSubject: Re: {OURS}\n\nYes\n"

    assert automatic.reason(message_from_bytes(mail.encode(), Message))


@pytest.mark.parametrize(
    "kind", ["delivery-status", "disposition-notification", "feedback-report"]
)
def test_a_report_in_a_mail_of_another_is_one(kind: str) -> None:
    mail = (
        f"From: a@home.example\nSubject: Re: {OURS}\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="x"\n\n'
        "--x\nContent-Type: text/plain\n\nYes\n"
        f"--x\nContent-Type: message/{kind}\n\nReporting-MTA: dns; x.example\n\n--x--\n"
    )

    found = automatic.reason(message_from_bytes(mail.encode(), Message))

    assert found == "it is a report"


@pytest.mark.parametrize(
    "piece", ["message to ", "[", "(a) ", "不在", "a: ", "Re: ", "e-mail to e-mail "]
)
def test_a_subject_takes_time_in_proportion_to_its_length(piece: str) -> None:
    growth.is_linear(
        lambda size: subjects.is_a_programs((piece * size)[:size]), 20_000, 80_000
    )
