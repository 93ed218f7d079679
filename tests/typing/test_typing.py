"""What a type checker says about users' code: pyright over `cases`.

Lines that are wrong on purpose carry an ignore comment, and a comment that ignores nothing is an
error, so that a mistake which goes unnoticed fails the test, too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.timeout(180)  # the first run unpacks pyright
def test_a_type_checker_sees_the_types_of_tasks_and_workflows():
    here = Path(__file__).parent
    run = subprocess.run(
        [sys.executable, "-m", "pyright", "--project", here, "--pythonpath", sys.executable],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
    )
    assert run.returncode == 0, run.stdout + run.stderr
