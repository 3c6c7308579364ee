"""When the project's security.txt is signed anew, and whether the site serves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from publisher import security_txt
from publisher.adapters.gpg import GpgSigner
from publisher.model.settings import Settings
from publisher.pipeline import housekeeping, signing
from publisher.pipeline.tools import Tools
from publisher.source import Level
from tests import keys, projects
from tests.projects import Workplace

pytestmark = pytest.mark.gpg
YEAR = security_txt.VALID


def file(workplace: Workplace) -> Path:
    return workplace.root / "security.txt"


def sign(workplace: Workplace) -> bytes:
    """Sign what is due, which must be something."""
    to_sign = housekeeping.to_sign(workplace.tools())
    assert to_sign is not None
    signer = GpgSigner([workplace.key.fingerprint], workplace.key.home)
    made = signing.sign(workplace.tools(), [to_sign], signer, lambda: workplace.moment)
    assert [str(each.path) for each in made] == ["security.txt"]
    return file(workplace).read_bytes()


def later(workplace: Workplace, by: timedelta) -> Tools:
    return replace(workplace.tools(), now=workplace.moment + by)


def changed(tools: Tools, **changes: object) -> Tools:
    """Return tools with other settings."""
    settings: Settings = replace(tools.settings, **changes)  # type: ignore[arg-type]
    return replace(tools, settings=settings)


def codes(tools: Tools) -> list[str]:
    found = housekeeping.findings(tools)
    assert {finding.level for finding in found} <= {Level.WARNING}
    assert {str(finding.location) for finding in found} <= {"security.txt"}
    return [finding.code for finding in found]


def test_one_is_signed_and_served(workplace: Workplace) -> None:
    data = sign(workplace)

    assert housekeeping.served(workplace.tools()) == housekeeping.Served(data)
    assert b"\nContact: mailto:csirt@cert.example\n" in data
    assert codes(workplace.tools()) == []


def test_nothing_is_signed_again_for_half_a_year(workplace: Workplace) -> None:
    sign(workplace)

    assert housekeeping.to_sign(workplace.tools()) is None
    early = YEAR - security_txt.RENEW - timedelta(days=1)
    assert housekeeping.to_sign(later(workplace, early)) is None
    due = housekeeping.to_sign(later(workplace, early + timedelta(days=2)))
    assert due is not None
    assert due.replaces


def test_a_project_without_a_key_has_nothing_to_sign(workplace: Workplace) -> None:
    tools = workplace.tools()
    team = replace(tools.settings.team, fingerprints=())

    assert housekeeping.to_sign(changed(tools, team=team)) is None


def test_one_that_says_something_else_is_replaced_and_not_served(
    workplace: Workplace,
) -> None:
    old = sign(workplace)
    text = (workplace.root / "publisher.toml").read_text("utf-8")
    text += '\n[security_txt]\npolicy = "https://cert.example/policy"\n'
    (workplace.root / "publisher.toml").write_text(text, "utf-8")
    workplace.project = type(workplace.project)(workplace.root)

    before = housekeeping.served(workplace.tools())
    assert before.data is None
    assert [finding.code for finding in before.warnings] == ["L703"]
    assert codes(workplace.tools()) == ["L703"]

    new = sign(workplace)
    assert b"\nPolicy: https://cert.example/policy\n" in new
    assert new != old
    assert housekeeping.served(workplace.tools()).data == new


def test_one_that_expired_is_not_served(workplace: Workplace) -> None:
    data = sign(workplace)

    assert housekeeping.served(later(workplace, YEAR - timedelta(days=1))).data == data
    expired = housekeeping.served(later(workplace, YEAR))
    assert expired.data is None
    (warning,) = expired.warnings
    assert warning.code == "L704"
    assert "expired on " in warning.message


def test_lint_warns_for_thirty_days_before_it_expires(workplace: Workplace) -> None:
    sign(workplace)

    assert codes(later(workplace, YEAR - timedelta(days=31))) == []
    assert codes(later(workplace, YEAR - timedelta(days=29))) == ["L704"]
    assert codes(later(workplace, YEAR + timedelta(days=1))) == ["L704"]


def test_one_that_was_changed_is_not_served_and_signed_anew(
    workplace: Workplace,
) -> None:
    data = sign(workplace)
    file(workplace).write_bytes(data.replace(b"csirt@", b"mallory@"))

    found = housekeeping.served(workplace.tools())

    assert found.data is None
    (warning,) = found.warnings
    assert warning.code == "L702"
    assert "the text was changed after it was signed" in warning.message
    assert codes(workplace.tools()) == ["L702"]
    sign(workplace)
    assert housekeeping.served(workplace.tools()).data == file(workplace).read_bytes()


@pytest.mark.parametrize("tail", [b"Contact: mailto:mallory@evil.example\n", b"\n"])
def test_text_beside_the_signed_block_is_not_served(
    workplace: Workplace, tail: bytes
) -> None:
    data = sign(workplace)

    for forged in (data + tail, tail + data):
        file(workplace).write_bytes(forged)
        assert housekeeping.served(workplace.tools()).data is None


def test_one_of_another_key_is_not_served(
    workplace: Workplace, stranger_key: keys.Key
) -> None:
    text = security_txt.text(workplace.tools().settings, None, projects.NOW)
    file(workplace).write_bytes(
        GpgSigner([stranger_key.fingerprint], stranger_key.home).sign(text)
    )

    assert housekeeping.served(workplace.tools()).data is None
    assert housekeeping.to_sign(workplace.tools()) is not None


def test_a_signed_advisory_is_no_security_txt(workplace: Workplace) -> None:
    workplace.sign()
    advisory = workplace.folder() / "r2.en.txt.asc"
    file(workplace).write_bytes(advisory.read_bytes())

    assert housekeeping.served(workplace.tools()).data is None
    assert codes(workplace.tools()) == ["L702"]


def test_an_earlier_one_with_other_contacts_is_not_served_again(
    workplace: Workplace,
) -> None:
    tools = workplace.tools()
    of = replace(tools.settings.security_txt, contacts=("mailto:old@cert.example",))
    text = security_txt.text(
        replace(tools.settings, security_txt=of), None, projects.NOW
    )
    signer = GpgSigner([workplace.key.fingerprint], workplace.key.home)
    file(workplace).write_bytes(signer.sign(text))

    assert housekeeping.served(tools).data is None


def test_one_that_is_missing_is_missed_once_something_is_signed(
    workplace: Workplace,
) -> None:
    assert codes(workplace.tools()) == []
    assert housekeeping.served(workplace.tools()) == housekeeping.Served(None)

    workplace.sign()
    file(workplace).unlink(missing_ok=True)

    assert codes(workplace.tools()) == ["L701"]


def test_lint_speaks_up_and_goes_on_where_keys_are_missing(
    workplace: Workplace,
) -> None:
    sign(workplace)
    (workplace.root / "keys" / "team.asc").unlink()
    workplace.project = type(workplace.project)(workplace.root)

    (finding,) = housekeeping.findings(workplace.tools())

    assert finding.code == "L702"
    assert "keys/ lacks the public key" in finding.message


@pytest.fixture
def encrypting(tmp_path: Path) -> Iterator[Workplace]:
    """A team to whose key one can encrypt."""
    with keys.gnupg_home() as home:
        key = keys.make(home, "Team <csirt@cert.example>")
        keys.gpg(home, "--quick-add-key", key.fingerprint, "cv25519", "encr", "1y")
        made = Workplace(tmp_path / "encrypting", key)
        yield made
        made.close()


def test_a_key_is_named_that_one_can_encrypt_to(encrypting: Workplace) -> None:
    url = f"https://www.cert.example/keys/{encrypting.key.fingerprint}.asc"

    data = sign(encrypting)

    assert f"\nEncryption: {url}\n".encode() in data
    assert housekeeping.served(encrypting.tools()).data == data
