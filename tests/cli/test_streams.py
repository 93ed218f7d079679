"""stdin, stdout and stderr that are closed, full, gone, or of another encoding."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

STATS = Path(__file__).parent / "flows" / "stats.py"


@pytest.fixture
def shell(volery_command, tmp_path):
    """Run `volery ARGUMENTS REDIRECTIONS` in a shell."""

    def run(arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            f"{shlex.join(volery_command)} {arguments}",
            shell=True,
            cwd=tmp_path,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("closed", "shown"),
    [("<&-", "o0 = 3.0\n"), (">&-", ""), ("2>&-", "o0 = 3.0\n"), ("<&- >&- 2>&-", "")],
)
def test_a_closed_stream_does_not_stop_a_run(shell, volery_json, closed, shown):
    done = shell(f"run {STATS} pipeline --name mine {closed}")
    assert (done.returncode, done.stdout) == (0, shown), done.stderr
    assert volery_json("executions", "get", "mine")["phase"] == "SUCCEEDED"


@pytest.mark.parametrize(
    "command",
    ["--help", "version", "executions list --output json", f"run {STATS}", f"run {STATS} pipeline"],
)
def test_a_full_stdout_is_told_without_a_traceback(shell, command):
    done = shell(f"{command} > /dev/full")
    assert done.returncode == 2
    assert "error: output cannot be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_whose_result_cannot_be_written_says_where_it_is_recorded(shell, volery_json):
    done = shell(f"run {STATS} pipeline --name mine --output json > /dev/full")
    assert "see volery executions get mine" in done.stderr
    assert volery_json("executions", "get", "mine")["phase"] == "SUCCEEDED"


def test_a_full_stderr_does_not_stop_a_run(shell):
    done = shell(f"run {STATS} pipeline 2> /dev/full")
    assert (done.returncode, done.stdout) == (0, "o0 = 3.0\n")


def test_a_reader_of_the_progress_that_goes_away_does_not_stop_a_run(shell, volery_json):
    shell(f"run {STATS} pipeline --name mine 2>&1 | head -1")
    assert volery_json("executions", "get", "mine")["phase"] == "SUCCEEDED"


def test_what_an_encoding_lacks_is_escaped(shell, tmp_path):
    (tmp_path / "flow.py").write_text(
        "from volery import task\n@task\ndef mark() -> str:\n    return 'done \\u2713'\n"
    )
    text = shell("run flow.py mark", PYTHONIOENCODING="latin-1")
    assert (text.returncode, text.stdout) == (0, "o0 = done \\u2713\n")
    document = shell("run flow.py mark --output json", PYTHONIOENCODING="latin-1")
    assert json.loads(document.stdout)["outputs"] == {"o0": "done ✓"}
