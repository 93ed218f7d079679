"""`volery cache`, and the cache across processes."""

from __future__ import annotations

import select
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.cli.conftest import Gate

FLOW = """
from pathlib import Path
from flows.util import scale
from volery import Cache, task, workflow

@task(cache=Cache(ignored_inputs=("log",)))
def scaled(x: int, log: Path) -> int:
    with log.open("a") as file:
        file.write(f"{x}\\n")
    return scale(x)

@workflow
def pipeline(x: int, log: Path) -> int:
    return scaled(x=x, log=log)
"""
UTIL = "from flows.settings import FACTOR\n\n\ndef scale(x: int) -> int:\n    return x * FACTOR\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "flows"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "flow.py").write_text(FLOW)
    (folder / "util.py").write_text(UTIL)
    (folder / "settings.py").write_text("FACTOR = 2\n")
    return folder


@pytest.fixture
def run(project: Path, volery_json: Callable[..., object]) -> Callable[..., object]:
    """Run the workflow under a name; the inputs of the tasks that ran, and the output."""
    log = project.parent / "log"

    def run(name: str, x: int, *more: str) -> tuple[list[str], object]:
        log.write_text("")
        flow = str(project / "flow.py")
        ran = volery_json("run", flow, "pipeline", "--name", name, "--x", x, "--log", log, *more)
        return log.read_text().split(), ran["outputs"]["o0"]

    return run


def test_a_change_two_imports_away_misses_and_is_named(project, run, volery, volery_json):
    assert run("first", 3) == (["3"], 6)
    assert run("again", 3) == ([], 6)
    (project / "util.py").write_text(UTIL.replace("    return", "    # a remark\n    return"))
    assert run("remark", 3) == ([], 6)
    (project / "settings.py").write_text("FACTOR = 10\n")
    assert run("edited", 3) == (["3"], 30)

    found = volery_json("cache", "explain", "edited", "n0")
    assert (found["hit"], found["cause"]) == (False, "different")
    assert found["reasons"] == ["constant flows.settings.FACTOR changed"]
    assert found["nearest"]["execution"] == "first"
    told = volery("cache", "explain", "edited", "n0").stdout
    assert "n0  task flows.flow.scaled  miss" in told
    assert "constant flows.settings.FACTOR changed" in told

    hit = volery_json("cache", "explain", "again", "n0")
    assert (hit["hit"], hit["source"]) == (True, {"execution": "first", "path": "n0"})


def test_inputs_that_differ_are_named_and_ignored_ones_are_not(run, volery_json):
    run("first", 3)
    run("second", 4)
    found = volery_json("cache", "explain", "second", "n0")
    assert found["differences"][0]["part"] == "input x"
    assert found["reasons"] == ["input x differs"]
    assert "input log" not in found["parts"]


def test_overwriting_runs_again(run, volery_json):
    run("first", 3)
    assert run("second", 3, "--overwrite-cache") == (["3"], 6)
    assert volery_json("cache", "explain", "second", "n0")["cause"] == "overwritten"


def test_what_is_cleared_runs_again(run, volery, volery_json):
    run("first", 3)
    other = volery("cache", "clear", "flows.flow.other", "--yes")
    assert (other.returncode, other.stderr) == (
        0,
        "the cache keeps nothing of task flows.flow.other\n",
    )
    assert run("second", 3) == ([], 6)
    cleared = volery_json("cache", "clear", "flows.flow.scaled", "--yes")
    assert cleared == {"task": "flows.flow.scaled", "cleared": 1}
    assert run("third", 3) == (["3"], 6)
    assert volery_json("cache", "explain", "third", "n0")["cause"] == "first"


def test_clearing_asks_somebody(run, volery):
    run("first", 3)
    done = volery("cache", "clear", stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (2, "")
    assert "add --yes" in done.stderr
    assert run("second", 3) == ([], 6)


def test_clearing_before_anything_was_run_clears_nothing(volery_json):
    assert volery_json("cache", "clear", "--yes") == {"task": None, "cleared": 0}


@pytest.mark.parametrize(
    ("execution", "node", "told"),
    [
        ("frist", "n0", "did you mean first?"),
        ("first", "n1", "execution first has no node n1"),
    ],
)
def test_what_is_not_there_is_told(run, volery, execution, node, told):
    run("first", 3)
    done = volery("cache", "explain", execution, node)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


# -- two processes ---------------------------------------------------------------------------------

ALONE = """
from pathlib import Path
from volery import Cache, task, workflow

@task(cache=Cache(serialize=True))
def waits(folder: str) -> str:
    with Path(folder, "began").open("a") as file:
        file.write("waits\\n")
    Path(folder, "started").write_text("x")
    return Path(folder, "gate").read_text()

@workflow
def alone(folder: str) -> str:
    return waits(folder=folder)
"""


@contextmanager
def waiting(gate: Gate, first: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """A second process with the work that the first one does, when it waits for that."""
    with subprocess.Popen(
        [*first.args[:-1], "second"],
        cwd=gate.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as second:
        try:
            lines = iter(second.stderr.readline, "")
            assert any("n0" in line and "RUNNING" in line for line in lines)
            yield second
        finally:
            second.kill()


@pytest.fixture
def alone(gate: Gate) -> Path:
    flow = gate.folder / "alone.py"
    flow.write_text(ALONE)
    return flow


def test_of_two_processes_with_equal_work_one_runs_and_the_other_waits(gate, alone, volery_json):
    first = gate.start(flow=alone, entity="alone", name="first")
    with first as one, waiting(gate, one) as two:
        gate.open()
        outputs = [each.communicate(timeout=30)[0] for each in (one, two)]
    assert outputs == ["o0 = done\n"] * 2
    assert gate.began() == ["waits"]
    [node] = volery_json("executions", "get", "second")["nodes"]
    assert (node["phase"], node["attempt"]) == ("SUCCEEDED", 0)


def test_who_waits_for_a_process_that_is_killed_runs_itself(gate, alone):
    first = gate.start(flow=alone, entity="alone", name="first")
    with first as one, waiting(gate, one) as two:
        one.kill()
        ready, _, _ = select.select([gate._started], [], [], 30)
        assert ready  # the task has begun again
        gate.open()
        output, _ = two.communicate(timeout=30)
    assert output == "o0 = done\n"
    assert gate.began() == ["waits", "waits"]
