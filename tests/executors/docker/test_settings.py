from __future__ import annotations

from pathlib import Path

import pytest

from volery.errors import ConfigError
from volery.executors.docker.address import Address, address_of
from volery.executors.docker.settings import DockerSettings, docker_settings


def test_a_table_becomes_settings():
    found = docker_settings({"image": "a:1", "volumes": ["cache:/c", "/d:/d:ro"], "most": 3})
    assert found == DockerSettings(image="a:1", volumes=("cache:/c", "/d:/d:ro"), most=3)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"imgae": "a"}, "imgae"),
        ({"most": "many"}, "most"),
        ({"pull": "sometimes"}, "pull"),
        ({"volumes": ["cache"]}, "'cache' is no volume"),
        ({"volumes": ["cache:/c:wx"]}, "'cache:/c:wx' is no volume"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(table, told):
    with pytest.raises(ConfigError, match=told):
        docker_settings(table)


@pytest.mark.parametrize(
    ("settings", "environ", "found"),
    [
        ({}, {}, Address(path="/var/run/docker.sock")),
        ({}, {"DOCKER_HOST": "unix:///a/b.sock"}, Address(path="/a/b.sock")),
        ({"host": "unix:///c"}, {"DOCKER_HOST": "unix:///a/b.sock"}, Address(path="/c")),
        ({"host": "tcp://h"}, {}, Address(host="h", port=2375)),
        (
            {"host": "tcp://h:1"},
            {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"},
            Address(host="h", port=1, certificates=Path("/certs")),
        ),
        (
            {"host": "tcp://h", "certificates": "/certs"},
            {},
            Address(host="h", port=2376, certificates=Path("/certs")),
        ),
    ],
)
def test_where_the_engine_is(settings, environ, found):
    assert address_of(DockerSettings(**settings), environ) == found


@pytest.mark.parametrize("host", ["ftp://h", "/var/run/docker.sock", "unix://", "tcp://h:port"])
def test_what_is_no_address_is_refused(host):
    with pytest.raises(ConfigError, match="is no address of a Docker engine"):
        address_of(DockerSettings(host=host), {})
