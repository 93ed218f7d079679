"""`volery run`, end to end."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

STATS = Path(__file__).parent / "flows" / "stats.py"


def test_a_workflow_runs_and_its_outputs_are_printed(volery):
    done = volery("run", STATS, "pipeline", "--values", "[1, 2, 6]")
    assert (done.returncode, done.stdout) == (0, "o0 = 6.0\n")
    assert "SUCCEEDED" in done.stderr
    assert "volery executions get " in done.stderr
    assert f"recorded in {os.environ['VOLERY_HOME']}/volery.db" in done.stderr


def test_defaults_fill_in_what_is_not_given(volery):
    assert volery("run", STATS, "pipeline").stdout == "o0 = 3.0\n"


def test_a_task_runs_by_itself(volery):
    assert volery("run", STATS, "double", "--value", "2").stdout == "o0 = 4.0\n"


def test_a_launch_plan_runs_with_its_fixed_inputs(volery):
    done = volery("run", STATS, "daily")
    assert done.stdout == "o0 = 8.0\n"
    refused = volery("run", STATS, "daily", "--values", "[1]")
    assert refused.returncode == 2


def test_a_map_runs(volery):
    done = volery("run", STATS, "doubled", "--values", "[1, 2, 3]")
    assert done.stdout == "o0 = [2.0, 4.0, 6.0]\n"


def test_every_kind_of_option_reaches_the_task(volery):
    done = volery(
        "run", STATS, "describe", "--colour", "green", "--mode", "slow", "--loud",
        "--at", "2024-05-01T09:00", "--wait", "1h30m", "--window", '{"start": 1, "end": 2}',
    )  # fmt: skip
    expected = "GREEN slow 2024-05-01 09:00:00 1:30:00 True Window(start=1, end=2)"
    assert done.stdout == f"o0 = {expected}\n", done.stderr


def test_a_name_with_underscores_is_an_option_with_dashes_and_as_it_is(volery):
    assert volery("run", STATS, "pipeline", "--num-samples", "3").returncode == 0
    assert volery("run", STATS, "pipeline", "--num_samples", "3").returncode == 0


def test_json_is_one_document_on_stdout(volery):
    done = volery("run", STATS, "pipeline", "--output", "json", "--name", "mine", "--label", "a=b")
    document = json.loads(done.stdout)
    assert document["execution"] == "mine"
    assert document["phase"] == "SUCCEEDED"
    assert document["outputs"] == {"o0": 3.0}
    assert document["failure"] is None
    assert document["seconds"] > 0
    assert document["labels"] == {"a": "b"}
    assert document["code_folder"] == str(STATS.parent)


def test_options_of_the_run_stand_before_the_file_or_behind_it_or_behind_the_entity(volery):
    around = ("--output", "json", STATS, "--project", "p", "--no-progress", "pipeline")
    done = volery("run", *around, "--domain", "d")
    document = json.loads(done.stdout)
    assert (document["project"], document["domain"]) == ("p", "d")


def test_an_option_that_there_is_not_is_no_entity(volery):
    done = volery("run", STATS, "--wrong=1", "pipeline")
    assert (done.returncode, "No such option" in done.stderr) == (2, True)
    assert "--wrong" in done.stderr


def test_a_folder_has_no_entities(volery):
    done = volery("run", ".", "pipeline")
    assert (done.returncode, "error: . is a folder" in done.stderr) == (2, True)


def test_what_tasks_print_is_shown_on_stderr_with_their_path(volery):
    done = volery("run", STATS, "pipeline")
    assert "n0 | summing 2" in done.stderr
    assert "summing" not in done.stdout


def test_no_progress_leaves_the_steps_out(volery):
    loud, quiet = (volery("run", STATS, "pipeline", *more) for more in ([], ["--no-progress"]))
    assert "n1  double" in loud.stderr
    assert "n1  double" not in quiet.stderr


def test_what_the_users_code_prints_here_stays_off_stdout(volery, tmp_path):
    (tmp_path / "loud.py").write_text(
        "from volery import task, workflow\n"
        "print('importing')\n"
        "@task\ndef one() -> int:\n    return 1\n"
        "@workflow\ndef loud() -> int:\n    print('compiling')\n    return one()\n"
    )
    done = volery("run", "loud.py", "loud")
    assert done.stdout == "o0 = 1\n"
    assert "importing\ncompiling\n" in done.stderr


def test_inputs_come_from_a_file_and_from_stdin(volery, tmp_path):
    (tmp_path / "in.json").write_text('{"values": [5]}')
    assert volery("run", STATS, "pipeline", "--inputs-file", "in.json").stdout == "o0 = 10.0\n"
    piped = volery("run", STATS, "pipeline", "--inputs-file", "-", input='{"values": [7]}')
    assert piped.stdout == "o0 = 14.0\n"


def test_an_input_takes_over_an_option_of_its_name(volery, tmp_path):
    (tmp_path / "named.py").write_text(
        "from volery import task\n"
        "@task\ndef greet(name: str, file: str, help: str) -> str:\n"
        "    return name + file + help\n"
    )
    inputs = ("--name", "Ann", "--file", "x", "--help", "y")
    done = volery("run", "--name", "mine", "named.py", "greet", *inputs)
    assert done.stdout == "o0 = Annxy\n", done.stderr
    assert "mine SUCCEEDED" in done.stderr
    assert "--file STR" in volery("run", "named.py", "greet", "-h").stdout


def test_without_an_entity_the_file_is_listed(volery):
    done = volery("run", STATS)
    assert done.returncode == 0
    for name in ("mean", "pipeline", "daily", "failing"):
        assert name in done.stdout
    assert "The doubled mean of some values." in done.stdout
    assert "More about it" not in done.stdout


def test_a_file_with_one_workflow_says_how_to_run_it(volery):
    done = volery("run", STATS.with_name("gated.py"))
    assert f"volery run {STATS.with_name('gated.py')} gated" in done.stdout


def test_the_help_of_an_entity_tells_its_inputs_and_outputs(volery):
    done = volery("run", STATS, "pipeline", "--help")
    assert done.returncode == 0
    assert "The doubled mean of some values." in done.stdout
    assert "what to take the mean of." in " ".join(done.stdout.split())
    assert "[default: [1.0, 2.0]]" in " ".join(done.stdout.split())
    assert "Outputs:\n  o0  float" in done.stdout


def test_a_module_can_be_run_by_its_name(volery, tmp_path):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("")
    (tmp_path / "pack" / "flow.py").write_text(
        "from volery import task\n@task\ndef one() -> int:\n    return 1\n"
    )
    assert volery("run", "pack.flow", "one").stdout == "o0 = 1\n"


def test_a_failure_shows_the_users_traceback_and_what_to_do_next(volery):
    done = volery("run", STATS, "failing", "--by", "0", "--name", "broken")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "return value / by" in done.stderr
    assert "ZeroDivisionError" in done.stderr
    assert "volery/worker" not in done.stderr
    assert "broken failed" in done.stderr
    assert "at node n1" in done.stderr
    assert "volery executions get broken" in done.stderr


def test_a_failure_inside_of_a_launch_plan_says_in_which_execution(volery):
    done = volery("run", STATS, "outer", "--name", "mine")
    assert done.returncode == 1
    found = re.search(r"mine failed after \S+ at node n1 of execution (\S+)", done.stderr)
    assert found, done.stderr
    child = volery("executions", "get", found[1])
    assert "launch plan breaking" in child.stdout
    assert f"execution {found[1]}" in volery("executions", "get", "mine").stdout
    assert found[1] not in volery("executions", "list").stdout


def test_a_failure_is_in_the_json_document(volery):
    done = volery("run", STATS, "failing", "--by", "0", "--output", "json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["phase"], document["outputs"]) == (1, "FAILED", {})
    assert document["failure"]["code"] == "ZeroDivisionError"
    assert document["failure"]["path"] == "n1"
    keys = {"code", "kind", "message", "path", "execution", "retryable", "traceback", "cause"}
    assert document["failure"].keys() == keys


def test_a_terminal_gets_a_live_picture_in_colour(volery_command, tmp_path):
    told = on_a_terminal([*volery_command, "run", str(STATS), "pipeline"], tmp_path, {})
    assert "\x1b[" in told
    assert "SUCCEEDED" in told
    assert "double" in told


def test_a_terminal_without_colour_gets_none(volery_command, tmp_path):
    command = [*volery_command, "run", str(STATS), "nothing"]
    assert "\x1b[" not in on_a_terminal(command, tmp_path, {"NO_COLOR": "1"})


def on_a_terminal(command: list[str], folder: Path, environ: dict[str, str]) -> str:
    ours, theirs = pty.openpty()
    environ = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environ}
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=theirs, env=environ
    ) as process:
        os.close(theirs)
        told = b""
        try:
            while part := os.read(ours, 65536):
                told += part
        except OSError:  # how Linux says that the other side is closed
            pass
        process.wait()
    os.close(ours)
    return told.decode()


def test_the_picture_fits_a_small_terminal_with_a_line_for_each_step(volery_command, tmp_path):
    (tmp_path / "wordy.py").write_text(
        "from volery import map_task, task, workflow\n"
        "@task\ndef a_task_whose_name_is_quite_long(n: int) -> int:\n"
        "    if n > 8:\n        raise ValueError('no ' * 99 + str(n))\n    return n\n"
        "@workflow\ndef wordy() -> int:\n"
        "    for n in range(10):\n        last = a_task_whose_name_is_quite_long(n=n)\n"
        "    return last\n"
    )
    small = {"COLUMNS": "60", "LINES": "8"}
    told = on_a_terminal([*volery_command, "run", "wordy.py", "wordy"], tmp_path, small)
    picture = re.sub(r"\x1b\[[\d;?]*\w", "", told).split("wordy.wordy")[-1]
    rows, _, rest = picture.partition("Traceback")
    assert all(len(row) <= 60 for row in rows.splitlines())
    assert len(rows.splitlines()) == 7
    assert "FAILED" in rows
    assert "no no" in rest


def test_completion_knows_entities_and_inputs(volery):
    def complete(words: str, count: int) -> str:
        environ = {
            **os.environ,
            "_VOLERY_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(count),
        }
        return volery(env=environ).stdout

    assert "pipeline" in complete(f"volery run {STATS} pi", 3)
    assert "--num-samples" in complete(f"volery run {STATS} pipeline --n", 4)
    assert "slow" in complete(f"volery run {STATS} describe --mode s", 5)
    assert complete("volery run fl", 2) == "file,fl\n"


@pytest.mark.parametrize("times", [6])
def test_commands_at_once_on_one_home_do_not_disturb_each_other(volery_command, tmp_path, times):
    command = [*volery_command, "run", str(STATS), "doubled", "--values", str([1.0] * 200)]
    running = [
        subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(times)
    ]
    ends = [(process.communicate(timeout=50), process.returncode) for process in running]
    assert [code for _, code in ends] == [0] * times, ends
    assert not any("locked" in stderr for (_, stderr), _ in ends)


def test_what_is_printed_below_a_launch_plan_has_the_path_from_the_top(volery, tmp_path):
    (tmp_path / "nested.py").write_text(
        "from volery import LaunchPlan, task, workflow\n"
        "@task\ndef say() -> int:\n    print('deep')\n    return 1\n"
        "@workflow\ndef inner() -> int:\n    return say()\n"
        "low = LaunchPlan.get_or_create(inner, name='low')\n"
        "@workflow\ndef middle() -> int:\n    return low()\n"
        "high = LaunchPlan.get_or_create(middle, name='high')\n"
        "@workflow\ndef outer() -> int:\n    return high()\n"
    )
    told = volery("run", "nested.py", "outer", "--no-progress").stderr
    assert "  n0/n0/n0 | deep\n" in told


def test_an_input_called_no_something_stands_beside_its_something(volery, tmp_path):
    (tmp_path / "flags.py").write_text(
        "from volery import task\n"
        "@task\ndef f(cache: bool, no_cache: bool) -> str:\n    return f'{cache} {no_cache}'\n"
    )
    done = volery("run", "flags.py", "f", "--cache", "--no-cache")
    assert done.stdout == "o0 = True True\n", done.stderr


def test_modules_of_the_user_do_not_take_the_place_of_those_that_volery_needs(volery, tmp_path):
    folder = tmp_path / "flows"
    folder.mkdir()
    (folder / "flow.py").write_text(
        "from volery import task\n@task\ndef one() -> int:\n    return 1\n"
    )
    for name in ("json", "selectors", "queue", "subprocess", "sqlite3"):
        (folder / f"{name}.py").write_text("raise ImportError('not this one')\n")
    done = volery("run", folder / "flow.py", "one")
    assert done.stdout == "o0 = 1\n", done.stderr


def test_a_dumb_terminal_gets_no_colour(volery_command, tmp_path):
    command = [*volery_command, "run", str(STATS), "nothing"]
    assert "\x1b[" not in on_a_terminal(command, tmp_path, {"TERM": "dumb"})


def test_what_led_to_a_failure_is_told(volery):
    done = volery("run", STATS.with_name("kept.py"), "wrapped", "--output", "json")
    assert json.loads(done.stdout)["failure"]["cause"]["code"] == "ZeroDivisionError"
    assert "ZeroDivisionError: " in done.stderr
    assert "ValueError: no such part" in done.stderr
