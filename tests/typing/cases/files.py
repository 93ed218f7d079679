"""Files and directories are typed, and so are their formats."""

from __future__ import annotations

import os
from typing import IO, Annotated, Any, BinaryIO, Literal, TextIO, assert_type

from volery import BatchSize, Directory, File, task
from volery.types.file import CSVFile


@task
def same(file: File) -> File:
    with open(file) as by_python, file.open() as by_us:
        assert_type(by_us, TextIO)
        by_us.write(by_python.read())
    return file


@task
def table(file: File[Literal["csv"]]) -> File[Literal["csv"]]:
    same(file=file)
    return File("x.csv")


@task
def alias(file: CSVFile, path: os.PathLike[str]) -> Annotated[File, "csv"]:
    same(file=File(path))
    return file


@task
def split(folder: Annotated[Directory, BatchSize(8)]) -> Directory[Literal["csv"]]:
    for each in folder.listdir():
        assert_type(each, File[str] | Directory[str])
        open(each.path)
    for place, path in folder.crawl():
        assert_type((place, path), tuple[str, str])
    return Directory[Literal["csv"]].new("parts")


file = same(file=File("x.txt", remote_path=False))
assert_type(file, File[str])
assert_type(file.open("rb"), BinaryIO)
assert_type(file.open("a"), IO[Any])
assert_type(file.path, str)
assert_type(file.size, int)
assert_type(os.fspath(file), str)
assert_type(File[Literal["csv"]].new("x.csv"), File[Literal["csv"]])
assert_type(table(file=File("x.csv")).digest, str | None)
assert_type(split(folder=Directory("x")).new_file("a.csv"), File[Literal["csv"]])

table(file=same(file=file))  # pyright: ignore[reportArgumentType]
same(file=Directory("x"))  # pyright: ignore[reportArgumentType]
same(file="x.txt")  # pyright: ignore[reportArgumentType]
File("x.txt", remote_path=True)  # pyright: ignore[reportArgumentType]
file.open("rb", encoding="utf-8").read()
