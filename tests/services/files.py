"""Workflows of files and directories, and tasks that treat them badly."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from volery import Directory, File, LaunchPlan, current_context, map_task, task, workflow

FOLDER = Path(__file__).parent / "folder"
A = FOLDER / "a.txt"
B = FOLDER / "deep" / "b.txt"


@task
def text_of(file: File) -> str:
    return Path(file).read_text(encoding="utf-8")


@task
def texts_of(folder: Directory) -> dict[str, str]:
    root = Path(folder)
    return {path: (root / path).read_text(encoding="utf-8") for _, path in folder.crawl()}


# -- what was there before an engine was -------------------------------------------------------


@dataclass
class Case:
    table: File
    folders: list[Directory]


@task
def case_of(case: Case) -> list[str]:
    return [
        Path(each).read_text(encoding="utf-8") for each in (case.table, case.folders[0] / "a.txt")
    ]


@workflow
def file_default(file: File = File(A)) -> str:
    return text_of(file=file)


@workflow
def directory_default(folder: Directory = Directory(FOLDER)) -> dict[str, str]:
    return texts_of(folder=folder)


@workflow
def record_default(case: Case = Case(File(B), [Directory(FOLDER)])) -> list[str]:
    return case_of(case=case)


@workflow
def constants() -> tuple[dict[str, str], list[str]]:
    return texts_of(folder=Directory(FOLDER)), map_task(text_of)(file=[File(A), File(B)])


@workflow
def required(folder: Directory) -> dict[str, str]:
    return texts_of(folder=folder)


fixed = LaunchPlan.get_or_create(
    required, name="tests.files.fixed", fixed_inputs={"folder": Directory(FOLDER)}
)


# -- the storage is altered --------------------------------------------------------------------


def overwrite(path: Path) -> None:
    """Write to a file that is for reading: root may, others allow it themselves."""
    path.chmod(0o644)
    path.write_text("lies", encoding="utf-8")


@task
def note() -> File:
    made = File.new("note.txt")
    Path(made).write_text("true", encoding="utf-8")
    return made


@task
def notes() -> Directory:
    made = Directory.new("notes")
    (Path(made) / "note.txt").write_text("true", encoding="utf-8")
    return made


@task
def spoil_storage(storage: str) -> None:
    for each in Path(storage).glob("blobs/*/*"):
        if each.read_bytes() == b"true":
            overwrite(each)


@task
def spoil_file(file: File) -> str:
    overwrite(Path(file))
    return "done"


@task
def spoil_directory(folder: Directory) -> str:
    overwrite(Path(folder) / "note.txt")
    return "done"


@workflow
def file_altered_between(storage: str) -> str:
    made = note()
    spoilt = spoil_storage(storage=storage)
    read = text_of(file=made)
    made >> spoilt >> read
    return read


@workflow
def directory_altered_between(storage: str) -> dict[str, str]:
    made = notes()
    spoilt = spoil_storage(storage=storage)
    read = texts_of(folder=made)
    made >> spoilt >> read
    return read


@workflow
def file_altered_by_its_reader() -> str:
    return spoil_file(file=note())


@workflow
def directory_altered_by_its_reader() -> str:
    return spoil_directory(folder=notes())


# -- the worker is killed while it stores ------------------------------------------------------

SIZE = 20_000_000
"""More than is held in memory."""


def die_first() -> None:
    """kill -9 of the first attempt."""
    if current_context().attempt == 1:
        os.kill(os.getpid(), signal.SIGKILL)


@task
def dies_in_a_stream() -> File:
    made = File.new_remote("made.bin")
    with made.open("wb") as stream:
        stream.write(bytes(SIZE))
        die_first()
        stream.write(b"end")
    return made


@task
def dies_in_a_generator() -> Iterator[str]:
    for each in range(SIZE // 1000):
        yield f"{each}".rjust(1000)
        if each == SIZE // 2000:
            die_first()


@task
def length(lines: Iterator[str]) -> int:
    return len(list(lines))


@task
def dies_at(event: str, place: str) -> File:
    """Dies when Python is about to do something in a folder of the storage."""
    made = File.new("made.bin")
    Path(made).write_bytes(bytes(SIZE))

    def notice(told: str, arguments: tuple[object, ...]) -> None:
        if told == event and any(f"/{place}/" in str(each) for each in arguments):
            os.kill(os.getpid(), signal.SIGKILL)

    if current_context().attempt == 1:
        sys.addaudithook(notice)
    return made


@task
def size_of(file: File) -> int:
    return len(Path(file).read_bytes())


@workflow
def killed_in_a_stream() -> int:
    return size_of(file=dies_in_a_stream())


@workflow
def killed_in_a_generator() -> int:
    return length(lines=dies_in_a_generator())


@workflow
def killed_before_the_copy() -> int:
    return size_of(file=dies_at(event="shutil.copyfile", place="incoming"))


@workflow
def killed_before_it_has_its_name() -> int:
    return size_of(file=dies_at(event="os.rename", place="incoming"))


@workflow
def killed_before_it_has_its_stamp() -> int:
    return size_of(file=dies_at(event="os.chmod", place="blobs"))
