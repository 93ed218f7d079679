"""A Docker engine with an image of all that a server needs."""

from __future__ import annotations

import shutil

import pytest
from tests.images import bases
from tests.servers.docker import INSTALL, docker_engine, program


@pytest.fixture(scope="session")
def engine():
    if program() is None or shutil.which("docker") is None:
        pytest.skip(INSTALL)
    with docker_engine() as started:
        bases.load(started, bases.WHOLE)
        yield started
