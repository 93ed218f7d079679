"""Under which conditions an execution runs: options of `volery run`."""

from __future__ import annotations

from pathlib import Path

import pytest

FLOWS = Path(__file__).parent / "flows"
STATS = FLOWS / "stats.py"


def test_conditions_are_on_record(volery, volery_json):
    done = volery(
        "run", STATS, "pipeline", "--name", "mine", "--priority", "3", "--max-parallelism", "2"
    )
    assert done.returncode == 0, done.stderr
    document = volery_json("executions", "get", "mine")
    assert (document["priority"], document["max_parallelism"]) == (3, 2)


@pytest.mark.parametrize("option", ["--priority", "--max-parallelism"])
def test_a_number_that_no_database_keeps_is_refused(volery, option):
    done = volery("run", STATS, "pipeline", option, 2**31)
    assert done.returncode == 2
    assert f"{option}: expected a whole number from " in done.stderr
    assert "to 2147483647, got 2147483648" in done.stderr


@pytest.mark.parametrize("text", ["soon", "0s", "-3s"])
def test_a_timeout_that_is_none_is_refused(volery, text):
    done = volery("run", STATS, "pipeline", f"--timeout={text}")
    assert done.returncode == 2
    assert f"--timeout: expected a duration such as 90s or 1h30m, got {text!r}" in done.stderr


def test_an_execution_that_takes_too_long_is_ended(gate, volery_json):
    with gate.start("--timeout", "2s") as process:
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 1, stderr
    document = volery_json("executions", "get", "mine")
    assert (document["phase"], document["failure"]["code"]) == ("FAILED", "TimedOut")


def test_a_launch_plan_that_has_no_room_is_refused(gate, volery):
    crowded = FLOWS / "crowded.py"
    with gate.start(flow=crowded, entity="alone") as process:
        done = volery("run", crowded, "alone", "--folder", gate.folder)
        assert done.returncode == 2
        assert "as many executions under way as it may" in done.stderr
        gate.open()
        stdout, stderr = process.communicate(timeout=30)
    assert stdout == "o0 = done\n", stderr


def test_overwriting_the_cache_runs_what_is_in_it(volery):
    command = ["run", FLOWS / "kept.py", "again", "--x", "1"]
    assert "computed" in volery(*command).stderr
    assert "computed" not in volery(*command).stderr
    assert "computed" in volery(*command, "--overwrite-cache").stderr


def test_a_retry_that_has_to_wait_says_when_it_comes(volery):
    done = volery("run", FLOWS / "kept.py", "stumble")
    assert "attempt 2 in 0." in done.stderr, done.stderr


@pytest.mark.parametrize("entity", ["deeper", "calling"])
def test_what_never_ends_is_ended_as_deep_as_the_setting_says(volery, monkeypatch, entity):
    monkeypatch.setenv("VOLERY_DYNAMIC_DEPTH", "2")
    done = volery("run", FLOWS / "endless.py", entity)
    assert done.returncode == 1
    assert "lie in each other more than 2 deep" in done.stderr
    assert "VOLERY_DYNAMIC_DEPTH" in done.stderr


def test_a_graph_is_as_large_as_the_setting_says(volery, monkeypatch):
    monkeypatch.setenv("VOLERY_DYNAMIC_NODES", "3")
    fitting, larger = (volery("run", FLOWS / "endless.py", "wide", "--nodes", n) for n in (3, 4))
    assert (fitting.returncode, fitting.stdout) == (0, "o0 = [0, 1, 2]\n"), fitting.stderr
    assert larger.returncode == 1
    assert "has more than 3 nodes" in larger.stderr
    assert "VOLERY_DYNAMIC_NODES" in larger.stderr
