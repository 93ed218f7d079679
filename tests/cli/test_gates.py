"""Gates on the command line: signalled from elsewhere, and asked about on a terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

CONTROL = Path(__file__).parent / "flows" / "control.py"


class Waiting:
    """A run that waits at its gates."""

    def __init__(self, process):
        self._process = process
        self.told = ""

    def until(self, *texts):
        """Read what it says until all of these were said."""
        while not all(text in self.told for text in texts):
            line = self._process.stderr.readline()
            assert line, self.told
            self.told += line

    def end(self):
        stdout, stderr = self._process.communicate(timeout=30)
        return self._process.returncode, stdout, stderr


@pytest.fixture
def asking(volery_command, tmp_path):
    @contextmanager
    def start(*more, entity="asking"):
        command = [*volery_command, "run", str(CONTROL), entity, "--name", "mine", *more]
        with subprocess.Popen(
            command,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield Waiting(process)
            finally:
                process.kill()

    return start


def test_a_gate_says_how_it_is_answered_from_elsewhere(asking, volery, volery_json):
    with asking() as run:
        run.until("volery executions signal mine ship --yes", "signal mine rate VALUE")
        shown = volery("executions", "get", "mine").stdout
        assert "gate ship waits for approval of\n    6" in shown
        assert "volery executions signal mine rate VALUE" in shown
        gates = volery_json("executions", "get", "mine")["gates"]
        assert {each["name"]: each["answer"] for each in gates}["rate"] == "float"
        assert volery("executions", "signal", "mine", "ship", "--yes").returncode == 0
        document = volery_json("executions", "signal", "mine", "rate", "1.5")
        assert document["gate"] == "rate"
        status, stdout, stderr = run.end()
    assert (status, stdout) == (0, "o0 = 9.0\n"), stderr


def test_what_is_not_approved_fails(asking, volery, volery_json):
    with asking() as run:
        run.until("signal mine ship")
        assert volery("executions", "signal", "mine", "ship", "--no").returncode == 0
        status, _, stderr = run.end()
    assert status == 1
    assert "gate ship was not approved" in stderr
    assert volery_json("executions", "get", "mine")["failure"]["code"] == "Disapproved"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (["rates", "1.5"], "did you mean rate?"),
        (["rate", "fast"], "gate rate: expected float, got 'fast'"),
        (["rate"], "no answer was given"),
        (["rate", "--yes"], "takes a value, not --yes or --no"),
        (["ship", "perhaps"], "expected yes or no"),
        (["ship", "yes", "--yes"], "two answers were given"),
    ],
)
def test_a_wrong_answer_is_refused_and_says_what_is_right(asking, volery, answer, message):
    with asking() as run:
        run.until("signal mine ship", "signal mine rate")
        done = volery("executions", "signal", "mine", *answer)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_gate_is_signalled_once(asking, volery):
    with asking() as run:
        run.until("signal mine rate")
        assert volery("executions", "signal", "mine", "rate", "1").returncode == 0
        again = volery("executions", "signal", "mine", "rate", "2")
    assert (again.returncode, "it has its answer" in again.stderr) == (2, True)


def test_an_answer_that_comes_too_late_hears_what_became_of_the_gate(asking, volery):
    with asking(entity="missing") as run:
        run.until("within 0.1 s", "signal mine open")
        late = volery("executions", "signal", "mine", "missed", "true")
    assert (late.returncode, "does not wait: it is FAILED" in late.stderr) == (2, True), late.stderr


def test_gates_of_one_name_are_answered_as_they_are_shown(asking, volery, volery_json):
    with asking("--xs", "[1, 2]", entity="all_checked") as run:
        run.until("n0[0]/n1", "n0[1]/n1")
        shown = volery("executions", "get", "mine").stdout
        refused = volery("executions", "signal", "mine", "ship", "--yes").stderr
        commands = re.findall(r"volery (executions signal mine \S+ --yes)", shown)
        answered = [volery(*each.replace("'", "").split()).returncode for each in commands]
        status, stdout, stderr = run.end()
    assert "n0[0]/n1" in refused
    assert answered == [0, 0]
    assert (status, stdout) == (0, "o0 = [2, 4]\n"), stderr


def test_a_gate_of_an_interrupted_execution_is_answered_and_then_resumed(asking, volery):
    with asking() as run:
        run.until("signal mine ship", "signal mine rate")
    volery("executions", "signal", "mine", "ship", "--yes")
    told = volery("executions", "signal", "mine", "rate", "2").stderr
    assert "nobody drives it: volery executions resume mine" in told
    done = volery("executions", "resume", "mine")
    assert (done.returncode, done.stdout) == (0, "o0 = 12.0\n"), done.stderr


class Terminal:
    """A terminal with somebody before it."""

    def __init__(self, fd):
        self._fd = fd
        self.shown = ""

    def until(self, *texts):
        """Look until one of these is shown; returns which. What stands before it is done with."""
        while not any(text in self.shown for text in texts):
            try:
                came = os.read(self._fd, 4096).decode()
            except OSError:  # the other side is gone
                came = ""
            assert came, self.shown
            self.shown += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", came)
        found = min((each for each in texts if each in self.shown), key=self.shown.index)
        self.shown = self.shown.partition(found)[2]
        return found

    def type(self, line):
        os.write(self._fd, f"{line}\n".encode())


@contextmanager
def terminal(command, folder):
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs) as run:
        os.close(theirs)
        try:
            yield Terminal(ours), run
        finally:
            run.kill()
            os.close(ours)


@pytest.mark.parametrize("more", [[], ["--no-progress"]], ids=["with a picture", "without"])
def test_on_a_terminal_gates_are_asked_about(volery_command, tmp_path, more):
    command = [*volery_command, "run", str(CONTROL), "asking", *more]
    with terminal(command, tmp_path) as (screen, run):
        # Both wait at once, and which one is first is not said.
        for _ in range(2):
            if screen.until("approve? [y/N] ", "rate: ") == "rate: ":
                screen.type("fast")
                screen.until("expected float, got 'fast'")
                screen.until("rate: ")
                screen.type("1.5")
            else:
                screen.type("y")
        screen.until("o0 = 9.0")
        assert run.wait(timeout=30) == 0


def test_what_is_answered_from_elsewhere_is_not_asked_for_any_longer(
    volery_command, volery, tmp_path
):
    command = [*volery_command, "run", str(CONTROL), "timed", "--name", "mine"]
    with terminal(command, tmp_path) as (screen, run):
        screen.until("never: ")
        assert volery("executions", "signal", "mine", "never", "--no").returncode == 0
        screen.until("o0 = false")
        assert run.wait(timeout=30) == 0


def test_ctrl_c_at_a_question_aborts(volery_command, volery_json, tmp_path):
    command = [*volery_command, "run", str(CONTROL), "timed", "--name", "mine"]
    with terminal(command, tmp_path) as (screen, run):
        screen.until("never: ")
        run.send_signal(2)
        screen.until("was aborted")
        assert run.wait(timeout=30) == 130
    assert volery_json("executions", "get", "mine")["phase"] == "ABORTED"


def test_who_goes_on_is_not_told_of_gates_that_were_answered_before(asking, volery):
    with asking() as run:
        run.until("signal mine ship --yes", "signal mine rate VALUE")
        assert volery("executions", "signal", "mine", "ship", "--yes").returncode == 0
        run.until("approve ship  SUCCEEDED")
    done = volery("executions", "signal", "mine", "rate", "0.5")
    assert done.returncode == 0, done.stderr
    resumed = volery("executions", "resume", "mine")
    assert resumed.returncode == 0, resumed.stderr
    assert "gate ship waits" not in resumed.stderr
