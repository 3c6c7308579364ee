"""What a signed text has to cover, whoever signed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest

from publisher.errors import TrustError
from publisher.imprint import Imprint
from publisher.model.advisory import Advisory
from publisher.model.chain import Checked, EditionKey, Signature, Signed
from publisher.model.ids import AdvisoryId, Language
from publisher.sign import accept
from tests import builders
from tests.builders import EN, JA

ID = AdvisoryId("ADV", 2026, 7)
SIGNATURE = Signature(builders.FINGERPRINT, datetime(2026, 11, 21, tzinfo=UTC))


def text_of(
    advisory: Advisory, language: Language, revision: int = 2, **sources: str
) -> accept.ReadText:
    """Return a signed text that covers the sources as they are, or as told."""
    key = EditionKey(ID, revision, language)
    digests = {
        text.source.path.name: text.source.sha256
        for text in advisory.texts
        if text.language in (language, EN)
    }
    digests |= {f"{name}.md": digest for name, digest in sources.items()}
    own = f"{language}.md"
    ordered = sorted(digests.items(), key=lambda item: item[0] != own)
    return accept.read([verified(key, str(Imprint(key, tuple(ordered), "0" * 64)))])


def verified(
    key: EditionKey,
    text: str,
    number: int = 1,
    signatures: tuple[Signature, ...] = (SIGNATURE,),
) -> accept.Verified:
    """Return a signed file as if its signatures had been looked at."""
    path = PurePosixPath(key.signed_name(number))
    name = accept.FileName(key, number)
    return accept.Verified(name, path, f"signed {number}".encode(), text, signatures)


def accepted(advisory: Advisory, *texts: accept.ReadText) -> Signed | accept.Unsigned:
    return accept.accept(Checked(advisory), texts)


def test_a_signed_advisory_has_its_languages_with_the_original_first() -> None:
    advisory = builders.advisory()

    signed = accepted(advisory, text_of(advisory, JA), text_of(advisory, EN))

    assert isinstance(signed, Signed)
    assert signed.languages == (EN, JA)
    assert [text.language for text, _ in signed.texts] == [EN, JA]
    assert signed.earlier == ()


def test_what_was_never_signed_is_unsigned() -> None:
    advisory = builders.advisory()

    assert accepted(advisory) == accept.Unsigned(advisory)


def test_a_translation_that_was_never_signed_is_left_out() -> None:
    advisory = builders.advisory()

    signed = accepted(advisory, text_of(advisory, EN))

    assert isinstance(signed, Signed)
    assert signed.languages == (EN,)


def test_earlier_revisions_are_kept_in_order() -> None:
    advisory = builders.advisory()
    first = text_of(advisory, EN, 1, en="0" * 64)

    signed = accepted(advisory, text_of(advisory, EN), first)

    assert isinstance(signed, Signed)
    assert signed.earlier == (first.signed,)


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ([("en", 2, {"en": "0" * 64})], "changed after revision 2 was signed"),
        ([("en", 1, {})], "revision 2 is not signed, only revision 1"),
        ([("en", 3, {})], "revision 3 is signed and the source is at revision 2"),
        ([("ja", 2, {})], "the original is not"),
        (
            [("en", 2, {}), ("ja", 2, {"en": "0" * 64})],
            "was not made from the original that was signed as revision 2",
        ),
        (
            [("en", 2, {}), ("ja", 2, {"ja": "0" * 64})],
            "ja.md: the file changed after",
        ),
    ],
)
def test_any_doubt_is_an_error(
    texts: list[tuple[str, int, dict[str, str]]], reason: str
) -> None:
    advisory = builders.advisory()
    read = [
        text_of(advisory, Language(tag), revision, **sources)
        for tag, revision, sources in texts
    ]

    with pytest.raises(TrustError, match=reason):
        accepted(advisory, *read)


def test_a_language_whose_source_is_gone_is_an_error() -> None:
    advisory = builders.advisory()
    texts = [text_of(advisory, EN), text_of(advisory, JA)]

    with pytest.raises(TrustError, match=r"its source ja\.md is gone"):
        accepted(replace(advisory, translations=()), *texts)


def test_a_text_without_an_imprint_is_an_error() -> None:
    key = EditionKey(ID, 1, EN)

    with pytest.raises(TrustError, match="does not end as text editions do"):
        accept.read([verified(key, "no imprint\n")])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("r2.ja.txt.asc", accept.FileName(EditionKey(ID, 2, JA), 1)),
        ("r12.en.txt.asc", accept.FileName(EditionKey(ID, 12, EN), 1)),
        ("r2.ja.txt.2.asc", accept.FileName(EditionKey(ID, 2, JA), 2)),
        ("r2.ja.txt.10.asc", accept.FileName(EditionKey(ID, 2, JA), 10)),
        ("r2.ja.txt.1.asc", None),
        ("r2.ja.txt.02.asc", None),
        ("r2.ja.txt.0.asc", None),
        ("r0.en.txt.asc", None),
        ("r02.en.txt.asc", None),
        ("r1.EN.txt.asc", None),
        ("r1.en.txt", None),
        ("r1.en.txt.asc.bak", None),
        ("en.md", None),
    ],
)
def test_a_signed_text_is_known_by_its_name(
    name: str, expected: accept.FileName | None
) -> None:
    assert accept.file_name(ID, name) == expected


def test_a_later_signature_holds_the_very_same_text() -> None:
    text = text_of(builders.advisory(), EN).signed.edition.text
    key = EditionKey(ID, 2, EN)

    read = accept.read([verified(key, text, 2), verified(key, text, 1)])

    assert [file.name for file in read.signed.files] == [
        "r2.en.txt.asc",
        "r2.en.txt.2.asc",
    ]
    with pytest.raises(TrustError, match="holds another text than"):
        accept.read([verified(key, text), verified(key, f"x{text}", 2)])
    with pytest.raises(TrustError, match=r"r2\.en\.txt\.asc is missing"):
        accept.read([verified(key, text, 2)])
    with pytest.raises(TrustError, match=r"r2\.en\.txt\.2\.asc is missing"):
        accept.read([verified(key, text), verified(key, text, 3)])


def test_a_text_counts_by_its_oldest_signature_that_stands() -> None:
    text = text_of(builders.advisory(), EN).signed.edition.text
    key = EditionKey(ID, 2, EN)
    files = [
        verified(key, text, 1, ()),
        verified(key, text, 2),
        verified(key, text, 3),
    ]

    signed = accept.read(files).signed

    assert (signed.data, signed.file.name) == (b"signed 2", "r2.en.txt.2.asc")
    assert signed.signature == SIGNATURE
