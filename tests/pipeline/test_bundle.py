"""What travels to the key, and how it is told apart when it comes back."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest

from publisher.model.chain import EditionKey, ToSign
from publisher.pipeline import bundle
from tests import builders
from tests.builders import EN, FINGERPRINT, FOLDER, JA
from tests.keys import Key
from tests.projects import ID, Workplace


def to_sign(name: str, key: EditionKey | None = None) -> ToSign:
    return ToSign(FOLDER / name, f"{name}\n", name, key)


TEXTS = [
    to_sign("r2.en.txt.asc", EditionKey(ID, 2, EN)),
    to_sign("r1.ja.txt.3.asc", EditionKey(ID, 1, JA)),
    ToSign(PurePosixPath("security.txt"), "Contact\n", "security.txt"),
]


def test_texts_go_by_names_that_say_what_they_are() -> None:
    files = bundle.export(builders.presentation(), TEXTS, [FINGERPRINT])

    assert files[PurePosixPath("texts/ADV-2026-0007/r2.en.txt")] == b"r2.en.txt.asc\n"
    assert PurePosixPath("texts/ADV-2026-0007/r1.ja.txt.3") in files
    assert files[PurePosixPath("texts/security.txt")] == b"Contact\n"
    assert {str(path) for path in files if len(path.parts) == 1} == {
        "README.txt",
        "SHA256SUMS",
        "sign.sh",
    }


def test_the_same_texts_make_the_same_bundle() -> None:
    one = bundle.export(builders.presentation(), TEXTS, [FINGERPRINT])

    assert one == bundle.export(builders.presentation(), TEXTS, [FINGERPRINT])


def test_the_note_stays_one_page() -> None:
    many = [to_sign(f"r{n}.en.txt.asc", EditionKey(ID, n, EN)) for n in range(1, 99)]

    files = bundle.export(builders.presentation(), many, [FINGERPRINT, "0" * 40])
    note = files[PurePosixPath("README.txt")].decode()

    assert len(note.splitlines()) <= 66
    assert "... and 86 more" in note
    assert f"Key: {FINGERPRINT}\nKey: {'0' * 40}\n" in note


def test_what_came_back_says_which_advisories_it_is_about() -> None:
    names = ["ADV-2026-0007/r1.ja.txt.asc", "ADV-2026-0007/r2.ja.txt.asc"]
    others = ["security.txt.asc", "adv/r1.en.txt.asc", "a/ADV-2026-0008/r1.en.txt.asc"]

    found = bundle.advisories(map(PurePosixPath, [*names, *others]))

    assert found == (ID,)


def test_what_was_not_signed_is_named() -> None:
    texts = [PurePosixPath("A/r1.ja.txt"), PurePosixPath("A/\x1b.txt")]

    assert list(bundle.unsigned(texts, {})) == ["'A/\\x1b.txt'", "A/r1.ja.txt"]
    assert (
        list(bundle.unsigned(texts[:1], {PurePosixPath("A/r1.ja.txt.asc"): b""})) == []
    )


@pytest.mark.gpg
def test_another_text_under_an_expected_name_is_refused(
    workplace: Workplace, team_key: Key
) -> None:
    name = PurePosixPath("ADV-2026-0007/r2.en.txt.asc")
    data = team_key.clearsign("no imprint\n", "--digest-algo", "SHA512")

    brought = bundle.read(workplace.tools(), {name: data}, TEXTS[:1])

    assert brought.signed == ()
    assert re.match(
        r"signed/.*r2\.en\.txt\.asc: is another text", str(brought.doubts[0])
    )
