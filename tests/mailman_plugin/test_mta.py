"""The connection to the MTA: TLS and passwords, as mailman.cfg says."""

from __future__ import annotations

import smtplib
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mailman_plugin import inside
from tests.mailman_plugin.inside import Mailman

pytestmark = [pytest.mark.mailman, pytest.mark.enable_socket]

USER, PASSWORD = "lists", "correct horse"


@pytest.fixture(scope="module")
def mailman() -> Iterator[Mailman]:
    with inside.mailman() as running:
        yield running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, and its key."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(file), "-out", f"{file}.crt", "-days", "2"]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


def connected(certificate: Path, mode: str, **settings: str) -> str:
    """Connect to a server that wants TLS and a password; return what came of it."""
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Sink
    from aiosmtpd.smtp import AuthResult
    from mailman.config import config

    from publisher.mailman_plugin import mta

    def known(server: Any, session: Any, envelope: Any, how: str, data: Any) -> Any:
        del server, session, envelope, how
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=good)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    kind: dict[str, Any] = {
        "smtps": {"ssl_context": context, "auth_require_tls": False},
        "starttls": {"tls_context": context, "require_starttls": True},
    }[mode]
    controller = Controller(
        Sink(), "127.0.0.1", port, authenticator=known, auth_required=True, **kind
    )
    own = {"smtp_secure_mode": mode, "smtp_host": "127.0.0.1", "smtp_port": port}
    lines = "\n".join(f"{name}: {value}" for name, value in (own | settings).items())
    config.push("mta", f"[mta]\n{lines}\n")
    controller.start()
    try:
        client = mta.connect()
        client.mail("a@cert.example")
        code, _ = client.rcpt("b@home.example")
        client.quit()
    except (OSError, smtplib.SMTPException) as error:
        return type(error).__name__
    else:
        return str(code)
    finally:
        config.pop("mta")
        controller.stop()


LOGIN = {"smtp_user": USER, "smtp_pass": PASSWORD}


@pytest.mark.parametrize("mode", ["smtps", "starttls"])
def test_tls_and_the_password_are_as_mailman_is_told(
    mailman: Mailman, certificate: Path, mode: str
) -> None:
    def told(**settings: str) -> str:
        return str(mailman.run(with_settings, certificate, mode, settings))

    trusting = {"smtp_verify_cert": "no", **LOGIN}

    assert told(**LOGIN) == "SSLCertVerificationError"
    assert told(**trusting) == "250"
    assert told(**{**trusting, "smtp_pass": "wrong"}) == "SMTPAuthenticationError"


def with_settings(certificate: Path, mode: str, settings: dict[str, str]) -> str:
    return connected(certificate, mode, **settings)
