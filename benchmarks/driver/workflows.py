"""Workflows of many tasks that do next to nothing."""

from collections.abc import Mapping

from driver.bench import PYTHON, Bench, peer
from driver.rows import Row, Target


def bench_plain(bench: Bench) -> list[Row]:
    """Plain calls of workflows of 1,000 tasks, in one process."""
    taken = bench.scripts(
        bench.turns,
        ours=[PYTHON, "ours/plain.py"],
        theirs=[peer("flytekit") / "python", "peers/flytekit_plain.py"],
    )
    titles = {
        "chain first": "plain chain of 1,000, first call (compiles)",
        "chain again": "plain chain of 1,000, later calls",
        "fan first": "plain fan-out of 1,000, first call (compiles)",
        "fan again": "plain fan-out of 1,000, later calls",
    }
    return [
        Row(
            title,
            "tasks/s",
            taken["ours"][what],
            Target(10, at_least=True, of_ratio=True),
            "flytekit",
            taken["theirs"][what],
        )
        for what, title in titles.items()
    ]


def bench_compile(bench: Bench) -> list[Row]:
    """Compiling a workflow of 10,000 nodes."""
    taken = bench.scripts(
        bench.long_turns,
        ours=[PYTHON, "ours/compiling.py"],
        theirs=[peer("flytekit") / "python", "peers/flytekit_compiling.py"],
    )
    ours, theirs = taken["ours"]["compile"], taken["theirs"]["compile"]
    return [Row("compile 10,000 nodes", "s", ours, Target(2), "flytekit", theirs)]


def bench_durable(bench: Bench) -> list[Row]:
    """Durable runs in worker processes, recorded in SQLite; Ray records nothing."""
    largest = "1000" if bench.quick else "10000"
    taken = bench.scripts(
        bench.long_turns,
        ours=[PYTHON, "ours/durable.py", largest],
        theirs=[peer("ray") / "python", "peers/ray_durable.py", largest],
    )
    ours, theirs = taken["ours"], taken["theirs"]
    targets = {
        "fan 10000": Target(2_000, at_least=True),
        "chain 1000": Target(500, at_least=True),
    }
    titles = {
        "fan 100": "durable fan-out of 100",
        "fan 1000": "durable fan-out of 1,000",
        "fan 10000": "durable fan-out of 10,000",
        "chain 1000": "durable chain of 1,000",
    }
    rows = [
        Row(title, "tasks/s", ours[what], targets.get(what), "ray", theirs[what])
        for what, title in titles.items()
        if what in ours
    ]

    def growth(rates: Mapping[str, float]) -> float:
        """Cost of a task in the largest fan-out, relative to the cheapest of the smaller ones."""
        costs = [1 / rate for what, rate in rates.items() if what.startswith("fan")]
        return costs[-1] / min(costs[:-1])

    title = f"cost of a task, fan-out of {int(largest):,} to the cheapest smaller one"
    rows.append(Row(title, "times", growth(ours), Target(1.25), "ray", growth(theirs)))
    return rows


def bench_memory(bench: Bench) -> list[Row]:
    """Peak memory of the process that holds the engine."""
    taken = bench.scripts(1, ours=[PYTHON, "ours/memory.py"])
    return [Row("engine's peak memory, 10,000 nodes", "MB", taken["ours"]["memory"], Target(300))]
