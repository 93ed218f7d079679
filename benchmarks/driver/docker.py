"""Attempts in containers."""

import shutil

from tests.servers.docker import BARE, INSTALL, PYTHON as IMAGE, docker_engine, program

from driver.bench import PYTHON, Bench, Failed
from driver.rows import Row, Target


def bench_docker(bench: Bench) -> list[Row]:
    """Attempts in containers of a Docker engine, beside its own `docker run`."""
    if program() is None or shutil.which("docker") is None:
        raise Failed(INSTALL)
    times, many = ("5", "10") if bench.quick else ("20", "100")
    with docker_engine() as engine:
        engine.load_images()
        command = [PYTHON, "ours/docker_attempts.py", engine.url, IMAGE, BARE, times, many]
        taken = bench.scripts(1, ours=command)["ours"]
    more = taken["attempt"] - taken["docker run"]
    return [
        Row("an attempt in a container", "ms", taken["attempt"]),
        Row("an attempt in a container, beyond `docker run` of a Python", "ms", more, Target(50)),
        Row(f"one of {many} containers launched at once", "ms", taken["many"]),
        Row(f"{many} containers that all run at a time, to the last end", "s", taken["together"]),
    ]
