"""What a mail host is told: where it lives, for which domain, on which ports."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from publisher.mailhost.errors import MailHostSettingsError

# RFC 1123, section 2.1, and at least two labels, as Mailman demands.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:_[A-Z]{2})?")
_ADDRESS = re.compile(rf"[^\s@]+@{_LABEL}(?:\.{_LABEL})*")
_FINGERPRINT = re.compile(r"[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}")
# Mailman expands `$`, and the database's address is a URL.
_UNUSABLE_IN_PATHS = frozenset("$?#%\n\r")


@dataclass(frozen=True, slots=True)
class MailHostSettings:
    """The settings of one mail host, or MailHostSettingsError.

    A port of 0 means: any that is free, another one at each start.
    """

    directory: Path
    """Where everything lives: Mailman's data, Maildirs, configuration, logs."""

    domain: str
    """The lists' domain; mail for every other domain goes to a Maildir."""

    site_owner: str
    """Who gets what no list owner can get."""

    languages: tuple[str, ...] = ("en", "ja")
    """Codes of the lists' languages; the first one is the server's own."""

    keys: Path | None = None
    """The team's public keys, for the plugin."""

    fingerprints: tuple[str, ...] = ()
    """The pinned primary keys, for the plugin."""

    rest_port: int = 0
    smtp_port: int = 0
    lmtp_port: int = 0

    relay: tuple[str, int] | None = None
    """Host and port of the MTA that takes what the lists send out; None: this host's
    own, which puts it into Maildirs."""

    sleep_time: float = 0.1
    """Seconds, 0.001 to 60, for which an idle runner sleeps before it looks again."""

    use_plugin: bool = True
    """Whether Mailman loads `publisher.mailman_plugin`."""

    personal: bool = True
    """Whether each reader's copy has an envelope of its own, which tells whose mail
    came back; otherwise one copy goes to many."""

    database_url: str = field(default="", repr=False)
    """Of a PostgreSQL database, "postgresql+psycopg2://..."; empty: an SQLite file."""

    def __post_init__(self) -> None:
        """Refuse what Mailman would stumble over later and say so worse."""
        _require(_DOMAIN.fullmatch(self.domain), "domain", self.domain)
        _require(_ADDRESS.fullmatch(self.site_owner), "site owner", self.site_owner)
        _require(self.languages, "list of languages", self.languages)
        for code in self.languages:
            _require(_LANGUAGE.fullmatch(code), "language", code)
        for fingerprint in self.fingerprints:
            _require(_FINGERPRINT.fullmatch(fingerprint), "fingerprint", fingerprint)
        for port in (self.rest_port, self.smtp_port, self.lmtp_port):
            _require(0 <= port <= 0xFFFF, "port", port)
        if self.relay is not None:
            _require(_HOST.fullmatch(self.relay[0]), "relay", self.relay[0])
            _require(0 < self.relay[1] <= 0xFFFF, "relay's port", self.relay[1])
        _require(0.001 <= self.sleep_time <= 60, "sleep time", self.sleep_time)
        is_known = self.database_url.startswith(("postgresql:", "postgresql+"))
        _require(is_known or not self.database_url, "database", "that URL")
        for path in (self.directory, self.keys):
            _require(_UNUSABLE_IN_PATHS.isdisjoint(str(path)), "folder", str(path))


def _require(condition: object, what: str, value: object) -> None:
    if not condition:
        msg = f"{value!r} cannot be the mail host's {what}; change the settings"
        raise MailHostSettingsError(msg)
