"""All that subscribers can do by mail alone, on a real Mailman."""

from __future__ import annotations

import itertools
import re

import pytest

from publisher.lists import names
from publisher.model.settings import MailingList
from tests.mailman_plugin.hosts import EN, JA, Server
from tests.mailman_plugin.selfservice.people import Person, members, token

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]
LISTS = pytest.mark.parametrize("mailing_list", [JA, EN], ids=["ja", "en"])
_numbers = itertools.count()


def person(server: Server, *mailing_lists: MailingList) -> Person:
    """Return somebody new, on some lists."""
    address = f"person{next(_numbers)}@home.example"
    for mailing_list in mailing_lists:
        server.subscribe(mailing_list, address)
    return Person(server, address)


@LISTS
def test_somebody_joins_and_leaves(server: Server, mailing_list: MailingList) -> None:
    asked = server.asked()
    reader = person(server)

    [join] = reader.write(mailing_list.sub_address("join"))
    assert reader.address not in members(server, mailing_list)
    [welcome] = reader.reply(join)
    assert reader.address in members(server, mailing_list)
    [leave] = reader.write(mailing_list.sub_address("leave"))
    assert reader.address in members(server, mailing_list)
    [goodbye] = reader.reply(leave)

    assert reader.address not in members(server, mailing_list)
    assert len({mail["subject"] for mail in (join, welcome, leave, goodbye)}) == 4
    assert server.asked() == asked


@LISTS
def test_somebody_does_the_same_with_words(
    server: Server, mailing_list: MailingList
) -> None:
    reader = person(server)

    [join] = reader.ask(mailing_list, "join")
    [_] = reader.ask(mailing_list, "", f"confirm {token(join)}\n")
    assert reader.address in members(server, mailing_list)
    [leave] = reader.ask(mailing_list, "", "unsubscribe\n-- \nleave us a comment\n")
    [_] = reader.ask(mailing_list, f"confirm {token(leave)}")

    assert reader.address not in members(server, mailing_list)


def test_who_leaves_from_another_address_confirms_at_the_subscribed_one(
    server: Server,
) -> None:
    reader, work = person(server, EN), person(server)

    answers = work.ask(EN, f"leave address={reader.address}")
    [leave] = reader.inbox
    reader.reply(leave)

    assert answers == []
    assert reader.address not in members(server, EN)


def test_a_subscription_moves_to_another_address_with_its_options(
    server: Server,
) -> None:
    old, new = person(server, EN, JA), person(server)
    [member] = server.rest.call(
        "members/find", {"subscriber": old.address, "list_id": EN.list_id}
    )[1]["entries"]
    preferences = f"members/{member['member_id']}/preferences"
    server.rest.call(preferences, {"delivery_status": "by_user"}, "PATCH")

    assert old.ask(EN, f"change {new.address}") == []
    [confirm] = new.inbox
    assert old.address in members(server, EN)
    [done] = new.reply(confirm)

    [notice] = old.inbox
    assert members(server, EN) >= {new.address}
    assert old.address not in members(server, EN)
    assert old.address in members(server, JA)
    assert new.address in notice.get_content()
    assert not [each for each in (confirm, done) if old.address in each.as_string()]
    [moved] = server.rest.call(
        "members/find", {"subscriber": new.address, "list_id": EN.list_id}
    )[1]["entries"]
    _, kept = server.rest.call(f"members/{moved['member_id']}/preferences")
    assert kept["delivery_status"] == "by_user"


@LISTS
def test_a_change_is_told_the_right_way_round(
    server: Server, mailing_list: MailingList
) -> None:
    old, new = person(server, mailing_list), person(server)
    old.ask(mailing_list, f"change {new.address}")
    new.reply(new.inbox[-1])

    text = old.inbox[-1].get_content()

    places = [text.index(each) for each in (old.address, new.address, "\n    undo ")]
    assert places == sorted(places)
    assert "7 days" in text or "7日以内" in text
    limit = re.sub(r"\s+", "", new.inbox[0].get_content())
    assert "within3days" in limit or "3日以内" in limit


