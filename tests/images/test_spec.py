"""What an `ImageSpec` says, and how it is known."""

from __future__ import annotations

import subprocess
import sys

import pytest

from volery import __version__
from volery.errors import DefinitionError
from volery.sdk.image import ImageSpec, known


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "requirements.txt").write_text("numpy==2.0\n-r more/others.txt\n")
    (tmp_path / "more").mkdir()
    (tmp_path / "more/others.txt").write_text("pandas\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/table.csv").write_text("1,2\n")
    return tmp_path


def test_the_tag_is_the_same_for_the_same_contents_wherever_they_are(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    subprocess.run(["cp", "-r", f"{folder}/.", str(other)], check=True)
    one, two = (
        ImageSpec(requirements="requirements.txt", copy=["data"], env={"A": "1"}, folder=each)
        for each in (folder, other)
    )
    assert one.tag == two.tag


def test_the_tag_is_the_same_in_another_process():
    code = (
        "from volery.sdk.image import ImageSpec\n"
        "print(ImageSpec(packages=['x'], env={'b': '1', 'a': '2'}).tag)"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "123"
    }
    assert told == {ImageSpec(packages=["x"], env={"b": "1", "a": "2"}).tag + "\n"}


@pytest.mark.parametrize("name", ["requirements.txt", "more/others.txt", "data/table.csv"])
def test_the_tag_changes_with_the_content_of_any_file(folder, name):
    given = {"requirements": "requirements.txt", "copy": ["data"], "folder": folder}
    before = ImageSpec(**given).tag
    (folder / name).write_text((folder / name).read_text() + "# changed\n")
    assert ImageSpec(**given).tag != before


def test_the_tag_changes_when_a_file_may_be_executed(folder):
    before = ImageSpec(copy=["data"], folder=folder).tag
    (folder / "data/table.csv").chmod(0o755)
    assert ImageSpec(copy=["data"], folder=folder).tag != before


OTHERS = [
    {"packages": ["a"]},
    {"apt_packages": ["git"]},
    {"env": {"A": "1"}},
    {"commands": ["true"]},
    {"python_version": "3.12"},
    {"base_image": "debian:12"},
    {"platform": "linux/arm64"},
    {"entrypoint": ["x"]},
    {"pip_index": "https://example.com/simple"},
    {"volery": ""},
]


def test_each_of_what_goes_in_makes_another_tag():
    tags = {ImageSpec(**each).tag for each in [{}, *OTHERS]}
    assert len(tags) == len(OTHERS) + 1


def test_what_does_not_go_in_makes_no_other_digest():
    digest = ImageSpec().tag.partition(":")[2]
    for each in ({"registry": "example.com/a"}, {"name": "b"}, {"builder": "podman"}):
        assert ImageSpec(**each).tag.rpartition(":")[2] == digest
    assert ImageSpec().force_push().tag.rpartition(":")[2] == digest


def test_a_tag_has_registry_name_and_format():
    spec = ImageSpec(name="team/train", registry="127.0.0.1:5000", tag_format="{spec_hash}-gpu")
    start, _, end = spec.tag.rpartition("-")
    assert start.startswith("127.0.0.1:5000/team/train:")
    assert end == "gpu"


def test_it_is_changed_by_making_another(folder):
    one = ImageSpec(folder=folder)
    two = (
        one.with_packages("numpy")
        .with_apt_packages(["git"])
        .with_commands("true")
        .with_copy("data")
    )
    assert (one.packages, one.copy) == ((), ())
    assert (two.packages, two.apt_packages) == (("numpy",), ("git",))
    assert (two.commands, two.copy) == (("true",), ("data",))
    assert two.force_push().force


def test_a_base_that_is_a_spec_counts_with_all_that_is_in_it(folder):
    base = ImageSpec(copy=["data"], folder=folder)
    before = ImageSpec(base_image=base).tag
    (folder / "data/table.csv").write_text("3\n")
    after = ImageSpec(base_image=ImageSpec(copy=["data"], folder=folder)).tag
    assert before != after


def test_versions_are_those_that_are_installed_here():
    spec = ImageSpec.from_env("here", ["msgspec"])
    (package,) = spec.packages
    assert package.startswith("msgspec==")
    assert spec.base == f"python:3.{sys.version_info.minor}-slim"
    with pytest.raises(DefinitionError, match="no-such-package is not installed here"):
        ImageSpec.from_env("here", ["no-such-package"])


def test_whoever_is_in_the_image_knows(monkeypatch):
    one, two = ImageSpec(packages=["a"]), ImageSpec(packages=["b"])
    assert one.is_container()
    monkeypatch.setenv("VOLERY_IMAGE_ID", one.id)
    assert one.is_container()
    assert not two.is_container()


def test_inside_an_image_its_files_need_not_be_there(monkeypatch, tmp_path):
    spec = ImageSpec(requirements="requirements.txt", folder=tmp_path)
    with pytest.raises(DefinitionError, match=r"requirements=: there is no .*requirements\.txt"):
        _ = spec.tag
    monkeypatch.setenv("VOLERY_IMAGE_ID", spec.id)
    monkeypatch.setenv("VOLERY_IMAGE", "volery:built")
    assert spec.tag == "volery:built"
    other = ImageSpec(copy=["x"], folder=tmp_path)
    assert other.tag.startswith("volery:")


def test_whatever_was_asked_for_its_tag_is_known_with_bases_first():
    base = ImageSpec(packages=["only-here"])
    top = ImageSpec(base_image=base, commands=["true"])
    assert top.tag
    specs = known()
    assert specs.index(base) < specs.index(top)


def test_volery_itself_is_of_this_version_unless_somebody_else_brings_it():
    assert ImageSpec().itself == f"volery=={__version__}"
    assert ImageSpec(volery="").itself == ""
    assert ImageSpec(base_image=ImageSpec()).itself == ""


REFUSED = [
    ({"packages": "numpy"}, "packages= takes a list of texts"),
    ({"packages": ["--index-url=x"]}, "packages= takes names of packages"),
    ({"packages": [1]}, "packages= takes a list of texts"),
    ({"apt_packages": ["git; rm -rf /"]}, "apt_packages= takes names"),
    ({"name": "Upper"}, "name= takes lower-case"),
    ({"registry": "https://example.com"}, "registry= takes a host"),
    ({"python_version": "2.7"}, "python_version= takes a version"),
    ({"python_version": "3.12", "base_image": "debian"}, "has its own Python"),
    ({"base_image": "debian\nRUN x"}, "base_image= takes the name"),
    ({"env": {"A": "1\nRUN x"}}, "env= takes variables"),
    ({"env": {"A B": "1"}}, "env= takes variables"),
    ({"env": {"A": 1}}, "env= takes a dict of texts"),
    ({"platform": "arm"}, "platform= takes"),
    ({"builder": "kaniko"}, "builder= takes docker or podman or buildah"),
    ({"tag_format": "v1"}, "tag_format= takes"),
    ({"pip_index": "https://me:hunter2@example.com/simple"}, "would be in the image for all"),
    ({"pip_secret_mounts": [("a", "relative")]}, "pip_secret_mounts= takes pairs"),
    ({"package": ["numpy"]}, "did you mean packages"),
]


@pytest.mark.parametrize(("given", "told"), REFUSED, ids=[told for _, told in REFUSED])
def test_what_no_image_can_be_made_of_is_refused_where_it_is_written(given, told):
    with pytest.raises(DefinitionError) as caught:
        ImageSpec(**given)
    assert told in str(caught.value)
    assert "test_spec.py:" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_nothing_is_copied_from_outside_of_the_folder(folder):
    for path in ("../secret", "/etc/passwd"):
        with pytest.raises(DefinitionError, match="is not below"):
            _ = ImageSpec(copy=[path], folder=folder / "data").tag


def test_what_git_leaves_out_is_not_copied(folder):
    (folder / ".gitignore").write_text("*.csv\n")
    (folder / "kept.txt").write_text("")
    names = [part.name for part in ImageSpec(copy=["."], folder=folder).parts]
    assert "copy/kept.txt" in names
    assert "copy/data/table.csv" not in names
