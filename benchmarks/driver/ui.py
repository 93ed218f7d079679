"""The web UI in a browser, with very much to show."""

from driver.bench import PYTHON, Bench, Failed
from driver.rows import Row, Target

FRAMES = Target(30, at_least=True)
OPENS = Target(2)


def bench_ui(bench: Bench) -> list[Row]:
    """Pages of a server that has very much of everything."""
    from tests.ui.browser import INSTALL, chromium

    if chromium() is None:
        raise Failed(INSTALL)
    executions = 50_000 if bench.quick else 1_000_000
    script = [PYTHON, "ours/ui.py", str(executions), str(bench.turns)]
    taken = bench.scripts(1, ours=script)["ours"]

    def row(what: str, unit: str, target: Target, among: str = "") -> Row:
        return Row(f"web UI: {what} {among}".rstrip(), unit, taken[what], target)

    among = f"among {executions:,} executions"
    return [
        row("scripts of the first page", "kB", Target(500)),
        row("first useful paint, slowest page", "ms", Target(1000)),
        row("10,000 nodes: opens, slowest view", "s", OPENS),
        row("10,000 nodes: pans from far", "frames/s", FRAMES),
        row("10,000 nodes: pans from near", "frames/s", FRAMES),
        row("map of 100,000 elements: opens", "s", OPENS),
        row("map of 100,000 elements: pans", "frames/s", FRAMES),
        row("100 executions of 200 nodes: opens", "s", OPENS),
        row("100 executions of 200 nodes: scrolls", "frames/s", FRAMES),
        row("live: events", "events/s", Target(200, at_least=True)),
        row("live: pans", "frames/s", FRAMES),
        row("live: longest task", "ms", Target(100)),
        row("list: scrolls", "frames/s", FRAMES, among),
        row("list: answer, 95th percentile", "ms", Target(300), among),
        row("list: answer, slowest", "ms", Target(300), among),
        row("memory of the largest page", "MB", Target(500)),
    ]
