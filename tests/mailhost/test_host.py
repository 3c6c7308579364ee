"""A real Mailman behind the local MTA: what a team and its readers do with it."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import time
import urllib.request
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import pytest
from mailmanclient import Client, MailingList

from publisher.mailhost import (
    MailHost,
    MailHostError,
    MailHostRunningError,
    MailHostSettings,
    MailRefusedError,
)
from tests.mailhost.processes import processes_of
from tests.mailhost.stubs import DOMAIN

pytestmark = [pytest.mark.mailman, pytest.mark.enable_socket]


def client_of(host: MailHost) -> Client:
    return Client(host.rest_url, host.rest_user, host.rest_password)


def new_list(host: MailHost, name: str, *, language: str = "en") -> MailingList:
    """Create a list that everybody may join by mail and members may post to."""
    client = client_of(host)
    if DOMAIN not in {domain.mail_host for domain in client.domains}:
        client.create_domain(DOMAIN)
    mailing_list = client.get_domain(DOMAIN).create_list(name)
    mailing_list.settings["subscription_policy"] = "confirm"
    mailing_list.settings["preferred_language"] = language
    mailing_list.settings["archive_policy"] = "never"
    mailing_list.settings.save()
    return mailing_list


def mail(
    sender: str, recipient: str, subject: str = "", text: str = ""
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = subject
    message["Message-ID"] = make_msgid(domain="example.org")
    message.set_content(text, cte="quoted-printable")
    return message


def send(
    host: MailHost, sender: str, recipient: str, subject: str = "", text: str = ""
) -> None:
    host.deliver(mail(sender, recipient, subject, text), sender, recipient)


def join(host: MailHost, name: str, reader: str) -> None:
    """Become a member by mail only, and wait for the welcome."""
    send(host, reader, f"{name}-join@{DOMAIN}")
    confirm(host, reader, "to join")
    host.wait_for(
        reader, matching=lambda m: str(m["From"]) == f"{name}-request@{DOMAIN}"
    )


def confirm(host: MailHost, reader: str, what: str) -> None:
    """Wait to be asked for a confirmation, and answer as a mail program would."""
    question = host.wait_for(reader, matching=lambda m: what in m["Subject"])
    send(host, reader, str(question["From"]), f"Re: {question['Subject']}")


def members(host: MailHost, name: str) -> list[str]:
    mailing_list = client_of(host).get_list(f"{name}@{DOMAIN}")
    return [member.email for member in mailing_list.members]


def test_a_reader_joins_reads_and_leaves_by_mail_alone(mail_host: MailHost) -> None:
    new_list(mail_host, "alerts")
    reader = "reader@example.org"

    join(mail_host, "alerts", reader)
    assert members(mail_host, "alerts") == [reader]

    send(mail_host, reader, f"alerts@{DOMAIN}", "News", "Something happened.\n")
    post = mail_host.wait_for(reader, matching=lambda m: "News" in m["Subject"])
    assert post["List-Id"].endswith("<alerts.lists.cert.example>")
    assert post["Return-Path"] == f"<alerts-bounces+reader=example.org@{DOMAIN}>"
    assert post.get_content().startswith("Something happened.")

    send(mail_host, reader, f"alerts-leave@{DOMAIN}")
    confirm(mail_host, reader, "to leave")
    mail_host.wait_for(reader, matching=lambda m: "unsubscribed" in m["Subject"])
    mail_host.settle()
    assert members(mail_host, "alerts") == []


def test_mailman_writes_japanese_in_utf8(mail_host: MailHost) -> None:
    new_list(mail_host, "chuui", language="ja")
    reader = "yamada@example.org"

    send(mail_host, reader, f"chuui-join@{DOMAIN}")
    confirm(mail_host, reader, "入会")
    welcome = mail_host.wait_for(reader, matching=lambda m: "ようこそ" in m["Subject"])

    assert "メーリングリスト" in welcome.get_content()
    for message in mail_host.messages(reader):
        assert message.get_content_charset() == "utf-8"


def test_mail_to_an_unknown_list_is_refused(mail_host: MailHost) -> None:
    with pytest.raises(MailRefusedError) as refusal:
        send(mail_host, "reader@example.org", f"unknown@{DOMAIN}")
    with pytest.raises(MailRefusedError):
        send(mail_host, "reader@example.org", f"unknown-join@{DOMAIN}")

    assert refusal.value.code == 550
    assert mail_host.messages(f"unknown@{DOMAIN}") == []


def test_mail_with_defects_is_refused_with_mailmans_words(mail_host: MailHost) -> None:
    new_list(mail_host, "strict")
    broken = (
        b"From: a@example.org\nMessage-ID: <broken@example.org>\n"
        b'Content-Type: multipart/mixed; boundary="x"\n\nno part at all\n'
    )

    with pytest.raises(MailRefusedError, match="501 Message has defects"):
        mail_host.deliver(broken, "a@example.org", f"strict@{DOMAIN}")


def test_mail_from_a_list_to_a_list_goes_round(mail_host: MailHost) -> None:
    """What Mailman sends to an address in its own domain comes back by LMTP."""
    inner = new_list(mail_host, "inner")
    outer = new_list(mail_host, "outer")
    quiet = {"pre_verified": True, "pre_confirmed": True, "pre_approved": True}
    outer.subscribe(f"inner-owner@{DOMAIN}", **quiet, send_welcome_message=False)
    outer.subscribe("a@example.org", **quiet, send_welcome_message=False)
    inner.add_owner("boss@example.org")

    send(mail_host, "a@example.org", f"outer@{DOMAIN}", "Round")

    mail_host.wait_for("boss@example.org", matching=lambda m: "Round" in m["Subject"])


def test_site_owner_and_postmaster_have_mailboxes(mail_host: MailHost) -> None:
    send(mail_host, "a@example.org", f"postmaster@{DOMAIN}", "Help")

    assert mail_host.wait_for(f"postmaster@{DOMAIN}")["Subject"] == "Help"


def test_settling_means_that_all_is_delivered(mail_host: MailHost) -> None:
    new_list(mail_host, "settled").subscribe(
        "s@example.org",
        pre_verified=True,
        pre_confirmed=True,
        pre_approved=True,
        send_welcome_message=False,
    )

    send(mail_host, "s@example.org", f"settled@{DOMAIN}", "Now")
    mail_host.settle()

    assert [m["Subject"] for m in mail_host.messages("s@example.org")] == [
        "[Settled] Now"
    ]


def test_a_queue_that_does_not_empty_is_an_error(mail_host: MailHost) -> None:
    stuck = mail_host.settings.directory / "queue" / "virgin" / "stuck.bak"
    stuck.touch()

    with pytest.raises(MailHostError, match=r"still busy after 0\.2 seconds"):
        mail_host.settle(timeout=0.2)

    stuck.unlink()
    mail_host.settle()


def test_rest_lets_only_the_administrator_in(mail_host: MailHost) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{mail_host.rest_url}/lists")

    assert mail_host.rest_url.startswith("http://127.0.0.1:")
    assert mail_host.rest_user == "restadmin"


def test_all_servers_listen_on_the_loopback_interface_only(mail_host: MailHost) -> None:
    listening = {
        local.rpartition(":")
        for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        for _, local, _, state, *_ in [line.split()]
        if state == "0A"
    }
    ports = set(dataclasses.astuple(mail_host._running))
    interfaces = {host for host, _, port in listening if int(port, 16) in ports}

    assert interfaces == {"0100007F"}
    assert not any(
        int(port, 16) in ports
        for line in Path("/proc/net/tcp6").read_text(encoding="ascii").splitlines()[1:]
        for port in [line.split()[1].rpartition(":")[2]]
    )


def test_secrets_are_for_the_owner_only(mail_host: MailHost) -> None:
    directory = mail_host.settings.directory
    secret = mail_host.rest_password
    holders = [
        file
        for file in directory.rglob("*")
        if file.is_file() and secret.encode() in file.read_bytes()
    ]

    assert {file.name for file in holders} == {"mailman.cfg", "rest-password"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in holders} == {0o600}
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert len(secret) >= 32


@pytest.mark.parametrize("use_plugin", [False, True])
def test_no_database_is_open_where_runners_are_forked(
    settings: MailHostSettings, use_plugin: bool
) -> None:
    """SQLite's locks do not survive a fork."""
    with MailHost(dataclasses.replace(settings, use_plugin=use_plugin)):
        master = (settings.directory / "master.pid").read_text(encoding="ascii").strip()
        opened = {link.resolve().name for link in Path(f"/proc/{master}/fd").iterdir()}

    assert "mailman.log" in opened
    assert not any(name.startswith("mailman.db") for name in opened)


