"""Whole programs, from their start to their end."""

from driver.bench import PYTHON, SCRIPTS, Bench, peer
from driver.rows import Row, Target


def bench_import(bench: Bench) -> list[Row]:
    """Importing: a process that does it, less a process that does nothing.

    `import volery` alone may put work off until a name is used, so what every program goes on to
    use is measured too.
    """
    ours, theirs = PYTHON, peer("flytekit") / "python"
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
