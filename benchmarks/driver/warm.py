"""Attempts in containers that stay."""

from tests.servers.docker import PYTHON as IMAGE, docker_engine, program

from driver.bench import PYTHON, Bench
from driver.rows import Row, Target


def bench_warm(bench: Bench) -> list[Row]:
    """Attempts in hosts that stay, each in a process of its own."""
    command = [PYTHON, "ours/warm.py", "50" if bench.quick else "300"]
    if program() is None:
        return _rows(bench.scripts(1, ours=command)["ours"])
    with docker_engine() as engine:
        engine.load_images()
        return _rows(bench.scripts(1, ours=[*command, engine.url, IMAGE])["ours"])


def _rows(taken: dict[str, float]) -> list[Row]:
    rows = [Row("an attempt in a host that stays", "ms", taken["host"], Target(10))]
    if "container" in taken:
        what = "an attempt in a container that stays"
        rows.append(Row(what, "ms", taken["container"], Target(20)))
    return rows
