"""Ports are free, distinct, and those that were asked for."""

from __future__ import annotations

import dataclasses
import socket
from unittest.mock import patch

import pytest

from publisher.mailhost import MailHostError, MailHostSettings, loopback

pytestmark = pytest.mark.enable_socket


def test_ports_that_are_left_open_are_free_and_distinct(
    settings: MailHostSettings,
) -> None:
    ports = loopback.choose(settings)

    numbers = {ports.rest, ports.smtp, ports.lmtp}
    assert len(numbers) == 3
    assert all(20000 <= number < 30000 for number in numbers)
    assert not any(loopback.answers(number) for number in numbers)


def test_ports_that_are_given_are_taken(settings: MailHostSettings) -> None:
    free = loopback.choose(settings)
    given = dataclasses.replace(
        settings, rest_port=free.rest, smtp_port=free.smtp, lmtp_port=free.lmtp
    )

    assert loopback.choose(given) == free


def test_a_given_port_in_use_is_an_error(settings: MailHostSettings) -> None:
    with socket.create_server((loopback.HOST, 0)) as server:
        port = server.getsockname()[1]
        taken = dataclasses.replace(settings, rest_port=port)

        assert loopback.answers(port)
        with pytest.raises(MailHostError, match=f"port {port} cannot be used: Address"):
            loopback.choose(taken)


def test_ports_in_use_are_passed_over(settings: MailHostSettings) -> None:
    with socket.create_server((loopback.HOST, 0)) as server:
        used = server.getsockname()[1] - 20000
        draws = iter([used, used, 1, 1, 2, 3])
        with patch("secrets.randbelow", lambda _: next(draws)):
            ports = loopback.choose(settings)

    assert ports == loopback.Ports(rest=20001, smtp=20002, lmtp=20003)


def test_a_machine_without_free_ports_is_an_error(settings: MailHostSettings) -> None:
    with socket.create_server((loopback.HOST, 0)) as server:
        used = server.getsockname()[1] - 20000
        with (
            patch("secrets.randbelow", lambda _: used),
            pytest.raises(MailHostError, match="no free port found between"),
        ):
            loopback.choose(settings)
