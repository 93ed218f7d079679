"""Measures Volery and its peers side by side, in one run, and compares with the targets.

    python benchmarks/run.py [--quick] [--only NAME ...]

Volery and a peer take turns, so that a machine that slows down slows both; a value is the median of
the turns. Each peer lives in an environment of its own under .bench/. A complete run is recorded in
results.json and in the table of README.md; a quick or partial one is only printed. The exit status
is 1 if a target was missed or something could not be measured.
"""

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).parent
BENCH = HERE.parent / ".bench"
SCRIPTS = Path(sysconfig.get_path("scripts"))
PEERS = {"flytekit": "flytekit>=1.16,<2", "ray": "ray>=2.50,<3"}
CORES = 2  # the targets are for a machine of this size; a larger one lends this many


# --- what a benchmark yields ----------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """A value to reach: at least or at most `value`, by Volery alone or relative to the peer."""

    value: float
    at_least: bool = False
    of_ratio: bool = False

    def passed(self, ours: float, ratio: float | None) -> bool | None:
        """Whether it is reached; None if the peer that it refers to was not measured."""
        measured = ratio if self.of_ratio else ours
        if measured is None:
            return None
        return measured >= self.value if self.at_least else measured <= self.value

    def show(self, unit: str) -> str:
        """The target as it stands in the table."""
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {number(self.value)} {'times' if self.of_ratio else unit}"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    `ratio` says how many times better Volery is than the peer, whichever direction is better.
    """

    what: str
    unit: str
    ours: float
    target: Target | None = None
    peer: str = ""
    theirs: float | None = None

    @property
    def ratio(self) -> float | None:
        if not self.theirs or not self.ours:
            return None
        higher_is_better = self.unit.endswith("/s")
        return self.ours / self.theirs if higher_is_better else self.theirs / self.ours

    @property
    def passed(self) -> bool | None:
        return self.target.passed(self.ours, self.ratio) if self.target else None

    def cells(self) -> list[str]:
        verdict = {True: "pass", False: "MISS", None: ""}[self.passed]
        return [
            self.what,
            f"{number(self.ours)} {self.unit}",
            f"{number(self.theirs)} {self.unit} ({self.peer})" if self.theirs else "",
            f"{number(self.ratio)}" if self.ratio else "",
            self.target.show(self.unit) if self.target else "",
            verdict,
        ]


HEADINGS = ["", "Volery", "peer", "times better", "target", ""]


def number(value: float | None) -> str:
    """Three digits that count are all that a benchmark knows."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


# --- running things -------------------------------------------------------------------------------


class Failed(Exception):
    """Something could not be measured."""


