"""Process executors for tests, and a folder of modules that workers can import."""

from __future__ import annotations

import textwrap

import pytest

from volery.executors.process import ProcessExecutor


@pytest.fixture
def start(tmp_path):
    """A function that makes executors, which are closed at the end."""
    made = []

    def make(workers=2, roots=(), **more):
        scratch = tmp_path / "scratch"
        made.append(ProcessExecutor(roots, scratch=scratch, workers=workers, **more))
        return made[-1]

    yield make
    for executor in made:
        executor.close()


@pytest.fixture
def executor(start):
    return start()


@pytest.fixture
def module(tmp_path):
    """A function that writes a module of the user's; returns its import root."""

    def write(name, text):
        root = tmp_path / "code"
        root.mkdir(exist_ok=True)
        (root / f"{name}.py").write_text(textwrap.dedent(text))
        return str(root)

    return write
