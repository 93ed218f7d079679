"""Plain calls of workflows: the engine in this process, and the user's own exceptions."""

from __future__ import annotations

import sys
import traceback

import pytest
from tests.engine import corpus
from tests.services import flows

from volery.errors import ExecutionError, TaskFailed


def test_the_users_own_exception_is_raised_with_a_note_that_says_where():
    with pytest.raises(ValueError, match="never") as caught:
        corpus.failing()
    assert caught.value.__notes__ == [
        "at node n1 (task tests.engine.corpus.refuse) of workflow tests.engine.corpus.failing"
    ]


def test_the_innermost_frame_is_the_users():
    with pytest.raises(ValueError, match="never") as caught:
        corpus.failing()
    assert traceback.extract_tb(caught.value.__traceback__)[-1].name == "refuse"


def test_an_element_of_a_map_raises_its_own_exception():
    with pytest.raises(ValueError, match=r"\d+ is odd") as caught:
        corpus.mapping_failing()
    assert "at node n1[1] (task tests.engine.corpus.only_even)" in caught.value.__notes__[0]


def test_a_node_of_a_subworkflow_is_named_by_its_path():
    with pytest.raises(ValueError, match="never") as caught:
        flows.failing_below()
    assert "at node n0/n1 " in caught.value.__notes__[0]


def test_an_exception_in_an_embedded_launch_plan_is_raised_too():
    with pytest.raises(ValueError, match="never") as caught:
        flows.failing_in_a_child()
    assert "at node n1 (task tests.services.flows.refuse)" in caught.value.__notes__[0]


def test_what_fails_without_an_exception_of_the_user_is_an_execution_error():
    with pytest.raises(TaskFailed, match="'absent'") as caught:
        flows.missing_key()
    assert caught.value.path == "n1"


def test_the_message_of_a_branch_that_fails_is_raised():
    with pytest.raises(ExecutionError, match="unexpected"):
        corpus.branching(x=20)


def test_a_plain_call_leaves_no_record(volery_home):
    corpus.nested()
    assert not volery_home.exists()


def test_a_plain_call_loads_neither_a_database_nor_a_terminal():
    import subprocess

    script = (
        "import sys; from examples.hello import flow; flow.hello(name='you');"
        "print(sorted({'sqlite3', 'rich', 'click', 'asyncio', 'subprocess'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
