"""kill -9 of `volery run` at any moment: the record is true, and `resume` does only the rest."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.journey import RESULT
from tests.e2e.leftovers import await_ends

from volery.engine.model import Phase
from volery.ids import element_path, range_of, split
from volery.services.engine import embedded
from volery.services.home import Home
from volery.services.records import opened
from volery.testing import pictures

JOURNEY = Path(__file__).parent / "journey.py"
LINES = 28
"""So many lines of progress a run has, about; fewer where steps follow on each other fast."""
KILLS = LINES - 1 if "VOLERY_PROOF" in os.environ else 6
MOMENTS = sorted(random.Random(9).sample(range(1, LINES), KILLS))


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "volery.cli", *map(str, arguments)]


def told(*arguments: object) -> object:
    """Run a command that has to succeed; its JSON document."""
    done = subprocess.run(
        command(*arguments, "--output", "json"),
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def run_and_kill(folder: Path, moment: int) -> None:
    """Run the journey, and kill it when it has told of so many changes."""
    with subprocess.Popen(
        command("run", JOURNEY, "journey", "--folder", folder, "--name", "mine", "--workers", "2"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        for _ in range(moment + 1):  # the first line is the title
            process.stderr.readline()
        process.kill()


def open_to_write(folder: Path) -> None:
    """Open the home to write, which sweeps it, as a resume does."""
    with embedded(folder):
        pass


def committed(home: Home) -> set[str]:
    """What will not run again, as the tasks note it: execution and path."""
    with opened(home) as store:
        return {
            f"{execution} {path}"
            for execution in pictures.family(store, "mine")
            for node in store.nodes(execution)
            if node.phase is Phase.SUCCEEDED
            for path in tasks_of(node.path)
        }


def tasks_of(path: str) -> Iterator[str]:
    """The path itself; of a range of a map, its elements."""
    id = split(path)[1]
    if ":" not in id:
        yield path
        return
    start, end = range_of(id)
    yield from (element_path(path, index) for index in range(end - start))


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_run_is_known_as_such_and_resumed_without_repeating(volery_home, tmp_path, moment):
    run_and_kill(tmp_path, moment)
    await_ends(volery_home)

    home = Home(volery_home)
    done = committed(home)
    [listed] = told("executions", "list")
    over = listed["phase"] == "SUCCEEDED"
    assert over or (listed["phase"], listed["interrupted"]) == ("RUNNING", True)
    ran = tmp_path / "ran"
    before = Counter(ran.read_text().splitlines()) if ran.exists() else Counter()

    if not over:
        assert told("executions", "resume", "mine")["outputs"] == {"o0": RESULT}

    after = Counter(ran.read_text().splitlines())
    assert [task for task in done if after[task] != before[task]] == []
    # What was under way ran once more; nothing ran a third time.
    assert [task for task, times in after.items() if times > before[task] + 1] == []
    with opened(home) as store:
        assert store.execution("mine").phase is Phase.SUCCEEDED
        pictures.check(store, "mine")
    await_ends(volery_home)
    if over:
        open_to_write(volery_home)
    assert [*home.owners.iterdir(), *home.scratch.iterdir()] == []
