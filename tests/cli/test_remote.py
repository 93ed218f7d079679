"""Commands that speak to a server, end to end."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.api.served import Served, served

pytestmark = pytest.mark.keeps_running("the workers of an engine that lives as long as this module")

FLOW = '''
import logging
from datetime import timedelta
from pathlib import Path

from helper import factor
from volery import File, approve, task, workflow


@task
def scaled(values: list[float]) -> list[float]:
    print("scaling", len(values))
    logging.getLogger("flow").warning("by %s", factor())
    return [each * factor() for each in values]


@task
def total(values: list[float]) -> float:
    return sum(values)


@workflow
def pipeline(values: list[float] = [1.0, 2.0]) -> float:
    """A sum of scaled values."""
    return total(values=scaled(values=values))


@task
def divided(by: int) -> float:
    return 1 / by


@task
def letters(text: File) -> int:
    return len(Path(text).read_text())


@workflow
def gated(value: int = 3) -> int:
    return approve(value, "ship", timeout=timedelta(hours=1))
'''


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture
def flow(tmp_path: Path) -> str:
    """A project of two modules."""
    (tmp_path / "flow.py").write_text(FLOW)
    (tmp_path / "helper.py").write_text("def factor() -> int:\n    return 2\n")
    return str(tmp_path / "flow.py")


@pytest.fixture
def there(volery, server, monkeypatch) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command that speaks to the server."""
    monkeypatch.setenv("VOLERY_SERVER", server.url)
    return volery


@pytest.fixture
def name(request) -> str:
    """For the executions of a test: all share the server."""
    return f"t{abs(hash(request.node.name)) % 10**12}"


def test_a_run_on_a_server_registers_shows_and_returns(there, flow, name):
    done = there("run", "--remote", flow, "pipeline", "--values", "[3, 4]", "--name", name)
    assert (done.returncode, done.stdout) == (0, "o0 = 14.0\n"), done.stderr
    assert "n0  scaled  SUCCEEDED" in done.stderr
    assert f"{name} SUCCEEDED in" in done.stderr


def test_the_code_of_an_execution_is_what_it_was_when_it_was_registered(
    there, volery_json, flow, tmp_path, name
):
    there("run", "--remote", flow, "pipeline", "--name", name)
    (tmp_path / "helper.py").write_text("def factor() -> int:\n    return 10\n")
    newer = volery_json("run", "--remote", flow, "pipeline")
    older = volery_json("executions", "relaunch", name)
    assert (newer["outputs"], older["outputs"]) == ({"o0": 30.0}, {"o0": 6.0})
    assert newer["version"] != older["version"]


def test_files_of_this_machine_go_along(there, flow, tmp_path):
    (tmp_path / "here.txt").write_text("abc")
    done = there("run", "--remote", flow, "letters", "--text", "here.txt")
    assert done.stdout == "o0 = 3\n", done.stderr


def test_a_failure_has_its_traceback_and_status_1(there, flow, name):
    done = there("run", "--remote", flow, "divided", "--by", "0", "--name", name)
    assert (done.returncode, done.stdout) == (1, "")
    assert "return 1 / by" in done.stderr
    assert f"{name} failed after" in done.stderr


def test_wrong_inputs_start_nothing(there, flow):
    done = there("run", "--remote", flow, "divided", "--by", "x")
    assert done.returncode == 2
    assert "--by" in done.stderr


def test_without_a_server_remote_says_how_to_name_one(volery, flow):
    done = volery("run", "--remote", flow, "pipeline")
    assert done.returncode == 2
    assert "no server is named" in done.stderr
    assert "--server" in done.stderr


@pytest.mark.parametrize("command", [["list"], ["relaunch", "any", "--by", "1"]])
def test_a_server_that_is_not_there_is_status_3(volery, monkeypatch, command):
    monkeypatch.setenv("VOLERY_PATIENCE", "0.2")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        done = volery("executions", *command, "--server", url)
    assert done.returncode == 3
    assert f"no server is reached at {url}: Connection refused" in done.stderr
    assert "volery serve" in done.stderr


def test_a_home_that_is_named_wins_over_a_server_that_is_not(there):
    done = there("executions", "list", "--home", "empty")
    assert "nothing has been run" in done.stderr


def test_executions_are_listed_shown_and_filtered(there, volery_json, flow, name):
    there("run", "--remote", flow, "divided", "--by", "0", "--name", name)
    listed = there("executions", "list").stdout.splitlines()
    assert [name, "flow.divided"] in [line.split()[:2] for line in listed]
    failed = volery_json("executions", "list", "--phase", "FAILED")
    assert name in {each["execution"] for each in failed}
    assert {each["phase"] for each in failed} == {"FAILED"}


