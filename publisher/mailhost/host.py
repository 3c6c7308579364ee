"""The mail host: a real Mailman core and the local MTA, as one thing to start."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Self

from publisher.mailhost import config, files, loopback, submission
from publisher.mailhost.core import Core
from publisher.mailhost.delivery import Delivery
from publisher.mailhost.errors import MailHostError
from publisher.mailhost.lmtp import Lmtp
from publisher.mailhost.lock import DirectoryLock
from publisher.mailhost.loopback import Ports
from publisher.mailhost.maildir import Mailboxes
from publisher.mailhost.mta import Mta
from publisher.mailhost.settings import MailHostSettings

logger = logging.getLogger(__name__)

_SETTLE_LIMIT = 10.0


def _silent(message: str) -> None:
    del message


class MailHost:
    """A mail host in a directory; lists and members are kept from run to run.

    Use it as a context manager, or call `start` and `stop`.
    """

    def __init__(
        self,
        settings: MailHostSettings,
        *,
        on_progress: Callable[[str], None] = _silent,
    ) -> None:
        """Prepare a mail host; `on_progress` is told what happens, for a person."""
        directory = settings.directory.absolute()
        self.settings = dataclasses.replace(settings, directory=directory)
        self._on_progress = on_progress
        self._lock = DirectoryLock(directory / "host.lock")
        self._core = Core(directory)
        self._mailboxes = Mailboxes(directory / "mailboxes")
        self._mta: Mta | None = None
        self._ports: Ports | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def rest_url(self) -> str:
        """Mailman's REST interface, for a `mailmanclient.Client`."""
        return f"http://{loopback.HOST}:{self._running.rest}/3.1"

    @property
    def rest_user(self) -> str:
        """The REST interface's only user."""
        return config.REST_USER

    @property
    def rest_password(self) -> str:
        """The REST interface's password, made at the first start and kept."""
        return files.password(self.settings.directory)

    @property
    def smtp_port(self) -> int:
        """Where mail comes in, from outside and from Mailman."""
        return self._running.smtp

    @property
    def lmtp_port(self) -> int:
        """Where Mailman takes what is for its lists, from the MTA."""
        return self._running.lmtp

    @property
    def _running(self) -> Ports:
        if self._ports is None:
            msg = f"the mail host in {self.settings.directory} is not running"
            raise MailHostError(msg)
        return self._ports

    def start(self) -> None:
        """Start all parts; return when they answer.

        Raise MailHostRunningError if the directory is in use, and MailHostError with
        the end of Mailman's logs if Mailman does not come up.
        """
        files.make_folders(self.settings.directory)
        self._lock.acquire()
        try:
            self._start(loopback.choose(self.settings))
        except BaseException:
            self._stop()
            raise

    def stop(self) -> None:
        """Let mail under way arrive, then end all parts; harmless when stopped."""
        if self._ports is None:
            return
        self._on_progress("stopping Mailman")
        try:
            # A runner that is stopped while it sends would send again at its next
            # start, and some subscribers would get the mail twice.
            self._core.settle(_SETTLE_LIMIT)
        except MailHostError as error:
            logger.warning("stopped with mail under way: %s", error)
        finally:
            self._stop()

    def check(self) -> None:
        """Raise MailHostError, with the end of the logs, if Mailman has ended."""
        self._core.check()

    def settle(self, timeout: float = _SETTLE_LIMIT) -> None:
        """Wait until Mailman has dealt with all mail it was given.

        Raise MailHostError after `timeout` seconds.
        """
        self._core.settle(timeout)

    def deliver(
        self, message: bytes | EmailMessage, sender: str, recipient: str
    ) -> None:
        """Send a mail to the MTA, or raise MailRefusedError with its answer."""
        submission.submit(self.smtp_port, message, sender, recipient)

    def mailbox(self, address: str) -> Path:
        """Return the Maildir of `address`; it is there once mail has come."""
        return self._mailboxes.path(address)

    def messages(self, address: str) -> list[EmailMessage]:
        """Return the mail that `address` has got, the oldest first."""
        return self._mailboxes.messages(address)

    def wait_for(
        self,
        address: str,
        *,
        matching: Callable[[EmailMessage], bool] = lambda _: True,
        timeout: float = 10.0,
    ) -> EmailMessage:
        """Return the oldest mail to `address` that is `matching`, once there is one.

        Raise MailHostError, with the subjects of the others, after `timeout` seconds.
        """
        return self._mailboxes.wait_for(address, matching, timeout)

    def _start(self, ports: Ports) -> None:
        self._on_progress("starting Mailman")
        password = self.rest_password
        self._core.start(self.settings, ports, password)
        self._mta = self._new_mta(ports)
        self._mta.start(ports.smtp)
        self._core.wait_until_ready(ports, password)
        self._ports = ports
        self._on_progress(f"Mailman answers at {self.rest_url}")
        self._on_progress(f"mail is taken at {loopback.HOST}:{ports.smtp}")

    def _new_mta(self, ports: Ports) -> Mta:
        domain = self.settings.domain
        local = frozenset({f"postmaster@{domain}", self.settings.site_owner})
        lmtp = Lmtp(ports.lmtp)
        delivery = Delivery(self._mailboxes, lmtp, domain=domain, local=local)
        return Mta(delivery, hostname=domain)

    def _stop(self) -> None:
        """End what has been started, the MTA last: Mailman may still be sending."""
        self._ports = None
        try:
            self._core.stop()
        finally:
            if self._mta is not None:
                self._mta.stop()
                self._mta = None
            self._lock.release()
