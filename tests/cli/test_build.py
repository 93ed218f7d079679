"""`volery build` and `volery migrate`."""

from __future__ import annotations

import json

import pytest

from volery.cli.main import run

FLOW = """
from volery import ImageSpec, task

BASE = ImageSpec(name="base", packages=["numpy"])
TRAIN = ImageSpec(name="train", base_image=BASE, commands=["true"])


@task(container_image=TRAIN)
def train(x: int) -> int:
    return x
"""


@pytest.fixture
def flow(tmp_path, monkeypatch):
    from volery.sdk import image

    monkeypatch.setattr(image, "_known", {})
    monkeypatch.chdir(tmp_path)
    file = tmp_path / f"flow_{tmp_path.name}.py"  # a module has one file in a process
    file.write_text(FLOW)
    return file


def test_dockerfiles_are_shown_bases_first(flow, capsys):
    assert run(["build", str(flow), "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert told.index("# base:") < told.index("# train:")
    assert told.count("FROM ") == 2
    assert '"numpy"' in told


def test_programs_are_given_tags_and_dockerfiles(flow, capsys):
    assert run(["build", str(flow), "--dry-run", "--output", "json"]) == 0
    base, train = json.loads(capsys.readouterr().out)
    assert train["dockerfile"].startswith(f"FROM {base['tag']}\n")


def test_a_builder_that_is_not_there_is_named(flow, capsys, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert run(["build", str(flow), "--builder", "buildah"]) == 2
    assert "buildah is not installed" in capsys.readouterr().err


def test_registering_says_which_images_are_missing(flow, capsys, monkeypatch, tmp_path):
    builder = tmp_path / "bin/docker"
    builder.parent.mkdir()
    builder.write_text("#!/bin/sh\nexit 1\n")  # it has no image
    builder.chmod(0o755)
    monkeypatch.setenv("PATH", str(builder.parent), prepend=":")
    (tmp_path / ".voleryignore").write_text("bin/\nhome/\n")
    assert run(["register", str(flow), "--home", str(tmp_path / "home")]) == 0
    told = capsys.readouterr().err
    assert "there is no image train:" in told
    assert f"volery build {flow}" in told


def test_files_without_images_are_fine(tmp_path, capsys, monkeypatch):
    from volery.sdk import image

    monkeypatch.setattr(image, "_known", {})
    (tmp_path / "without_images.py").write_text(FLOW.replace("(container_image=TRAIN)", ""))
    assert run(["build", str(tmp_path / "without_images.py")]) == 0
    assert "has an ImageSpec" in capsys.readouterr().err


def test_records_are_made_and_made_again(tmp_path, capsys):
    for _ in range(2):
        assert run(["migrate", "--home", str(tmp_path / "home")]) == 0
        assert "are of this version" in capsys.readouterr().out
    assert (tmp_path / "home/volery.db").exists()


def test_a_database_that_is_not_reached_is_named(tmp_path, capsys):
    url = "postgresql://me:hunter2@127.0.0.1:9/x"
    assert run(["migrate", "--database", url]) != 0
    told = capsys.readouterr().err
    assert "127.0.0.1:9" in told
    assert "hunter2" not in told