def test_get_shows_nodes_values_and_why_it_failed(there, volery_json, flow, name):
    there("run", "--remote", flow, "pipeline", "--name", name)
    shown = there("executions", "get", name).stdout
    assert f"{name}  SUCCEEDED in" in shown
    assert "workflow flow.pipeline, version" in shown
    assert "  n0  scaled  SUCCEEDED" in shown
    assert "values = [1.0, 2.0]" in shown
    assert "o0 = 6.0" in shown
    document = volery_json("executions", "get", name)
    assert document["inputs"] == {"values": [1.0, 2.0]}
    assert document["outputs"] == {"o0": 6.0}
    assert [each["path"] for each in document["nodes"]] == ["n0", "n1"]
    assert [each["phase"] for each in document["attempts"]] == ["SUCCEEDED", "SUCCEEDED"]


def test_a_name_that_is_unknown_is_told(there):
    done = there("executions", "get", "unknown")
    assert done.returncode == 2
    assert "there is no execution unknown" in done.stderr


def test_logs_show_what_was_printed_and_logged(there, volery_json, flow, name):
    there("run", "--remote", flow, "pipeline", "--name", name)
    lines = there("executions", "logs", name, "n0").stdout.splitlines()
    assert sorted(lines) == ["WARNING flow: by 2", "scaling 2"]
    assert "n0 | scaling 2" in there("executions", "logs", name).stdout
    records = volery_json("executions", "logs", name, "n0")
    assert {(each["stream"], each["level"]) for each in records} == {
        ("stdout", None),
        ("log", "WARNING"),
    }


def test_a_gate_is_answered_and_watched(there, server, flow, name):
    there("register", flow)
    _start(server, "gated", name)
    assert "answer" in there("executions", "get", name).stdout
    assert there("executions", "signal", name, "ship").returncode == 2
    assert there("executions", "signal", name, "ship", "--yes").returncode == 0
    done = there("executions", "watch", name)
    assert (done.returncode, done.stdout) == (0, "o0 = 3\n"), done.stderr


def test_an_abort_reaches_the_server(there, server, flow, name):
    there("register", flow)
    _start(server, "gated", name)
    assert there("executions", "abort", name, "--reason", "wrong").returncode == 0
    done = there("executions", "watch", name)
    assert done.returncode == 1
    assert "wrong" in done.stderr
    assert "has ended: it is ABORTED" in there("executions", "abort", name).stderr


def test_recover_and_relaunch(there, flow, name):
    there("run", "--remote", flow, "divided", "--by", "0", "--name", name)
    again = there("executions", "recover", name, "--name", f"{name}-r")
    assert again.returncode == 1
    assert f"{name}-r failed" in again.stderr
    assert "--name" in there("executions", "recover", name, "--label", "a=b").stderr
    changed = there("executions", "relaunch", name, "--by", "4")
    assert (changed.returncode, changed.stdout) == (0, "o0 = 0.25\n"), changed.stderr


@pytest.mark.parametrize("behind", [True, False])
def test_the_server_of_what_is_relaunched_may_stand_anywhere(volery, server, flow, name, behind):
    url = ("--server", server.url)
    volery("run", "--remote", flow, *url, "divided", "--by", "2", "--name", name)
    around = [name, "--by", "4", *url] if behind else [*url, name, "--by", "4"]
    done = volery("executions", "relaunch", *around)
    assert (done.returncode, done.stdout) == (0, "o0 = 0.25\n"), done.stderr


def test_a_server_for_what_runs_here_is_refused(volery, server, flow):
    done = volery("run", flow, "divided", "--by", "2", "--server", server.url)
    assert (done.returncode, "add --remote" in done.stderr) == (2, True)


def test_ctrl_c_leaves_it_to_itself(there, server, flow, volery_command, name):
    there("register", flow)
    command = [*volery_command, "executions", "watch", name]
    _start(server, "gated", name)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        told = ""
        while "ship" not in told:  # it waits at the gate, and we watch
            told = process.stderr.readline()
            assert told, "it ended"
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"{name} goes on; see volery executions watch {name}" in rest
    assert server.backend.execution(name).phase == "RUNNING"
    server.backend.abort(name)


