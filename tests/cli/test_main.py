"""The command itself: its help, what that loads, and how it meets mistakes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from volery.cli.main import COMMANDS

HEAVY = ("msgspec", "rich", "sqlite3", "volery.sdk", "volery.services", "json", "asyncio")


def test_help_names_every_command_and_shows_the_first_step(volery):
    done = volery("--help")
    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    assert "volery init" in done.stdout


def test_help_loads_click_alone():
    code = (
        "import sys; from volery.cli.main import run; run(['--help']);"
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert not [name for name in HEAVY if name in loaded]


@pytest.mark.parametrize("arguments", [["version"], ["--version"]])
def test_the_version_is_told(volery, arguments):
    done = volery(*arguments)
    assert done.stdout.startswith("volery 0.")


def test_an_unknown_command_suggests_the_nearest(volery):
    done = volery("rnu")
    assert done.returncode == 2
    assert done.stderr == "error: there is no command 'rnu'\n  hint: did you mean run?\n"


def test_an_unknown_option_says_where_help_is(volery):
    done = volery("version", "--frobnicate")
    assert done.returncode == 2
    assert "error: No such option" in done.stderr
    assert "see volery version --help" in done.stderr


def test_a_folder_that_is_gone_is_not_taken_for_output_that_cannot_be_written(
    volery_command, tmp_path
):
    (tmp_path / "gone").mkdir()
    done = subprocess.run(
        [
            "sh",
            "-c",
            'cd gone && rmdir ../gone && "$@"',
            "sh",
            *volery_command,
            "executions",
            "list",
        ],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        text=True,
    )
    assert done.returncode == 2
    told = "error: the current folder is gone\n  hint: cd to one that is there\n"
    assert done.stderr.endswith(told)


def test_output_to_a_reader_that_is_gone_is_no_error(volery_command):
    with subprocess.Popen(
        [*volery_command, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        _, told = process.communicate()
    assert told == b""


def test_every_command_has_help(volery):
    for name in COMMANDS:
        done = volery(name, "--help")
        assert done.returncode == 0
        assert "Usage: volery" in done.stdout


def test_commands_on_executions_stand_in_the_order_of_their_use(volery):
    told = volery("executions", "--help").stdout.partition("Commands:")[2].splitlines()
    named = [line.split()[0] for line in told if line]
    order = ["list", "get", "watch", "logs", "decks", "resume", "recover", "relaunch", "signal"]
    assert named == [*order, "abort", "diff"]


@pytest.mark.parametrize("arguments", [[], ["run"], ["executions"]])
def test_a_command_without_what_it_needs_shows_its_help(volery, arguments):
    done = volery(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: volery")
    assert "hint" not in done.stderr


def test_help_cuts_no_sentence_off(volery):
    for arguments in [[], ["executions"]]:
        assert "..." not in volery(*arguments, "--help").stdout.replace("[ARGS]...", "")
