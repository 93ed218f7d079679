"""A real Docker engine for the tests of this folder, and executors on it."""

from __future__ import annotations

import pytest
from tests.servers.docker import PYTHON, engine_or_skip

from volery.data.current import current
from volery.executors.docker.executor import DockerExecutor
from volery.executors.docker.settings import DockerSettings

engine = pytest.fixture(engine_or_skip, scope="session")


@pytest.fixture
def docker(engine):
    """The engine, without containers before and after."""
    yield engine
    engine.clear()


@pytest.fixture
def storage():
    """That of this process, in which the tests look for large outputs."""
    return current()


@pytest.fixture
def start(docker, storage, tmp_path):
    """A function that makes executors, which are closed at the end."""
    made = []

    def make(wanted=lambda *_: False, storage=storage, **settings):
        given = {
            "host": docker.url,
            "image": PYTHON,
            "network": "none",
            "grace": 1.0,
            "patience": 20.0,
            **settings,
        }
        executor = DockerExecutor(
            DockerSettings(**given),
            storage,
            server="tests",
            folder=tmp_path / "docker",
            wanted=wanted,
            environ={},
        )
        made.append(executor)
        return executor

    yield make
    for executor in made:
        executor.close()


@pytest.fixture
def executor(start):
    return start()


@pytest.fixture
def lose(docker):
    return docker.clear


@pytest.fixture
def reopen(start):
    def close_and_open(executor):
        executor.close()
        return start()

    return close_and_open
