"""What docs/mail-server.md says beside what the other tests in here set up by it."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

from publisher.lists import policy
from publisher.mailhost import MailHostSettings, config
from publisher.mailhost.loopback import Ports
from publisher.mime import limits
from tests.mailman_plugin import hosts
from tests.postfix import recipe
from tests.systemd import units

MAILMAN = "/etc/mailman3/mailman.cfg"
# These are about the machine, and of the embedded mail host's own way to live on it.
OWN = {"database", "paths.publisher", "webservice", "logging.gunicorn"}
ELSEWHERE = {"mailman.layout", "mta.incoming", "mta.smtp_port", "mta.lmtp_port"}


def settings(text: str) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return {
        f"{section}.{key}": value
        for section in parser.sections()
        for key, value in parser[section].items()
        if section not in OWN and key not in {"sleep_time", "configuration"}
    }


def test_mailman_is_set_as_the_embedded_one_is(tmp_path: Path) -> None:
    embedded = MailHostSettings(tmp_path, hosts.DOMAIN, hosts.OWNER)
    text = config.mailman(embedded, Ports(1, 2, 3), "x")

    wanted = settings(text).items()
    found = settings(recipe.files()[MAILMAN]).items()

    different = {name for name, _ in wanted - found}
    assert different - ELSEWHERE == set()


def test_no_program_is_off_that_the_lists_need() -> None:
    text = recipe.files()[MAILMAN]

    off = set(re.findall(r"^\[runner\.(\w+)\]\nstart: no", text, re.MULTILINE))

    assert off == {"archive", "digest", "nntp"}
    assert not off & set(policy.RUNNERS)


def test_what_postfix_takes_is_not_too_large_for_mailman() -> None:
    """It adds a line of its own, and breaks lines of more than 998 letters."""
    text = recipe.command("postconf -P smtp/inet/message_size_limit=")

    taken = int(text.rpartition("=")[2])

    assert taken + taken // 998 * 3 + 2**13 < limits.LIST.size


def test_one_host_has_as_few_recipients_a_minute_as_mails() -> None:
    """Each is a mail of its own to Mailman, which reads the whole of it."""
    text = recipe.files()["/etc/postfix/main.cf"]

    pattern = r"^smtpd_client_(\w+)_rate_limit = (\d+)$"
    found = dict(re.findall(pattern, text, re.MULTILINE))

    assert found == {"message": "60", "recipient": "60"}


def test_the_unit_runs_mailman_with_what_the_page_says() -> None:
    unit = units.parse(recipe.files()["/etc/systemd/system/mailman3.service"])
    folder = re.search(r"^var_dir: (.+)$", recipe.files()[MAILMAN], re.MULTILINE)

    [command] = unit.all("Service", "ExecStart")

    assert command.split()[-2:] == ["-C", MAILMAN]
    assert folder is not None
    assert folder[1] == f"/var/lib/{unit.last('Service', 'StateDirectory')}"