def test_the_plugin_is_loaded_when_it_is_wanted(settings: MailHostSettings) -> None:
    with MailHost(dataclasses.replace(settings, use_plugin=True)) as host:
        styles = {style["name"] for style in client_of(host).styles["styles"]}

    assert "publisher-announce" in styles


def test_no_secret_is_on_a_command_line(mail_host: MailHost) -> None:
    lines = [
        Path(f"/proc/{pid}/cmdline").read_bytes()
        for pid in processes_of(mail_host.settings.directory)
    ]

    assert lines
    assert all(mail_host.rest_password.encode() not in line for line in lines)


def test_lists_and_members_are_kept_and_no_process_is_left(
    settings: MailHostSettings,
) -> None:
    said: list[str] = []
    host = MailHost(settings, on_progress=said.append)
    with host:
        new_list(host, "kept")
        join(host, "kept", "reader@example.org")
        password = host.rest_password
        assert len(processes_of(settings.directory)) == 12
    assert processes_of(settings.directory) == []
    host.stop()
    with pytest.raises(MailHostError, match="not running"):
        _ = host.rest_url

    with host:
        assert members(host, "kept") == ["reader@example.org"]
        assert host.rest_password == password
        send(host, "reader@example.org", f"kept@{DOMAIN}", "Again")
        host.wait_for("reader@example.org", matching=lambda m: "Again" in m["Subject"])
    assert processes_of(settings.directory) == []
    assert list((settings.directory / "locks").iterdir()) == []
    assert said[0] == "starting Mailman"
    assert said[-1] == "stopping Mailman"


