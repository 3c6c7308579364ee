"""A byte changed anywhere in what was published: every such mutant is caught.

What guards a build is run for each of them as it is. Only gpg is not asked twice about
the same bytes, and about those of all mutants of a file in one go.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from publisher.adapters.gpg import GpgVerifier
from publisher.errors import PublisherError, TrustError
from publisher.model.chain import Checked, EditionKey, Signed
from publisher.model.keys import KeyState
from publisher.pipeline import building, checking
from publisher.ports import SignatureReport
from publisher.sign import accept, cleartext, trust
from tests import keys
from tests.builders import EN
from tests.pipeline.test_recording import ONE_REVISION
from tests.projects import ID, Workplace
from tests.sign.bench import armored, rewrapped

pytestmark = pytest.mark.gpg

OLD, NEW, SOURCE = "r1.en.txt.asc", "r2.en.txt.asc", "en.md"


@dataclass
class Remembering:
    """A verifier that asks gpg about the same bytes once."""

    verifier: GpgVerifier
    known: dict[bytes, SignatureReport] = field(default_factory=dict)

    def reports(self, texts: Sequence[bytes]) -> Sequence[SignatureReport]:
        new = list(dict.fromkeys(text for text in texts if text not in self.known))
        found = self.verifier.reports(new)
        self.known.update(zip(new, found, strict=True))
        return [self.known[text] for text in texts]

    def keys(self) -> Mapping[str, KeyState]:
        return self.verifier.keys()

    def exported(self, fingerprint: str, address: str) -> bytes:
        return self.verifier.exported(fingerprint, address)

    @property
    def digest(self) -> str:
        return self.verifier.digest


@dataclass
class Published:
    """A site that was built of an advisory with two revisions in two languages."""

    workplace: Workplace
    verifier: Remembering
    site: dict[str, str]

    def build(self) -> building.Built:
        tools = self.workplace.tools()
        return building.build(replace(tools, verifier=self.verifier))

    def survivors(self, file: Path, mutants: Mapping[str, bytes]) -> list[str]:
        """Return those of which a site was built, or that changed the one there is."""
        data = file.read_bytes()
        found = [name for name, mutant in mutants.items() if self._stands(file, mutant)]
        file.write_bytes(data)
        # The last word: nothing of all that has reached the site.
        assert self.workplace.digests() == self.site
        assert self.build().written == ()
        return found

    def _stands(self, file: Path, mutant: bytes) -> bool:
        file.write_bytes(mutant)
        try:
            built = self.build()
        except PublisherError:
            return False
        # A source that cannot be read, or says a newer revision, is unfinished work: it
        # is named, and the site stays as it was signed.
        is_source = file.suffix == ".md"
        is_named = [each for each, _ in built.held] == [ID]
        is_as_before = not built.written and not built.removed
        return not (is_source and is_named and is_as_before)


@pytest.fixture(scope="module")
def published(
    tmp_path_factory: pytest.TempPathFactory, team_key: keys.Key
) -> Iterator[Published]:
    workplace = Workplace(tmp_path_factory.mktemp("mutations") / "project", team_key)
    workplace.write(*ONE_REVISION)
    workplace.sign()
    workplace.write()
    workplace.sign()
    verifier = workplace.tools().verifier
    assert isinstance(verifier, GpgVerifier)
    workplace.build()
    made = Published(workplace, Remembering(verifier), workplace.digests())
    yield made
    workplace.close()


def flipped(data: bytes, *bits: int) -> dict[str, bytes]:
    """Return a mutant for each byte and each of `bits`; without any, one for each."""
    return {
        f"bit {bit} of byte {at}": data[:at]
        + bytes([data[at] ^ 1 << bit])
        + data[at + 1 :]
        for at in range(len(data))
        for bit in bits or (at % 8,)
    }


def cut(data: bytes) -> dict[str, bytes]:
    """Return mutants that lack a byte, or end early."""
    places = range(0, len(data), 5)
    return {
        **{f"without byte {at}": data[:at] + data[at + 1 :] for at in places},
        **{f"up to byte {at}": data[:at] for at in places},
    }


@pytest.mark.parametrize("name", [OLD, NEW])
def test_no_site_is_built_of_a_changed_signed_file(
    published: Published, name: str
) -> None:
    file = published.workplace.folder() / name

    assert published.survivors(file, flipped(file.read_bytes())) == []


@pytest.mark.parametrize("name", [SOURCE, "ja.md"])
def test_no_site_is_built_of_a_changed_source(published: Published, name: str) -> None:
    file = published.workplace.folder() / name

    assert published.survivors(file, flipped(file.read_bytes())) == []


def test_no_site_is_built_of_a_changed_record(published: Published) -> None:
    file = published.workplace.root / "record" / "2026.jsonl"
    data = file.read_bytes()

    assert published.survivors(file, flipped(data, 0, 1, 2, 3) | cut(data)) == []


def test_a_changed_public_key_is_the_same_key_or_none(published: Published) -> None:
    workplace = published.workplace
    key = workplace.key
    packets = keys.gpg(key.home, "--export", key.fingerprint)
    known = facts(published.verifier.keys())
    lines = [*flipped(key.public).items()][::3]

    read = {
        name: keys_in(workplace, mutant)
        for name, mutant in (*lines, *flipped(packets).items())
    }

    # The same: it is no part of the key, or nothing that its owner vouches for.
    same = {name for name, found in read.items() if found == known}
    assert {name for name, found in read.items() if found} == same
    assert 0 < len(same) < len(read) / 10


def test_a_stranger_without_the_record_reads_the_same_text_or_none(
    published: Published,
) -> None:
    """A file and the key are enough: what still verifies says the same."""
    workplace = published.workplace
    data = (workplace.folder() / NEW).read_bytes()
    checked = load(workplace)
    mutants = {**flipped(data), **cut(data), **resigned(data)}
    # gpg need not see those whose form alone is wrong.
    formed = {name: mutant for name, mutant in mutants.items() if has_form(mutant)}
    published.verifier.reports(list(formed.values()))

    survivors = {
        name: text
        for name, mutant in formed.items()
        if (text := accepted(published, checked, mutant)) is not None
    }

    # They differ in what no signature covers: a hint for finding its key.
    print(f"{len(survivors)} of {len(mutants)} verify")  # noqa: T201  (pytest -rP)
    assert set(survivors.values()) == {cleartext.payload(data)}
    assert [name for name in survivors if "packet" not in name] == []
    assert len(survivors) < len(mutants) / 20


def resigned(data: bytes) -> dict[str, bytes]:
    """Return mutants of the signature itself, in an armor whose sum fits."""
    packet = unarmored(data)
    return {
        f"{name} of the packet": rewrapped(data, rearmored(mutant))
        for name, mutant in flipped(packet, *range(8)).items()
    }


def unarmored(data: bytes) -> bytes:
    lines = armored(data).split()
    return b64decode(b"".join(line for line in lines if not line.startswith(b"=")))


def rearmored(packet: bytes) -> bytes:
    """Return packets as the inside of an armor, with its sum (RFC 9580, 6.1)."""
    crc = 0xB704CE
    for byte in packet:
        crc ^= byte << 16
        for _ in range(8):
            crc = (crc << 1) ^ (0x1864CFB if crc & 0x800000 else 0)
    total = b64encode(crc.to_bytes(3, "big"))
    text = b64encode(packet)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return b"\n" + b"\n".join([*lines, b"=" + total]) + b"\n"


def keys_in(workplace: Workplace, data: bytes) -> dict[str, KeyState]:
    """Return what is read of a public key; nothing if it is refused."""
    pinned = (workplace.key.fingerprint,)
    verifier = GpgVerifier([data], workplace.root / "rings", pinned)
    try:
        return facts(verifier.keys())
    except PublisherError:
        return {}


def has_form(data: bytes) -> bool:
    try:
        cleartext.payload(data)
    except ValueError:
        return False
    return True


def load(workplace: Workplace) -> Checked:
    tools = workplace.tools()
    snapshot = tools.repository.snapshot()
    succession = checking.succession(tools, snapshot)
    (loaded,) = checking.load(tools, snapshot, succession)
    assert loaded.checked is not None
    only = replace(loaded.checked.advisory, translations=())
    return Checked(only)


def accepted(published: Published, checked: Checked, data: bytes) -> str | None:
    """Return the text of a signed file if it counts by itself."""
    workplace = published.workplace
    policy = trust.Policy(
        (workplace.key.fingerprint,), published.verifier.keys(), workplace.moment
    )
    (report,) = published.verifier.reports([data])
    name = accept.FileName(EditionKey(ID, 2, EN), 1)
    path = workplace.tools().repository.folder(ID) / name.key.filename
    try:
        payload = trust.decide(data, report, policy)
        file = accept.Verified(name, path, data, payload.text, payload.signatures)
        signed = accept.accept(checked, [accept.read([file])])
    except TrustError:
        return None
    assert isinstance(signed, Signed)
    return payload.text


def facts(read: Mapping[str, KeyState]) -> dict[str, KeyState]:
    return {name: replace(key, public=b"") for name, key in read.items()}
