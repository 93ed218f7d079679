"""From specs to Dockerfiles, compared with files that people have read."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from volery.images.dockerfile import dockerfile
from volery.sdk.image import ImageSpec

GOLDEN = Path(__file__).with_name("golden")


@pytest.fixture
def folder(tmp_path):
    for name in ("requirements.txt", "uv.lock", "poetry.lock", "pylock.toml", "pyproject.toml",
                 "data/a b.csv", "app/flow.py", "dist/ours-1-py3-none-any.whl"):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


SPECS = {
    "smallest": {},
    "everything": {
        "python_version": "3.12",
        "apt_packages": ["git", "libgomp1=12.2.0-14"],
        "requirements": "requirements.txt",
        "packages": ["numpy>=2", "dist/ours-1-py3-none-any.whl"],
        "env": {"GREETING": 'a "quoted" $HOME \\ word'},
        "commands": ["echo 'one' && echo \"two\"", "printf 'a\nRUN b\n'"],
        "copy": ["data"],
        "source_root": "app",
        "entrypoint": ["python", "-u"],
        "pip_index": "https://packages.example.com/simple",
        "pip_extra_index_url": ["https://more.example.com/simple"],
        "pip_extra_args": ["--no-deps"],
    },
    "secret": {"packages": ["private"], "pip_secret_mounts": [("pip.conf", "/etc/pip.conf")]},
    "uv": {"requirements": "uv.lock", "volery": ""},
    "poetry": {"requirements": "poetry.lock", "volery": ""},
    "pylock": {"requirements": "pylock.toml", "volery": ""},
}


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_makes_this_dockerfile(name, folder):
    made = dockerfile(ImageSpec(folder=folder, **SPECS[name]))
    # Versions and digests change with every release.
    made = re.sub(r"volery==[\w.+]+", "volery==VERSION", made)
    made = re.sub(r"(VOLERY_IMAGE(?:_ID)?=(?:volery:)?)[0-9a-f]{20}", r"\1DIGEST", made)
    file = GOLDEN / f"{name}.Dockerfile"
    if "UPDATE_GOLDEN" in os.environ:
        file.write_text(made)
    assert made == file.read_text()


def test_nothing_that_a_user_writes_becomes_an_instruction():
    evil = 'x"]\nUSER root\nRUN ["id'
    made = dockerfile(ImageSpec(packages=[evil], commands=[evil], entrypoint=[evil]))
    allowed = {"FROM", "USER", "WORKDIR", "RUN", "ENV", "ENTRYPOINT", "COPY"}
    assert {line.split()[0] for line in made.splitlines()} <= allowed
    assert [line for line in made.splitlines() if line.startswith("USER")] == [
        "USER 0:0",
        "USER 1000:1000",
    ]


def test_no_secret_is_in_it(folder):
    (folder / "pip.conf").write_text("password")
    spec = ImageSpec(folder=folder, **SPECS["secret"])
    assert "password" not in dockerfile(spec)
    assert spec.parts == ()
