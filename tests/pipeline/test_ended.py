"""Signatures that were made to hold for a time: what they signed is signed again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from publisher.errors import EndedError, TrustError
from publisher.model.found import Found
from publisher.pipeline import checking, recording, signing, verifying
from publisher.pipeline.signing import Plan
from publisher.sign import cleartext
from tests.projects import ID, Workplace

pytestmark = pytest.mark.gpg

NAMES = ["r2.en.txt.asc", "r2.ja.txt.asc"]


@pytest.fixture
def ended(workplace: Workplace) -> Workplace:
    """A project that an earlier version published with signatures that end."""
    workplace.sign()
    for name in NAMES:
        file = workplace.folder() / name
        text = cleartext.payload(file.read_bytes())
        options = ("--digest-algo", "SHA512", "--default-sig-expire", "seconds=1")
        file.write_bytes(workplace.key.clearsign(text, *options))
    workplace.forge_record()
    return workplace


def again(workplace: Workplace, *, named: bool = False) -> Plan:
    tools = workplace.tools()
    loaded = checking.load(tools, [ID], {})
    return signing.plan_again(tools, loaded, [workplace.key.fingerprint], named=named)


def sign_again(workplace: Workplace) -> list[str]:
    tools = workplace.tools()
    signer = workplace.project.signer([workplace.key.fingerprint])
    texts = again(workplace).texts
    paths = signing.sign(tools, texts, signer, lambda: workplace.moment)
    return [each.path.name for each in paths]


def test_nothing_is_built_from_what_has_ended(ended: Workplace) -> None:
    with pytest.raises(TrustError) as raised:
        ended.build()

    told = str(raised.value)
    assert "r2.en.txt.asc: the signature itself has expired, on " in told
    assert "publisher sign --again" in told
    assert "default-sig-expire" in told


def test_what_was_published_is_signed_again_and_stands(ended: Workplace) -> None:
    first = (ended.folder() / NAMES[0]).read_bytes()

    assert sign_again(ended) == ["r2.en.txt.2.asc", "r2.ja.txt.2.asc"]

    assert (ended.folder() / NAMES[0]).read_bytes() == first
    ended.build()
    served = ended.site / "advisories/2026" / str(ID)
    assert (served / NAMES[0]).read_bytes() == first
    page = (served / "en.html").read_text(encoding="utf-8")
    assert 'href="r2.en.txt.2.asc"' in page
    assert again(ended).texts == ()
    assert (
        recording.complete(ended.tools(), checking.load(ended.tools(), [ID], {})) == ()
    )


def test_the_old_file_is_in_doubt_and_the_new_one_counts(ended: Workplace) -> None:
    sign_again(ended)
    files = [ended.folder() / name for name in (NAMES[0], "r2.en.txt.2.asc")]

    old, new = verifying.verify(
        ended.tools(), [Found(str(file), file.read_bytes()) for file in files]
    )

    assert "the signature itself has expired" in old.doubt
    assert new.good


def test_what_was_never_published_is_not_signed_again(ended: Workplace) -> None:
    file = ended.folder() / NAMES[1]
    text = cleartext.payload(file.read_bytes())
    options = ("--digest-algo", "SHA512", "--default-sig-expire", "seconds=2")
    file.write_bytes(ended.key.clearsign(text, *options))

    plan = again(ended)

    assert [each.path.name for each in plan.texts] == ["r2.en.txt.2.asc"]
    assert "its signature has ended" in plan.skipped[0].text
    assert "restore it from git" in plan.skipped[0].text


def test_an_end_that_is_ahead_is_none_yet(workplace: Workplace) -> None:
    workplace.sign()
    file = workplace.folder() / NAMES[0]
    text = cleartext.payload(file.read_bytes())
    options = ("--digest-algo", "SHA512", "--default-sig-expire", "10y")
    file.write_bytes(workplace.key.clearsign(text, *options))
    workplace.forge_record()

    workplace.build()

    assert again(workplace).texts == ()


def test_what_has_ended_is_told_apart_from_a_forgery(ended: Workplace) -> None:
    tools = ended.tools()
    data = (ended.folder() / NAMES[0]).read_bytes()

    good, forged = verifying.decided(tools, [data, data.replace(b"Stop", b"Shop")])

    assert isinstance(good, EndedError)
    assert isinstance(forged, TrustError)
    assert not isinstance(forged, EndedError)


def test_a_build_notices_an_end_that_came_since_the_last(workplace: Workplace) -> None:
    workplace.sign()
    file = workplace.folder() / NAMES[0]
    text = cleartext.payload(file.read_bytes())
    options = ("--digest-algo", "SHA512", "--default-sig-expire", "10d")
    file.write_bytes(workplace.key.clearsign(text, *options))
    workplace.forge_record()
    workplace.build()

    workplace.now = workplace.moment + timedelta(days=9)
    assert workplace.build().written == ()
    workplace.now += timedelta(days=2)
    with pytest.raises(TrustError, match=r"r2\.en\.txt\.asc: the signature itself"):
        workplace.build()
