"""`volery executions watch` and `logs`, on the home."""

from __future__ import annotations

import subprocess
from pathlib import Path

STATS = Path(__file__).parent / "flows" / "stats.py"


def test_watching_what_has_ended_tells_its_end(volery):
    volery("run", STATS, "pipeline", "--values", "[1, 3]", "--name", "mine")
    done = volery("executions", "watch", "mine")
    assert (done.returncode, done.stdout) == (0, "o0 = 4.0\n"), done.stderr
    assert "mine SUCCEEDED in" in done.stderr
    volery("run", STATS, "failing", "--by", "0", "--name", "other")
    done = volery("executions", "watch", "other")
    assert (done.returncode, done.stdout) == (1, "")
    assert "return value / by" in done.stderr


def test_watching_sees_what_another_process_drives(gate, volery_command):
    command = [*volery_command, "executions", "watch", "mine"]
    with (
        gate.start() as driving,
        subprocess.Popen(
            command, cwd=gate.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as watching,
    ):
        assert "mine" not in watching.stderr.readline()  # it has begun to tell of the nodes
        gate.open()
        stdout, stderr = watching.communicate(timeout=30)
        driving.communicate(timeout=30)
    assert (watching.returncode, stdout) == (0, "o0 = done\n"), stderr


def test_what_nobody_drives_is_not_watched(gate, volery):
    with gate.start() as process:
        process.kill()
        process.wait()
    done = volery("executions", "watch", "mine")
    assert done.returncode == 2
    assert "volery executions resume mine" in done.stderr


def test_logs_are_of_one_node_or_of_all(volery, volery_json):
    volery("run", STATS, "pipeline", "--values", "[1, 3]", "--name", "mine")
    [node] = {each["path"] for each in volery_json("executions", "logs", "mine")}
    assert volery("executions", "logs", "mine", node).stdout == "summing 2\n"
    assert volery("executions", "logs", "mine").stdout == f"{node} | summing 2\n"
    assert volery("executions", "logs", "mine", "n9").returncode == 2
