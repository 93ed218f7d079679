"""What all commands have in common, seen on the tree of them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from volery.cli.main import volery as top


def _tree(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        within = click.Context(command)
        for name in command.list_commands(within):
            below = command.get_command(within, name)
            assert below is not None
            yield from _tree(below, f"{path} {name}")


ALL = dict(_tree(top, "volery"))
LEAVES = [path for path in ALL if not any(other.startswith(f"{path} ") for other in ALL)]
GROUPS = [path for path in ALL if path not in LEAVES]


def _options(command: click.Command) -> set[str]:
    return {name for each in command.params for name in (*each.opts, *each.secondary_opts)}


@pytest.mark.parametrize("path", LEAVES)
def test_every_command_takes_output_json(path):
    (output,) = [each for each in ALL[path].params if "--output" in each.opts]
    assert isinstance(output.type, click.Choice)
    assert "json" in output.type.choices


@pytest.mark.parametrize("path", ALL)
def test_examples_in_a_help_stay_on_lines_of_their_own(path):
    command = ALL[path]
    shown = command.get_help(click.Context(command, info_name=path))
    assert "\\b" not in shown
    lines = [line.strip() for line in shown.splitlines()]
    assert [each for each in _examples(path) if each not in lines] == []


@pytest.mark.parametrize("path", ALL)
def test_examples_in_a_help_name_commands_and_options_that_there_are(path):
    for example in _examples(path):
        for line in re.split(r" {2,}|&&", example)[:2]:
            if line.strip().startswith("volery "):
                _check(line.partition(" < ")[0])


def _examples(path: str) -> list[str]:
    indented = re.compile(r"^ +(volery .*)", re.MULTILINE)
    return indented.findall(ALL[path].help or "")


def _check(line: str) -> None:
    words = shlex.split(line)
    path = words.pop(0)
    while f"{path} {words[0]}" in ALL:
        path = f"{path} {words.pop(0)}"
        if not words:
            break
    assert path in LEAVES, line
    own = {"volery run", "volery executions relaunch"}  # whose inputs are options as well
    named = {word.partition("=")[0] for word in words if word.startswith("-")} - {"--help"}
    assert path in own or named <= _options(ALL[path]), line


@pytest.mark.parametrize("path", GROUPS)
def test_a_command_that_there_is_not_suggests_the_nearest(volery, path):
    *_, name = ALL[path].list_commands(click.Context(ALL[path]))
    words = f"{path} {name}x".split()[1:]
    done = volery(*words)
    assert done.returncode == 2
    assert f"there is no command '{' '.join(words)}'" in done.stderr
    assert f"did you mean {name}" in done.stderr


def test_the_files_of_a_new_project_as_json(volery_json, tmp_path):
    made = volery_json("init", "hello")
    assert made["folder"] == "hello"
    assert {each.name for each in (tmp_path / "hello").iterdir()} == set(made["files"])


def test_a_version_as_json(volery, volery_json):
    assert f"volery {volery_json('version')['volery']} " in volery("version").stdout


def test_records_are_brought_from_one_schema_to_the_next(volery_json, volery):
    made = volery_json("migrate")
    again = volery_json("migrate")
    assert (made["from"], again["from"], again["to"]) == (None, made["to"], made["to"])
    assert volery("migrate").stdout.endswith("are of this version\n")
