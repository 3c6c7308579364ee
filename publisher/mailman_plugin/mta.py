"""The connection to the MTA that mailman.cfg names in [mta]."""

from __future__ import annotations

import smtplib
import socket
import ssl

from lazr.config import as_boolean
from mailman.config import config
from mailman.mta.connection import SecureMode, as_SecureMode

from publisher.connection import Peer

_TIMEOUT = 300.0
"""Seconds for one answer; the longest that RFC 5321, section 4.5.3.2, has before DATA,
and half of what it has after it. Stock Mailman waits for ever."""


def connect() -> smtplib.SMTP:
    """Return a connection that has said EHLO, or raise OSError or SMTPException."""
    mta = config.mta
    mode = as_SecureMode(mta.smtp_secure_mode)
    port = int(mta.smtp_port)
    if mode is SecureMode.IMPLICIT:
        context = _context()
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            mta.smtp_host, port, timeout=_TIMEOUT, context=context
        )
    else:
        client = smtplib.SMTP(mta.smtp_host, port, timeout=_TIMEOUT)
    try:
        if mode is SecureMode.STARTTLS:
            client.starttls(context=_context())
        # A mail's last bytes must not wait for the answer to its first ones.
        if client.sock is not None:
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.ehlo_or_helo_if_needed()
        if mta.smtp_user and mta.smtp_pass:
            client.login(mta.smtp_user, mta.smtp_pass)
    except (OSError, smtplib.SMTPException):
        client.close()
        raise
    return client


def peer() -> Peer:
    """Return where the MTA is, for messages."""
    mta, setting = config.mta, "[mta] of mailman.cfg"
    host, port = mta.smtp_host, int(mta.smtp_port)
    return Peer("the MTA", host, port, setting, "SMTP", _TIMEOUT)


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    verify = as_boolean(config.mta.smtp_verify_cert)
    context.check_hostname = verify and as_boolean(config.mta.smtp_verify_hostname)
    context.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
    return context
