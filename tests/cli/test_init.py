"""`volery init`: the project that it makes works as it is."""

from __future__ import annotations

import resource
import subprocess
import sys


def test_the_project_runs_as_it_was_made(volery, tmp_path):
    made = volery("init", "hello")
    assert made.returncode == 0
    assert "cd hello" in made.stdout
    listed = volery("run", "flow.py", cwd=tmp_path / "hello")
    assert "volery run flow.py pipeline" in listed.stdout
    done = volery("run", "flow.py", "pipeline", "--limit", "18", cwd=tmp_path / "hello")
    assert done.returncode == 0, done.stderr
    assert "o1 = 2" in done.stdout


def test_the_projects_own_tests_pass(volery, tmp_path):
    volery("init", "hello")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path / "hello",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_nothing_is_overwritten(volery, tmp_path):
    (tmp_path / "hello").mkdir()
    mine = tmp_path / "hello" / "flow.py"
    mine.write_text("mine")
    done = volery("init", "hello")
    assert done.returncode == 2
    assert "flow.py already" in done.stderr
    assert mine.read_text() == "mine"
    assert [file.name for file in (tmp_path / "hello").iterdir()] == ["flow.py"]


def test_a_folder_that_cannot_be_made_is_told(volery, tmp_path):
    (tmp_path / "file").write_text("")
    done = volery("init", "file/hello")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_a_project_that_cannot_be_written_whole_is_not_left_in_part(volery, tmp_path):
    def no_large_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))

    done = volery("init", "hello", preexec_fn=no_large_files)
    assert done.returncode == 2
    assert "hello: cannot be written: File too large" in done.stderr
    assert not (tmp_path / "hello").exists()
