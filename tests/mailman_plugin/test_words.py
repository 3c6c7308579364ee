"""Every mail that somebody outside can get on a list of ours, as it is on the wire."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest

from publisher.edition.characters import width
from publisher.lists import names
from publisher.mailhost import config as mailhost_config
from publisher.model.settings import MailingList, Rejections
from tests.keys import Key
from tests.mailman_plugin import hosts, returned
from tests.mailman_plugin.hosts import DOMAIN, Server
from tests.mailman_plugin.walks import (
    EVIL,
    Walk,
    parsed,
    prefer,
    reader,
    sender,
    shown,
)

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]

JA, EN = (
    dataclasses.replace(each, rejections=Rejections.BOUNCE)
    for each in (hosts.JA, hosts.EN)
)
LISTS = pytest.mark.parametrize("mailing_list", [JA, EN], ids=["ja", "en"])
NAMES = (
    "confirm-join",
    "welcome",
    "rejected",
    "bounced",
    "confirm-leave",
    "goodbye",
    "invite",
    "probe",
    "results",
    "unknown-subject",
    "unknown-line",
    "incomplete",
)
MAILS = pytest.mark.parametrize("name", NAMES)
WORDS = re.compile(r"[A-Za-z]{2,}")
ADDRESSES = re.compile(r"[!-~]+@[!-~]+|https?://[!-~]+")
HEX = re.compile(r"(?<![0-9a-zA-Z])(?:[0-9a-f]{40}|(?:[0-9A-F]{4} ){3,}[0-9A-F]{4})")

Golden = Callable[[str, str | bytes], None]
Wires = Mapping[tuple[str, str], bytes]


@pytest.fixture(scope="module")
def host(team_key: Key) -> Iterator[Server]:
    with hosts.running(team_key, plugin=True) as running:
        for each in (JA, EN):
            running.apply(each)
        yield running


@pytest.fixture(scope="module")
def odd_host(team_key: Key) -> Iterator[Server]:
    """A server whose mailman.cfg is not as it should be."""
    stock = mailhost_config.mailman

    def changed(*arguments: object) -> str:
        text = stock(*arguments)  # type: ignore[arg-type]
        mta = "[mta]\nverp_confirmations: no"
        before, mark, after = text.partition("[language.ja]\n")
        after = after.replace("charset: utf-8", "charset: euc-jp", 1)
        text = (before + mark + after).replace("[mta]", mta, 1)
        return re.sub(r"(?m)^class: publisher\.mailman_plugin\.runners.*\n", "", text)

    with ExitStack() as stack:
        # Only the start may see the change: other hosts live beside this one.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(mailhost_config, "mailman", changed)
            running = stack.enter_context(hosts.running(team_key, plugin=True))
        for each in (JA, EN):
            running.lists.create(each)
            changes = running.wanted(each).settings
            notices = {n: v for n, v in changes.items() if n.startswith("notice:")}
            own = {"preferred_language": each.language, "display_name": each.title}
            running.lists.update(each, {**own, **notices})
        yield running


@pytest.fixture(scope="module")
def wires(host: Server, odd_host: Server) -> Wires:
    found: dict[tuple[str, str], bytes] = {}
    for each in (JA, EN):
        walk = Walk(host, each)
        join = walk.send(each.sub_address("join"))
        mails = {
            "confirm-join": join,
            "welcome": walk.reply(join),
            "rejected": walk.send(each.address),
            "bounced": walk.die(),
        }
        leave = walk.send(each.sub_address("leave"))
        mails |= {
            "confirm-leave": leave,
            "goodbye": walk.reply(leave),
            **mistakes(walk),
            "invite": walk.invite(f"guest-{each.language}@home.example"),
        }
        odd = Walk(odd_host, each)
        odd_host.subscribe(each, odd.address)
        mails |= {
            "results": odd.send(each.sub_address("request"), f"frobnicate {EVIL}"),
            "probe": odd.bounce(),
        }
        found |= {(each.language, name): wire for name, wire in mails.items()}
    return found


def mistakes(walk: Walk) -> Mapping[str, bytes]:
    """Return the answers to what is no command."""
    request = walk.mailing_list.sub_address("request")
    return {
        "unknown-subject": walk.send(request, f"frobnicate {EVIL}"),
        "unknown-line": walk.send(request, "", f"\n\nfrobnicate {EVIL}\n"),
        "incomplete": walk.send(request, "", f"Hello!\nchange {EVIL} now\n"),
    }


@LISTS
@MAILS
def test_each_mail_reads_so(
    wires: Wires, golden: Golden, mailing_list: MailingList, name: str
) -> None:
    language = mailing_list.language

    golden(f"mail/{name}.{language}.eml", shown(parsed(wires[language, name])))


@LISTS
@MAILS
def test_each_mail_is_one_plain_part_that_every_program_can_read(
    wires: Wires, mailing_list: MailingList, name: str
) -> None:
    wire = wires[mailing_list.language, name]
    mail = parsed(wire)

    assert wire.isascii()
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() in ("utf-8", "us-ascii")
    assert mail["content-transfer-encoding"] in ("7bit", "quoted-printable", "base64")
    assert len(mail.get_all("subject", [])) == 1
    assert mail["content-language"] == mailing_list.language
    assert not mail.defects
    assert "\nFrom " not in mail.get_content()


@LISTS
@MAILS
def test_no_line_is_wider_than_a_mail_should_be(
    wires: Wires, mailing_list: MailingList, name: str
) -> None:
    text = parsed(wires[mailing_list.language, name]).get_content()

    wide = [line for line in text.split("\n") if width(line) > 76]

    assert wide == []
    assert all(line == line.rstrip() for line in text.split("\n"))


@LISTS
@MAILS
def test_nothing_is_left_to_be_filled_in(
    wires: Wires, mailing_list: MailingList, name: str
) -> None:
    mail = parsed(wires[mailing_list.language, name])

    for mark in "${}<>":
        assert mark not in mail["subject"] + mail.get_content()


@LISTS
@MAILS
def test_nothing_that_came_in_goes_out(
    wires: Wires, mailing_list: MailingList, name: str
) -> None:
    wire = wires[mailing_list.language, name]

    assert EVIL.encode() not in wire
    assert EVIL not in shown(parsed(wire))


@LISTS
@MAILS
def test_a_mail_names_no_address_but_the_readers_the_lists_and_the_teams(
    wires: Wires, mailing_list: MailingList, name: str
) -> None:
    text = parsed(wires[mailing_list.language, name]).get_content()
    commands = {mailing_list.sub_address(c) for c in ("join", "leave", "request")}
    known = {
        *commands,
        reader(mailing_list),
        f"guest-{mailing_list.language}@home.example",
        hosts.OWNER,
        "new@example.jp",
        "new@example.org",
        f"https://www.cert.example/{mailing_list.language}/verify.html",
    }

    assert set(ADDRESSES.findall(text)) <= known


@MAILS
def test_a_japanese_mail_is_japanese(wires: Wires, name: str) -> None:
    mail = parsed(wires["ja", name])
    text = f"{mail['subject']}\n{mail.get_content()}"
    for pattern in (ADDRESSES, HEX):
        text = pattern.sub("", text)
    known = {"Example", "CERT", "OpenPGP", "confirm", "change", "help", "all"}

    assert set(WORDS.findall(text)) <= known


@MAILS
def test_an_english_mail_is_english(wires: Wires, name: str) -> None:
    mail = parsed(wires["en", name])

    assert not re.search(r"[\u3000-\u9fff]", mail["subject"] + mail.get_content())


@LISTS
@MAILS
def test_programs_are_told_not_to_answer_and_people_can(
    wires: Wires, mailing_list: MailingList, name: str
) -> None:
    mail = parsed(wires[mailing_list.language, name])
    command = "confirm" if name.startswith(("confirm", "invite")) else "request"

    assert str(mail["auto-submitted"]).startswith("auto-")
    local = sender(mail).partition("@")[0].partition("+")[0]
    assert f"{local}@{DOMAIN}" == mailing_list.sub_address(command)


@LISTS
@MAILS
def test_the_sender_has_the_name_of_the_list(
    wires: Wires, mailing_list: MailingList, name: str
) -> None:
    mail = parsed(wires[mailing_list.language, name])

    [found] = mail["from"].addresses
    assert found.display_name == mailing_list.title


@LISTS
@MAILS
def test_subject_and_sender_begin_on_the_first_line(
    wires: Wires, mailing_list: MailingList, name: str
) -> None:
    head = wires[mailing_list.language, name].partition(b"\n\n")[0]

    for field in (b"Subject", b"From", b"Message-ID", b"To"):
        assert re.search(rb"(?m)^%s: \S" % field, head)
    subject = re.findall(rb"(?m)^Subject: .*(?:\n .*)*", head)[0]
    assert max(map(len, subject.split(b"\n"))) <= 76
    assert max(map(len, head.split(b"\n"))) <= 998


@LISTS
def test_how_to_verify_is_told_where_it_helps(
    wires: Wires, mailing_list: MailingList
) -> None:
    telling = {
        name
        for (language, name), wire in wires.items()
        if language == mailing_list.language
        and "0123 4567 89AB" in parsed(wire).get_content()
        and "/verify.html" in parsed(wire).get_content()
    }

    assert telling == {"confirm-join", "confirm-leave", "invite", "welcome"}


@LISTS
def test_who_is_removed_since_mail_came_back_reads_why(
    host: Server, golden: Golden, mailing_list: MailingList
) -> None:
    address = f"dead-{mailing_list.language}@home.example"
    walk = Walk(host, mailing_list)
    config = f"lists/{mailing_list.list_id}/config"
    at_once = {"bounce_score_threshold": 1, "bounce_you_are_disabled_warnings": 0}
    host.rest.call(config, at_once, method="PATCH")
    host.subscribe(mailing_list, address)

    copy = returned.sender(host, mailing_list, address)
    host.host.deliver(returned.report(copy, address), "", copy)
    probe = str(parsed(walk.next(0, address))["return-path"]).strip("<>")
    host.host.deliver(returned.report(probe, address), "", probe)

    mail = parsed(walk.next(1, address))
    golden(f"mail/goodbye-bounces.{mailing_list.language}.eml", shown(mail))


@LISTS
def test_whom_an_administrator_removes_reads_that(
    host: Server, golden: Golden, mailing_list: MailingList
) -> None:
    address = f"removed-{mailing_list.language}@home.example"
    host.subscribe(mailing_list, address)

    path = f"lists/{mailing_list.list_id}/member/{address}"
    host.rest.call(path, method="DELETE")

    mail = parsed(Walk(host, mailing_list).next(0, address))
    golden(f"mail/goodbye-removed.{mailing_list.language}.eml", shown(mail))


def test_nobody_of_the_team_is_told_of_any_of_it(host: Server, wires: Wires) -> None:
    assert wires
    assert host.asked() == 0


@LISTS
def test_the_wire_is_utf_8_whatever_charset_the_server_has_for_a_language(
    odd_host: Server, wires: Wires, mailing_list: MailingList
) -> None:
    guest = f"guest-{mailing_list.language}@home.example"
    own = shown(parsed(wires[mailing_list.language, "invite"])).partition("\n\n")[2]

    mail = parsed(Walk(odd_host, mailing_list).invite(guest))

    assert mail.get_content_charset() in ("utf-8", "us-ascii")
    assert shown(mail).partition("\n\n")[2] == own


@LISTS
@pytest.mark.parametrize("language", ["ja", "en", "fr"])
def test_a_reader_who_prefers_another_language_gets_that_of_the_list(
    odd_host: Server, wires: Wires, mailing_list: MailingList, language: str
) -> None:
    address = f"{language}-{mailing_list.language}@home.example"
    own = parsed(wires[mailing_list.language, "probe"])
    text = own.get_content()
    odd_host.subscribe(mailing_list, address)
    prefer(odd_host, mailing_list, address, language)
    bounces = mailing_list.sub_address("bounces")

    odd_host.host.deliver(returned.report(bounces, address), "", bounces)

    mail = parsed(Walk(odd_host, mailing_list).next(0, address))
    assert mail["subject"] == own["subject"]
    assert mail.get_content() == text.replace(reader(mailing_list), address)


@LISTS
def test_a_subject_that_a_reply_has_to_have_stays(
    odd_host: Server, mailing_list: MailingList
) -> None:
    guest = f"subject-{mailing_list.language}@home.example"

    mail = parsed(Walk(odd_host, mailing_list).invite(guest))

    assert re.fullmatch(r"confirm [0-9a-f]{40}", mail["subject"])
    assert mail["subject"] in mail.get_content()


def test_other_lists_keep_the_texts_of_mailman(host: Server) -> None:
    address = f"club@{DOMAIN}"
    host.rest.call("lists", {"fqdn_listname": address})
    club = dataclasses.replace(EN, address=address)

    mail = parsed(Walk(host, club).invite("guest-club@home.example"))

    assert "has been invited to join the club" in mail.get_content()
    assert (
        mail["subject"] == f"You have been invited to join the {address} mailing list."
    )


def test_another_program_in_the_place_of_ours_is_found(odd_host: Server) -> None:
    found = {each.setting: each.live for each in odd_host.differences(EN)}

    runners = ("bounces", "command", "lmtp")
    others = tuple(f"[runner.{name}] class" for name in runners)
    assert found[names.COMPONENTS] == others