def test_mail_under_way_arrives_before_the_end(settings: MailHostSettings) -> None:
    with MailHost(settings) as host:
        new_list(host, "busy").subscribe(
            "b@example.org",
            pre_verified=True,
            pre_confirmed=True,
            pre_approved=True,
            send_welcome_message=False,
        )
        for number in range(5):
            send(host, "b@example.org", f"busy@{DOMAIN}", f"number {number}")

    assert len(host.messages("b@example.org")) == 5


def test_a_stop_does_not_wait_for_ever_for_mail(
    settings: MailHostSettings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("publisher.mailhost.host._SETTLE_LIMIT", 0.2)
    with MailHost(settings) as host:
        (host.settings.directory / "queue" / "virgin" / "stuck.bak").touch()

    assert "stopped with mail under way" in caplog.text
    assert processes_of(settings.directory) == []


def test_a_second_start_in_one_directory_is_refused(mail_host: MailHost) -> None:
    second = MailHost(mail_host.settings)

    with pytest.raises(MailHostRunningError) as refusal:
        second.start()

    assert str(refusal.value) == (
        f"{mail_host.settings.directory}: a mail host runs there already (process "
        f"{os.getpid()}); stop it or choose another directory"
    )
    assert refusal.value.exit_code == 3
    assert client_of(mail_host).system["mailman_version"].startswith("GNU Mailman 3")


def test_two_hosts_run_side_by_side(
    mail_host: MailHost, settings: MailHostSettings
) -> None:
    with MailHost(settings) as other:
        assert other.rest_url != mail_host.rest_url
        assert len(processes_of(settings.directory)) == 12
    assert processes_of(mail_host.settings.directory) != []
    mail_host.check()


def test_a_folder_with_blanks_and_japanese_in_its_name_will_do(tmp_path: Path) -> None:
    settings = MailHostSettings(
        directory=tmp_path / "勧告 の 置き場",
        domain=DOMAIN,
        site_owner="owner@cert.example",
        use_plugin=False,
    )

    with MailHost(settings) as host:
        new_list(host, "alerts")
        join(host, "alerts", "reader@example.org")


def test_a_relative_folder_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = MailHostSettings(
        directory=Path("here"),
        domain=DOMAIN,
        site_owner="owner@cert.example",
        use_plugin=False,
    )

    with MailHost(settings) as host:
        monkeypatch.chdir("/")
        send(host, "a@example.org", "b@example.org")
        assert host.mailbox("b@example.org").is_relative_to(tmp_path / "here")
        host.wait_for("b@example.org")


def test_a_mailman_that_does_not_come_up_tells_why(
    settings: MailHostSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "publisher.mailhost.config.mailman", lambda *_: "[mailman]\nlayout: nowhere\n"
    )
    host = MailHost(settings)

    with pytest.raises(MailHostError, match=r"(?s)ended by itself.*nowhere"):
        host.start()

    assert processes_of(settings.directory) == []
    monkeypatch.undo()
    with host:
        host.check()


def test_a_start_that_fails_early_leaves_the_directory_free(
    settings: MailHostSettings, mail_host: MailHost
) -> None:
    clashing = dataclasses.replace(settings, rest_port=mail_host.smtp_port)

    for _ in range(2):
        with pytest.raises(MailHostError, match="cannot be used"):
            MailHost(clashing).start()


def test_a_mailman_that_does_not_answer_in_time_is_ended(
    settings: MailHostSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publisher.mailhost.core._START_LIMIT", 0.0)

    with pytest.raises(MailHostError, match="Mailman is not up after 0 seconds"):
        MailHost(settings).start()

    assert processes_of(settings.directory) == []


def test_a_dead_mailman_is_noticed(settings: MailHostSettings) -> None:
    with MailHost(settings) as host:
        master = int((settings.directory / "master.pid").read_text(encoding="ascii"))
        os.kill(master, 9)
        time.sleep(0.5)
        with pytest.raises(MailHostError, match="Mailman has ended by itself"):
            host.check()
    assert processes_of(settings.directory) == []


def test_json_of_rest_is_mailmans(mail_host: MailHost) -> None:
    """The password works outside mailmanclient as well."""
    manager = urllib.request.HTTPPasswordMgrWithPriorAuth()
    manager.add_password(
        None,
        mail_host.rest_url,
        mail_host.rest_user,
        mail_host.rest_password,
        is_authenticated=True,
    )
    opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(manager))
    with opener.open(f"{mail_host.rest_url}/system/configuration/mta") as answer:
        mta = json.load(answer)

    assert mta["incoming"] == "mailman.mta.null.NullMTA"
    assert mta["smtp_port"] == str(mail_host.smtp_port)
