"""A list of floats through a task boundary. Seconds."""

import sys

from boundaries import storage, through
from measure import report, timed
from samples import floats
from volery import task

REPETITIONS = 5


@task
def passed(o0: list[float]) -> list[float]:
    return o0


def boundary(values: list[float]) -> float:
    with storage():
        return timed(lambda: through(passed, values), values)


def main(n: int) -> None:
    values = floats(n)
    boundary(values)  # libraries are loaded
    report({"boundary": [boundary(values) for _ in range(REPETITIONS)]})


if __name__ == "__main__":
    main(int(sys.argv[1]))