def _start(server: Served, entity: str, name: str) -> None:
    """Start a workflow of the flow, and wait until its gate waits."""
    from volery.wire.entities import EntityKey
    from volery.wire.executions import NewExecution

    server.backend.execute(NewExecution(EntityKey("workflow", f"flow.{entity}"), name=name))
    next(line for line in server.backend.watch(name) if line.path == "n0")


def test_ctrl_c_at_a_terminal_asks_whether_to_abort(there, server, flow, volery_command, name):
    there("register", flow)
    command = [*volery_command, "run", "--remote", flow, "gated", "--name", name]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        _read_until(ours, "approve")
        process.send_signal(signal.SIGINT)
        _read_until(ours, f"abort {name}?")
        os.write(ours, b"y\n")
        _read_until(ours, "was aborted after")
        assert process.wait(timeout=30) == 130
        os.close(ours)
    assert server.backend.execution(name).phase == "ABORTED"


def _read_until(terminal: int, text: str) -> None:
    """Read what is written on a terminal until a text has come."""
    seen = ""
    while text not in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen):
        seen += os.read(terminal, 4096).decode(errors="replace")


def test_all_filters_reach_the_server(there, volery_json, flow, name):
    there("run", "--remote", flow, "divided", "--by", "4", "--name", name, "--label", f"run={name}")

    def found(*filters):
        listed = volery_json("executions", "list", "--label", f"run={name}", *filters)
        return [each["execution"] for each in listed]

    assert found("--entity", "flow.divided", "--input", "by=4", "--since", "1h") == [name]
    assert found("--input", "by=5") == []
    assert found("--domain", "staging") == []


def test_a_gate_on_a_server_says_what_it_asks_and_how_it_is_answered(there, server, flow, name):
    there("register", flow)
    _start(server, "gated", name)
    shown = there("executions", "get", name).stdout
    assert "gate ship waits for approval of\n    3" in shown
    assert f"volery executions signal {name} ship --yes (or --no)" in shown
    refused = there("executions", "signal", name, "ship", "perhaps")
    assert "gate ship: expected yes or no" in refused.stderr
    there("executions", "signal", name, "ship", "no")
    watched = there("executions", "watch", name)
    assert (watched.returncode, "was not approved" in watched.stderr) == (1, True)


def test_an_execution_on_a_server_is_recovered_on_edited_code(there, volery_json, flow, name):
    there("run", "--remote", flow, "divided", "--by", "0", "--name", name)
    edited = FLOW.replace("return 1 / by", "return 1 / (by or 8)")
    Path(flow).write_text(edited)
    [verdict] = volery_json("executions", "recover", name, flow, "divided", "--plan")
    assert verdict["verdict"] == "rerun"
    done = there("executions", "recover", name, flow, "divided", "--yes", "--name", f"{name}-e")
    assert (done.returncode, done.stdout) == (0, "o0 = 0.125\n"), done.stderr
    compared = volery_json("executions", "diff", name, f"{name}-e")
    assert compared["code"] == ["function flow.divided changed"]


def test_an_attempt_on_a_server_is_debugged_here(there, flow, tmp_path, name):
    there("run", "--remote", flow, "pipeline", "--name", name)
    (tmp_path / "helper.py").unlink()  # its package has it
    done = there("debug", name, "n0", stdin=subprocess.DEVNULL)
    assert (done.returncode, "it returned [2.0, 4.0]" in done.stderr) == (0, True), done.stderr


def test_what_a_server_cannot_resume_is_said(there):
    done = there("executions", "resume")
    assert (done.returncode, "a server finishes" in done.stderr) == (2, True)


def test_the_shell_completes_from_the_server_and_is_silent_without_one(
    there, volery_json, flow, name
):
    there("run", "--remote", flow, "divided", "--by", "2", "--name", name)
    asked = {"_VOLERY_COMPLETE": "bash_complete", "COMP_CWORD": "3"}

    def completed(line):
        return there(env={**os.environ, **asked, "COMP_WORDS": line}).stdout

    assert f"plain,{name}" in completed(f"volery executions get {name[:4]}")
    asked["COMP_CWORD"] = "4"
    assert f"plain,{name}" not in completed(f"volery executions logs {name} ")
    assert "plain,divided" in completed(f"volery executions logs {name} d")
    version = volery_json("executions", "get", name)["version"]
    assert f"plain,{version}" in completed(f"volery tasks get flow.divided {version[:4]}")
    asked["COMP_CWORD"] = "3"
    asked["VOLERY_SERVER"] = "http://127.0.0.1:9"
    assert completed(f"volery executions get {name[:4]}").strip() == ""
