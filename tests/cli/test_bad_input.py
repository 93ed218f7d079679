"""Bad input: exit status 2, one message, and nothing recorded."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

STATS = Path(__file__).parent / "flows" / "stats.py"


@pytest.fixture
def refused(volery):
    """Run a command that has to be refused; what it says."""

    def run(*arguments, **how):
        done = volery(*arguments, **how)
        assert done.returncode == 2, done.stderr
        assert done.stdout == ""
        assert "volery/cli" not in done.stderr  # no traceback of ours
        assert volery("executions", "list").stdout == ""
        return done.stderr

    return run


def written(folder: Path, text: str) -> Path:
    file = folder / "bad.py"
    file.write_text(f"from volery import task, workflow\n{text}")
    return file


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["failing"], "--by is missing: float"),
        (["failing", "--by", "x"], "--by: expected float, got 'x'"),
        (["failing", "--by", "1", "--bye", "2"], "No such option '--bye'"),
        (["pipeline", "--values", "[1,"], "--values: expected list[float] as JSON"),
        (["pipeline", "--values", '[1, "x"]'], "--values: expected float, got 'x' (str) at $[1]"),
        (["pipeline", "--values", "@none.json"], "none.json: cannot be read: No such file"),
        (["pipeline", "--inputs-file", "none.json"], "none.json: cannot be read: No such file"),
        (["pipeline", "--name", "No Good"], "--name: 'No Good' cannot name an execution"),
        (["pipeline", "--label", "x"], "--label: expected KEY=VALUE, got 'x'"),
        (["pipeline", "--label", "import-root=x"], "--label: import-root is kept by Volery itself"),
        (["pipeline", "--label", "storage=x"], "--label: storage is kept by Volery itself"),
        (["pipeline", "--storage", ""], "--storage: expected a text, got ''"),
        (["pipeline", "--storage", "ftp://x"], "ftp://x: the scheme 'ftp' is unknown"),
        (["pipeline", "--workers", "0"], "--workers: expected a whole number from 1 up, got 0"),
        (["describe", "--colour", "blue"], "--colour: expected one of RED, GREEN, got 'blue'"),
        (["describe", "--wait", "90"], "--wait: expected a duration (1h30m"),
        (["describe", "--window", '{"start": 2, "end": 1}'], "start lies behind end"),
        (["describe", "--window", '{"start": 2, "ende": 1}'], "Window has no field 'ende'"),
        (["pipelin"], "did you mean pipeline"),
    ],
)
def test_wrong_use_is_told_in_one_message(refused, arguments, told):
    assert told in refused("run", STATS, *arguments)


def test_a_file_that_is_not_there(refused):
    assert "nowhere.py" in refused("run", "nowhere.py", "x")


def test_a_file_that_does_not_import_shows_its_traceback_without_ours(refused, tmp_path):
    told = refused("run", written(tmp_path, "x = 1 / 0\n"), "x")
    assert "x = 1 / 0" in told
    assert "ZeroDivisionError" in told
    assert "importlib" not in told


def test_a_file_without_entities(refused, tmp_path):
    assert "no task, workflow or launch plan" in refused("run", written(tmp_path, "\n"))


def test_a_missing_annotation(refused, tmp_path):
    told = refused("run", written(tmp_path, "@task\ndef f(x) -> int:\n    return x\n"), "f")
    assert "parameter x has no annotation" in told


def test_a_wrong_constant_in_a_workflow(refused, tmp_path):
    text = """
@task
def f(x: int) -> int:
    return x

@workflow
def w() -> int:
    return f(x="one")
"""
    assert "expected int, got 'one'" in refused("run", written(tmp_path, text), "w")


def test_a_misused_promise_is_told_with_what_else_is_wrong(refused, tmp_path):
    text = """
@task
def f(x: int) -> int:
    return x

@workflow
def w(y: str) -> int:
    return f(x=y) + 1
"""
    told = refused("run", written(tmp_path, text), "w", "--y", "a")
    first, second = told.split("also wrong in workflow bad.w:\n")
    assert "cannot be used in arithmetic" in first
    assert "1. node n0 f(x=...) at line 9: expected int, got str" in second


def test_a_task_inside_a_function_says_why_it_cannot_run_here(refused, tmp_path):
    text = """
def make():
    @task
    def inner() -> int:
        return 1
    return inner

inner = make()

@workflow
def w() -> int:
    return inner()
