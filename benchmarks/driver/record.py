"""The record: results.json, and the table in README.md."""

import datetime as dt
import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from driver.bench import ENVIRONMENTS, HERE, PEERS, PYTHON
from driver.rows import HEADINGS, Row

CORES = 2
"""The targets are for a machine of this size; a larger one lends this many."""


def machine() -> dict[str, str | int]:
    """What the numbers depend on."""
    cpu = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
        cpu = next(names, cpu)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": cpu,
        "cores": min(os.cpu_count() or CORES, CORES),
        "memory_gib": round(memory),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """The version of what is measured, where it is installed."""
    find = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    own = dict.fromkeys(("volery", "obstore", "pandas"), PYTHON)
    pythons = own | {n: ENVIRONMENTS / n / "bin" / "python" for n in PEERS}
    return {
        name: subprocess.run(
            [python, "-c", find, name], capture_output=True, text=True, check=False
        ).stdout.strip()
        for name, python in pythons.items()
        if python.exists()
    }


def markdown(rows: Sequence[Row], about: Mapping[str, object], date: str) -> str:
    """The table as it stands in the README, and what it was measured on."""
    table = [HEADINGS, ["---"] * len(HEADINGS), *(row.cells() for row in rows)]
    sides = ", ".join(f"{name} {version}" for name, version in versions().items())
    measured_on = (
        f"Measured on {date}: {about['cpu']}, {about['cores']} cores, {about['memory_gib']} GiB of "
        f"memory, {about['system']}, Python {about['python']}; {sides}."
    )
    return "\n".join([measured_on, "", *("| " + " | ".join(cells) + " |" for cells in table)])


def record(rows: Sequence[Row]) -> None:
    """Write results.json and the table in README.md."""
    about = machine()
    date = f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"
    results = {
        "date": date,
        "machine": about,
        "versions": versions(),
        "rows": [asdict(row) | {"ratio": row.ratio, "passed": row.passed} for row in rows],
    }
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n")

    readme = HERE / "README.md"
    begin, end = "<!-- results: begin -->", "<!-- results: end -->"
    before, _, rest = readme.read_text().partition(begin)
    after = rest.partition(end)[2]
    table = markdown(rows, about, date)
    readme.write_text(f"{before}{begin}\n\n{table}\n\n{end}{after}")


def show(rows: Sequence[Row]) -> None:
    """Print the table."""
    table = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        line = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print("  ".join(line).rstrip())
