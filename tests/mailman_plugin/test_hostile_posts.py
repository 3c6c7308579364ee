"""Posts that must reach nobody and be nobody's work, on a real Mailman."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from publisher.errors import MailmanError
from publisher.model.chain import EditionKey
from publisher.model.settings import MailingList
from tests.keys import Key
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import EN, JA, Server, edition_key

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]

READERS = ("reader-ja@home.example", "reader-en@home.example")


@pytest.fixture(autouse=True)
def nobody_hears_of_it(server: Server) -> Iterator[None]:
    """After each test in here, no reader, owner, sender or moderator has got mail."""
    addresses = (*READERS, hosts.OWNER, hosts.SITE_OWNER, "mallory@evil.example")
    before = [server.count(address) for address in addresses]

    yield

    server.host.settle()
    after = [server.count(address) for address in addresses]
    assert after == before
    assert server.held(JA) == server.held(EN) == 0


def signed(server: Server, key: EditionKey) -> bytes:
    return server.key.clearsign(hosts.text(key))


def refusal(server: Server, mailing_list: MailingList, body: bytes) -> str:
    """Hand a mail over as the REST administrator; return why it was refused."""
    key = edition_key(server.new_id(), mailing_list.language)
    mail = hosts.announcement(mailing_list, key, body)
    with pytest.raises(MailmanError) as caught:
        server.lists.post(mail)
    assert caught.value.certain
    assert server.lists.taken(mail) is False
    return str(caught.value)


@pytest.mark.parametrize(
    "sender", [hosts.OWNER, "reader-en@home.example", "mallory@evil.example"]
)
def test_mail_from_outside_is_dropped_whoever_it_says_it_is_from(
    server: Server, sender: str
) -> None:
    message_id = f"<{server.new_id()}.forged@evil.example>"
    mail = hosts.message(EN, b"Install this at once.\n", message_id, sender=sender)

    server.mail(EN, mail, sender)

    assert f"refuses '{message_id}': 'it came by mail" in server.log()


def test_a_signed_text_mailed_by_somebody_before_the_team_does_is_dropped(
    server: Server,
) -> None:
    key = edition_key(server.new_id(), "en")
    subject = "[Alert] Install https://evil.example/update"
    mail = hosts.message(EN, signed(server, key), "<x@evil.example>", subject=subject)

    server.mail(EN, mail, hosts.OWNER)


def test_an_approved_header_opens_nothing(server: Server) -> None:
    mail = hosts.message(EN, b"Hello\n", "<a@evil.example>", Approved="x", Urgent="x")

    server.mail(EN, mail, hosts.OWNER)


def test_text_without_a_signature_is_refused(server: Server) -> None:
    key = edition_key(server.new_id(), "en")

    reason = refusal(server, EN, hosts.text(key).encode())

    assert "does not begin with the block" in reason


def test_a_strangers_signature_is_refused(server: Server, stranger_key: Key) -> None:
    key = edition_key(server.new_id(), "en")

    reason = refusal(server, EN, stranger_key.clearsign(hosts.text(key)))

    assert "its key is not among the team's" in reason


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"-----BEGIN PGP SIGNED", b"Hello\n-----BEGIN PGP SIGNED", "does not begin"),
        (b"END PGP SIGNATURE-----\n", b"END PGP SIGNATURE-----\nHello\n", "goes on"),
        (b"beyond its buffer", b"within its buffer", "was changed after it was signed"),
        (b"Hash: SHA", b"Comment: Hello\nHash: SHA", "a header that is not"),
    ],
    ids=["before", "behind", "inside", "armor header"],
)
def test_text_that_was_added_to_a_signed_one_is_refused(
    server: Server, old: bytes, new: bytes, expected: str
) -> None:
    data = signed(server, edition_key(server.new_id(), "en"))

    reason = refusal(server, EN, data.replace(old, new))

    assert expected in reason


def test_a_signed_text_that_is_no_edition_is_refused(server: Server) -> None:
    reason = refusal(server, EN, server.key.clearsign("We had cake today.\n"))

    assert "is no text edition" in reason


def test_a_weak_digest_is_refused(server: Server) -> None:
    text = hosts.text(edition_key(server.new_id(), "en"))
    data = server.key.clearsign(
        text, "--digest-algo", "SHA1", "--allow-weak-digest-algos"
    )

    refusal(server, EN, data)


def test_the_wrong_language_is_refused(server: Server) -> None:
    reason = refusal(server, JA, signed(server, edition_key(server.new_id(), "en")))

    assert "in another language than the list, which is in 'ja'" in reason


def test_the_log_names_list_message_and_reason_on_one_line(server: Server) -> None:
    message_id = f"<{server.new_id()}@evil.example>"
    mail = hosts.message(EN, b"Hello\n", message_id)

    server.mail(EN, mail, "mallory@evil.example")

    lines = [line for line in server.log().split("\n") if message_id in line]
    [line] = [line for line in lines if "publisher: " in line]
    assert line.endswith(
        f"publisher: {EN.list_id} refuses {message_id!r}: "
        "'it came by mail; announcements are handed over by REST'"
    )
