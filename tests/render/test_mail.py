from __future__ import annotations

import email
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.errors import TrustError
from publisher.model.chain import (
    Announcement,
    Edition,
    EditionKey,
    Signature,
    Signed,
    SignedFile,
    SignedText,
)
from publisher.model.ids import AdvisoryId, Language
from publisher.render import mail, pages
from tests import builders
from tests.builders import EN, JA

SIGNED_AT = datetime(2026, 11, 21, 0, 5, tzinfo=UTC)
THREAD = ["<ADV-2026-0007.r1.ja.announce-ja@lists.cert.example>"]
MESSAGE_ID = "<ADV-2026-0007.r2.ja.announce-ja@lists.cert.example>"


def signed_text(language: Language, body: str) -> SignedText:
    text = (
        f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{body}\n"
        "-----BEGIN PGP SIGNATURE-----\n\niHUEARYKAB0=\n=S9n+\n"
        "-----END PGP SIGNATURE-----\n"
    )
    key = EditionKey(AdvisoryId("ADV", 2026, 7), 2, language)
    signature = Signature(builders.FINGERPRINT, SIGNED_AT)
    file = SignedFile(key.filename, text.encode(), (signature,))
    return SignedText(Edition(key, body + "\n"), (file,))


def announce(
    language: Language = JA, body: str = "本文\n- - dash", *, update: bool = True
) -> Announcement:
    advisory = builders.advisory()
    texts = tuple(signed_text(tag, body) for tag in (EN, JA))
    summary = pages.summary(Signed(advisory, texts, ()))
    lists = {each.language: each for each in builders.settings().lists}
    return mail.announcement(
        summary,
        signed_text(language, body),
        lists[language],
        builders.presentation(),
        message_id=MESSAGE_ID,
        thread=THREAD if update else [],
        update=update,
    )


def parsed(announcement: Announcement) -> EmailMessage:
    return email.message_from_bytes(announcement.message, policy=policy.default)


def test_the_body_is_the_signed_file_byte_for_byte() -> None:
    announcement = announce()

    assert mail.body(announcement.message) == signed_text(JA, "本文\n- - dash").data


def test_the_message_is_plain_ascii_with_short_lines() -> None:
    message = announce(body="長い行" * 300 + "\n" + "x" * 2000).message

    assert message.isascii()
    # RFC 5322, section 2.1.1.
    assert max(map(len, message.split(b"\n"))) <= 78
    assert b"\r" not in message


@pytest.mark.parametrize("offset", range(60, 80))
def test_no_line_on_the_wire_begins_like_an_envelope(offset: int) -> None:
    body = "x" * offset + "From here\n" + "字" * (offset // 9) + " From there"

    message = announce(EN, body).message

    assert b"\nFrom " not in message
    assert mail.body(message) == signed_text(EN, body).data


def test_the_subject_begins_with_what_can_be_filtered_on() -> None:
    first = parsed(announce(EN, update=False))
    update = parsed(announce(JA))

    assert first["Subject"] == (
        "[Alert] ADV-2026-0007 Remote code execution in Example Server"
    )
    assert update["Subject"] == (
        "[更新 2] ADV-2026-0007 Example Server における任意のコード実行の脆弱性"
    )


@pytest.mark.parametrize(
    ("change", "english", "japanese"),
    [
        ({"withdrawn": True}, "[Withdrawn] ", "[取り下げ] "),
        ({"superseded_by": AdvisoryId("ADV", 2026, 13)}, "[Superseded] ",
         "[後継文書あり] "),
    ],
    ids=["withdrawn", "superseded"],
)  # fmt: skip
def test_the_subject_says_that_a_document_is_void(
    change: dict[str, Any], english: str, japanese: str
) -> None:
    texts = tuple(signed_text(tag, "本文") for tag in (EN, JA))
    summary = pages.summary(Signed(builders.advisory(), texts, ()))
    void = replace(summary, **change)
    presentation = builders.presentation()

    def subject(language: Language, revision: int) -> str:
        key = EditionKey(void.id, revision, language)
        return mail.subject(void, key, presentation, update=True)

    assert subject(EN, summary.revision).startswith(english)
    assert subject(JA, summary.revision).startswith(japanese)
    # A translation that is behind says nothing of it yet.
    assert subject(EN, summary.revision - 1).startswith("[Update 1] ")


def test_an_update_is_threaded_under_the_first_mail() -> None:
    message = parsed(announce())

    assert message["In-Reply-To"] == THREAD[0]
    assert message["References"] == THREAD[0]
    assert parsed(announce(EN, update=False))["References"] is None


def test_names_and_addresses_are_encoded_as_mail_programs_expect() -> None:
    message = parsed(announce())

    # Not `.addresses`: Python's parser keeps the blank between encoded words, which
    # RFC 2047, section 6.2 says to ignore.
    raw = email.message_from_bytes(announce().message)["From"]
    assert " ".join(str(make_header(decode_header(raw))).split()) == (
        "Example CERT コーディネーションセンター <csirt@cert.example>"
    )
    assert message["To"] == "announce-ja@lists.cert.example"
    assert message["Content-Language"] == "ja"


def test_the_date_is_that_of_the_handing_over() -> None:
    moment = SIGNED_AT + timedelta(days=6)
    undated = announce()

    message = parsed(mail.dated(undated, moment))

    assert parsed(undated)["Date"] is None
    assert message["Date"].datetime == moment
    assert message.get_content() == parsed(undated).get_content()


def test_the_same_input_gives_the_same_message() -> None:
    assert announce().message == announce().message


@pytest.mark.parametrize("language", [JA, EN])
def test_golden(language: Language, golden: Callable[[str, bytes], None]) -> None:
    golden(
        f"mail/update.{language}.eml", mail.dated(announce(language), SIGNED_AT).message
    )


@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]),
        max_size=300,
    )
)
@settings(max_examples=100, deadline=None)
def test_any_printable_text_survives(text: str) -> None:
    body = "\n".join(line.rstrip() for line in (text or "x").split("\n"))

    assert mail.body(announce(EN, body).message) == signed_text(EN, body).data


def test_a_text_that_mail_would_change_is_not_sent() -> None:
    with pytest.raises(TrustError, match="signed bytes"):
        announce(EN, "a\rb")


@pytest.mark.parametrize("separator", ["\x85", "\x0c", "\u2028"])
def test_what_only_looks_like_a_line_end_survives(separator: str) -> None:
    body = f"a{separator}b"

    assert mail.body(announce(EN, body).message) == signed_text(EN, body).data


def test_a_mail_with_more_than_one_part_has_no_body() -> None:
    message = EmailMessage()
    message.set_content("one")
    message.add_attachment("two")

    with pytest.raises(ValueError, match="single part"):
        mail.body(message.as_bytes())


def test_a_title_cannot_add_a_header() -> None:
    summary = pages.summary(Signed(builders.advisory(), (signed_text(EN, "x"),), ()))
    hostile = replace(summary.texts[0], title="x\r\nBcc: everybody@evil.example")

    with pytest.raises(ValueError, match=r"[Hh]eader"):
        mail.announcement(
            replace(summary, texts=(hostile,)),
            signed_text(EN, "x"),
            builders.settings().lists[1],
            builders.presentation(),
            message_id=MESSAGE_ID,
            thread=[],
            update=False,
        )


def test_a_message_that_is_not_plain_ascii_is_not_sent() -> None:
    with pytest.raises(TrustError, match="not plain ASCII"):
        mail._check("字".encode(), signed_text(EN, "x"))
