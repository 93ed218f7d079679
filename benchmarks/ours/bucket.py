"""A file through a task boundary by way of S3: up to it, and down to where it can be opened.

Seconds, megabytes.
"""

import json
import os
import secrets
import sys
from pathlib import Path

from measure import peak_memory, refuse, report, settled
from volery import File, task
from volery.data.current import using
from volery.data.hashing import digest_of_file
from volery.data.storage import Storage


@task
def passed(o0: File) -> File:
    return o0


def up(path: Path) -> bytes:
    return passed.pack(File(path))


def down(record: bytes) -> Path:
    return Path(os.fspath(passed.unpack(record)["o0"]))


def main(path: Path, url: str, options: dict[str, str]) -> None:
    empty = Storage(f"{url}/{secrets.token_hex(8)}", options)  # what is there is not sent again
    with using(empty):
        down(up(Path(__file__)))  # libraries are loaded, and the server knows us
        sending, record = settled(lambda: up(path))
        fetching, result = settled(lambda: down(record))
        memory = peak_memory()
        refuse(digest_of_file(result) != digest_of_file(path), "the file was altered")
    report({"up": [sending], "down": [fetching], "memory": [memory]})


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]))
