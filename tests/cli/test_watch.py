"""`volery executions watch` and `logs`, on the home."""

from __future__ import annotations

import subprocess
from pathlib import Path

STATS = Path(__file__).parent / "flows" / "stats.py"
NESTED = """
from volery import Deck, map_task, task, workflow

@task
def show(number: int) -> int:
    print("showing", number)
    Deck("Number", f"<b>{number}</b>")
    return number

@workflow
def inner(number: int) -> int:
    return show(number=number)

@workflow
def outer(numbers: list[int]) -> tuple[int, list[int], list[int]]:
    return inner(number=9), map_task(show)(number=numbers), map_task(show)(number=[])
"""


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


def test_logs_of_what_consists_of_nodes_are_theirs_and_not_said_to_be_missing(volery, tmp_path):
    (tmp_path / "nested.py").write_text(NESTED)
    volery("run", "nested.py", "outer", "--numbers", "[1, 2]", "--name", "mine")
    assert volery("executions", "logs", "mine", "n0").stdout == "n0/n0 | showing 9\n"
    shown = volery("executions", "logs", "mine", "n1").stdout
    assert shown == "n1[0] | showing 1\nn1[1] | showing 2\n"
    assert volery("executions", "logs", "mine", "n2").stderr == "n2 has no attempts\n"


def test_decks_of_what_consists_of_nodes_are_theirs_and_not_said_to_be_missing(
    volery, volery_json, tmp_path
):
    (tmp_path / "nested.py").write_text(NESTED)
    volery("run", "nested.py", "outer", "--numbers", "[1, 2]", "--name", "mine")
    shown = volery_json("executions", "decks", "mine", "n1")
    assert [(each["path"], each["name"]) for each in shown] == [
        ("n1[0]", "Number"),
        ("n1[1]", "Number"),
    ]
    saved = volery("executions", "decks", "mine", "n0", "--save", "decks")
    assert saved.stderr == "saved decks/n0%2Fn0/Number.html\n"
    assert (tmp_path / "decks" / "n0%2Fn0" / "Number.html").read_text().count("9")
    assert volery("executions", "decks", "mine", "n2").stderr == "n2 has no attempts\n"


def test_what_users_write_does_not_turn_the_terminal(volery, tmp_path):
    code = 'from volery import task\n\n@task\ndef f() -> None:\n    print("a\\0\\u202eb")\n    {}\n'
    (tmp_path / "odd.py").write_text(code.format('raise ValueError("c\\0\\u202ed")'))
    run = volery("run", "odd.py", "f", "--name", "mine")
    logs = volery("executions", "logs", "mine")
    get = volery("executions", "get", "mine")
    for told, written in [
        (run.stderr, "a"),
        (run.stderr, "c"),
        (logs.stdout, "a"),
        (get.stdout, "c"),
    ]:
        assert f"{written}\\x00\\u202e" in told
        assert not {"\0", "\u202e"} & set(told)
