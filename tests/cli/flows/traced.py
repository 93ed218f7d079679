"""A file that one workflow makes and another one uses."""

from __future__ import annotations

from pathlib import Path

from volery import Directory, File, task, workflow


@task
def write(text: str) -> File:
    file = File.new("made.txt")
    Path(file.path).write_text(text)
    return file


@task
def length(file: File) -> int:
    return len(Path(file).read_text())


@task
def split(text: str) -> Directory:
    folder = Directory.new("words")
    for number, word in enumerate(text.split()):
        (Path(folder.path) / f"{number}.txt").write_text(word)
    return folder


@workflow
def making(text: str) -> File:
    return write(text=text)


@workflow
def using(file: File) -> int:
    return length(file=file)


@workflow
def splitting(text: str) -> Directory:
    return split(text=text)
