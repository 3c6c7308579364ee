from __future__ import annotations

from pathlib import Path

import pytest

from publisher.errors import TrustError
from publisher.model.found import Found
from publisher.model.ids import AdvisoryId
from publisher.pipeline import verifying
from publisher.pipeline.verifying import Verified
from tests import keys, letters
from tests.projects import ID, Workplace

pytestmark = pytest.mark.gpg

FIRST = (
    ("  - {date: 2026-11-21T09:00:00+09:00, summary: Exploitation observed}\n", ""),
    ("translates: 2", "translates: 1"),
    ("  - 悪用を確認\n", ""),
)
"""What was not yet there in the first revision."""
SECURITY_TXT = """\
# How to report a vulnerability in our systems (RFC 9116)
Contact: mailto:csirt@cert.example
Expires: {}-01-01T00:00:00Z
Preferred-Languages: ja, en
"""


@pytest.fixture
def signed(workplace: Workplace) -> Workplace:
    workplace.sign()
    return workplace


def look(workplace: Workplace, *found: Found) -> list[Verified]:
    return list(verifying.verify(workplace.tools(), found))


def text(workplace: Workplace, name: str = "r2.en.txt.asc") -> bytes:
    return (workplace.folder() / name).read_bytes()


def test_a_text_says_who_signed_it_when_and_how_it_stands(signed: Workplace) -> None:
    (one,) = look(signed, Found("text", text(signed)))

    shown = one.to_json()
    (signer,) = shown.pop("signers")
    assert one.good
    assert signer["user_ids"] == ["Team <csirt@cert.example>"]
    assert signer["fingerprint"] == shown.pop("fingerprint") == signed.key.fingerprint
    assert signer["signed"] == shown.pop("signed")
    assert shown == {
        "file": "text",
        "good": True,
        "doubt": "",
        "note": "",
        "id": str(ID),
        "revision": 2,
        "language": "en",
        "recorded": True,
        "newest": True,
        "newest_revision": 2,
        "expires": None,
    }
    assert str(one).startswith(f"{ID} r2 en, signed 20")
    assert str(one).endswith(" (Team <csirt@cert.example>); the newest revision")


def test_texts_and_mails_are_verified_side_by_side(workplace: Workplace) -> None:
    mails = workplace.published()
    data = text(workplace)
    sign = workplace.key.clearsign

    found = look(
        workplace,
        Found("text", data),
        Found("mail", mails[0].message),
        Found("changed", data.replace(b"Stop", b"Stip")),
        Found("other", b"hello\n"),
        Found("bare", sign("no imprint\n", "--digest-algo", "SHA512")),
        Found("html", letters.as_html(data)),
    )

    assert [each.good for each in found] == [True, True, False, False, False, False]
    assert str(found[2]).startswith("in doubt: the text was changed")
    assert str(found[3]) == "in doubt: holds no signed text"
    assert "is no text of an advisory" in str(found[4])


def test_an_older_revision_says_which_one_is_newer(workplace: Workplace) -> None:
    workplace.write(*FIRST)
    workplace.sign()
    workplace.write()
    workplace.sign()

    old, new = look(
        workplace,
        Found("old", text(workplace, "r1.ja.txt.asc")),
        Found("new", text(workplace, "r2.ja.txt.asc")),
    )

    assert old.good
    assert old.to_json()["newest"] is False
    assert old.to_json()["newest_revision"] == 2
    assert str(old).endswith("; not the newest: revision 2 is")
    assert new.to_json()["newest"] is True


def test_what_is_signed_and_not_recorded_was_never_published(
    signed: Workplace,
) -> None:
    data = text(signed)
    body = data.partition(b"\n\n")[2].partition(b"\n-----BEGIN PGP SIG")[0]
    again = signed.key.clearsign(body.decode().replace("\n- -", "\n-") + "\n")

    (one,) = look(signed, Found("again", again))

    assert "the publication record does not have this text" in one.doubt
    assert one.to_json()["recorded"] is False
    assert f"({ID} r2 en, signed " in str(one)


def test_without_a_record_only_the_signature_is_judged(signed: Workplace) -> None:
    data = text(signed)
    for file in (signed.root / "record").iterdir():
        file.unlink()

    (one,) = look(signed, Found("text", data))

    assert one.good
    assert one.to_json()["recorded"] is None


