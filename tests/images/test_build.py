"""Images that are really built, by Docker."""

from __future__ import annotations

import json

import pytest
from tests.images.bases import PIP as BASE

from volery.images.builder import BuildFailed, CommandBuilder, builder_named
from volery.images.making import Making, missing
from volery.sdk.image import ImageSpec

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def folder(tmp_path, wheel):
    wheel("greeting", "WORD = 'hello'\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a $HOME [1].txt").write_text("content")
    (tmp_path / "app").mkdir()
    (tmp_path / "app/mine.py").write_text("import greeting\n")
    return tmp_path


@pytest.fixture
def spec(folder):
    return ImageSpec(
        base_image=BASE,
        volery="",
        packages=["greeting-1.0-py3-none-any.whl"],
        pip_extra_args=["--no-index"],
        env={"WORD": "a $HOME \"q\" 'p'"},
        copy=["data"],
        source_root="app",
        commands=["echo made > /app/made && id > /app/who"],
        folder=folder,
    )


@pytest.fixture
def builder():
    return CommandBuilder("docker", network="none")


def test_an_image_has_what_its_spec_says(docker, spec, builder):
    lines = []
    builder.build(spec, lines.append)
    assert any("Step 1/" in line for line in lines)
    code = """if True:
        import greeting, json, mine, os
        from pathlib import Path
        files = ["data/a $HOME [1].txt", "made", "who"]
        said = [greeting.WORD, os.environ["WORD"], os.getuid(), os.environ["VOLERY_IMAGE_ID"]]
        print(json.dumps(said + [Path(each).read_text() for each in files]))
    """
    told = docker("run", "--rm", "--network=none", spec.tag, "python", "-c", code)
    word, variable, user, spec_id, content, made, who = json.loads(told)
    assert (word, content, made) == ("hello", "content", "made\n")
    assert variable == "a $HOME \"q\" 'p'"
    assert user == 1000
    assert spec_id == spec.id
    assert "uid=0" in who


def test_an_image_that_is_there_is_not_built_again(docker, folder):
    spec = ImageSpec(base_image=BASE, volery="", commands=["true"], folder=folder)
    lines = []
    making = Making(lines.append, name="docker", network="none")
    assert missing([spec]) == [spec.tag]
    assert making.make(spec).state == "built"
    assert missing([spec]) == []
    lines.clear()
    assert making.make(spec) == (spec.tag, "there")
    assert lines == []
    assert making.make(spec.force_push()).state == "built"


def test_a_base_that_does_not_exist_is_named(engine, builder):
    with pytest.raises(BuildFailed, match="no-such-base"):
        builder.build(ImageSpec(base_image="127.0.0.1:9/no-such-base:1"), lambda _: None)


def test_a_builder_that_is_not_installed_is_named(monkeypatch):
    from volery.errors import ConfigError

    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConfigError, match="podman is not installed"):
        builder_named("podman")
    with pytest.raises(ConfigError, match="no program that builds images"):
        builder_named(None)
