"""Scores of many students, graded class by class: files in, a directory in between, a file out."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Literal

from volery import Directory, File, map_task, task, workflow

Table = File[Literal["csv"]]


@task
def by_class(scores: Table) -> list[Table]:
    """Split a table into one for each class."""
    parts: dict[str, list[dict[str, str]]] = {}
    with scores.open(newline="") as stream:
        for row in csv.DictReader(stream):
            parts.setdefault(row["class"], []).append(row)
    return [write(f"{name}.csv", rows) for name, rows in parts.items()]


def write(name: str, rows: list[dict[str, str]]) -> Table:
    """A table in the storage, with no copy on this disk."""
    table = Table.new_remote(name)
    with table.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return table


@task
def grade(table: Table) -> Table:
    """Add a grade to every row."""
    with table.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    return write(
        table.name, [row | {"grade": "ABCDEF"[(100 - int(row["points"])) // 10]} for row in rows]
    )


@task
def collect(tables: list[Table]) -> Directory[Literal["csv"]]:
    """Put tables side by side."""
    folder = Directory[Literal["csv"]].new("grades")
    for table in tables:
        table.download(to=folder.path)
    return folder


@task
def archive(folder: Directory[Literal["csv"]]) -> File[Literal["gz"]]:
    """All tables in one compressed file."""
    packed = File[Literal["gz"]].new("grades.csv.gz")
    with gzip.open(packed, "wt", encoding="utf-8") as stream:
        for table in folder.listdir():
            stream.write(Path(table).read_text(encoding="utf-8"))
    return packed


@workflow
def grades(scores: Table) -> tuple[Directory[Literal["csv"]], File[Literal["gz"]]]:
    """Grade every class."""
    folder = collect(tables=map_task(grade)(table=by_class(scores=scores)))
    return folder, archive(folder=folder)


if __name__ == "__main__":
    folder, packed = grades(scores=File(Path(__file__).with_name("scores.csv")))
    print(*(path for _, path in folder.crawl()))
    print(Path(folder / "7b.csv").read_text(encoding="utf-8"))
    print(f"{packed.name}: {packed.size} bytes")
