"""Docker, Podman and Buildah do what every builder does."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from functools import partial

import pytest
from tests.images import bases
from tests.servers.docker import unmount
from tests.servers.podman import INSTALL, is_there, variables

from volery.images.builder import CommandBuilder
from volery.testing.conformance.builder import BuilderConformance, SecretBuilderConformance

pytestmark = pytest.mark.timeout(180)


class TestDocker(BuilderConformance):
    """Secrets take BuildKit, which is a plugin."""

    @pytest.fixture
    def builder(self, engine):
        return CommandBuilder("docker", network="none")

    @pytest.fixture
    def base(self):
        return bases.PIP

    @pytest.fixture
    def printed(self, docker):
        return lambda image, *command: docker("run", "--rm", "--network=none", image, *command)


@contextmanager
def storage(folder):
    """A place for all images of a builder; gives the files of the base."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables(folder).items():
            patch.setenv(name, value)
        patch.setenv("BUILDAH_ISOLATION", "chroot")
        archive = folder / "base.tar"
        bases.write(archive, bases.PIP)
        yield str(archive)
        unmount(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="class")
def in_podman(tmp_path_factory):
    if not is_there():
        pytest.skip(INSTALL)
    base = f"localhost/{bases.PIP}"
    with storage(tmp_path_factory.mktemp("podman")) as archive:
        _run("podman", "import", "--change", f"ENV {bases.PATH}", archive, base)
        yield base


@pytest.mark.may_skip("Docker is the builder that tests need")
class TestPodman(SecretBuilderConformance):
    @pytest.fixture
    def builder(self):
        return CommandBuilder("podman", network="host")

    @pytest.fixture
    def base(self, in_podman):
        return in_podman

    @pytest.fixture
    def printed(self):
        return partial(_run, "podman", "run", "--rm", "--network=none")


@pytest.fixture(scope="class")
def in_buildah(tmp_path_factory):
    if shutil.which("buildah") is None:
        pytest.skip("no buildah: apt-get install buildah crun")
    base = f"localhost/{bases.PIP}"
    with storage(tmp_path_factory.mktemp("buildah")) as archive:
        container = _run("buildah", "from", "scratch").strip()
        _run("buildah", "add", "--quiet", container, archive, "/")
        _run("buildah", "config", "--env", bases.PATH, container)
        _run("buildah", "commit", "--quiet", container, base)
        yield base
        _run("buildah", "rm", "--all")


@pytest.mark.may_skip("Docker is the builder that tests need")
class TestBuildah(SecretBuilderConformance):
    @pytest.fixture
    def builder(self):
        return CommandBuilder("buildah", network="host")

    @pytest.fixture
    def base(self, in_buildah):
        return in_buildah

    @pytest.fixture
    def printed(self):
        def run(image, *command):
            container = _run("buildah", "from", f"localhost/{image}").strip()
            return _run("buildah", "run", container, "--", *command)

        return run


def _run(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
