"""Measures Volery and its peers side by side, in one run, and compares with the targets.

    python benchmarks/run.py [--quick] [--only NAME ...]

Volery and a peer take turns, so that a machine that slows down slows both; a value is the median of
the turns. Each peer lives in an environment of its own under .bench/. A complete run is recorded in
results.json and in the table of README.md; a quick or partial one is only printed. The exit status
is 1 if a target was missed or something could not be measured.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable

from driver import data, docker, kubernetes, programs, scale, server, ui, warm, workflows
from driver.bench import ENVIRONMENTS, Bench, Failed
from driver.record import CORES, record, show
from driver.rows import Row

BENCHMARKS: dict[str, Callable[[Bench], list[Row]]] = {
    "import": programs.bench_import,
    "help": programs.bench_help,
    "hello": programs.bench_hello,
    "plain": workflows.bench_plain,
    "compile": workflows.bench_compile,
    "durable": workflows.bench_durable,
    "memory": workflows.bench_memory,
    "values": data.bench_values,
    "files": data.bench_files,
    "s3": data.bench_s3,
    "frames": data.bench_frames,
    "map": scale.bench_map,
    "many": scale.bench_many,
    "restart": scale.bench_restart,
    "postgres": scale.bench_postgres,
    "server": server.bench_server,
    "create": server.bench_create,
    "streams": server.bench_streams,
    "search": server.bench_search,
    "kill": server.bench_kill,
    "ui": ui.bench_ui,
    "docker": docker.bench_docker,
    "warm": warm.bench_warm,
    "kubernetes": kubernetes.bench_kubernetes,
}


def main() -> int:
    """Run the benchmarks that the command line asks for."""
    parser = argparse.ArgumentParser(description="Volery and its peers, side by side.")
    parser.add_argument("--quick", action="store_true", help="fewer turns, less of everything")
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, metavar="NAME", default=[])
    options = parser.parse_args()

    if hasattr(os, "sched_setaffinity"):  # inherited by all that is started
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    scratch = ENVIRONMENTS / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    bench = Bench(quick=options.quick, scratch=scratch)

    rows: list[Row] = []
    failures: dict[str, str] = {}
    for name in options.only or BENCHMARKS:
        print(f"measuring {name} ...", file=sys.stderr)
        try:
            rows += BENCHMARKS[name](bench)
        except (Failed, subprocess.CalledProcessError) as error:
            failures[name] = str(error)
    shutil.rmtree(scratch, ignore_errors=True)

    show(rows)
    for name, reason in failures.items():
        print(f"not measured: {name}: {reason}")
    if not (options.quick or options.only or failures):
        record(rows)
    return 1 if failures or any(row.passed is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
