"""Steps that share no data run in any order, or at once. ``a >> b`` lets ``a`` end before ``b``."""

from __future__ import annotations

from pathlib import Path

from volery import task, workflow


@task
def note(file: str, line: str) -> None:
    with Path(file).open("a", encoding="utf-8") as notes:
        notes.write(line + "\n")


@workflow
def publish(file: str) -> None:
    note(file=file, line="publish")


@workflow
def release(file: str) -> None:
    """Test, then build, then publish, although no data flows between them.

    Args:
        file: text file to which each step adds a line.
    """
    published = publish(file=file)  # a subworkflow, like a task
    built = note(file=file, line="build")
    tested = note(file=file, line="test")

    tested >> built >> published


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder, "notes.txt")
        release(file=str(notes))
        print(notes.read_text().split())