def test_a_record_in_doubt_stops_the_check(signed: Workplace) -> None:
    for file in (signed.root / "record").iterdir():
        file.write_text("broken\n")

    with pytest.raises(TrustError, match=r"is no entry|Expecting"):
        look(signed, Found("text", text(signed)))


def test_what_is_recorded_otherwise_is_in_doubt(signed: Workplace) -> None:
    (year,) = (signed.root / "record").iterdir()
    lines = year.read_text()
    year.write_text(lines.replace('"revision":2', '"revision":3'))

    (one,) = look(signed, Found("text", text(signed)))

    assert one.doubt == f"the publication record has this file as {ID} r3 en"


def test_a_text_under_embargo_is_good_and_says_so(workplace: Workplace) -> None:
    secret = AdvisoryId("ADV", 2098, 1)
    date = ("2026-11-20T10:00", "2098-11-20T10:00")
    workplace.write(*FIRST, date, advisory=secret)
    workplace.sign()

    (one,) = look(
        workplace,
        Found("text", (workplace.folder(secret) / "r1.en.txt.asc").read_bytes()),
    )

    assert one.good
    assert "under embargo until 2098-" in str(one)


def test_security_txt_says_until_when_it_holds(signed: Workplace) -> None:
    sign = signed.key.clearsign
    odd = "Contact: mailto:csirt@cert.example\nWe write what we like.\n"
    endless = "Contact: mailto:csirt@cert.example\n"

    good, expired, none, never = look(
        signed,
        Found("good", sign(SECURITY_TXT.format(2099))),
        Found("expired", sign(SECURITY_TXT.format(2020))),
        Found("none", sign(odd)),
        Found("never", sign(endless)),
    )

    assert str(good).startswith("security.txt, signed 20")
    assert str(good).endswith("; expires 2099-01-01T00:00:00+00:00")
    assert good.to_json()["expires"] == "2099-01-01T00:00:00+00:00"
    assert str(expired).startswith("in doubt: has expired (security.txt, signed ")
    assert "is no text of an advisory" in none.doubt
    assert "is no text of an advisory" in never.doubt


def test_several_signers_are_all_named(tmp_path: Path) -> None:
    with keys.gnupg_home() as home:
        first = keys.make(home, "First <first@cert.example>")
        second = keys.make(home, "Second <second@cert.example>")
        workplace = Workplace(tmp_path / "project", first)
        settings = workplace.root / "publisher.toml"
        both = f'{first.fingerprint}", "{second.fingerprint}'
        text = settings.read_text(encoding="utf-8").replace(first.fingerprint, both)
        settings.write_text(text, encoding="utf-8")
        (workplace.root / "keys/second.asc").write_bytes(second.public)
        data = first.clearsign(
            SECURITY_TXT.format(2099), "--local-user", second.fingerprint
        )
        (one,) = look(workplace, Found("both", data))
        workplace.close()

    names = [each["fingerprint"] for each in one.to_json()["signers"]]
    assert sorted(names) == sorted([first.fingerprint, second.fingerprint])
    assert "Second <second@cert.example>" in str(one)


def test_a_mailbox_is_good_if_what_is_ours_in_it_is(signed: Workplace) -> None:
    ours = Found("ours", letters.mail(text(signed)), within="box")
    lunch = Found("lunch", letters.unrelated(), within="box")

    first, second = look(signed, ours, lunch)

    assert first.good
    assert (second.ours, second.doubt, second.good) == (False, "", False)


def test_a_mailbox_without_anything_of_ours_is_in_doubt(signed: Workplace) -> None:
    lunch = Found("lunch", letters.unrelated(), within="box")

    *_, last = look(signed, lunch, lunch)

    assert last == Verified(
        "box", "holds no signed text: 2 files and mails looked into"
    )


def test_many_texts_are_taken_in_batches(
    signed: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "_BATCH", 3)
    data = text(signed)

    found = look(signed, *(Found(str(n), data) for n in range(7)))

    assert [each.name for each in found] == list("0123456")
    assert all(each.good for each in found)
