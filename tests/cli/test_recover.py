"""`volery executions recover`, `relaunch` and `diff`, end to end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from volery import Remote
from volery.ir.policy import Limits

CONTROL = Path(__file__).parent / "flows" / "control.py"
HOUSED = "from volery import task\n\n@task\ndef house(home: str) -> str:\n    return home\n"


@pytest.fixture
def flow(tmp_path):
    """The flow, as a file that a test may edit."""
    file = tmp_path / "control.py"
    file.write_text(CONTROL.read_text())
    return file


@pytest.fixture
def failed(volery, flow, tmp_path):
    """Run a workflow that fails, and mend what it failed by."""

    def run(entity):
        done = volery("run", flow, entity, "--folder", tmp_path, "--name", "old")
        assert done.returncode == 1, done.stderr
        (tmp_path / "ran").unlink()
        (tmp_path / "mended").touch()

    return run


def ran(tmp_path):
    return sorted((tmp_path / "ran").read_text().split())


def edit(flow, old, new):
    assert len(old) != len(new), "Python would take what it has compiled within the second before"
    assert old in flow.read_text()
    flow.write_text(flow.read_text().replace(old, new))


def test_what_succeeded_is_not_run_again(failed, volery, volery_json, tmp_path):
    failed("mapped")
    done = volery("executions", "recover", "old", "--name", "new")
    assert (done.returncode, done.stdout) == (0, "o0 = [0, 1, 2, 3]\n"), done.stderr
    assert "numbers" not in ran(tmp_path)
    assert not {"picky(0)", "picky(1)"} & set(ran(tmp_path))
    document = volery_json("executions", "get", "new")
    assert document["recovers"] == "old"
    assert document["nodes"][0]["reuse"] == {"how": "recovered", "execution": "old", "path": "n0"}
    assert "recovered from old" in volery("executions", "get", "new").stdout


@pytest.mark.parametrize("how", [[], ["--edited", "--yes"]], ids=["same code", "edited code"])
def test_a_dynamic_task_keeps_its_graph(failed, volery, tmp_path, how):
    failed("emitted")
    done = volery("executions", "recover", "old", *how)
    assert (done.returncode, done.stdout) == (0, "o0 = [0, 2, 4]\n"), done.stderr
    assert "numbers" not in ran(tmp_path)
    assert "picky(0)" not in ran(tmp_path)


def test_the_plan_for_edited_code_is_shown_and_kept_to(failed, flow, volery, volery_json):
    failed("emitted")
    edit(flow, "FACTOR = 2", "FACTOR = 10 - 7")
    plan = volery_json("executions", "recover", "old", "--edited", "--plan")
    assert [(each["path"], each["verdict"]) for each in plan] == [("n0", "reuse"), ("n1", "rerun")]
    assert "constant control.FACTOR changed" in plan[1]["why"]
    done = volery("executions", "recover", "old", "--edited", "--yes", "--name", "new")
    assert done.stdout == "o0 = [0, 3, 6]\n", done.stderr
    assert "1 reuse, 1 rerun" in done.stderr
    reuse = {
        each["path"]: each["reuse"] and each["reuse"]["how"]
        for each in volery_json("executions", "get", "new")["nodes"]
    }
    assert (reuse["n0"], reuse["n1"]) == ("recovered", None)


def test_edited_code_may_stand_in_another_file(failed, flow, volery, tmp_path):
    failed("mapped")
    other = tmp_path / "elsewhere" / "control.py"
    other.parent.mkdir()
    other.write_text(flow.read_text())
    edit(other, "x == 2 and", "x == 20 and")
    done = volery("executions", "recover", "old", other, "--yes")
    assert (done.returncode, done.stdout) == (0, "o0 = [0, 1, 2, 3]\n"), done.stderr
    assert "numbers" not in ran(tmp_path)


def test_without_a_terminal_a_plan_needs_a_yes(failed, volery):
    failed("mapped")
    done = volery("executions", "recover", "old", "--edited")
    assert done.returncode == 2
    assert "nobody is here to be asked: go on?" in done.stderr
    assert "--yes" in done.stderr


def test_an_input_that_edited_code_needs_and_nobody_gave_is_named(failed, flow, volery):
    failed("mapped")
    edit(
        flow,
        "def mapped(folder: str, n: int = 4)",
        "def mapped(folder: str, more: int, n: int = 4)",
    )
    done = volery("executions", "recover", "old", "--edited", "--yes")
    assert done.returncode == 2
    assert "was not given: more: int" in done.stderr


def test_an_input_that_has_another_type_in_edited_code_is_named(failed, flow, volery):
    failed("mapped")
    edit(flow, "def mapped(folder: str, n: int = 4)", 'def mapped(folder: str, n: str = "4")')
    edit(flow, "x=numbers(n=n, folder", "x=numbers(n=1000, folder")
    done = volery("executions", "recover", "old", "--edited", "--yes", "--name", "new")
    assert done.returncode == 2
    assert "input n does not fit any more what execution old was given" in done.stderr
    assert "there is no execution new" in volery("executions", "get", "new").stderr


def test_what_succeeded_or_goes_on_is_not_recovered(gate, volery):
    with gate.start() as process:
        done = volery("executions", "recover", "mine")
        assert (done.returncode, "has not ended" in done.stderr) == (2, True)
        gate.open()
        process.communicate(timeout=30)
    done = volery("executions", "recover", "mine")
    assert (done.returncode, "has succeeded" in done.stderr) == (2, True)


def test_a_relaunch_runs_it_again_with_other_inputs(volery, volery_json, flow, tmp_path):
    volery(
        "run", flow, "mapped", "--folder", tmp_path, "--n", "2", "--name", "old", "--label", "a=b"
    )
    again = volery("executions", "relaunch", "old", "--name", "same")
    assert (again.returncode, again.stdout) == (0, "o0 = [0, 1]\n"), again.stderr
    other = volery("executions", "relaunch", "old", "--n", "1", "--name", "other")
    assert (other.returncode, other.stdout) == (0, "o0 = [0]\n"), other.stderr
    document = volery_json("executions", "get", "other")
    assert document["inputs"] == {"folder": str(tmp_path), "n": 1}
    assert document["labels"] == {"a": "b"}
    assert ran(tmp_path).count("numbers") == 3


def test_what_runs_again_has_as_long_as_was_said(volery, flow, tmp_path):
    run = ("run", flow, "mapped", "--folder", tmp_path, "--n", "5", "--name", "old")
    assert volery(*run, "--timeout", "1h").returncode == 1
    (tmp_path / "mended").touch()
    for how in (
        ("recover", "old", "--name", "recovered"),
        ("relaunch", "old", "--name", "same"),
        ("relaunch", "old", "--name", "longer", "--timeout", "2h"),
    ):
        done = volery("executions", *how)
        assert done.returncode == 0, done.stderr
    hour, hours = Limits(running=3_600.0), Limits(running=7_200.0)
    with Remote() as remote:
        found = map(remote.backend.execution, ("old", "recovered", "same", "longer"))
        assert [each.limits for each in found] == [hour, hour, hour, hours]


@pytest.mark.parametrize("behind", [True, False])
def test_the_home_of_what_is_relaunched_may_stand_anywhere(volery, flow, tmp_path, behind):
    home = ("--home", tmp_path / "elsewhere")
    volery("run", flow, "mapped", "--folder", tmp_path, "--n", "1", "--name", "old", *home)
    around = ["old", "--n", "2", *home] if behind else [*home, "old", "--n", "2"]
    done = volery("executions", "relaunch", *around)
    assert (done.returncode, done.stdout) == (0, "o0 = [0, 1]\n"), done.stderr


def test_a_home_before_a_name_leaves_the_input_of_that_name_behind_it(volery, tmp_path):
    (tmp_path / "housed.py").write_text(HOUSED)
    home = ("--home", tmp_path / "elsewhere")
    volery("run", *home, "housed.py", "house", "--home", "first", "--name", "old")
    done = volery("executions", "relaunch", *home, "old", "--home", "second")
    assert (done.returncode, done.stdout) == (0, "o0 = second\n"), done.stderr


def test_the_help_of_a_relaunch_shows_the_inputs_as_they_were(volery, flow, tmp_path):
    volery("run", flow, "mapped", "--folder", tmp_path, "--n", "2", "--name", "old")
    told = volery("executions", "relaunch", "old", "--help").stdout
    assert "--n INT" in told
    assert "[default: 2]" in told


def test_a_relaunch_with_a_wrong_input_starts_nothing(volery, volery_json, flow, tmp_path):
    volery("run", flow, "mapped", "--folder", tmp_path, "--n", "1", "--name", "old")
    done = volery("executions", "relaunch", "old", "--n", "many")
    assert (done.returncode, "--n: expected int" in done.stderr) == (2, True)
    assert len(volery_json("executions", "list")) == 1


def test_a_diff_shows_code_inputs_and_nodes(failed, flow, volery, volery_json):
    failed("emitted")
    edit(flow, "FACTOR = 2", "FACTOR = 10 - 7")
    volery("executions", "recover", "old", "--edited", "--yes", "--name", "new")
    document = volery_json("executions", "diff", "old", "new")
    assert document["code"] == ["constant control.FACTOR changed"]
    assert document["inputs"] == []
    [output] = document["outputs"]
    assert output["sides"][0] is None
    phases = {each["path"]: [s and s["phase"] for s in each["sides"]] for each in document["nodes"]}
    assert phases["n1"] == ["FAILED", "SUCCEEDED"]
    told = volery("executions", "diff", "old", "new").stdout
    assert "constant control.FACTOR changed" in told
    assert "recovered" in told


def test_a_diff_of_an_execution_with_itself_is_empty(volery, volery_json, flow, tmp_path):
    volery("run", flow, "mapped", "--folder", tmp_path, "--n", "1", "--name", "one")
    document = volery_json("executions", "diff", "one", "one")
    assert (document["code"], document["inputs"], document["outputs"]) == ([], [], [])


def test_the_plan_alone_is_for_edited_code(failed, volery):
    failed("mapped")
    done = volery("executions", "recover", "old", "--plan")
    assert (done.returncode, "--plan" in done.stderr) == (2, True)


def test_a_plan_as_json_is_the_only_thing_on_stdout(failed, volery):
    failed("mapped")
    done = volery("executions", "recover", "old", "--edited", "--plan", "--output", "json")
    assert {each["path"] for each in json.loads(done.stdout)} == {"n0", "n1"}
