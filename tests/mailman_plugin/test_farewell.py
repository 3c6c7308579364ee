"""Which text a farewell has; `test_words` and others try it on a real Mailman."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.error import URLError

import pytest
from mailman.interfaces.member import DeliveryStatus, UnsubscriptionEvent

from publisher.lists import names
from publisher.lists.answers import GOODBYE_BOUNCES, GOODBYE_CLICK, GOODBYE_MAIL
from publisher.lists.texts import GOODBYE
from publisher.mailman_plugin import farewell


@dataclass
class Stock:
    """A loader of templates that gives the name of each that a list has."""

    missing: tuple[str, ...] = ()

    def get(self, name: str, context: Any = None, **values: str) -> str:
        assert context.list_id
        assert values == {"language": "en"}
        if name in ("", *self.missing):
            msg = "No such file"
            raise URLError(msg)
        return name


def a_list(name: str = "one", chain: str = names.CHAIN) -> SimpleNamespace:
    return SimpleNamespace(
        list_id=f"{name}.lists.cert.example",
        posting_chain=chain,
        bounce_you_are_disabled_warnings=1,
    )


ONE = a_list()


def goodbye(mlist: SimpleNamespace = ONE, *missing: str) -> str:
    """Return the name of the text that a farewell has."""
    return farewell.Loader(Stock(missing)).get(GOODBYE, mlist, language="en")


def end(
    mlist: SimpleNamespace = ONE,
    status: DeliveryStatus = DeliveryStatus.by_bounces,
    warnings: int = 1,
) -> None:
    """End a subscription as Mailman does."""
    member = SimpleNamespace(
        delivery_status=status, total_warnings_sent=warnings, mailing_list=mlist
    )
    farewell.notice(UnsubscriptionEvent(mlist, member))


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    goodbye()


@pytest.mark.parametrize("reason", [GOODBYE_MAIL, GOODBYE_CLICK])
def test_a_reason_that_is_given_is_the_one(reason: str) -> None:
    with farewell.because(reason):
        # Mail to it was returned as well.
        end()

        assert goodbye() == reason

    assert goodbye() == GOODBYE


def test_a_reason_ends_with_what_it_was_given_for() -> None:
    with pytest.raises(KeyError), farewell.because(GOODBYE_MAIL):
        raise KeyError

    end(status=DeliveryStatus.enabled)

    assert goodbye() == GOODBYE


def test_returned_mail_is_the_reason_after_the_last_warning() -> None:
    end()

    assert goodbye() == GOODBYE_BOUNCES
    # Once.
    assert goodbye() == GOODBYE


@pytest.mark.parametrize(
    ("status", "warnings"),
    [
        (DeliveryStatus.by_bounces, 0),
        (DeliveryStatus.enabled, 1),
        (DeliveryStatus.by_user, 2),
    ],
)
def test_whom_mailman_would_not_have_removed_the_administrators_did(
    status: DeliveryStatus, warnings: int
) -> None:
    end(status=status, warnings=warnings)

    assert goodbye() == GOODBYE


def test_a_member_of_another_list_is_no_reason() -> None:
    end(a_list("two"))

    assert goodbye() == GOODBYE


def test_another_thread_has_reasons_of_its_own() -> None:
    found = []
    with farewell.because(GOODBYE_MAIL):
        thread = threading.Thread(target=lambda: found.append(goodbye()))
        thread.start()
        thread.join()

    assert found == [GOODBYE]


def test_a_list_that_was_not_given_the_text_yet_has_the_general_one() -> None:
    with farewell.because(GOODBYE_MAIL):
        assert goodbye(ONE, GOODBYE_MAIL) == GOODBYE


def test_lists_of_others_and_other_texts_are_left_to_mailman() -> None:
    welcome = "list:user:notice:welcome"
    with farewell.because(GOODBYE_MAIL):
        assert goodbye(a_list(chain="default-posting-chain")) == GOODBYE
        assert farewell.Loader(Stock()).get(welcome, ONE, language="en") == welcome
    farewell.notice(object())