@pytest.mark.parametrize("by", ["reply", "command"])
def test_the_old_address_can_undo_a_change(server: Server, by: str) -> None:
    old, new = person(server, EN), person(server)
    old.ask(EN, f"change {new.address}")
    new.reply(new.inbox[-1])
    notice = old.inbox[-1]

    if by == "reply":
        [undone] = old.reply(notice)
    else:
        [undone] = old.ask(EN, f"undo {token(notice)}")

    assert old.address in members(server, EN)
    assert new.address not in members(server, EN)
    assert new.inbox[-1]["subject"] == undone["subject"]
    assert old.address not in new.inbox[-1].as_string()


def test_a_change_is_undone_once(server: Server) -> None:
    old, new = person(server, EN), person(server)
    old.ask(EN, f"change {new.address}")
    new.reply(new.inbox[-1])
    notice = old.inbox[-1]
    old.reply(notice)
    leave = old.ask(EN, "leave")[-1]
    old.reply(leave)

    old.reply(notice)

    assert old.address not in members(server, EN)


def test_whoever_took_over_cannot_keep_it_by_moving_on(server: Server) -> None:
    old, thief, third = person(server, EN), person(server), person(server)
    old.ask(EN, f"change {thief.address}")
    thief.reply(thief.inbox[-1])
    notice = old.inbox[-1]
    thief.ask(EN, f"change {third.address}")
    third.reply(third.inbox[-1])

    old.reply(notice)

    assert old.address in members(server, EN)


def test_all_lists_move_on_request(server: Server) -> None:
    old, new = person(server, EN, JA), person(server)

    old.ask(EN, "", f"change {new.address} all\n")
    new.reply(new.inbox[-1])
    assert {old.address} & (members(server, EN) | members(server, JA)) == set()
    assert new.address in members(server, EN) & members(server, JA)
    old.reply(old.inbox[-1])

    assert old.address in members(server, EN) & members(server, JA)
    assert {new.address} & (members(server, EN) | members(server, JA)) == set()


def test_an_address_that_had_the_list_keeps_it_when_a_change_is_undone(
    server: Server,
) -> None:
    old, new = person(server, EN), person(server, EN)
    old.ask(EN, f"change {new.address}")
    new.reply(new.inbox[-1])
    assert old.address not in members(server, EN)

    old.reply(old.inbox[-1])

    assert {old.address, new.address} <= members(server, EN)


def test_the_new_address_is_asked_in_the_same_words_whoever_is_subscribed(
    server: Server,
) -> None:
    reader, stranger = person(server, EN), person(server)
    first, second = person(server), person(server)

    reader.ask(EN, f"change {first.address}")
    answers = stranger.ask(EN, f"change {second.address}")
    [asked], [also] = first.inbox, second.inbox
    second.reply(also)

    texts = [
        mail.get_content().replace(token(mail), "").replace(str(mail["to"]), "")
        for mail in (asked, also)
    ]
    assert texts[0] == texts[1]
    assert len(answers) == 1
    assert second.address not in members(server, EN)


def test_a_reader_changes_the_language(server: Server) -> None:
    reader = person(server, JA)

    [confirm] = reader.ask(JA, "language en")
    assert reader.address in members(server, JA)
    [done] = reader.reply(confirm)

    assert reader.address not in members(server, JA)
    assert reader.address in members(server, EN)
    assert EN.title in done["subject"]
    assert done["Content-Language"] == "en"


def test_a_language_that_there_is_not_is_answered_with_those_there_are(
    server: Server,
) -> None:
    reader = person(server, EN)

    [answer] = reader.ask(EN, "language fr")

    assert "language ja" in answer.get_content()


def test_a_reader_learns_what_he_is_subscribed_to(server: Server) -> None:
    reader, other = person(server, JA, EN), person(server)

    [answer] = reader.ask(JA, "lists")
    [nothing] = other.ask(EN, "subscriptions")

    assert JA.title in answer.get_content()
    assert EN.title in answer.get_content()
    assert "not subscribed" in nothing["subject"]


def test_what_somebody_is_subscribed_to_is_told_to_nobody_else(server: Server) -> None:
    reader, mallory = person(server, EN), person(server)

    answers = mallory.write(EN.sub_address("request"), "lists", sender=reader.address)
    both = mallory.write(
        EN.sub_address("request"),
        "lists",
        sender=f"{reader.address}, {mallory.address}",
    )
    reply_to = mallory.write(
        EN.sub_address("request"),
        "lists",
        sender=reader.address,
        reply_to=mallory.address,
    )

    assert answers == both == reply_to == []


