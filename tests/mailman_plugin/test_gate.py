"""The gate's decisions, one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.errors import TrustError
from publisher.mailman_plugin import gate
from publisher.model.chain import EditionKey
from publisher.model.ids import AdvisoryId
from publisher.ports import SignatureReport
from publisher.sign import trust
from tests import builders
from tests.builders import FINGERPRINT
from tests.mailman_plugin import hosts
from tests.sign import shapes

SIGNED_AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
KEY = hosts.edition_key(hosts.ADVISORY, "ja", 2)
SIGNATURE = shapes.old(shapes.inside())
MESSAGE_ID = "<m@cert.example>"


def mail(head: str, body: str = "Hello\n") -> Message:
    return message_from_bytes(f"{head}\n\n{body}".encode())


PLAIN = 'Content-Type: text/plain; charset="utf-8"\nMessage-ID: <m@cert.example>'


@pytest.mark.parametrize(
    "head",
    [
        "Subject: x",
        PLAIN,
        f"{PLAIN}\nContent-Transfer-Encoding: quoted-printable",
        f"{PLAIN}\nContent-Transfer-Encoding: 7BIT",
        "Content-Type: text/plain; charset=US-ASCII",
    ],
)
def test_a_single_plain_part_is_read(head: str) -> None:
    assert gate.body(mail(head)) == b"Hello\n"


def test_a_signed_text_is_read_back_from_the_mail_that_carries_it() -> None:
    text = hosts.text(
        KEY, "- From here\n- --dash\n.dot\n=equals\n" + "長い行" * 40 + "\n"
    )
    wire = hosts.message(hosts.JA, text.encode(), MESSAGE_ID)

    assert gate.body(message_from_bytes(wire)) == text.encode()


def test_a_line_that_is_broken_before_from_is_refused_as_mailman_would_change_it() -> (
    None
):
    text = "x" * 75 + "From here on\n"
    wire = hosts.message(hosts.EN, text.encode(), MESSAGE_ID)
    assert b"x=\nFrom here" in wire

    with pytest.raises(TrustError, match="would not arrive as it is"):
        gate.body(message_from_bytes(wire))


@pytest.mark.parametrize(
    ("head", "body", "reason"),
    [
        ("Content-Type: text/html", "x", "not a single part of plain text"),
        (
            "Content-Type: multipart/mixed; boundary=b",
            "--b\nContent-Type: text/plain\n\nx\n--b--\n",
            "not a single part of plain text",
        ),
        (
            "Content-Type: message/rfc822",
            "Content-Type: text/plain\n\nx",
            "not a single part of plain text",
        ),
        ("Content-Type: text/plain; format=flowed", "x \ny\n", "more than the charset"),
        (f"{PLAIN}\nContent-Type: text/html", "x", "more than the charset"),
        ("Content-Type: text/plain; charset=utf-7", "x", "charset is not UTF-8"),
        (f"{PLAIN}\nContent-Transfer-Encoding: 8bit", "x", "damaged, or encoded"),
        (f"{PLAIN}\nContent-Transfer-Encoding: uuencode", "x", "damaged, or encoded"),
        (f"{PLAIN}\nContent-Transfer-Encoding: base64", "QQ", "damaged, or encoded"),
        (PLAIN, "From here on\n", "would not arrive as it is"),
    ],
)
def test_what_readers_would_not_see_as_it_was_signed_is_refused(
    head: str, body: str, reason: str
) -> None:
    with pytest.raises(TrustError, match=reason):
        gate.body(mail(head, body))


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_whatever_comes_in_is_read_or_refused(data: bytes) -> None:
    try:
        body = gate.body(message_from_bytes(data))
    except TrustError:
        return
    assert isinstance(body, bytes)


def report(fingerprint: str = FINGERPRINT) -> SignatureReport:
    """Return what gpg says of a good signature."""
    seconds = str(int(SIGNED_AT.timestamp()))
    valid = ("VALIDSIG", fingerprint, "2026-11-20", seconds, "0", "4", "0", "22", "10")
    return SignatureReport((("GOODSIG", "K"), (*valid, "01", fingerprint)))


def policy() -> trust.Policy:
    state = builders.key_state(FINGERPRINT)
    now = datetime(2026, 11, 21, tzinfo=UTC)
    return trust.Policy((FINGERPRINT,), {FINGERPRINT: state}, now)


def test_a_signed_edition_in_the_lists_language_tells_which_one_it_is() -> None:
    data = shapes.cleartext(hosts.text(KEY))

    assert gate.signed_key(data, report(), policy(), "ja") == KEY


@pytest.mark.parametrize(
    ("data", "fingerprint", "language", "reason"),
    [
        (
            shapes.cleartext(hosts.text(KEY)),
            FINGERPRINT,
            "en",
            "another language than the list",
        ),
        (shapes.cleartext("Hello\n"), FINGERPRINT, "ja", "is no text edition"),
        (
            shapes.cleartext(hosts.text(KEY) + "P.S.\n"),
            FINGERPRINT,
            "ja",
            "is no text edition",
        ),
        (
            shapes.cleartext(hosts.text(KEY) * 2),
            FINGERPRINT,
            "ja",
            "is no text edition",
        ),
        (shapes.cleartext(hosts.text(KEY)), "F" * 40, "ja", "not among the team's"),
        (hosts.text(KEY).encode(), FINGERPRINT, "ja", "does not begin with the block"),
        (
            shapes.cleartext(hosts.text(KEY), SIGNATURE + shapes.MARKER),
            FINGERPRINT,
            "ja",
            "something else than signatures: a marker",
        ),
        (
            shapes.cleartext(hosts.text(KEY, "a\u00a0b\n")),
            FINGERPRINT,
            "ja",
            r"holds U\+00A0",
        ),
    ],
)
def test_other_texts_are_refused(
    data: bytes, fingerprint: str, language: str, reason: str
) -> None:
    with pytest.raises(TrustError, match=reason):
        gate.signed_key(data, report(fingerprint), policy(), language)


def test_a_bad_signature_is_refused() -> None:
    bad = SignatureReport((("BADSIG", "K"),))

    with pytest.raises(TrustError, match="changed after it was signed"):
        gate.signed_key(shapes.cleartext(hosts.text(KEY)), bad, policy(), "ja")


def post(revision: int, state: gate.State, message_id: str = MESSAGE_ID) -> gate.Post:
    key = EditionKey(KEY.id, revision, KEY.language)
    return gate.Post(key, message_id, state, "2026-11-20T01:00:00+00:00")


ACCEPTED, CLAIMED = gate.State.ACCEPTED, gate.State.CLAIMED


@pytest.mark.parametrize("recovered", [True, False])
@pytest.mark.parametrize(
    "posts", [[], [post(1, ACCEPTED)], [post(1, CLAIMED, "<other@cert.example>")]]
)
def test_the_first_post_of_the_newest_revision_is_admitted(
    posts: list[gate.Post], recovered: bool
) -> None:
    admitted = gate.admit(KEY, MESSAGE_ID, posts, recovered=recovered)

    assert admitted == gate.Admitted(KEY, MESSAGE_ID, claimed=False)


@pytest.mark.parametrize(
    ("posts", "recovered", "reason"),
    [
        ([post(2, ACCEPTED)], False, "r2 ja was posted at"),
        ([post(2, ACCEPTED)], True, "r2 ja was posted at"),
        ([post(2, CLAIMED)], False, "r2 ja was being posted at"),
        ([post(2, CLAIMED, "<other@cert.example>")], True, "was being posted"),
        ([post(3, ACCEPTED)], True, "r3 ja was posted at .* r2 ja is older"),
        ([post(3, CLAIMED)], False, "r2 ja is older"),
        ([post(2, CLAIMED), post(3, ACCEPTED)], True, "is older"),
    ],
)
def test_replays_are_refused(
    posts: list[gate.Post], recovered: bool, reason: str
) -> None:
    with pytest.raises(TrustError, match=reason):
        gate.admit(KEY, MESSAGE_ID, posts, recovered=recovered)


def test_what_a_crash_cut_short_goes_on_with_its_own_claim() -> None:
    admitted = gate.admit(KEY, MESSAGE_ID, [post(2, CLAIMED)], recovered=True)

    assert admitted.claimed


DRILL = hosts.edition_key(AdvisoryId("DRILL", 2026, 3260641), "ja")


@pytest.mark.parametrize(
    ("key", "name", "reason"),
    [
        (DRILL, "announce-ja", "is a drill, and this list is for real"),
        (KEY, "announce-ja-test", "is no drill, and this list is for drills only"),
        (KEY, "announce-ja-TEST", "is no drill"),
        (DRILL, "test", "is a drill"),
    ],
)
def test_drills_and_real_texts_have_lists_of_their_own(
    key: EditionKey, name: str, reason: str
) -> None:
    with pytest.raises(TrustError, match=reason):
        gate.require_place(key, name)


def test_each_passes_where_it_belongs() -> None:
    gate.require_place(DRILL, "announce-ja-test")
    gate.require_place(KEY, "announce-ja")
    gate.require_place(KEY, "announce-testing")
