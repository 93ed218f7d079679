"""A file that one workflow makes and another one uses."""

from __future__ import annotations

from pathlib import Path

from volery import Directory, File, task, workflow


@task
def write(text: str) -> File:
    path = Path("made.txt")
    path.write_text(text)
    return File(str(path))


@task
def length(file: File) -> int:
    return len(Path(file).read_text())


@task
def split(text: str) -> Directory:
    folder = Path("words")
    folder.mkdir()
    for number, word in enumerate(text.split()):
        (folder / f"{number}.txt").write_text(word)
    return Directory(str(folder))


@workflow
def making(text: str) -> File:
    return write(text=text)


@workflow
def using(file: File) -> int:
    return length(file=file)


@workflow
def splitting(text: str) -> Directory:
    return split(text=text)
