"""Values and data through a task boundary: from one task's output to the next one's input."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from driver.bench import HERE, PYTHON, Bench, Failed, peer
from driver.rows import Row, Target
from samples import SCALARS, write_file

sys.path.append(str(HERE.parent))
from tests.servers.s3 import INSTALL, s3_server, weed

NEARLY = Target(0.8, at_least=True, of_ratio=True)
"""At least 80 % of what the thing itself costs."""


def bench_values(bench: Bench) -> list[Row]:
    """Values that travel as such: a long list, and scalars."""
    return [*_list(bench), *_scalars(bench)]


def _list(bench: Bench) -> Iterator[Row]:
    n = 100_000 if bench.quick else 1_000_000
    ours = bench.scripts(
        1,
        list=[PYTHON, "ours/lists.py", str(n)],
        theirs=[peer("flytekit") / "python", "peers/flytekit_lists.py", str(n)],
        memory=[PYTHON, "ours/list_memory.py", str(n)],
        ranges=[PYTHON, "ours/list_ranges.py", str(n)],
    )
    seconds, theirs = ours["list"]["boundary"], ours["theirs"]["boundary"]
    target = Target(50, at_least=True, of_ratio=True)
    yield Row(f"list of {n:,} floats", "s", seconds, target, "flytekit", theirs)
    for way, titled in ("pack", "packing"), ("unpack", "unpacking"):
        title = f"memory for {titled} it, to that of its array"
        yield Row(title, "times", ours["memory"][way], Target(3))
    yield Row("read of it for 1,000 elements of a map", "%", ours["ranges"]["read"])


def _scalars(bench: Bench) -> Iterator[Row]:
    taken = bench.scripts(
        bench.long_turns,
        ours=[PYTHON, "ours/scalars.py"],
        theirs=[peer("flytekit") / "python", "peers/flytekit_scalars.py"],
    )
    ours, theirs = taken["ours"], taken["theirs"]
    for name in SCALARS:
        target = None if name == "dataclass" else Target(20)
        title = "small dataclass" if name == "dataclass" else name
        yield Row(title, "µs", ours[name], target, "flytekit", theirs[name])


def bench_files(bench: Bench) -> list[Row]:
    """A file, with the storage in a folder."""
    megabytes = 64 if bench.quick else 1_000
    with _file(bench, megabytes) as path:
        taken = bench.scripts(
            bench.turns,
            ours=[PYTHON, "ours/files.py", path],
            theirs=[PYTHON, "peers/plain_files.py", path],
        )
    ours, theirs = taken["ours"], taken["theirs"]["boundary"]
    return [
        Row(f"file of {megabytes:,} MB", "s", ours["boundary"], NEARLY, "hash and copy", theirs),
        Row("memory for it", "MB", ours["memory"], Target(200)),
    ]


def bench_s3(bench: Bench) -> list[Row]:
    """A file, with the storage in a bucket of a server of our own."""
    if weed() is None:
        raise Failed(INSTALL)
    megabytes = 64 if bench.quick else 500
    with _file(bench, megabytes) as path, s3_server(bench.scratch / "s3") as s3:
        options = json.dumps(s3.options)
        taken = bench.scripts(
            bench.turns,
            ours=[PYTHON, "ours/bucket.py", path, s3.url, options],
            theirs=[PYTHON, "peers/obstore_bucket.py", path, s3.url, options],
        )
    ours, theirs = taken["ours"], taken["theirs"]
    return [
        *(
            Row(f"{megabytes} MB {title} S3", "s", ours[way], NEARLY, "obstore", theirs[way])
            for way, title in {"up": "to", "down": "from"}.items()
        ),
        Row("memory for both", "MB", ours["memory"], Target(200)),
    ]


def bench_frames(bench: Bench) -> list[Row]:
    """A pandas frame, compared with pandas itself and with flytekit."""
    rows = 100_000 if bench.quick else 1_000_000
    taken = bench.scripts(
        bench.long_turns,
        ours=[PYTHON, "ours/frames.py", str(rows)],
        parquet=[PYTHON, "peers/parquet_frames.py", str(rows)],
        flytekit=[peer("flytekit") / "python", "peers/flytekit_frames.py", str(rows)],
    )
    ours, parquet = taken["ours"]["boundary"], taken["parquet"]
    title = f"pandas frame of {rows:,} x 10"
    target = Target(1 / 1.2, at_least=True, of_ratio=True)
    return [
        Row(title, "s", ours, target, "Parquet by default", parquet["default"]),
        Row(title, "s", ours, target, "the same Parquet", parquet["same"]),
        Row(title, "s", ours, None, "flytekit", taken["flytekit"]["boundary"]),
    ]


@contextmanager
def _file(bench: Bench, megabytes: int) -> Iterator[Path]:
    """A file that is there for as long as it is measured."""
    path = bench.scratch / "file"
    write_file(path, megabytes * 1_000_000)
    try:
        yield path
    finally:
        path.unlink()
