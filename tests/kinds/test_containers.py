"""Container tasks on a real Docker engine, between functions that run in worker processes."""

from __future__ import annotations

import pytest
from tests.servers.docker import BARE, engine_or_skip
from tests.servers.project import Project

FLOW = f"""\
from pathlib import Path

from volery import ContainerTask, Directory, File, kwtypes, map_task, task, workflow

IMAGE = "{BARE}"

shout = ContainerTask(
    "shout",
    IMAGE,
    ["sh", "-c", 'echo "said $0" >&2; cat "$1" > "$3/all"; echo "$0" >> "$3/all"; echo $2 > "$3/n"',
     "{{{{.inputs.text}}}}", "{{{{.inputs.file}}}}", "{{{{.inputs.n}}}}", "{{{{.outputDir}}}}"],
    inputs=kwtypes(text=str, file=File, n=int),
    outputs=kwtypes(all=File, n=int),
)
echo = ContainerTask(
    "echo", IMAGE, ["sh", "-c", "cat /in/word > /out/word"], inputs=kwtypes(word=str),
    outputs=kwtypes(word=str), input_data_dir="/in", output_data_dir="/out",
)
nothing = ContainerTask("nothing", IMAGE, ["sh", "-c", "echo no"], outputs=kwtypes(x=int))
broken = ContainerTask("broken", IMAGE, ["sh", "-c", "echo bad >&2; false"], retries=1)


@task
def made(text: str) -> File:
    Path("made.txt").write_text(text)
    return File("made.txt")


@task
def read(file: File, n: int) -> str:
    return f"{{Path(file).read_text().split()}} {{n}}"


@workflow
def mixed(text: str) -> str:
    shouted = shout(text=text, file=made(text="first\\n"), n=3)
    return read(file=shouted.all, n=shouted.n)


@workflow
def mapped(words: list[str]) -> list[str]:
    return map_task(echo)(word=words)
"""


engine = pytest.fixture(engine_or_skip, scope="module")


@pytest.fixture
def project(engine, tmp_path) -> Project:
    return Project(tmp_path).write(FLOW, f'[docker]\nhost = "{engine.url}"\nnetwork = "none"\n')


def test_files_and_values_go_through_a_container(project):
    status, told = project.volery("run", "flow.py", "mixed", "--text", "$(echo a)")
    assert status == 0, told
    assert "o0 = ['first', '$(echo', 'a)'] 3" in told
    assert "said $(echo a)" in told


def test_a_container_task_is_mapped(project):
    status, told = project.volery("run", "flow.py", "mapped", "--words", '["a", "b"]')
    assert status == 0, told
    assert 'o0 = ["a", "b"]' in told


def test_an_output_that_a_container_does_not_write_is_named(project):
    status, told = project.volery("run", "flow.py", "nothing")
    assert status == 1
    assert "has not written the output x (int)" in told


def test_a_container_that_fails_is_tried_again(project):
    status, told = project.volery("run", "flow.py", "broken")
    assert status == 1
    assert told.count("bad") >= 2


def test_what_the_execution_says_does_not_move_a_command_into_a_process(project):
    status, told = project.volery("run", "flow.py", "echo", "--word", "a", "--executor", "process")
    assert status == 0, told
    assert "word = a" in told
