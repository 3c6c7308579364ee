"""Invariant 1, first half: nothing unlinted is signed, nothing signed is lost."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from publisher.errors import AuthorError, FindingsError, GpgError, TrustError
from publisher.model.ids import AdvisoryId
from publisher.pipeline import checking, signing
from publisher.ports import Signer
from tests import keys
from tests.projects import ID, Workplace

pytestmark = pytest.mark.gpg


def test_each_language_gets_a_signed_text(workplace: Workplace) -> None:
    paths = workplace.sign()

    assert sorted(path.name for path in paths) == ["r2.en.txt.asc", "r2.ja.txt.asc"]
    assert all((workplace.root / path).is_file() for path in paths)


def test_what_is_signed_is_not_signed_again(workplace: Workplace) -> None:
    workplace.sign()
    before = (workplace.folder() / "r2.en.txt.asc").read_bytes()

    assert workplace.sign() == []
    assert (workplace.folder() / "r2.en.txt.asc").read_bytes() == before


def test_what_does_not_pass_lint_is_not_signed(workplace: Workplace) -> None:
    workplace.write(("## Overview", "## FIXME"))

    with pytest.raises(FindingsError, match="still to be written"):
        workplace.sign()

    assert not list(workplace.folder().glob("*.asc"))


def test_a_draft_is_not_signed(workplace: Workplace) -> None:
    workplace.write(("tlp: CLEAR", "tlp: CLEAR\ndraft: true"))

    assert workplace.sign() == []


def test_a_translation_that_is_behind_is_left_out(workplace: Workplace) -> None:
    workplace.write(("translates: 2", "translates: 1"), ("  - 悪用を確認\n", ""))
    tools = workplace.tools()
    loaded = checking.load(tools, tools.repository.snapshot(), {})

    plan = signing.plan(tools, loaded)

    assert [text.key.language for text in plan.texts if text.key] == ["en"]
    assert "translate that one" in plan.skipped[0].text


@dataclass
class Bent:
    """A signer that signs something else than it is given."""

    key: keys.Key
    suffix: str = "one more line\n"

    @property
    def fingerprints(self) -> tuple[str, ...]:
        return ()

    def sign(self, text: str) -> bytes:
        return self.key.clearsign(text + self.suffix, "--digest-algo", "SHA512")


def try_to_sign(workplace: Workplace, signer: Signer) -> None:
    tools = workplace.tools()
    loaded = checking.load(tools, [ID], {})
    texts = signing.plan(tools, loaded).texts
    list(signing.sign(tools, texts, signer, lambda: workplace.moment))


def test_another_text_than_was_shown_is_not_kept(workplace: Workplace) -> None:
    with pytest.raises(GpgError, match="another text"):
        try_to_sign(workplace, Bent(workplace.key))

    assert not list(workplace.folder().glob("*.asc"))


def test_a_signature_by_a_strangers_key_is_not_kept(
    workplace: Workplace, stranger_key: keys.Key
) -> None:
    with pytest.raises(TrustError, match="does not count"):
        try_to_sign(workplace, Bent(stranger_key, ""))

    assert not list(workplace.folder().glob("*.asc"))


def test_a_signed_text_that_was_tampered_with_stops_signing(
    workplace: Workplace,
) -> None:
    workplace.sign()
    file = workplace.folder() / "r2.en.txt.asc"
    file.write_bytes(file.read_bytes().replace(b"Stop the service", b"Buy a service"))

    with pytest.raises(TrustError, match="changed after it was signed"):
        workplace.sign()


def test_a_file_that_has_no_place_there_is_named(workplace: Workplace) -> None:
    (workplace.folder() / "notes.txt").write_text("x")

    with pytest.raises(FindingsError, match="P014"):
        workplace.sign()


def test_one_advisory_may_name_another_only_if_it_is_there(
    workplace: Workplace,
) -> None:
    successor = AdvisoryId("ADV", 2026, 8)
    with_successor = (
        "acknowledgments:",
        f"superseded_by: {successor}\nacknowledgments:",
    )
    workplace.write(with_successor)
    with pytest.raises(FindingsError, match=str(successor)):
        workplace.sign()

    workplace.write(advisory=successor)

    assert len(workplace.sign()) == 4


def test_a_wrong_place_is_an_error_of_the_author(workplace: Workplace) -> None:
    workplace.folder().rename(workplace.root / "advisories" / "2026" / "misc")

    with pytest.raises(AuthorError, match="misc"):
        workplace.sign()
