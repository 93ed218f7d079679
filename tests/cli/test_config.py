from __future__ import annotations

from pathlib import Path

import pytest

from volery.config import Settings, settings
from volery.errors import ConfigError
from volery.services.home import Home


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


def test_the_storage_is_none_unless_it_is_said_and_then_the_home_has_its_own(tmp_path):
    found = settings({"home": str(tmp_path / "a b")}, folder=tmp_path, environ={})
    assert found.storage == ""
    assert Home(found.home).storage(found.storage).url == (tmp_path / "a b").as_uri()
    found = settings(folder=tmp_path, environ={"VOLERY_STORAGE": "s3://bucket/prefix"})
    assert found.storage == "s3://bucket/prefix"


def test_a_storage_may_be_a_path_and_is_meant_from_the_file(tmp_path):
    (tmp_path / "volery.toml").write_text('storage = "large things"\n')
    below = tmp_path / "below"
    below.mkdir()
    found = settings(folder=below, environ={})
    assert found.storage == (tmp_path / "large things").as_uri()


def test_options_of_object_stores_are_texts_by_scheme_or_bucket(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        "[tool.volery.storage_options.s3]\nallow_http = true\nmax_retries = 3\n"
        '[tool.volery.storage_options."s3://bucket"]\nregion = "eu-west-1"\n'
    )
    assert settings(folder=tmp_path, environ={}).storage_options == {
        "s3": {"allow_http": "true", "max_retries": "3"},
        "s3://bucket": {"region": "eu-west-1"},
    }
    environ = {"VOLERY_STORAGE_OPTIONS": '{"s3": {"region": "eu-west-2"}}'}
    found = settings(folder=tmp_path, environ=environ)
    assert found.storage_options == {"s3": {"region": "eu-west-2"}}


@pytest.mark.parametrize(
    "given", ["secret", '"secret"', '{"s3": "secret"}', '{"s3": {"key": ["secret"]}}', "[1]"]
)
def test_wrong_options_are_refused_and_not_repeated(tmp_path, given):
    with pytest.raises(ConfigError, match="VOLERY_STORAGE_OPTIONS: expected a table") as caught:
        settings(folder=tmp_path, environ={"VOLERY_STORAGE_OPTIONS": given})
    assert "secret" not in str(caught.value).replace("may be secret", "")


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
    with pytest.raises(ConfigError, match="--public-url: expected the URL of a server"):
        settings({"public_url": "example.org"}, folder=tmp_path, environ={})
    with pytest.raises(ConfigError, match="--workers: expected a whole number from 1 up, got 0"):
        settings({"workers": 0}, folder=tmp_path, environ={})


def test_each_setting_stands_in_the_docs():
    page = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
    missing = [name for name in Settings.__struct_fields__ if f"| `{name}` |" not in page]
    assert missing == []


@pytest.mark.parametrize("url", ["localhost:8400", "https://user:word@host", "https://host?x=1"])
def test_what_is_no_url_of_a_server_is_refused_without_its_password(tmp_path, url):
    with pytest.raises(ConfigError, match="the variable VOLERY_SERVER") as caught:
        settings(folder=tmp_path, environ={"VOLERY_SERVER": url})
    assert "word" not in caught.value.message.partition("got")[2]


def test_what_is_secret_is_shown_nowhere(tmp_path):
    environ = {"VOLERY_TOKEN": "vol_abc", "VOLERY_DATABASE": "postgresql://u:abc@host/name"}
    found = settings(folder=tmp_path, environ=environ)
    assert found.token == "vol_abc"
    assert "abc" not in repr(found)
    with pytest.raises(ConfigError) as caught:
        settings(folder=tmp_path, environ={"VOLERY_TOKEN": "abc\ndef"})
    assert "abc" not in str(caught.value)


def test_a_mail_server_is_a_table_or_json(tmp_path):
    (tmp_path / "volery.toml").write_text('[smtp]\nhost = "mail"\nport = 587\nstarttls = true\n')
    found = settings(folder=tmp_path, environ={})
    assert (found.smtp.host, found.smtp.port, found.smtp.starttls) == ("mail", 587, True)
    found = settings(folder=tmp_path, environ={"VOLERY_SMTP": '{"host": "other"}'})
    assert found.smtp.host == "other"
    with pytest.raises(ConfigError, match="a table of host, port"):
        settings(folder=tmp_path, environ={"VOLERY_SMTP": '{"hots": "other"}'})


@pytest.mark.parametrize("patience", ["soon", "-1", "inf"])
def test_patience_is_a_number_of_seconds(tmp_path, patience):
    with pytest.raises(ConfigError, match="expected seconds"):
        settings(folder=tmp_path, environ={"VOLERY_PATIENCE": patience})
