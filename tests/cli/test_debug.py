"""`volery debug`: an attempt made again in the command's own process."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

STATS = Path(__file__).parent / "flows" / "stats.py"


@pytest.fixture
def failed(volery):
    """A workflow whose node n1 divides by zero."""
    volery("run", STATS, "failing", "--by", "0", "--name", "mine")


def test_without_a_terminal_it_runs_and_shows_the_traceback(failed, volery, volery_json):
    done = volery("debug", "mine", "n1", stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (1, "")
    assert "attempt 1 of n1: task stats.divide" in done.stderr
    assert "return value / by" in done.stderr
    [attempt] = [
        each
        for each in volery_json("executions", "get", "mine")["attempts"]
        if each["path"] == "n1"
    ]
    assert attempt["number"] == 1


def test_what_succeeds_says_what_it_has_returned(failed, volery):
    done = volery("debug", "mine", "n0", "--output", "json", stdin=subprocess.DEVNULL)
    assert (done.returncode, "it returned 2.0" in done.stderr) == (0, True), done.stderr
    told = json.loads(done.stdout)
    assert (told["attempt"], told["returned"], told["failure"]) == (1, "2.0", None)


def test_what_fails_says_why_as_json(failed, volery):
    done = volery("debug", "mine", "n1", "--output", "json", stdin=subprocess.DEVNULL)
    told = json.loads(done.stdout)
    assert (done.returncode, told["returned"]) == (1, None)
    assert told["failure"]["code"] == "ZeroDivisionError"


def test_decks_of_the_attempt_stay_as_they_are(volery, tmp_path):
    flow = tmp_path / "showing.py"
    code = "from volery import Deck, task\n\n@task\ndef show() -> int:\n    {}\n    return 1\n"
    flow.write_text(code.format("Deck('Scores', 'as it ran')"))
    volery("run", flow, "show", "--name", "shown")
    flow.write_text(code.format("Deck('Scores', 'as it is now')"))
    assert volery("debug", "shown", "show").returncode == 0
    folder = tmp_path / "decks"
    saved = volery("executions", "decks", "shown", "show", "--save", folder)
    assert saved.stderr == f"saved {folder}/Scores.html\n"
    assert "as it ran" in (folder / "Scores.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["mine", "n7"], "has no node"),
        (["other", "n1"], "there is no execution other"),
        (["mine", "n1", "--attempt", "3"], "node n1 of execution mine has no attempt 3"),
    ],
)
def test_what_there_is_not_is_told(failed, volery, arguments, told):
    done = volery("debug", *arguments)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr


def test_on_a_terminal_it_stops_at_the_first_line_and_at_the_exception(
    failed, volery_command, tmp_path
):
    ours, theirs = pty.openpty()
    command = [*volery_command, "debug", "mine", "n1"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path
    ) as process:
        os.close(theirs)
        assert "-> return value / by" in _until(ours, "(Pdb)")
        os.write(ours, b"p by * 10\n")
        assert "0.0" in _until(ours, "(Pdb)")
        os.write(ours, b"c\n")
        assert "ZeroDivisionError" in _until(ours, "(Pdb)")
        os.write(ours, b"p value\n")
        assert "2.0" in _until(ours, "(Pdb)")
        os.write(ours, b"q\n")
        assert process.wait(timeout=30) == 1
    os.close(ours)


def _until(terminal: int, text: str) -> str:
    """What is written on a terminal until a text has come."""
    seen = ""
    while text not in seen:
        seen += os.read(terminal, 4096).decode()
    return seen
