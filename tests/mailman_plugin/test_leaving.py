"""The addresses by which members leave, and the tokens in them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from publisher.mailman_plugin import leaving, schema
from publisher.mailman_plugin.leaving import Addresses, Tokens

LIST = "announce-ja.lists.cert.example"
OTHER = "announce-en.lists.cert.example"
MEMBER = "0" * 31 + "1"
SECRET = bytes(range(32))


def test_a_token_is_good_for_one_member_of_one_list_on_one_server() -> None:
    token = Tokens(SECRET, LIST).of(MEMBER)

    assert Tokens(SECRET, LIST).is_good(MEMBER, token)
    assert not Tokens(SECRET, LIST).is_good("0" * 32, token)
    assert not Tokens(SECRET, OTHER).is_good(MEMBER, token)
    assert not Tokens(bytes(32), LIST).is_good(MEMBER, token)
    assert not Tokens(SECRET, LIST).is_good(MEMBER, token[:-1])
    assert not Tokens(SECRET, LIST).is_good(MEMBER, "")
    assert not Tokens(SECRET, LIST).is_good(MEMBER, "ア" * 43)


def test_where_a_list_ends_and_a_member_begins_cannot_be_moved() -> None:
    tokens = {
        Tokens(SECRET, LIST).of(MEMBER),
        Tokens(SECRET, LIST[:-1]).of(LIST[-1] + MEMBER),
        Tokens(SECRET, LIST + MEMBER[0]).of(MEMBER[1:]),
    }

    assert len(tokens) == 3


def test_an_address_says_list_member_and_token() -> None:
    tokens = Tokens(SECRET, LIST)
    address = Addresses("https://lists.cert.example/leave", tokens, LIST).of(MEMBER)

    assert address.decode() == (
        f"https://lists.cert.example/leave?list={LIST}&member={MEMBER}"
        f"&token={tokens.of(MEMBER)}"
    )
    assert len(tokens.of(MEMBER)) == 43


def test_the_secret_is_made_once_and_stays(database: Engine) -> None:
    schema.prepare(database)
    with Session(database) as session:
        first = leaving.secret(session)

    with Session(database) as session:
        assert leaving.secret(session) == first
    assert len(first) == 32
    assert len(set(first)) > 8


def test_another_process_may_make_the_secret_first(database: Engine) -> None:
    schema.prepare(database)
    made: list[bytes] = []

    class Slow(Session):
        def execute(self, statement: Any, *args: Any, **kwargs: Any) -> Any:
            if statement.is_insert and not made:
                with Session(database) as other:
                    made.append(leaving.secret(other))
            return super().execute(statement, *args, **kwargs)

    with Slow(database) as session:
        assert [leaving.secret(session)] == made


def test_the_page_of_a_list_is_kept(database: Engine) -> None:
    schema.prepare(database)
    url = "https://lists.cert.example/leave"
    with Session(database) as session:
        assert leaving.page(session, LIST) == ""

        leaving.set_page(session, LIST, "https://old.cert.example/")
        leaving.set_page(session, LIST, url)
        session.commit()

        assert leaving.page(session, LIST) == url
        assert leaving.page(session, OTHER) == ""

        leaving.set_page(session, LIST, "")

        assert leaving.page(session, LIST) == ""


@pytest.mark.parametrize(
    "url",
    [
        "http://lists.cert.example/leave",
        "https://lists.cert.example/leave?a=b",
        "https://lists.cert.example/>, <mailto:x@evil.example",
        "https://lists.cert.example/\r\nBcc: x@evil.example",
        "https://lists.cert.example/脆",
        "https://lists.cert.example/" + "a" * 500,
        "javascript:alert(1)",
    ],
)
def test_no_page_can_be_where_a_header_or_a_reader_would_suffer(url: str) -> None:
    with pytest.raises(ValueError, match="expected an address"):
        leaving.checked(url)


def test_a_page_can_be_taken_away() -> None:
    assert leaving.checked("") == ""
