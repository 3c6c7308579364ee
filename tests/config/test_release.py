"""[deploy] and [canary]: what they say, and how each mistake is named."""

from __future__ import annotations

import pytest

from publisher import config
from publisher.errors import SettingsError
from publisher.model.settings import (
    BucketTarget,
    Canary,
    CommandTarget,
    FolderTarget,
    RsyncTarget,
    Settings,
)
from tests.config.test_config import SETTINGS

BUCKET = """\
bucket = "www"
endpoint = "https://s3.cert.example/"
access_key = "AKEXAMPLE"
secret = { env = "PUBLISHER_BUCKET_SECRET" }
"""
IMAP = """\
address = "canary@cert.example"
imap = "imaps://canary@mail.cert.example/INBOX"
password = { env = "PUBLISHER_CANARY_PASSWORD" }
"""


def load(tables: str) -> Settings:
    return config.parse(f"{SETTINGS}\n{tables}")


@pytest.mark.parametrize(
    ("table", "target", "name"),
    [
        ('folder = "/srv/www"', FolderTarget("/srv/www", 3), "/srv/www"),
        ('folder = "up"\nkeep = 0', FolderTarget("up", 0), "up"),
        ('rsync = "web@w.example:/srv"', RsyncTarget("web@w.example:/srv"),
         "web@w.example:/srv"),
        ('rsync = "w:/srv"\nssh = ["ssh", "-p", "22"]',
         RsyncTarget("w:/srv", ("ssh", "-p", "22")), "w:/srv"),
        ('command = ["./up.sh", "now"]', CommandTarget(("./up.sh", "now")),
         "./up.sh now"),
        (BUCKET, BucketTarget("https://s3.cert.example", "www", "", "us-east-1",
                              "AKEXAMPLE"), "https://s3.cert.example/www/"),
    ],
)  # fmt: skip
def test_each_target_is_read(table: str, target: object, name: str) -> None:
    read = load(f"[deploy]\n{table}").target

    assert read == target
    assert str(read) == name


def test_a_prefix_of_a_bucket_ends_in_one_slash() -> None:
    target = load(f'[deploy]\n{BUCKET}prefix = "/site//"\n').target

    assert isinstance(target, BucketTarget)
    assert target.prefix == "site/"


def test_without_a_table_there_is_no_target_and_no_canary() -> None:
    settings = load("")

    assert settings.target is None
    assert settings.canary is None


def test_a_canary_has_a_mailbox_of_either_kind() -> None:
    imap = load(f"[canary]\n{IMAP}").canary
    maildir = load(
        '[canary]\naddress = "c@cert.example"\nmaildir = "m"\nwait = 60'
    ).canary
    blind = load('[canary]\naddress = "c@cert.example"').canary

    assert imap is not None
    assert imap.imap == "imaps://canary@mail.cert.example/INBOX"
    assert maildir == Canary("c@cert.example", maildir="m", wait=60.0)
    assert blind is not None
    assert (imap.readable, maildir.readable, blind.readable) == (True, True, False)


@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        ("[deploy]", "is not the one of folder, rsync, bucket, command"),
        ('[deploy]\nfolder = "a"\nrsync = "b:c"', "deploy.rsync is not the one of"),
        ('[deploy]\nfolder = ""', "deploy.folder is empty"),
        ('[deploy]\nfolder = "a"\nkeep = -1', "0 to 100"),
        ('[deploy]\nfolder = "a"\nssh = ["ssh"]', "ssh is an unknown key"),
        ('[deploy]\nrsync = "--rsh=evil"', "expected user@host:folder"),
        ('[deploy]\nrsync = "a:b"\nssh = []', "ssh is empty"),
        ("[deploy]\ncommand = []", "command is empty"),
        (f'[deploy]\n{BUCKET.replace("https", "http")}', "readably over the network"),
        (f'[deploy]\n{BUCKET.replace("{ env", "1 # {")}', "where the secret key is"),
        ('[canary]\nmaildir = "m"', "canary.address is missing"),
        ('[canary]\naddress = "Canary"', "no mail address"),
        (f'[canary]\n{IMAP}maildir = "m"', "name the same mailbox"),
        (f'[canary]\n{IMAP}wait = 0', "1 to 3600"),
        (f'[canary]\n{IMAP.replace("imaps", "imap")}', "use imaps"),
        (f'[canary]\n{IMAP.replace("canary@mail", "canary:pw@mail")}',
         "it holds a password"),
        (f'[canary]\n{IMAP.replace("/INBOX", "/")}', "no address of a mailbox"),
        (f'[canary]\n{IMAP.replace("password", "# password")}',
         "canary.password is missing"),
    ],
)  # fmt: skip
def test_every_mistake_is_named(tables: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason) as caught:
        load(tables)

    assert "publisher.toml" in str(caught.value)
    assert ":pw@" not in str(caught.value)
