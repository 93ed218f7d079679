from __future__ import annotations

from pathlib import Path

import pytest

from volery.config import settings
from volery.errors import ConfigError


def test_without_anything_the_defaults_hold(tmp_path):
    found = settings(folder=tmp_path, environ={})
    assert found.home == Path("~/.volery").expanduser()
    assert (found.project, found.domain, found.workers) == ("default", "development", None)


def test_the_command_line_wins_over_variables_over_the_file(tmp_path):
    (tmp_path / "volery.toml").write_text('project = "file"\ndomain = "file"\nworkers = 1\n')
    environ = {"VOLERY_DOMAIN": "variable", "VOLERY_WORKERS": "2"}
    found = settings({"workers": 3, "domain": None}, folder=tmp_path, environ=environ)
    assert (found.project, found.domain, found.workers) == ("file", "variable", 3)


def test_the_file_is_found_from_a_folder_below(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.volery]\nproject = "above"\n')
    below = tmp_path / "src" / "flows"
    below.mkdir(parents=True)
    assert settings(folder=below, environ={}).project == "above"


def test_a_pyproject_without_our_table_is_passed_over(tmp_path):
    (tmp_path / "volery.toml").write_text('project = "above"\n')
    below = tmp_path / "below"
    below.mkdir()
    (below / "pyproject.toml").write_text("[project]\n")
    assert settings(folder=below, environ={}).project == "above"


def test_a_home_in_a_file_is_meant_from_the_file(tmp_path):
    (tmp_path / "volery.toml").write_text('home = "records"\n')
    below = tmp_path / "below"
    below.mkdir()
    assert settings(folder=below, environ={}).home == tmp_path / "records"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('projct = "x"\n', "no setting is named 'projct'"),
        ("workers = 0\n", "workers: expected a whole number from 1 up, got 0"),
        ("workers = true\n", "workers: expected a whole number from 1 up, got True"),
        ("project = 3\n", "project: expected a text, got 3"),
        ("project = \n", "this is not TOML"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_file_and_key(tmp_path, text, told):
    file = tmp_path / "volery.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        settings(folder=tmp_path, environ={})
    assert told in caught.value.message
    assert str(file) in caught.value.message


def test_a_wrong_setting_suggests_the_nearest_name(tmp_path):
    (tmp_path / "volery.toml").write_text('projct = "x"\n')
    with pytest.raises(ConfigError) as caught:
        settings(folder=tmp_path, environ={})
    assert caught.value.hint == "did you mean project?"


def test_a_wrong_variable_is_refused_with_its_name(tmp_path):
    with pytest.raises(ConfigError, match="the variable VOLERY_WORKERS: expected a whole number"):
        settings(folder=tmp_path, environ={"VOLERY_WORKERS": "many"})


def test_a_wrong_option_is_refused_with_its_name(tmp_path):
    with pytest.raises(ConfigError, match="--workers: expected a whole number from 1 up, got 0"):
        settings({"workers": 0}, folder=tmp_path, environ={})
