"""The image that the project ships: it is built, begins as an administrator would, and serves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from tests.images.bases import WHOLE

from volery import __version__

ROOT = Path(__file__).parents[2]
TAG = "volery-test/shipped:1"
RESTRICTED = ("--read-only", "--tmpfs=/tmp", "--tmpfs=/var/lib/volery:uid=1000", "--cap-drop=ALL",
              "--security-opt=no-new-privileges", "--network=host")  # fmt: skip
"""As deploy/kubernetes has it."""


@pytest.fixture(scope="module")
def docker(engine):
    environ = {**os.environ, "DOCKER_HOST": engine.url, "DOCKER_BUILDKIT": "0"}

    def run(*words):
        command = ["docker", *map(str, words)]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    run.environ = environ
    return run


@pytest.fixture(scope="module")
def image(docker, tmp_path_factory):
    """Built with arguments, as where there is neither a registry nor a package index."""
    folder = tmp_path_factory.mktemp("context")
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--wheel-dir", folder, source], check=True)
    (wheel,) = folder.iterdir()
    docker(
        "build", "--network=none", "--file", ROOT / "deploy/image/Dockerfile", "--tag", TAG,
        "--build-arg", f"BASE={WHOLE}", "--build-arg", f"VOLERY=./{wheel.name}[postgres]",
        "--build-arg", "PIP_OPTIONS=--no-index --force-reinstall --no-deps", folder,
    )  # fmt: skip
    return TAG


@pytest.mark.timeout(180)
def test_it_runs_commands_as_nobody_in_particular(docker, image):
    assert docker("run", "--rm", *RESTRICTED, image, "version").startswith(f"volery {__version__} ")
    code = "import os; print(os.getuid())"
    told = docker("run", "--rm", *RESTRICTED, "--entrypoint=python", image, "-c", code)
    assert told == "1000\n"


@pytest.mark.timeout(180)
def test_it_serves_and_ends_in_order(docker, image):
    name = "volery-server"
    server = subprocess.Popen(
        ["docker", "run", "--name", name, *RESTRICTED, image, "serve", "--port=0"],
        env=docker.environ, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with server:
        assert server.stdout
        url = server.stdout.readline().removeprefix("volery serves at ").strip()
        with urllib.request.urlopen(f"{url}/readyz", timeout=20) as answer:
            health = json.load(answer)
        docker("stop", "--time=30", name)
    assert health["ok"]
    assert health["version"] == __version__
    assert server.returncode == 0


@pytest.mark.timeout(180)
def test_it_makes_records_before_a_server_begins(docker, image):
    told = docker("run", "--rm", *RESTRICTED, image, "migrate")
    assert told == "the records in /var/lib/volery/volery.db are of this version\n"


@pytest.mark.timeout(180)
def test_its_tasks_know_that_they_are_in_no_image_of_a_spec(docker, image):
    code = "from volery.sdk.image import ImageSpec; print(ImageSpec(volery='').is_container())"
    told = docker("run", "--rm", *RESTRICTED, "--entrypoint=python", image, "-c", code)
    assert told == "False\n"