@pytest.mark.parametrize(
    ("subject", "text", "told"),
    [
        ("", "", "found no command in it"),
        ("hello", "", "did not understand the subject"),
        ("Re:", "\nHello,\nplease remove me.\n", "did not understand line 2"),
        ("hello", "leave everything as it is", "word: leave Something may be missing"),
        ("subscriptions please", "", "like this: lists"),
        ("Fwd: join", "join", "did not understand the subject"),
    ],
)
def test_what_is_not_understood_is_told_so(
    server: Server, subject: str, text: str, told: str
) -> None:
    reader = person(server)

    [answer] = reader.ask(EN, subject, text)

    said = " ".join(answer.get_content().split())
    assert told in said
    assert "Nothing was changed." in said
    assert "not understood" in answer["subject"]
    assert "please" not in said


def test_mistakes_of_all_kinds_have_one_limit(server: Server) -> None:
    reader = person(server)

    answers = [
        reader.ask(EN, *mail)
        for mail in (("hello",), ("", "hello"), ("change",), ("", ""), ("leave now",))
    ]

    assert [len(each) for each in answers] == [1, 1, 1, 0, 0]


def test_an_address_that_cannot_be_subscribed_is_told_so(server: Server) -> None:
    reader = person(server, EN)

    [answer] = reader.ask(EN, f"change {reader.address}")

    assert "cannot be used" in " ".join(answer.get_content().split())


@LISTS
def test_help_names_each_command(server: Server, mailing_list: MailingList) -> None:
    reader = person(server)

    [answer] = reader.ask(mailing_list, "help")

    text = answer.get_content()
    for command in ("join", "leave", "change", "language", "lists", "help"):
        assert f"\n    {command}" in text
    assert answer["Auto-Submitted"] == "auto-replied"


def test_who_joins_twice_is_told_that_he_is_subscribed(server: Server) -> None:
    reader = person(server, EN)

    [answer] = reader.write(EN.sub_address("join"))

    assert EN.title in answer.get_content()
    assert token(answer) == ""


def test_an_answer_that_comes_too_late_is_told_how_things_are(server: Server) -> None:
    reader = person(server)

    [answer] = reader.write(
        f"{EN.name}-confirm+{'0' * 40}@{EN.address.partition('@')[2]}"
    )

    assert "not subscribed" in answer["subject"]


def test_a_request_at_one_list_is_not_confirmed_at_another(server: Server) -> None:
    reader = person(server)
    [join] = reader.write(EN.sub_address("join"))

    reader.ask(JA, f"confirm {token(join)}")

    assert reader.address not in members(server, EN) | members(server, JA)


def test_lists_of_others_keep_mailmans_own_commands(server: Server) -> None:
    server.rest.call("lists", {"fqdn_listname": "staff@lists.cert.example"})
    reader = person(server)

    [echo] = reader.write("staff-request@lists.cert.example", "echo still here")
    [change] = reader.write("staff-request@lists.cert.example", "change")
    server.rest.call("lists/staff.lists.cert.example", method="DELETE")

    assert "echo still here" in echo.get_content()
    assert "No such command: change" in change.get_content()


def test_what_rest_has_asked_is_confirmed_by_mail(server: Server) -> None:
    reader = person(server)
    server.rest.call("members", {"list_id": EN.list_id, "subscriber": reader.address})
    server.host.settle()
    [join] = reader.inbox

    reader.reply(join)

    assert reader.address in members(server, EN)


def test_a_list_without_our_texts_answers_nothing_and_says_so(server: Server) -> None:
    values = {"fqdn_listname": "new@lists.cert.example", "style_name": names.CHAIN}
    server.rest.call("lists", values)
    reader = person(server)

    answers = reader.write("new-request@lists.cert.example", "help")
    server.rest.call("lists/new.lists.cert.example", method="DELETE")

    assert answers == []
    assert "has no text publisher:help: run `publisher lists apply`" in server.log()


def test_an_answer_in_japanese_is_readable_for_every_mail_program(
    server: Server,
) -> None:
    reader = person(server, JA)

    [answer] = reader.ask(JA, "lists")

    assert answer.get_content_type() == "text/plain"
    assert answer.get_content_charset() == "utf-8"
    assert "登録内容のお知らせ" in answer["subject"]
    assert answer.as_bytes().isascii()
