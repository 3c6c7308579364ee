"""What was signed by a clock that was ahead: it is said, and signed again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from publisher.errors import EarlyError, TrustError
from publisher.model.chain import ToSign
from publisher.pipeline import checking, signing, verifying
from publisher.pipeline.signing import Plan
from publisher.sign import cleartext
from tests.projects import ID, Workplace

pytestmark = pytest.mark.gpg

FIRST, SECOND = "r2.en.txt.asc", "r2.en.txt.2.asc"


def date_ahead(workplace: Workplace, ahead: timedelta) -> None:
    """Sign the original anew by a clock that is ahead."""
    file = workplace.folder() / FIRST
    at = (datetime.now(UTC) + ahead).strftime("%Y%m%dT%H%M%S!")
    options = ("--digest-algo", "SHA512", "--faked-system-time", at)
    text = cleartext.payload(file.read_bytes())
    file.write_bytes(workplace.key.clearsign(text, *options))


@pytest.fixture
def early(workplace: Workplace) -> Workplace:
    """A project whose original was signed a day ahead, and recorded."""
    workplace.apply_lists()
    workplace.sign()
    date_ahead(workplace, timedelta(days=1))
    workplace.forge_record()
    return workplace


def again(workplace: Workplace) -> Plan:
    tools = workplace.tools()
    loaded = checking.load(tools, [ID], {})
    return signing.plan_again(tools, loaded, [workplace.key.fingerprint], named=False)


def sign_again(workplace: Workplace) -> list[str]:
    signer = workplace.project.signer([workplace.key.fingerprint])
    texts = again(workplace).texts
    made = signing.sign(workplace.tools(), texts, signer, lambda: workplace.moment)
    return [each.path.name for each in made]


def test_what_is_dated_ahead_stops_the_build_and_the_way_out_is_named(
    early: Workplace,
) -> None:
    with pytest.raises(TrustError) as raised:
        early.build()

    told = str(raised.value)
    assert f"{FIRST}: the signature is from the future (" in told
    assert "; the clock here shows " in told
    assert "`publisher sign --again`" in told
    [decided] = verifying.decided(
        early.tools(), [(early.folder() / FIRST).read_bytes()]
    )
    assert isinstance(decided, EarlyError)


def test_signing_again_is_the_way_out_and_stays_it(early: Workplace) -> None:
    assert sign_again(early) == [SECOND]

    early.push()
    mailed = {mail.file for mail in early.lists.mails}
    assert mailed == {SECOND, "r2.ja.txt.asc"}
    assert again(early).texts == ()
    # When its date has come, it counts beside the other, and nothing is mailed anew.
    early.now = early.moment + timedelta(days=2)
    assert early.push() == []
    changed = early.digests()
    early.project.cache.drop("unit", [str(ID)])
    early.build()
    assert early.digests() == changed
    tools = early.tools()
    loaded = checking.load(tools, [ID], {})
    assert signing.plan(tools, loaded).texts == ()


def test_what_the_record_lacks_is_signed_again_too_since_its_key_is_good(
    early: Workplace,
) -> None:
    date_ahead(early, timedelta(days=2))

    assert [each.path.name for each in again(early).texts] == [SECOND]


def test_a_minute_ahead_is_no_reason_to_sign_again(workplace: Workplace) -> None:
    workplace.sign()
    date_ahead(workplace, timedelta(seconds=40))
    workplace.forge_record()

    workplace.build()

    assert again(workplace).texts == ()


def planned(workplace: Workplace) -> ToSign:
    """Return a second signature on the original, as another key would make it."""
    tools = workplace.tools()
    loaded = checking.load(tools, [ID], {})
    return signing.plan_again(tools, loaded, ["F" * 40], named=True).texts[0]


def test_a_later_signature_is_not_dated_before_the_one_that_stands(
    workplace: Workplace,
) -> None:
    workplace.sign()
    tools, good = workplace.tools(), planned(workplace)
    data = workplace.key.clearsign(good.text, "--digest-algo", "SHA512")
    date_ahead(workplace, timedelta(seconds=50))
    early = planned(workplace)

    assert signing.check(tools, good, data, tools.now).data == data
    with pytest.raises(TrustError, match=r"is dated .*, before the one that stands"):
        signing.check(tools, early, data, tools.now)
