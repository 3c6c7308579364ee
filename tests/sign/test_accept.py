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
from publisher.sign import accept, trust
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
    payload = trust.SignedPayload(str(Imprint(key, tuple(ordered))), SIGNATURE)
    return accept.read(key, PurePosixPath(key.filename), b"signed", payload)


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
    payload = trust.SignedPayload("no imprint\n", SIGNATURE)

    with pytest.raises(TrustError, match="does not end as text editions do"):
        accept.read(key, PurePosixPath(key.filename), b"", payload)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("r2.ja.txt.asc", EditionKey(ID, 2, JA)),
        ("r12.en.txt.asc", EditionKey(ID, 12, EN)),
        ("r0.en.txt.asc", None),
        ("r02.en.txt.asc", None),
        ("r1.EN.txt.asc", None),
        ("r1.en.txt", None),
        ("r1.en.txt.asc.bak", None),
        ("en.md", None),
    ],
)
def test_a_signed_text_is_known_by_its_name(
    name: str, expected: EditionKey | None
) -> None:
    assert accept.key_of(ID, name) == expected
