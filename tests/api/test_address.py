"""Addresses: who reaches them, by which names, and who has them."""

from __future__ import annotations

import os
import socket
import sys

import pytest

from volery.api.address import Address, bound, url
from volery.errors import ConfigError


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("example.com", False),
    ],
)
def test_only_loopback_is_reached_from_here_alone(host, inside):
    assert Address(host).is_loopback is inside


def test_a_server_is_known_by_its_names():
    assert Address(names=("Flows.example",)).hosts() == {"localhost", "127.0.0.1", "flows.example"}
    assert socket.gethostname().lower() in Address("0.0.0.0").hosts()


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")]
)
def test_the_url_has_the_port_that_was_free(host, shown):
    address = Address(host, 0)
    with bound(address) as listener:
        assert url(address, listener) == f"{shown}{listener.getsockname()[1]}"


def test_small_answers_are_sent_at_once():
    # asyncio asks the system for that on sockets that say they are TCP.
    with bound(Address(port=0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_an_address_is_had_by_one():
    with bound(Address(port=0)) as listener:
        taken = Address(port=listener.getsockname()[1])
        with pytest.raises(ConfigError, match="cannot be listened on") as caught, bound(taken):
            pass
    if sys.platform == "linux":
        assert f"by process {os.getpid()}: " in caught.value.message


def test_a_host_that_nobody_knows_is_told():
    with (
        pytest.raises(ConfigError, match=r"--host no\.such\.host\.invalid"),
        bound(Address("no.such.host.invalid")),
    ):
        pass
