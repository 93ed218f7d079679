"""`volery init`: a small project to start from."""

from __future__ import annotations

from pathlib import Path

import click

from volery.cli import options
from volery.cli.output import print_json
from volery.errors import AlreadyExists, ConfigError

FLOW = '''\
"""How warm was it? A workflow over a year of measurements."""

import csv

from volery import map_task, task, workflow


@task
def read(file: str) -> list[list[float]]:
    """Read temperatures, a list for each month.

    Args:
        file: a CSV file with the columns month and celsius.
    """
    months: dict[str, list[float]] = {}
    with open(file, newline="") as lines:
        for row in csv.DictReader(lines):
            months.setdefault(row["month"], []).append(float(row["celsius"]))
    return list(months.values())


@task(retries=2)
def mean(values: list[float]) -> float:
    """The mean of some values."""
    return sum(values) / len(values)


@task
def warmer_than(means: list[float], limit: float) -> int:
    """How many means lie above a limit."""
    return sum(each > limit for each in means)


@workflow
def pipeline(file: str = "data.csv", limit: float = 15.0) -> tuple[list[float], int]:
    """The mean of each month, and how many months were warm.

    Args:
        file: a CSV file with the columns month and celsius.
        limit: from how many degrees on a month counts as warm.
    """
    means = map_task(mean)(values=read(file=file))
    return means, warmer_than(means=means, limit=limit)
'''

TEST = '''\
"""Tasks are functions, and a workflow can be called like one."""

from pathlib import Path

from flow import mean, pipeline

DATA = str(Path(__file__).parent / "data.csv")


def test_a_mean():
    assert mean(values=[1.0, 2.0, 6.0]) == 3.0


def test_the_whole_pipeline():
    means, warm = pipeline(file=DATA, limit=18.0)
    assert len(means) == 12
    assert warm == 2
'''

README = """\
# A Volery project

    volery run flow.py                          what is in the file
    volery run flow.py pipeline                 run it
    volery run flow.py pipeline --limit 18      with another input
    volery executions list                      what was run
    pytest                                      test it (pip install pytest)

`flow.py` holds the tasks and the workflow, `data.csv` the measurements, `test_flow.py` the tests.
"""

GITIGNORE = """\
__pycache__/
.pytest_cache/
.venv/
"""

_CELSIUS = {
    "january": (0.4, -1.2, 2.1),
    "february": (1.5, 0.9, 3.0),
    "march": (5.2, 6.8, 4.9),
    "april": (9.7, 10.4, 8.8),
    "may": (14.1, 15.3, 13.6),
    "june": (17.2, 16.5, 18.0),
    "july": (19.4, 18.6, 20.2),
    "august": (18.9, 19.7, 18.1),
    "september": (14.6, 13.9, 15.5),
    "october": (9.8, 10.7, 9.1),
    "november": (4.9, 5.6, 3.8),
    "december": (1.7, 0.3, 2.6),
}


def files() -> dict[str, str]:
    """The project: text by file name."""
    rows = [f"{month},{value}" for month, values in _CELSIUS.items() for value in values]
    return {
        "flow.py": FLOW,
        "data.csv": "\n".join(["month,celsius", *rows, ""]),
        "test_flow.py": TEST,
        "README.md": README,
        ".gitignore": GITIGNORE,
    }


HELP = """Make a small project to start from in FOLDER: a workflow, its data, its tests.

\b
  volery init hello && cd hello
  volery run flow.py

Nothing that is there already is overwritten.
"""


@click.command(
    params=[click.Argument(["folder"], type=click.Path(path_type=Path)), options.output()],
    help=HELP,
    short_help="Make a small project to start from.",
)
def init(folder: Path, output: str | None) -> None:
    """See `HELP`."""
    project = files()
    taken = [name for name in project if (folder / name).exists()]
    if taken:
        raise AlreadyExists(
            f"{folder} has {', '.join(taken)} already", hint="choose a folder that is not there yet"
        )
    is_new = not folder.exists()
    made: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in project.items():
            made.append(folder / name)
            made[-1].write_text(text, encoding="utf-8")
    except OSError as error:
        for file in made:  # all of it or nothing
            file.unlink(missing_ok=True)
        if is_new and folder.exists():
            folder.rmdir()
        raise ConfigError(f"{folder}: cannot be written: {error.strerror}") from None
    if output == "json":
        print_json({"folder": str(folder), "files": list(project)})
        return
    click.echo(f"made {folder} with {', '.join(project)}")
    click.echo(f"try: cd {folder} && volery run flow.py pipeline")