"""
    told = refused("run", written(tmp_path, text), "w")
    assert "inner" in told
    assert "process" in told


def test_a_home_that_cannot_be_written(refused, tmp_path):
    (tmp_path / "file").write_text("")
    told = refused("run", STATS, "pipeline", "--home", tmp_path / "file" / "home")
    assert "cannot be used" in told
    assert "--home" in told


def test_a_setting_that_does_not_exist(volery, tmp_path):
    (tmp_path / "volery.toml").write_text("wokers = 2\n")
    done = volery("run", STATS, "pipeline")
    assert done.returncode == 2
    assert "volery.toml: no setting is named 'wokers'" in done.stderr
    assert "did you mean workers" in done.stderr


@pytest.mark.parametrize("command", [["run", STATS, "pipeline"], ["executions", "list"]])
def test_a_damaged_database(volery, volery_home, command):
    volery_home.mkdir()
    (volery_home / "volery.db").write_bytes(b"this is no database" * 1000)
    done = volery(*command)
    assert done.returncode == 2
    assert "volery.db" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["run", STATS, "pipeline"], ["executions", "list"]])
def test_a_newer_database(volery, volery_home, command):
    assert volery("run", STATS, "pipeline").returncode == 0
    with sqlite3.connect(volery_home / "volery.db") as database:
        database.execute("PRAGMA user_version = 999")
    database.close()
    done = volery(*command)
    assert done.returncode == 2
    assert "newer" in done.stderr
    assert "upgrade" in done.stderr


def test_a_name_that_is_taken(volery):
    assert volery("run", STATS, "pipeline", "--name", "mine").returncode == 0
    again = volery("run", STATS, "pipeline", "--name", "mine")
    assert again.returncode == 2
    assert "mine exists already" in again.stderr


def test_a_mistake_names_the_command_whose_help_is_meant(refused, tmp_path):
    flow = tmp_path / "my flow.py"
    flow.write_text("from volery import task\n@task\ndef one() -> int:\n    return 1\n")
    told = refused("run", "my flow.py", "one", "--two", "2")
    assert "see volery run 'my flow.py' one --help" in told


def test_json_that_is_nested_too_deeply(refused):
    told = refused("run", STATS, "pipeline", "--values", "[" * 50_000)
    assert "nested too deeply" in told


def test_a_file_of_an_option_is_named_with_the_option(refused):
    told = refused("run", STATS, "pipeline", "--values", "@none.json")
    assert "error: --values: none.json: cannot be read" in told


def test_a_home_without_a_name(refused):
    assert "--home: expected a text, got ''" in refused("run", STATS, "pipeline", "--home", "")


@pytest.mark.parametrize("command", [["run", STATS, "pipeline"], ["executions", "list"]])
def test_a_home_that_cannot_be_looked_into(volery, tmp_path, command):
    (tmp_path / "loop").symlink_to("loop")
    done = volery(*command, "--home", "loop/home")
    assert done.returncode == 2
    assert "error: the home" in done.stderr
    assert "--home or VOLERY_HOME" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_takes_no_logs_says_so_and_how_to_go_on(volery, volery_home):
    volery_home.mkdir()
    logs = volery_home / "logs"
    logs.write_text("")
    done = volery("run", STATS, "pipeline", "--name", "mine")
    assert done.returncode == 2
    assert "finish it: volery executions resume mine" in done.stderr
    assert f"{logs}/mine" in done.stderr
    assert "Not a directory" in done.stderr
    assert "Traceback" not in done.stderr
    logs.unlink()
    assert volery("executions", "resume", "mine").stdout == "o0 = 3.0\n"


def test_an_empty_database_is_a_home_in_which_nothing_was_run(volery, volery_home):
    volery_home.mkdir()
    (volery_home / "volery.db").touch()  # as a full disk leaves it
    assert "nothing has been run" in volery("executions", "list").stderr
    assert volery("run", STATS, "pipeline").returncode == 0


@pytest.mark.parametrize(
    "mistake", ["{}['key']", "__import__('json').loads('{')", "raise SystemExit(4)"]
)
@pytest.mark.parametrize("more", [[], ["--help"]])
def test_what_the_body_of_a_workflow_raises_is_the_users(refused, tmp_path, mistake, more):
    text = f"""
@task
def f() -> int:
    return 1

@workflow
def w() -> int:
    {mistake}
    return f()
"""
    told = refused("run", written(tmp_path, text), "w", *more)
    assert "error: your code raised" in told
    assert f"line 9, in w\n    {mistake}" in told
    assert "bug" not in told
    assert "volery/sdk" not in told


def test_a_file_with_a_workflow_whose_body_raises_is_listed(volery, tmp_path):
    flow = written(tmp_path, "@workflow\ndef w() -> int:\n    return {}['key']\n")
    done = volery("run", flow)
    assert done.returncode == 0
    assert "(does not compile: your code raised KeyError)" in done.stdout
