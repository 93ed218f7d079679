"""`volery serve`: how soon it is there, how much it takes in, and whether it keeps it."""

from driver.bench import PYTHON, Bench
from driver.rows import Row, Target


def bench_server(bench: Bench) -> list[Row]:
    """A server on an existing home, from its start to its first answer; its memory afterwards."""
    taken = bench.scripts(1, ours=[PYTHON, "ours/server_start.py", str(bench.turns)])["ours"]
    return [
        Row("server on an existing home: ready", "s", taken["seconds"], Target(1.5)),
        Row("server when nobody asks", "MB", taken["memory"], Target(120)),
    ]


def bench_create(bench: Bench) -> list[Row]:
    """Executions that are asked for over HTTP."""
    latencies, creations = ("50", "1000") if bench.quick else ("500", "5000")
    script = [PYTHON, "ours/server_create.py", latencies, creations]
    taken = bench.scripts(bench.long_turns, ours=script)["ours"]
    return [
        Row("creation over HTTP, to the start of its task", "ms", taken["latency"], Target(50)),
        Row(
            "creations over HTTP, while they are carried out",
            "executions/s",
            taken["creations"],
            Target(500, at_least=True),
        ),
    ]


def bench_streams(bench: Bench) -> list[Row]:
    """Open streams of events on one server."""
    streams = 100 if bench.quick else 1_000
    script = [PYTHON, "ours/server_streams.py", str(streams), "20"]
    taken = bench.scripts(1, ours=script)["ours"]
    title = f"an event to each of {streams:,} streams, 95th percentile"
    return [Row(title, "ms", taken["p95"], Target(250))]


def bench_search(bench: Bench) -> list[Row]:
    """Lists, counts and summaries where there is very much."""
    executions, nodes = (50_000, 10_000) if bench.quick else (1_000_000, 100_000)
    script = [PYTHON, "ours/server_search.py", "sqlite", str(executions), str(nodes)]
    taken = bench.scripts(1, ours=script)["ours"]
    title = f"among {executions:,} executions, and {nodes:,} nodes of one: slowest query, 95th"
    return [
        Row(f"{title} percentile, in the store", "ms", taken["store"], Target(50)),
        Row(f"{title} percentile, over HTTP", "ms", taken["http"], Target(50)),
        Row(
            f"server on a home of {executions:,} executions: ready",
            "s",
            taken["ready"],
            Target(1.5),
        ),
    ]


def bench_kill(bench: Bench) -> list[Row]:
    """A server under load that is killed over and over (kill -9)."""
    kills = 10 if bench.quick else 100
    taken = bench.scripts(1, ours=[PYTHON, "ours/server_kill.py", str(kills)])["ours"]
    title = f"of {taken['promises']:,.0f} promises of a server that is killed {kills} times: broken"
    return [Row(title, "promises", taken["broken"], Target(0))]
