"""Much at once: large maps, many executions, restarts, and replicas on one database."""

from tests.servers.postgres import INSTALL, postgres_server, programs

from driver.bench import PYTHON, Bench, Failed, peer
from driver.rows import Row, Target


def bench_map(bench: Bench) -> list[Row]:
    """A map of a million trivial elements, recorded in SQLite."""
    elements = 20_000 if bench.quick else 1_000_000
    taken = bench.scripts(1, ours=[PYTHON, "ours/scale_map.py", str(elements)])["ours"]
    title = f"map of {elements:,} elements"
    return [
        Row(title, "s", taken["seconds"], Target(600)),
        Row(f"{title}: engine's peak memory", "MB", taken["memory"], Target(300)),
        Row(f"{title}: database, for each", "bytes", taken["bytes an element"], Target(50)),
    ]


def bench_many(bench: Bench) -> list[Row]:
    """Many executions of three tasks in one embedded engine."""
    count = 2_000 if bench.quick else 10_000
    taken = bench.scripts(1, ours=[PYTHON, "ours/scale_many.py", str(count)])["ours"]
    return [
        Row(
            f"{count:,} executions of three tasks, submitting them included",
            "executions/s",
            taken["executions"],
            Target(200, at_least=True),
        ),
        Row(
            "processor time of an execution among all of them, to one among 100",
            "times",
            taken["slower"],
            Target(1.2),
        ),
    ]


def bench_restart(bench: Bench) -> list[Row]:
    """After kill -9 with many active executions, until all that was under way moves again."""
    count = 2_000 if bench.quick else 10_000
    taken = bench.scripts(1, ours=[PYTHON, "ours/scale_restart.py", str(count)])["ours"]
    return [Row(f"restart with {count:,} active executions", "s", taken["seconds"], Target(5))]


def bench_postgres(bench: Bench) -> list[Row]:
    """Two replicas on PostgreSQL; DBOS on the same server."""
    if programs() is None:
        raise Failed(INSTALL)
    tasks = "100" if bench.quick else "1000"
    with postgres_server(fsync="on") as server:
        taken = bench.scripts(
            1,
            ours=[PYTHON, "ours/scale_postgres.py", server.database(), tasks],
            theirs=[peer("dbos") / "python", "peers/dbos_durable.py", server.database(), tasks],
        )
    return [
        Row(
            f"two replicas on PostgreSQL, {title} of {int(tasks):,}",
            "tasks/s",
            taken["ours"][what],
            Target(1.5, at_least=True, of_ratio=True),
            "DBOS",
            taken["theirs"][what],
        )
        for what, title in {"chain": "chain", "fan": "fan-out"}.items()
    ]
