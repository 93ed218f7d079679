"""A PostgreSQL database in place of the home's."""

from __future__ import annotations

from pathlib import Path

FLOW = """
from volery import task, workflow


@task(cache=True)
def double(x: int) -> int:
    return 2 * x


@workflow
def doubled(x: int) -> int:
    return double(x=x)
"""


def test_a_run_is_recorded_in_the_database_that_a_setting_names(
    volery, volery_json, postgres, tmp_path: Path, monkeypatch
):
    monkeypatch.setenv("VOLERY_DATABASE", postgres.database())
    flow = tmp_path / "flow.py"
    flow.write_text(FLOW)
    ran = volery("run", str(flow), "doubled", "--x", "21", "--name", "mine")
    assert ran.returncode == 0, ran.stderr
    assert "recorded in postgresql://127.0.0.1/" in ran.stderr
    assert volery_json("executions", "get", "mine")["outputs"] == {"o0": 42}
    assert [each["execution"] for each in volery_json("executions", "list")] == ["mine"]
    explained = volery("cache", "explain", "mine", "n0")
    assert explained.returncode == 0, explained.stderr


def test_what_nobody_drives_can_be_aborted_there(gate, volery, volery_json, postgres, monkeypatch):
    monkeypatch.setenv("VOLERY_DATABASE", postgres.database())
    with gate.start() as process:
        process.kill()
        process.wait()
    aborted = volery("executions", "abort", "mine")
    assert aborted.returncode == 0, aborted.stderr
    assert volery_json("executions", "get", "mine")["phase"] == "ABORTED"


def test_a_database_that_is_not_there_is_told_without_its_password(volery, monkeypatch, tmp_path):
    monkeypatch.setenv("VOLERY_DATABASE", "postgresql://me:hunter2@127.0.0.1:1/nothing")
    flow = tmp_path / "flow.py"
    flow.write_text(FLOW)
    ran = volery("run", str(flow), "doubled", "--x", "1")
    assert ran.returncode == 2
    assert "127.0.0.1" in ran.stderr
    assert "hunter2" not in ran.stderr


def test_a_database_of_another_kind_is_refused(volery, monkeypatch):
    monkeypatch.setenv("VOLERY_DATABASE", "mysql://me:hunter2@there/db")
    ran = volery("executions", "list")
    assert ran.returncode == 2
    assert "the URL of a PostgreSQL database" in ran.stderr
    assert "hunter2" not in ran.stderr
