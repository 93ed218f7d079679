"""Examples by the command line: in worker processes, and with a record that stays."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def volery(*arguments: str | Path, status: int = 0) -> Any:
    """The JSON document that a command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "volery.cli", *arguments, "--output", "json"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


def test_the_demo_reports_on_real_data_and_keeps_a_record():
    ran = volery(
        "run", "examples/weather/flow.py", "station_report",
        "--observations", "examples/weather/observations.csv",
    )  # fmt: skip
    assert ran["phase"] == "SUCCEEDED"
    assert ran["outputs"]["heat"] == "ALERT: 37.8 °C at Newark on 2013-07-19"
    report = ran["outputs"]["report"].splitlines()
    assert [line[:14].strip() for line in report[2:5]] == ["Kennedy", "La Guardia", "Newark"]
    assert report[report.index("set aside:") + 1 :] == ["Newark, 2013-02-12: a wind of 1687.2 km/h"]

    kept = volery("executions", "get", ran["execution"])
    assert (kept["phase"], kept["outputs"]) == ("SUCCEEDED", ran["outputs"])
    assert kept["inputs"]["heat_limit"] == 35.0


def test_the_demo_takes_the_other_way_when_no_day_was_too_hot():
    ran = volery(
        "run", "examples/weather/flow.py", "station_report", "--heat-limit", "45",
        "--observations", "examples/weather/observations.csv",
    )  # fmt: skip
    assert ran["outputs"]["heat"] == "no day was hotter than 45.0 °C"


def test_a_process_that_dies_fails_one_attempt_only(tmp_path):
    ran = volery(
        "run", "examples/programming_model/isolation.py", "survive",
        "--marker", tmp_path / "died-once",
    )  # fmt: skip
    assert ran["outputs"] == {
        "o0": "the second attempt, in a new process, succeeded",
        "o1": "not affected",
    }


def test_a_task_runs_in_a_process_of_its_own():
    command = [sys.executable, "-m", "volery.cli", "run"]
    example = ["examples/programming_model/isolation.py", "apart", "--output", "json"]
    with subprocess.Popen(
        [*command, *example], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        stdout, stderr = process.communicate()
    assert process.returncode == 0, stderr
    assert json.loads(stdout)["outputs"]["o0"] != process.pid


def test_a_launch_plan_in_a_workflow_is_an_execution_of_its_own():
    ran = volery(
        "run", "examples/programming_model/launch_plans.py", "generate_then_launch",
        "--samples", "3", "--seed", "3",
    )  # fmt: skip
    assert ran["phase"] == "SUCCEEDED"
    nodes = volery("executions", "get", ran["execution"])["nodes"]
    child = volery("executions", "get", nodes[1]["child"])
    assert (child["kind"], child["entity"]) == ("launch_plan", "scale_three")
    assert child["outputs"] == ran["outputs"]


@pytest.mark.parametrize(
    ("example", "outputs"),
    [
        (["hello/flow.py", "hello", "--name", "Ada"], {"o0": "Hello, Ada!"}),
        (["retries/flow.py", "patient"], {"o0": "attempt 3 succeeded"}),
        (["retries/flow.py", "go_on"], {"o0": "attempt 2 began with part 3"}),
        (["imperative/flow.py", "slug", "--text", " A b "], {"slug": "a-b"}),
        (["mapping/flow.py", "powers", "--bases", "[2, 3]"], {"o0": [4, 9]}),
        (["mapping/flow.py", "cube_rows", "--rows", "[[2], [3, 1]]"], {"o0": [[8], [27, 1]]}),
        (
            ["conditions/flow.py", "ship", "--weight", "1.5", "--urgency", "tomorrow"],
            {"o0": "courier, 19.50"},
        ),
        (
            ["programming_model/tasks.py", "mean", "--values", "[1.0, 2.0, 6.0]"],
            {"o0": 3.0},
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_an_example_runs_by_the_command_line(example, outputs):
    file, *rest = example
    assert volery("run", f"examples/{file}", *rest)["outputs"] == outputs


def test_too_few_retries_fail_the_execution():
    ran = volery("run", "examples/retries/flow.py", "patient", "--fails", "3", status=1)
    assert ran["phase"] == "FAILED"
    assert ran["failure"]["message"] == "attempt 3 found nobody at home"


def test_a_failure_handler_runs_and_changes_nothing_about_the_end():
    ran = volery("run", "examples/failures/flow.py", "rented", "--by", "0", status=1)
    assert (ran["phase"], ran["failure"]["code"]) == ("FAILED", "ValueError")
    nodes = {
        node["path"]: node["phase"]
        for node in volery("executions", "get", ran["execution"])["nodes"]
    }
    assert nodes == {"n0": "SUCCEEDED", "n1": "FAILED", "@on_failure": "SUCCEEDED"}


def test_a_failed_run_goes_on_where_it_failed_once_its_code_is_mended(tmp_path):
    flow = tmp_path / "flow.py"
    code = (ROOT / "examples" / "control" / "flow.py").read_text()
    flow.write_text(code)
    failed = volery("run", flow, "review", status=1)["execution"]

    flow.write_text(code.replace("SHORTEST = 4", "SHORTEST = 0 + 1"))
    recovered = volery("executions", "recover", failed, "--edited", "--yes")
    assert recovered["phase"] == "SUCCEEDED"
    nodes = volery("executions", "get", recovered["execution"])["nodes"]
    assert {node["path"]: node["reuse"] is not None for node in nodes} == {
        "n0": True, "n1": True, "n2": False,
    }  # fmt: skip


def test_engines_on_one_database_share_their_work(postgres, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE", postgres.database())
    monkeypatch.setenv("VOLERY_STORAGE", (tmp_path / "storage").as_uri())
    engine = [sys.executable, ROOT / "examples" / "replicas" / "engine.py"]
    with subprocess.Popen([*engine, "serve"]) as serving:
        monkeypatch.setenv("VOLERY_HOME", str(tmp_path / "another"))
        done = subprocess.run(engine, capture_output=True, text=True, check=True)
        serving.send_signal(signal.SIGINT)
    assert (done.stdout, serving.returncode) == ("SUCCEEDED {'o0': 2470}\n", 0)
