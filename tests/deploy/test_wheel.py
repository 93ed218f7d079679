"""What is installed has the web UI, whether its sources are there when it is built or not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from volery.api.pages import BUILT

ROOT = Path(__file__).parents[2]
SOURCES = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE")
UI = "volery/api/ui/"


@pytest.fixture
def sources(tmp_path):
    """A copy of what a wheel is made of, as an archive of the sources has it."""
    copy = tmp_path / "sources"
    copy.mkdir()
    for name in SOURCES:
        shutil.copy(ROOT / name, copy)
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def wheel(sources: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Make one, in a folder beside them."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
    return subprocess.run(
        [*pip, sources.with_name("wheels"), sources],
        env=os.environ | environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.timeout(180)
@pytest.mark.skipif(not (BUILT / "index.html").is_file(), reason="the web UI is not built: make ui")
def test_it_has_the_pages_that_were_built(sources):
    done = wheel(sources)
    assert done.returncode == 0, done.stderr
    (made,) = sources.with_name("wheels").iterdir()
    with zipfile.ZipFile(made) as archive:
        names = {name.removeprefix(UI) for name in archive.namelist() if name.startswith(UI)}
    built = {path.relative_to(BUILT).as_posix() for path in BUILT.rglob("*") if path.is_file()}
    assert "index.html" in names
    assert names == built


@pytest.mark.timeout(180)
def test_it_is_not_made_without_pages_where_they_could_be_built(sources):
    (sources / "ui").mkdir()
    done = wheel(sources, PATH=str(Path(sys.executable).parent))
    assert done.returncode != 0
    assert "there is no npm. Install Node.js 20 or newer" in done.stdout + done.stderr
