"""What somebody can do who may change anything in git, and has no key of the team's."""

from __future__ import annotations

import pytest

from publisher.adapters.gpg import GpgSigner
from publisher.errors import MailmanError, TrustError
from publisher.pipeline import checking, signing
from publisher.wiring import Project
from tests.keys import Key
from tests.projects import Workplace

pytestmark = pytest.mark.gpg


def pin_instead(workplace: Workplace, key: Key) -> None:
    """Name another key as the team's, and put it into keys/."""
    file = workplace.root / "publisher.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace(workplace.key.fingerprint, key.fingerprint), encoding="utf-8"
    )
    (workplace.root / "keys" / "thief.asc").write_bytes(key.public)
    workplace.close()
    workplace.project = Project(workplace.root, gnupg_home=key.home)


def test_whoever_pins_a_key_of_their_own_loses_what_was_published(
    workplace: Workplace, stranger_key: Key
) -> None:
    workplace.sign()
    workplace.build()
    before = workplace.digests()

    pin_instead(workplace, stranger_key)

    with pytest.raises(TrustError, match="not among the team's fingerprints"):
        workplace.build()
    assert workplace.digests() == before


def test_what_is_signed_by_a_key_that_only_git_names_is_not_mailed(
    workplace: Workplace, stranger_key: Key
) -> None:
    workplace.apply_lists()
    pin_instead(workplace, stranger_key)
    tools = workplace.tools()
    snapshot = tools.repository.snapshot()
    loaded = checking.load(tools, snapshot, checking.succession(tools, snapshot))
    signer = GpgSigner([stranger_key.fingerprint], stranger_key.home)
    texts = signing.plan(tools, loaded).texts
    assert list(signing.sign(tools, texts, signer, lambda: workplace.moment))

    with pytest.raises(MailmanError, match="fingerprints is"):
        workplace.push()

    assert workplace.lists.mails == []