@dataclass(frozen=True)
class Bench:
    """What a benchmark works with: the peers, and how thorough to be."""

    quick: bool
    scratch: Path

    @property
    def turns(self) -> int:
        return 3 if self.quick else 7

    @property
    def long_turns(self) -> int:
        return 1 if self.quick else 3

    def environment(self) -> dict[str, str]:
        """No setting of the person who runs this, and nothing that reaches for the network.

        Without PYTHONDONTWRITEBYTECODE in particular: both sides run as installed, from bytecode.
        """
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("VOLERY_", "PYTHON"))}
        return kept | {
            "HOME": str(self.scratch),
            "TMPDIR": str(self.scratch),
            "VOLERY_HOME": str(self.scratch / "home"),
            "PYTHONPATH": str(HERE),
            "RAY_USAGE_STATS_ENABLED": "0",
        }

    def command(self, argv: Sequence[str | Path]) -> str:
        """Run a command to its end and return what it printed."""
        done = subprocess.run(
            [str(part) for part in argv],
            env=self.environment(),
            cwd=HERE,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            told = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
            name = " ".join(Path(part).name for part in map(str, argv))
            message = f"{name}: {told}"
            raise Failed(message)
        return done.stdout

    def wall(self, argv: Sequence[str | Path]) -> float:
        """Milliseconds of a whole command, from its start to its end."""
        started = time.perf_counter()
        self.command(argv)
        return (time.perf_counter() - started) * 1e3

    def take_turns(
        self, measures: Mapping[str, Callable[[], float]], turns: int
    ) -> dict[str, float]:
        """The median of each measure, after a turn that does not count: it warms the caches."""
        taken: dict[str, list[float]] = {name: [] for name in measures}
        for turn in range(turns + 1):
            for name, measure in measures.items():
                value = measure()
                if turn:
                    taken[name].append(value)
        return {name: statistics.median(values) for name, values in taken.items()}

    def scripts(self, turns: int, /, **argv: Sequence[str | Path]) -> dict[str, dict[str, float]]:
        """Medians of what scripts report, which take turns: by script, then by measure."""
        taken: dict[str, dict[str, list[float]]] = {name: {} for name in argv}
        for _ in range(turns):
            for name, command in argv.items():
                last_line = self.command(command).strip().splitlines()[-1]
                for what, values in json.loads(last_line).items():
                    taken[name].setdefault(what, []).extend(values)
        return {
            name: {what: statistics.median(values) for what, values in measured.items()}
            for name, measured in taken.items()
        }


def make_environment(path: Path, requirement: str | None) -> None:
    """Make a virtual environment with this Python, with uv if there is one: it is much faster."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(SCRIPTS))
    python = path / "bin" / "python"
    commands = [[sys.executable, "-m", "venv", path]]
    if requirement:
        commands.append(
            [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, requirement]
            if uv
            else [python, "-m", "pip", "install", "--quiet", requirement]
        )
    for command in commands:
        subprocess.run([str(part) for part in command], check=True)


def peer(name: str) -> Path:
    """The folder of programs of a peer's environment, which is made at first use."""
    path = BENCH / name
    wanted = f"{PEERS[name]} on {platform.python_version()}"
    ready = path / "ready"
    if not ready.exists() or ready.read_text() != wanted:
        print(f"installing {PEERS[name]} ...", file=sys.stderr)
        shutil.rmtree(path, ignore_errors=True)
        make_environment(path, PEERS[name])
        ready.write_text(wanted)
    return path / "bin"


# --- the benchmarks -------------------------------------------------------------------------------


def bench_import(bench: Bench) -> list[Row]:
    """Importing: a process that does it, less a process that does nothing.

    `import volery` alone may put work off until a name is used, so what every program goes on to
    use is measured too.
    """
    ours, theirs = SCRIPTS / "python", peer("flytekit") / "python"
    what = {"import {}": "import", "from {} import task, workflow": "import task, workflow"}
    rows: list[Row] = []
    for statement, title in what.items():
        taken = bench.take_turns(
            {
                "ours": lambda code=statement.format("volery"): bench.wall([ours, "-c", code]),
                "ours empty": lambda: bench.wall([ours, "-c", "pass"]),
                "theirs": lambda code=statement.format("flytekit"): bench.wall(
                    [theirs, "-c", code]
                ),
                "theirs empty": lambda: bench.wall([theirs, "-c", "pass"]),
            },
            bench.turns,
        )
        own = max(taken["ours"] - taken["ours empty"], 1.0)  # a process takes more or less by that
        flytekit = taken["theirs"] - taken["theirs empty"]
        target = Target(15, at_least=True, of_ratio=True)
        rows.append(Row(title, "ms", own, target, "flytekit", flytekit))
    return rows


def bench_help(bench: Bench) -> list[Row]:
    """`volery --help`, the whole command."""
    ours, theirs = SCRIPTS / "volery", peer("flytekit") / "pyflyte"
    taken = bench.take_turns(
        {
            "ours": lambda: bench.wall([ours, "--help"]),
            "theirs": lambda: bench.wall([theirs, "--help"]),
        },
        bench.turns,
    )
    return [Row("--help", "ms", taken["ours"], Target(250), "pyflyte", taken["theirs"])]


def bench_hello(bench: Bench) -> list[Row]:
    """`volery run` of a hello world, the whole command: durable, and in a worker process."""
    ours = [SCRIPTS / "volery", "run", "ours/hello.py", "hello", "--name", "you"]
    theirs = [peer("flytekit") / "pyflyte", "run", "peers/flytekit_hello.py", "hello"]
    taken = bench.take_turns(
        {
            "ours": lambda: bench.wall(ours),
            "theirs": lambda: bench.wall([*theirs, "--name", "you"]),
        },
        bench.turns,
    )
    return [Row("run hello world", "ms", taken["ours"], Target(600), "pyflyte", taken["theirs"])]


def bench_plain(bench: Bench) -> list[Row]:
    """Plain calls of workflows of 1,000 tasks, in one process."""
    taken = bench.scripts(
        bench.long_turns,
        ours=[SCRIPTS / "python", "ours/plain.py"],
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
        ours=[SCRIPTS / "python", "ours/compiling.py"],
        theirs=[peer("flytekit") / "python", "peers/flytekit_compiling.py"],
    )
    ours, theirs = taken["ours"]["compile"], taken["theirs"]["compile"]
    return [Row("compile 10,000 nodes", "s", ours, Target(2), "flytekit", theirs)]


def bench_durable(bench: Bench) -> list[Row]:
    """Durable runs in worker processes, recorded in SQLite; Ray records nothing."""
    largest = "1000" if bench.quick else "10000"
    taken = bench.scripts(
        bench.long_turns,
        ours=[SCRIPTS / "python", "ours/durable.py", largest],
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
    taken = bench.scripts(1, ours=[SCRIPTS / "python", "ours/memory.py"])
    return [Row("engine's peak memory, 10,000 nodes", "MB", taken["ours"]["memory"], Target(300))]


BENCHMARKS: dict[str, Callable[[Bench], list[Row]]] = {
    "import": bench_import,
    "help": bench_help,
    "hello": bench_hello,
    "plain": bench_plain,
    "compile": bench_compile,
    "durable": bench_durable,
    "memory": bench_memory,
}


# --- the record -----------------------------------------------------------------------------------


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
    """The version of each side that is installed."""
    find = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    pythons = {"volery": SCRIPTS / "python"} | {n: BENCH / n / "bin" / "python" for n in PEERS}
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


def main() -> int:
    """Run the benchmarks that the command line asks for."""
    parser = argparse.ArgumentParser(description="Volery and its peers, side by side.")
    parser.add_argument("--quick", action="store_true", help="fewer turns, at most 1,000 tasks")
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, metavar="NAME", default=[])
    options = parser.parse_args()

    if hasattr(os, "sched_setaffinity"):  # inherited by all that is started
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    scratch = BENCH / "scratch"
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
