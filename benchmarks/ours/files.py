"""A file through a local task boundary, up to where the next task can open it. Seconds, megabytes.

Reading the file is the task's own business and not counted.
"""

import os
import sys
from pathlib import Path

from boundaries import storage, through
from measure import peak_memory, refuse, report, settled
from volery import File, task
from volery.data.hashing import digest_of_file


@task
def passed(o0: File) -> File:
    return o0


def available(path: Path) -> Path:
    return Path(os.fspath(through(passed, File(path))))


def main(path: Path) -> None:
    with storage():
        available(Path(__file__))  # libraries are loaded
        seconds, result = settled(lambda: available(path))
        memory = peak_memory()
        refuse(result.samefile(path), "the next task got the same file")
        refuse(digest_of_file(result) != digest_of_file(path), "the file was altered")
    report({"boundary": [seconds], "memory": [memory]})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
