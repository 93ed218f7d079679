"""The storage belongs to an execution's record: whatever the settings say later, it is used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

LADEN = Path(__file__).parent / "flows" / "laden.py"
BACKWARDS = list(reversed(range(50_000)))


@pytest.fixture
def interrupted(gate):
    """Cut a run off, with ``kill -9``, whose large value is stored and still has to be read."""

    def run(*more):
        with gate.start(*more, flow=LADEN, entity="laden") as process:
            process.kill()
            process.wait()

    return run


@pytest.fixture
def finished(gate):
    """Resume what was interrupted, which has to succeed; what stdout holds."""

    def run(*arguments):
        command = ("executions", "resume", *arguments, "--output", "json")
        with gate.run(*command) as resumed:
            gate.open()
            stdout, stderr = resumed.communicate(timeout=30)
        assert resumed.returncode == 0, stderr
        return json.loads(stdout)

    return run


def test_resume_takes_the_storage_of_the_run(interrupted, finished, monkeypatch, tmp_path):
    monkeypatch.setenv("VOLERY_STORAGE", str(tmp_path / "a"))
    interrupted()
    monkeypatch.delenv("VOLERY_STORAGE")
    (document,) = finished()
    assert document["outputs"] == {"o0": BACKWARDS}
    assert document["storage"] == (tmp_path / "a").as_uri()
    assert not (tmp_path / "volery-home" / "blobs").exists()


def test_with_another_storage_in_the_settings_nothing_is_resumed_and_nothing_lost(
    interrupted, finished, volery, monkeypatch, tmp_path
):
    one, other = tmp_path / "a", tmp_path / "b c"
    monkeypatch.setenv("VOLERY_STORAGE", str(one))
    interrupted()
    monkeypatch.setenv("VOLERY_STORAGE", str(other))
    for name in (["mine"], []):
        done = volery("executions", "resume", *name)
        assert done.returncode == 2
        assert f"mine has its data in {one.as_uri()}" in done.stderr
        assert f"the settings say {other.as_uri()}" in done.stderr
        assert f"volery executions resume mine --storage {other.as_uri()}" in done.stderr
    assert "RUNNING (interrupted)" in volery("executions", "list").stdout
    monkeypatch.setenv("VOLERY_STORAGE", str(one))
    assert finished("mine")["outputs"] == {"o0": BACKWARDS}


def test_a_storage_in_the_settings_is_not_that_of_a_run_in_the_home(
    interrupted, finished, volery, monkeypatch, tmp_path
):
    interrupted()
    monkeypatch.setenv("VOLERY_STORAGE", str(tmp_path / "other"))
    done = volery("executions", "resume", "mine")
    assert done.returncode == 2
    assert f"has its data in {(tmp_path / 'volery-home').as_uri()}" in done.stderr
    monkeypatch.setenv("VOLERY_STORAGE", str(tmp_path / "volery-home"))
    assert finished("mine")["outputs"] == {"o0": BACKWARDS}


def test_data_that_was_moved_is_where_the_option_says(interrupted, finished, tmp_path):
    interrupted("--storage", "here")
    (tmp_path / "here").rename(tmp_path / "there")
    document = finished("mine", "--storage", "there")
    assert document["outputs"] == {"o0": BACKWARDS}
    assert not (tmp_path / "here").exists()


def test_the_option_says_it_of_one_execution(interrupted, volery, volery_json):
    interrupted()
    done = volery("executions", "resume", "--storage", "there")
    assert done.returncode == 2
    assert "--storage: it says where the data of one execution is" in done.stderr
    assert volery_json("executions", "list")[0]["interrupted"] is True


def test_a_home_that_was_moved_still_has_its_data(interrupted, finished, volery_json, tmp_path):
    interrupted("--home", "one")
    (tmp_path / "one").rename(tmp_path / "two")
    assert finished("mine", "--home", "two")["storage"] is None
    found = volery_json("executions", "get", "mine", "--home", "two")
    assert found["outputs"] == {"o0": BACKWARDS}
    assert not (tmp_path / "one").exists()


@pytest.mark.parametrize("own", ["volery-home", "link"])
def test_the_home_is_its_own_storage_however_it_is_written(volery, tmp_path, own):
    (tmp_path / "volery-home").mkdir()
    (tmp_path / "link").symlink_to("volery-home")
    done = volery("run", LADEN, "ramp", "--length", "3", "--storage", own, "--output", "json")
    assert json.loads(done.stdout)["storage"] is None


def test_large_outputs_are_found_whatever_the_settings_say(
    volery, volery_json, monkeypatch, tmp_path
):
    monkeypatch.setenv("VOLERY_STORAGE", str(tmp_path / "a"))
    done = volery("run", LADEN, "ramp", "--length", "50000", "--name", "mine")
    assert done.returncode == 0, done.stderr
    monkeypatch.setenv("VOLERY_STORAGE", str(tmp_path / "b"))
    found = volery_json("executions", "get", "mine")
    assert found["outputs"] == {"o0": list(range(50_000))}
    assert found["storage"] == (tmp_path / "a").as_uri()
    assert found["labels"] == {}
    monkeypatch.delenv("VOLERY_STORAGE")
    assert volery_json("executions", "get", "mine")["outputs"] == found["outputs"]


def test_what_nobody_drives_can_be_aborted_whatever_the_settings_say(
    interrupted, volery, volery_json, monkeypatch, tmp_path
):
    interrupted("--storage", "a")
    monkeypatch.setenv("VOLERY_STORAGE", str(tmp_path / "b"))
    assert volery("executions", "abort", "mine").returncode == 0
    assert volery_json("executions", "get", "mine")["phase"] == "ABORTED"
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    "url", ["s3://key:secret@bucket", "az://key:se/cret@box", "az://box/folder?sig=secret"]
)
def test_a_storage_with_what_may_be_secret_is_refused_and_not_repeated(volery, url):
    done = volery("run", LADEN, "ramp", "--length", "3", "--storage", url)
    assert done.returncode == 2
    assert "storage_options" in done.stderr
    assert "cret" not in done.stderr.replace("may be a secret", "")
    assert "nothing has been run" in volery("executions", "list").stderr
