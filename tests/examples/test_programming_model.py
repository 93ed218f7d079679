"""Every statement of the programming model has an example that shows it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "programming_model"

# What the model says, in our words: the file that shows it, and names or texts in it that do.
STATEMENTS = {
    "a task is a decorated function and is called like one": ("tasks", ["@task", "mean(values="]),
    "tasks are called with keyword arguments": ("tasks", ["CallError", "mean([1.0"]),
    "inputs of the wrong type are an error": ("tasks", ['values="not numbers"', "TypeMismatch"]),
    "outputs of the wrong type are an error": ("tasks", ["count_words(text="]),
    "a task can be run by itself": ("tasks", ["def mean"]),
    "tasks are isolated from each other": ("isolation", ["os._exit", "carry_on()"]),
    "a task that is called here runs in this process": ("isolation", ["apart() == os.getpid()"]),
    "a workflow composes tasks": ("scaling", ["@workflow", "standard_scale(values=values, mu=mu"]),
    "a workflow is run like a function": ("scaling", ["scale(values=["]),
    "chance does not belong into a body": ("bodies", ["random.random()", "MISTAKES"]),
    "the clock does not belong into a body": ("bodies", ["time.time()"]),
    "promises cannot be operated on": ("bodies", ["mean(values=values) + 1"]),
    "Python's if does not choose": ("bodies", ["if mu > 10 else"]),
    "conditional chooses": ("bodies", ["conditional(", ".if_(mu > 10)", ".else_()"]),
    "promises can only be passed on": ("bodies", ["sum(values)", 'f"the mean is']),
    "a body sees promises, and printing shows one": (
        "promises",
        ['print("in the body, mu is", mu)'],
    ),
    "the body runs when it is compiled": ("promises", ["the body does not run again"]),
    "a wrong type in the graph is found before it runs": (
        "checking",
        ["def buggy_standard_scale", "CompileError", "this is never printed"],
    ),
    "inputs of a workflow are typed": ("checking", ['average(values="not numbers")']),
    "a workflow can be a step of another": ("subworkflows", ["scale(values=data)", "generate("]),
    ">> orders steps without data": ("ordering", ["tested >> built >> published"]),
    ">> orders subworkflows too": ("ordering", ["published = publish("]),
    "a launch plan has default inputs": ("launch_plans", ["default_inputs=", "scale_three()"]),
    "default inputs can be overridden": ("launch_plans", ["scale_three(values=["]),
    "fixed inputs cannot": ("launch_plans", ["fixed_inputs=", "reproducible(seed=4)"]),
    "a launch plan can be a step": ("launch_plans", ["return scale_three(values=data)"]),
}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_is_shown(statement):
    file, texts = STATEMENTS[statement]
    source = (FOLDER / f"{file}.py").read_text()
    assert [text for text in texts if text not in source] == []


def test_every_file_shows_a_statement_and_is_in_the_readme_in_their_order():
    files = list(dict.fromkeys(file for file, _ in STATEMENTS.values()))
    assert {path.stem for path in FOLDER.glob("*.py")} == set(files)
    readme = (FOLDER / "README.md").read_text()
    positions = [readme.index(f"[{file}.py]") for file in files]
    assert positions == sorted(positions)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_file_explains_itself(path):
    assert ast.get_docstring(ast.parse(path.read_text()))
