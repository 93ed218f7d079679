"""Every example runs as a script and prints what it is there to show."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.shown import missing

EXAMPLES = Path(__file__).parents[2] / "examples"

SHOWS = {
    "caching/flow.py": ["...36...21 factors (first)..."],
    "cluster/flow.py": ["4 of 4 are good"],
    "conditions/flow.py": [
        "courier, 19.50",
        "freight in a crate, 31.00",
        "post in a padded box, 8.40",
        "post, 4.90",
    ],
    "control/flow.py": ["splitting", "a word of 3 letters is too short"],
    "decks/flow.py": ["1000 times"],
    "docker/flow.py": ["counted 7 characters"],
    "dynamic/flow.py": ["9", "4", "0"],
    "eager/flow.py": [
        "[50, 24, 37, 43, 40, 41, 42]",
        "['41: too small', '42: right', '-1: ValueError']",
        "...'7: right']",
    ],
    "failures/flow.py": [
        "giving back large",
        "2",
        "after ValueError at n1: large cannot divide by 0",
        "large cannot divide by 0, because of ZeroDivisionError(...)",
        "this does not",
        "small cannot divide by 0, because of ...",
    ],
    "files/flow.py": ["7a.csv 7b.csv", "7b,Cleo,78,C", "grades.csv.gz: ... bytes"],
    "frames/flow.py": ["bolt brings in 22.50", "730"],
    "gates/flow.py": ["sent 5 characters"],
    "hello/flow.py": ["Hello, world!"],
    "images/flow.py": ["1.0", "True"],
    "imperative/flow.py": ["typed-workflows-in-python"],
    "kinds/flow.py": ["the 7 times"],
    "lineage/flow.py": ["80.2"],
    "lineage/trail.py": [
        "o0 = 80.2, made by average",
        "scores = passed.csv ..., taken by report",
        "o0 = passed.csv ..., made by passed",
        "scores = scores.csv ..., taken by prepare",
        "what was made of the scores:",
        "o0 = 80.2, made by report",
    ],
    "mapping/flow.py": [
        "25",
        "[1, 8, 27]",
        "[12, None, 7]",
        "[2, 0, 1]",
        "[[1, 8], [27]]",
        "[[False, True], [], [True, False]]",
    ],
    "notifications/flow.py": ["o0 = 2", "execution.failed | ValueError: 3 is odd"],
    "programming_model/bodies.py": [
        "chance: workflow bodies.chance ... has 1 problem",
        "...random.random() runs once...move it into a task",
        "clock: workflow bodies.clock ... has 1 problem",
        "...time.time() runs once...move it into a task",
        "arithmetic: Promise(n0.o0: float) cannot be used in arithmetic...",
        "python_if: ... cannot be tested for truth...",
        "...conditional(...)...",
        "builtin: Promise(values: list[float]) cannot be iterated over...",
        "text: Promise(n0.o0: float) cannot be put into a text...",
        "the right way: ...12.5...",
    ],
    "programming_model/checking.py": [
        "workflow checking.buggy_scale (checking.py:...) has 1 problem",
        "...output o0...: declared list[float], got float",
        "...buggy_standard_scale...",
        "workflow checking.several_mistakes (checking.py:...) has 4 problems",
        "...announce(text=...)...: expected str, got float",
        "...average...values: expected list[float], got 'not numbers' (str)...",
    ],
    "programming_model/isolation.py": ["a plain call runs in this process: True"],
    "programming_model/launch_plans.py": [
        "with its defaults: [-1.225, 0.0, 1.225]",
        "with others: [-1.342, -0.447, 0.447, 1.342]",
        "with a fixed seed: [-1.0, 1.0]",
        "which stays fixed: ...seed...",
        "as a step: [-0.048, 1.248, -1.2]",
    ],
    "programming_model/ordering.py": ["['test', 'build', 'publish']"],
    "programming_model/promises.py": [
        "in the body, mu is Promise(n0.o0: float)",
        "outside, the workflow returns [-1.225, 0.0, 1.225]",
        "the width is 5.0",
    ],
    "programming_model/scaling.py": ["[-1.5, -0.5, -0.5, -0.5, 0.0, 0.0, 1.0, 2.0]"],
    "programming_model/subworkflows.py": ["[-0.168, 1.27, -1.445, 0.95, -0.608]"],
    "programming_model/tasks.py": [
        "a call runs the function: 3.0",
        "a wrong input is refused:",
        "...mean...values...expected list[float], got 'not numbers' (str)...",
        "...expected float, got None at $[1]...",
        "...count_words...expected int, got '2' (str) at ...",
        "...keyword arguments only...",
        "...write mean(values=[1.0, 2.0, 6.0])...",
    ],
    "remote/client.py": [
        "SUCCEEDED heat at Newark: 37.8 °C",
        "True ['readings']",
        "heat at La Guardia: 24.5 °C",
        "[True]",
        "['chose the word heat']",
        "50.0 weather at Newark: 37.8 °C",
    ],
    "remote/flow.py": ["heat at Newark: 37.8 °C"],
    "replicas/engine.py": ["SUCCEEDED {'o0': 2470}"],
    "replicas/flow.py": ["14"],
    "retries/flow.py": [
        "attempt 3 succeeded",
        "attempt 4 succeeded",
        "three attempts are all it gets: attempt 3 found nobody at home",
        "index came with attempt 4",
        "one was enough: attempt 1 found that there is no such page",
        "attempt 2 began with part 3",
    ],
    "scheduled/flow.py": ["2026-03-01: 88 visits"],
    "secrets/flow.py": [
        "signature: 8ab85e4443ec",
        "log: the key [secret billing/signing_key] is two years old",
        "stdout: signing 7 lamps with [secret billing/signing_key]",
        "SecretInOutputs: output o0 contains the secret billing/signing_key, ...",
    ],
    "testing/flow.py": ["paid 12.50 EUR"],
    "weather/flow.py": [
        "ALERT: 37.8 °C at Newark on 2013-07-19",
        "La Guardia ... 13 days",
        "set aside:",
        "Newark, 2013-02-12: a wind of 1687.2 km/h",
    ],
}  # fmt: skip
"""Lines that a script prints, in this order and among others; ``...`` stands for any text."""


def script(path: Path) -> str:
    """What an example prints when it is run as a script."""
    done = subprocess.run(
        [sys.executable, path],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_every_example_is_listed_here():
    files = {path.relative_to(EXAMPLES) for path in EXAMPLES.glob("*/*.py")}
    scripts = {str(path) for path in files if not path.name.startswith("test_")}
    assert scripts == SHOWS.keys()


@pytest.mark.parametrize("example", SHOWS)
def test_an_example_shows_what_it_is_for(example):
    printed = script(EXAMPLES / example)
    line = missing(SHOWS[example], printed)
    assert line is None, f"no line {line!r} (in this order) in\n{printed}"


def test_the_tests_of_an_example_pass():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=EXAMPLES / "testing",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "6 passed" in done.stdout, done.stdout


def test_no_task_runs_when_the_graph_is_wrong():
    assert "a task ran" not in script(EXAMPLES / "programming_model" / "checking.py")


def test_what_depends_on_a_failure_does_not_run():
    assert "this depends on it" not in script(EXAMPLES / "failures" / "flow.py")


def test_the_body_of_a_workflow_runs_once():
    printed = script(EXAMPLES / "programming_model" / "promises.py")
    assert printed.count("in the body") == 1
