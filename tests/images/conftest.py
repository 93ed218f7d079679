"""Programs that build images."""

from __future__ import annotations

import shutil
import subprocess
import zipfile

import pytest
from tests.images import bases
from tests.servers.docker import INSTALL, docker_engine, program


@pytest.fixture(scope="session")
def session_engine():
    if program() is None or shutil.which("docker") is None:
        pytest.skip(INSTALL)
    with docker_engine() as started:
        bases.load(started, bases.PIP)
        yield started


@pytest.fixture
def engine(session_engine, monkeypatch):
    """A Docker engine that the command line of this test speaks to."""
    monkeypatch.setenv("DOCKER_HOST", session_engine.url)
    monkeypatch.setenv("DOCKER_BUILDKIT", "0")
    return session_engine


@pytest.fixture
def docker(engine):
    """A function that runs Docker's command line and gives what it prints."""

    def run(*words):
        done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def wheel(tmp_path):
    """A function that makes a wheel with one module."""

    def make(name, code):
        path = tmp_path / f"{name}-1.0-py3-none-any.whl"
        info = f"{name}-1.0.dist-info"
        files = {
            f"{name}.py": code,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{each},,\n" for each in [*files, f"{info}/RECORD"])
        with zipfile.ZipFile(path, "w") as archive:
            for each, content in {**files, f"{info}/RECORD": record}.items():
                archive.writestr(each, content)
        return path

    return make
