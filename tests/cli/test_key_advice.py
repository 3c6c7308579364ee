"""What messages about keys advise is done as it stands, with real gpg, and helps."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result

from tests import keys
from tests.cli.terminal import Desk, run, run_json
from tests.cli.vault import Vault

pytestmark = pytest.mark.gpg
GPG = "no-tty\nbatch\nyes\npinentry-mode loopback\npassphrase-file {home}/none\n"
"""For gpg, what stands for a person at a terminal."""
PAST = ("--faked-system-time", "20250101T000000!")
USER = "Team <csirt@cert.example>"


@dataclass
class Owner:
    """Who has the team's key in their gpg, and does what messages say."""

    desk: Desk
    home: Path
    key: str = ""

    def gpg(self, *arguments: str) -> str:
        return keys.gpg(self.home, *arguments).decode()

    def make(self, use: str = "cert", *options: str) -> None:
        """Make the team's key, whose primary part signs nothing."""
        self.gpg(*options, "--quick-gen-key", USER, "ed25519", use, "never")
        (self.key,) = keys.fingerprints(self.home)

    def subkey(self, term: str = "never", *options: str) -> str:
        """Give it a subkey that signs, and return the subkey's fingerprint."""
        before = set(self.parts())
        self.gpg(*options, "--quick-add-key", self.key, "ed25519", "sign", term)
        (made,) = set(self.parts()) - before
        return made

    def parts(self) -> list[str]:
        listed = self.gpg("--with-colons", "--list-keys", self.key)
        return [line.split(":")[9] for line in listed.splitlines() if line[:3] == "fpr"]

    def pin(self) -> None:
        """Make it the project's key, as it is now."""
        folder = self.desk.root / "keys"
        shutil.rmtree(folder)
        folder.mkdir()
        (folder / f"{self.key}.asc").write_text(self.gpg("--armor", "--export"))
        self.desk.settings((self.desk.key.fingerprint, self.key))

    def follow(self, told: str) -> list[str]:
        """Run the commands of gpg in a message, and return them."""
        commands = re.findall(r"`(gpg [^`]+)`", told)
        for command in commands:
            done = subprocess.run(
                ["sh", "-euc", command],
                cwd=self.desk.root,
                env=os.environ | {"LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            assert done.returncode == 0, (command, done.stderr.decode())
        return [command.split()[1] for command in commands]


@pytest.fixture
def owner(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Owner]:
    with keys.gnupg_home() as home:
        (home / "gpg.conf").write_text(GPG.format(home=home))
        (home / "none").touch()
        monkeypatch.setenv("GNUPGHOME", str(home))
        yield Owner(desk, home)


def tried(*options: str) -> Result:
    return run("sign", "--dry-run", *options)


def refusal(*command: str) -> str:
    """Return why a command is refused; what it warns of beside that stands before."""
    words = command if command[:1] == ("build",) else ("sign", "--dry-run", *command)
    return run(*words, code=2).stderr.splitlines()[-1]


def signer(desk: Desk, name: str) -> str:
    """Return the part of the key that made the first signature on a text."""
    ring = keys.gpg(
        Path(os.environ["GNUPGHOME"]), "--status-fd", "1", "--verify",
        str(desk.folder() / name),
    ).decode()  # fmt: skip
    (valid,) = re.findall(r"VALIDSIG (\w+)", ring)
    return str(valid)


def test_an_expired_subkey_is_extended_by_its_fingerprint(owner: Owner) -> None:
    owner.make("cert", *PAST)
    old = owner.subkey("30d", *PAST)
    owner.pin()

    refused = refusal()
    warned = run("keys").stderr

    assert f"{owner.key} expired on 2025-01-31: extend it with `gpg --quick-" in refused
    assert f"`gpg --quick-set-expire {owner.key} 2y {old}`" in refused
    assert old in warned
    assert owner.follow(refused) == ["--quick-set-expire", "--armor"]
    assert "expire" not in tried().stderr
    assert run_json("keys")[0]["subkeys"][0]["fingerprint"] == old


def test_a_whole_key_that_ends_is_extended_with_its_subkey(owner: Owner) -> None:
    owner.make()
    subkey = owner.subkey("20d")
    owner.gpg("--quick-set-expire", owner.key, "10d")
    owner.pin()

    refused = refusal()

    assert f"2y`, then `gpg --quick-set-expire {owner.key} 2y {subkey}`" in refused
    owner.follow(refused)
    assert "expire" not in tried().stderr


def test_a_new_subkey_is_brought_or_another_one_signs(owner: Owner) -> None:
    owner.make("cert", *PAST)
    old = owner.subkey("never", *PAST)
    owner.pin()
    new = owner.subkey()

    refused = refusal()
    assert f"keys/ does not have the subkey {new} of {owner.key}" in refused
    unknown = refusal("--key", f"{new}!")
    assert (
        f"{new} is not among team.fingerprints, nor a part of one in keys/" in unknown
    )
    bare = refusal("--key", old)
    assert f"{old} is a subkey of {owner.key}: `--key {old}!` signs with it" in bare

    run("sign", "--yes", "--key", f"{old.lower()}!")
    assert signer(owner.desk, "r1.en.txt.asc") == old
    assert owner.follow(refused) == ["--armor"]
    both = ("--key", f"{owner.key}", "--key", f"{old}!")
    run("sign", "--yes", "--again", owner.desk.folder().name)
    tried(*both)


def test_a_subkey_is_chosen_for_a_key_that_is_offline(
    owner: Owner, tmp_path: Path
) -> None:
    owner.make("cert", *PAST)
    old = owner.subkey("never", *PAST)
    owner.subkey()
    owner.pin()
    folder = tmp_path / "stick"

    run("sign", "--export", str(folder), "--key", f"{old}!")
    Vault(folder, keys.Key(owner.home, owner.key)).sign(answers="y\ny\ny\n")
    run("sign", "--import", str(folder))

    assert f"Key: {old}!" in (folder / "README.txt").read_text(encoding="utf-8")
    assert signer(owner.desk, "r1.en.txt.asc") == old


def test_a_signature_of_a_subkey_that_is_not_exported_is_named(owner: Owner) -> None:
    owner.make("cert", *PAST)
    owner.subkey("never", *PAST)
    new = owner.subkey()
    owner.pin()
    file = owner.desk.root / "keys" / f"{owner.key}.asc"
    run("sign", "--yes")
    # As in a clone whose keys/ is older.
    whole = file.read_text()
    stale = keys.gpg(
        owner.home, "--armor", "--export-filter", f"drop-subkey=fpr = {new}",
        "--export", owner.key,
    ).decode()  # fmt: skip
    file.write_text(stale)

    stopped = refusal("build")

    assert stale != whole
    assert (
        f"its key is not among the team's: if {new} is a new subkey of one" in stopped
    )
    owner.follow(stopped)
    run("build")


def test_what_was_done_in_gpg_and_not_exported_is_brought(owner: Owner) -> None:
    owner.make("cert", *PAST)
    part = owner.subkey("30d", *PAST)
    owner.pin()
    older = (owner.home / "pubring.kbx").read_bytes()
    owner.gpg("--quick-set-expire", owner.key, "2y", part)

    refused = refusal()
    assert f"keys/ has {part} as it was before it was extended in your gpg" in refused
    assert owner.follow(refused) == ["--armor"]
    tried()

    (owner.home / "pubring.kbx").write_bytes(older)
    behind = refusal()
    assert f"your gpg has {owner.key} as it was before it was extended" in behind
    assert owner.follow(behind) == ["--import"]
    tried()


def test_a_revocation_that_is_not_exported_is_brought(owner: Owner) -> None:
    owner.make("sign")
    owner.pin()
    file = owner.home / "openpgp-revocs.d" / f"{owner.key}.rev"
    text = file.read_text().replace(":-----BEGIN", "-----BEGIN")
    keys.gpg(owner.home, "--import", data=text.encode())

    refused = refusal()

    assert f"your gpg has {owner.key} as revoked, and keys/ has not" in refused
    owner.follow(refused)
    assert f"{owner.key} was revoked: it signs nothing more" in refusal()


def test_a_key_that_signs_nothing_gets_a_subkey(owner: Owner) -> None:
    owner.make()
    owner.pin()

    refused = refusal()

    assert f"{owner.key} has no part that signs" in refused
    assert owner.follow(refused) == ["--quick-add-key", "--armor"]
    run("sign", "--yes")
    assert signer(owner.desk, "r1.en.txt.asc") == owner.parts()[1]


def test_a_revoked_user_id_of_the_contact_is_replaced(owner: Owner) -> None:
    owner.make("sign")
    owner.gpg("--quick-add-uid", owner.key, "Somebody <somebody@cert.example>")
    owner.gpg("--quick-revoke-uid", owner.key, USER)
    owner.pin()

    told = run("keys").stderr

    assert f"the key {owner.key} has no user id with csirt@cert.example" in told
    assert owner.follow(told) == ["--quick-add-uid", "--armor"]
    assert "no user id" not in run("keys").stderr
    (held,) = run_json("keys")
    assert any("<csirt@cert.example>" in each for each in held["user_ids"])


def test_a_key_that_does_not_do_is_replaced(owner: Owner) -> None:
    owner.gpg("--quick-gen-key", USER, "rsa2048", "sign", "never")
    (owner.key,) = keys.fingerprints(owner.home)
    owner.pin()

    weak = refusal()
    owner.desk.settings((f'"{owner.key}"', ""))
    none = run("sign", "--yes", code=2).stderr
    made = [owner.follow(told) for told in (weak, none)]

    assert f"{owner.key} is RSA with 2048 bits, below 3072: make a new key" in weak
    assert "team.fingerprints is empty" in none
    assert made == [["--yes"], ["--yes"]]
    assert len(keys.fingerprints(owner.home)) == 3


def test_a_key_that_keys_lacks_is_brought(owner: Owner) -> None:
    owner.make("sign")
    owner.pin()
    next((owner.desk.root / "keys").glob("*.asc")).unlink()

    stopped = refusal("build")

    assert f"keys/ lacks the public key {owner.key}" in stopped
    assert owner.follow(stopped) == ["--armor"]
    tried()


def test_what_is_no_key_in_keys_is_named(owner: Owner) -> None:
    owner.make("sign")
    owner.pin()
    file = owner.desk.root / "keys" / f"{owner.key}.asc"
    file.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    pointer = refusal("build")
    file.write_text("<!DOCTYPE html>\n<title>Not found</title>\n")
    page = refusal("build")

    assert f"keys/{owner.key}.asc: is a pointer of Git LFS" in pointer
    assert f"keys/{owner.key}.asc: is a web page and not a key" in page
    assert f"--output keys/{owner.key}.asc --export FINGERPRINT" in page
    owner.follow(page.replace("FINGERPRINT", owner.key))
    tried()
