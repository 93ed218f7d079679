"""One workflow in worker processes and in containers of a real Docker engine, by command line."""

from __future__ import annotations

import pytest
from tests.e2e.outliving import flow, killed_and_resumed
from tests.servers.docker import PYTHON, engine_or_skip
from tests.servers.project import Project

FLOW = """\
import os

from volery import task, workflow


def place() -> str:
    return os.environ.get("VOLERY_INVOCATION", "") and "container"


@task
def here(x: int) -> str:
    return f"{place() or 'process'} {x}"


@task(executor="docker")
def there(text: str) -> str:
    return f"{text}, {place() or 'process'}"


@workflow
def mixed(x: int) -> str:
    return there(text=here(x=x))
"""


engine = pytest.fixture(engine_or_skip, scope="module")


@pytest.fixture
def project(engine, tmp_path) -> Project:
    settings = f'[docker]\nhost = "{engine.url}"\nimage = "{PYTHON}"\nnetwork = "none"\n'
    return Project(tmp_path).write(FLOW, settings)


def volery(project: Project, *words: str) -> str:
    status, told = project.volery(*words)
    assert status == 0, told
    return told


def test_a_workflow_mixes_processes_and_containers(project):
    assert "o0 = process 3, container" in volery(project, "run", "flow.py", "mixed", "--x", "3")


def test_all_of_it_runs_in_containers_where_the_execution_says_so(project):
    told = volery(project, "run", "flow.py", "mixed", "--x", "3", "--executor", "docker")
    assert "o0 = container 3, container" in told


def test_a_container_goes_on_when_its_engine_is_killed_and_is_found_again(project):
    (project.folder / "flow.py").write_text(flow("docker"))
    assert killed_and_resumed(project) == [
        ("alone", 1, "SUCCEEDED"),
        ("shared", 1, "LOST"),
        ("shared", 2, "SUCCEEDED"),
    ]
    logs = volery(project, "executions", "logs", "cut-off")
    assert (logs.count("alone begins"), logs.count("alone ends")) == (1, 1)


def test_a_name_of_no_executor_is_refused_before_anything_runs(project):
    status, told = project.volery("run", "flow.py", "mixed", "--x", "3", "--executor", "dockr")
    assert status == 2
    assert "no executor is named 'dockr'" in told
    assert "did you mean docker?" in told
