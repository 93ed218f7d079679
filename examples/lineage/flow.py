"""Two workflows that share nothing but a file; `trail.py` asks where it comes from and goes.

On the command line, from the folder of this file:

    volery run flow.py prepare --scores ../files/scores.csv
    volery lineage ../files/scores.csv --downstream     # what was made of it
"""

from __future__ import annotations

import csv
from pathlib import Path
from statistics import mean
from typing import Literal

from volery import File, task, workflow

SCORES = Path(__file__).parents[1] / "files" / "scores.csv"

Table = File[Literal["csv"]]


@task
def passed(scores: Table, least: int) -> Table:
    """Those who have enough points."""
    chosen = Table.new("passed.csv")
    with scores.open(newline="") as source, chosen.open("w", newline="") as target:
        rows = csv.DictReader(source)
        writer = csv.DictWriter(target, rows.fieldnames or ())
        writer.writeheader()
        writer.writerows(row for row in rows if int(row["points"]) >= least)
    return chosen


@task
def average(scores: Table) -> float:
    """The mean of their points."""
    with scores.open(newline="") as source:
        return round(mean(int(row["points"]) for row in csv.DictReader(source)), 1)


@workflow
def prepare(scores: Table, least: int = 60) -> Table:
    """Leave out who has not passed."""
    return passed(scores=scores, least=least)


@workflow
def report(scores: Table) -> float:
    """How good those are who have passed."""
    return average(scores=scores)


if __name__ == "__main__":
    print(report(scores=prepare(scores=File(SCORES))))
