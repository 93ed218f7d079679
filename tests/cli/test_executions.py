"""`volery executions`, end to end; and runs that are interrupted."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.conftest import GATED

from volery.ir.codec import canonical
from volery.ir.specs import Bundle

STATS = Path(__file__).parent / "flows" / "stats.py"


def test_an_empty_home_is_no_error(volery):
    done = volery("executions", "list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing has been run" in done.stderr


def test_executions_are_listed_newest_first(volery, volery_json):
    volery("run", STATS, "pipeline", "--name", "older")
    volery("run", STATS, "failing", "--by", "0", "--name", "newer")
    listed = volery("executions", "list").stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["NAME", "newer", "older"]
    assert "FAILED" in listed[1]
    assert "pipeline" in listed[2]
    found = volery_json("executions", "list", "--phase", "FAILED")
    assert [each["execution"] for each in found] == ["newer"]
    newest = volery("executions", "list", "--limit", "1")
    assert "older" not in newest.stdout
    assert "there are more; --limit 10" in newest.stderr
    assert "no execution is found" in volery("executions", "list", "--phase", "aborted").stderr


def test_executions_are_found_by_what_is_known_of_them(volery, volery_json):
    volery("run", STATS, "pipeline", "--name", "one", "--label", "team=a", "--values", "[5, 7]")
    volery("run", STATS, "failing", "--by", "0", "--name", "two", "--domain", "staging")

    def found(*filters):
        return [each["execution"] for each in volery_json("executions", "list", *filters)]

    assert found("--label", "team=a") == ["one"]
    assert found("--entity", "stats.failing") == ["two"]
    assert found("--input", "by=0") == ["two"]
    assert found("--entity", "stats.pipeline", "--input", "values=[5, 7]") == ["one"]
    assert found("--domain", "staging") == ["two"]
    assert found("--kind", "task") == []
    assert found("--since", "1h") == ["two", "one"]
    assert found("--until", "2020-01-01") == []
    assert found("--search", "pipe") == ["one"]
    refused = volery("executions", "list", "--since", "yesterday")
    assert (refused.returncode, "--since: expected a time" in refused.stderr) == (2, True)


def test_looking_at_a_home_makes_none(volery, tmp_path):
    volery("executions", "list", "--home", "none")
    volery("executions", "get", "mine", "--home", "none")
    assert not (tmp_path / "none").exists()


def test_get_shows_nodes_inputs_and_outputs(volery, volery_json):
    volery("run", STATS, "pipeline", "--values", "[1, 3]", "--name", "mine")
    shown = volery("executions", "get", "mine").stdout
    assert "mine  SUCCEEDED" in shown
    assert "n0  mean  SUCCEEDED" in shown
    assert "values = [1.0, 3.0]" in shown
    assert "num_samples = 3" in shown
    assert "o0 = 4.0" in shown
    document = volery_json("executions", "get", "mine")
    assert document["inputs"] == {"num_samples": 3, "values": [1.0, 3.0]}
    assert document["outputs"] == {"o0": 4.0}
    assert [each["path"] for each in document["nodes"]] == ["n0", "n1"]
    assert [each["phase"] for each in document["attempts"]] == ["SUCCEEDED", "SUCCEEDED"]


def test_labels_are_those_of_the_user_and_the_folder_of_the_code_stands_apart(volery, volery_json):
    volery("run", STATS, "pipeline", "--name", "mine", "--label", "a=b")
    shown = volery("executions", "get", "mine").stdout.splitlines()
    assert "  a=b" in shown
    assert f"  code in {STATS.parent}" in shown
    [listed] = volery_json("executions", "list")
    assert listed["labels"] == {"a": "b"}


def test_get_says_how_to_read_what_was_printed(volery, volery_json):
    volery("run", STATS, "pipeline", "--name", "loud")
    volery("run", STATS, "double", "--value", "1", "--name", "silent")
    assert volery_json("executions", "get", "loud")["logs"] is True
    assert "volery executions logs loud" in volery("executions", "get", "loud").stdout
    assert volery_json("executions", "get", "silent")["logs"] is False
    assert "printed" not in volery("executions", "get", "silent").stdout


def test_commands_that_are_suggested_name_the_home_that_was_given(gate, volery):
    home = "a home"
    with gate.start("--home", home) as process:
        process.kill()
        process.wait()
    for command in (["list"], ["get", "mine"]):
        told = volery("executions", *command, "--home", home).stderr
        assert "volery executions resume" in told
        assert "--home 'a home'" in told
    failed = volery("run", STATS, "failing", "--by", "0", "--name", "other", "--home", home)
    assert "see volery executions get other --home 'a home'" in failed.stderr


def test_get_shows_why_it_failed(volery):
    volery("run", STATS, "failing", "--by", "0", "--name", "mine")
    shown = volery("executions", "get", "mine").stdout
    assert "failure at node n1" in shown
    assert "return value / by" in shown


@pytest.mark.parametrize("command", ["get", "resume", "abort"])
def test_a_name_that_does_not_exist_suggests_the_nearest(volery, command):
    volery("run", STATS, "pipeline", "--name", "training")
    done = volery("executions", command, "trainin")
    assert done.returncode == 2
    assert "there is no execution trainin" in done.stderr
    assert "did you mean training?" in done.stderr


@pytest.mark.parametrize("command", ["resume", "abort"])
def test_what_has_ended_is_neither_resumed_nor_aborted(volery, command):
    volery("run", STATS, "pipeline", "--name", "mine")
    done = volery("executions", command, "mine")
    assert done.returncode == 2
    assert "execution mine has ended: it is SUCCEEDED" in done.stderr


def test_nothing_to_resume_is_no_error(volery, volery_json):
    volery("run", STATS, "pipeline")
    done = volery("executions", "resume")
    assert done.returncode == 0
    assert "nothing to resume" in done.stderr
    assert volery_json("executions", "resume") == []


def test_a_run_that_goes_on_is_running_and_not_interrupted(gate, volery_json, volery):
    with gate.start() as process:
        [listed] = volery_json("executions", "list")
        assert (listed["phase"], listed["interrupted"]) == ("RUNNING", False)
        assert "living process" in volery("executions", "resume", "mine").stderr
        gate.open()
        stdout, _ = process.communicate(timeout=30)
    assert stdout == "o0 = done\n"


def test_after_kill_9_the_list_tells_the_truth_and_resume_finishes(gate, volery, volery_json):
    with gate.start() as process:
        process.kill()
        process.wait()
    listed = volery("executions", "list")
    assert "RUNNING (interrupted)" in listed.stdout
    assert "volery executions resume" in listed.stderr
    [document] = volery_json("executions", "list")
    assert document["interrupted"] is True
    with gate.run("executions", "resume") as resumed:
        gate.open()
        stdout, stderr = resumed.communicate(timeout=30)
    assert (resumed.returncode, stdout) == (0, "o0 = done\n"), stderr
    assert gate.began() == ["first", "second", "second"]
    assert volery_json("executions", "get", "mine")["phase"] == "SUCCEEDED"


def test_resume_finds_the_users_code_from_another_folder(gate, volery, tmp_path):
    with gate.start() as process:
        process.kill()
        process.wait()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    gate.folder = elsewhere
    with gate.run("executions", "resume", "mine") as resumed:
        (tmp_path / "gate").write_text("done")
        stdout, stderr = resumed.communicate(timeout=30)
    assert stdout == "o0 = done\n", stderr


def test_ctrl_c_aborts_and_the_record_says_so(gate, volery_json):
    with gate.start() as process:
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stdout) == (130, "")
    assert "stopping" in stderr
    assert "Traceback" not in stderr
    document = volery_json("executions", "get", "mine")
    assert document["phase"] == "ABORTED"
    assert "Ctrl-C" in json.dumps(document["failure"])


def test_sigterm_ends_at_once_and_says_how_to_go_on(gate, volery_json):
    """It ended without a word."""
    with gate.start() as process:
        process.terminate()
        stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stdout) == (143, "")
    assert "mine has not ended; finish it: volery executions resume mine" in stderr
    assert "Traceback" not in stderr
    assert volery_json("executions", "get", "mine")["phase"] == "RUNNING"
    with gate.run("executions", "resume", "mine") as resumed:
        gate.open()
        assert resumed.communicate(timeout=30)[0] == "o0 = done\n"


def test_an_abort_from_elsewhere_reaches_all_that_runs_there(gate, volery, volery_json):
    with gate.start(flow=GATED.with_name("around.py"), entity="around") as process:
        assert volery("executions", "abort", "mine", "--reason", "wrong data").returncode == 0
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "wrong data" in stderr
    mine = volery_json("executions", "get", "mine")
    [node] = mine["nodes"]
    child = volery_json("executions", "get", node["child"])
    assert (mine["phase"], child["phase"]) == ("ABORTED", "ABORTED")
    assert "wrong data" in child["failure"]["message"]
    with pytest.raises(OSError, match="No such device or address"):  # nobody reads it any more
        os.open(gate.folder / "gate", os.O_WRONLY | os.O_NONBLOCK)


def test_what_nobody_drives_can_be_aborted(gate, volery, volery_json):
    with gate.start() as process:
        process.kill()
        process.wait()
    assert volery("executions", "abort", "mine").returncode == 0
    assert volery_json("executions", "get", "mine")["phase"] == "ABORTED"
    assert gate.began() == ["first", "second"]


def test_what_is_resumed_runs_the_code_as_it_is_now(gate, volery_json):
    flow = gate.folder / "edited.py"
    flow.write_text(GATED.read_text())
    with gate.start(flow=flow) as process:
        process.kill()
        process.wait()
    flow.write_text(flow.read_text().replace(".read_text()", ".read_text().upper()"))
    with gate.run("executions", "resume", "--output", "json") as resumed:
        gate.open()
        stdout, stderr = resumed.communicate(timeout=30)
    [document] = json.loads(stdout)  # of all that were interrupted
    assert document["outputs"] == {"o0": "DONE"}, stderr


def test_resuming_a_child_resumes_the_execution_that_started_it(gate, volery, volery_json):
    with gate.start(flow=GATED.with_name("around.py"), entity="around") as process:
        process.kill()
        process.wait()
    [node] = volery_json("executions", "get", "mine")["nodes"]
    with gate.run("executions", "resume", node["child"]) as resumed:
        gate.open()
        stdout, stderr = resumed.communicate(timeout=30)
    assert (resumed.returncode, stdout) == (0, "o0 = done\n"), stderr
    assert volery_json("executions", "get", "mine")["phase"] == "SUCCEEDED"


def test_code_that_is_gone_is_told_before_anything_is_resumed(gate, volery, volery_json, tmp_path):
    code = tmp_path / "code"
    code.mkdir()
    (code / "gated.py").write_text(GATED.read_text())
    with gate.start(flow=code / "gated.py") as process:
        process.kill()
        process.wait()
    code.rename(tmp_path / "moved")
    done = volery("executions", "resume", "mine")
    assert done.returncode == 2
    assert f"runs code from {code}, which is gone" in done.stderr
    assert volery_json("executions", "list")[0]["interrupted"] is True


def test_one_that_cannot_be_resumed_does_not_keep_others_from_it(gate, volery_json, tmp_path):
    code = tmp_path / "code"
    code.mkdir()
    (code / "gated.py").write_text(GATED.read_text())
    for name, flow in (("fine", GATED), ("homeless", code / "gated.py")):
        with gate.start(name=name, flow=flow) as process:
            process.kill()
            process.wait()
    code.rename(tmp_path / "moved")
    with gate.run("executions", "resume") as resumed:
        gate.open()
        stdout, stderr = resumed.communicate(timeout=30)
    assert (resumed.returncode, stdout) == (2, "o0 = done\n")
    assert "execution homeless runs code from" in stderr
    found = {each["execution"]: each["phase"] for each in volery_json("executions", "list")}
    assert found == {"fine": "SUCCEEDED", "homeless": "RUNNING"}


@pytest.mark.parametrize(
    ("bundle", "status", "told"),
    [
        (b"{", 2, "this bundle cannot be read"),
        (canonical(Bundle()), 70, "this is a bug in Volery"),
    ],
)
def test_no_error_of_one_keeps_others_from_being_resumed(gate, tmp_path, bundle, status, told):
    flow = tmp_path / "other.py"
    flow.write_text(GATED.read_text())
    # The newest is resumed first.
    for name, source in (("fine", GATED), ("damaged", flow)):
        with gate.start("--home", "home", name=name, flow=source) as process:
            process.kill()
            process.wait()
    with closing(sqlite3.connect(tmp_path / "home" / "volery.db")) as database, database:
        of_one = "SELECT bundle FROM executions WHERE id = 'damaged'"
        changed = database.execute(
            f"UPDATE bundles SET data = ? WHERE digest = ({of_one})", (bundle,)
        )
        assert changed.rowcount == 1
    with gate.run("executions", "resume", "--home", "home") as resumed:
        gate.open()
        stdout, stderr = resumed.communicate(timeout=30)
    assert (resumed.returncode, stdout) == (status, "o0 = done\n")
    assert told in stderr


def test_ctrl_c_before_anything_is_submitted_records_nothing(gate, volery, volery_json):
    flow = gate.folder / "slow_to_import.py"
    flow.write_text(
        "from pathlib import Path\n"
        "Path('started').write_text('x')\n"
        "Path('gate').read_text()\n"
        "from volery import task\n"
        "@task\ndef one() -> int:\n    return 1\n"
    )
    with gate.run("run", flow.name, "one") as process:
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stdout) == (130, "")
    assert stderr.strip() == "error: interrupted"
    assert volery_json("executions", "list") == []


def test_ctrl_c_ends_the_resuming_of_all(gate, volery_json):
    for name in ("one", "two"):
        with gate.start(name=name) as process:
            process.kill()
            process.wait()
    with gate.run("executions", "resume") as process:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130
    phases = {each["execution"]: each["phase"] for each in volery_json("executions", "list")}
    assert sorted(phases.values()) == ["ABORTED", "RUNNING"]


def test_a_second_ctrl_c_ends_at_once_and_resume_finishes_the_abort(gate, volery, volery_json):
    with gate.start("--stubborn") as process:
        process.send_signal(signal.SIGINT)
        for line in process.stderr:
            if "stopping" in line:
                break
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    # It waits for no worker: the first abort would have ended there, and the execution with it.
    assert "mine has not ended; finish it: volery executions resume mine" in stderr
    ended = volery("executions", "resume", "mine")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert volery_json("executions", "get", "mine")["phase"] == "ABORTED"
    assert gate.began() == ["first", "second"]
