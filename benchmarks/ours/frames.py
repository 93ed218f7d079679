"""A pandas frame through a task boundary. Seconds."""

import sys

import pandas as pd
from pandas.testing import assert_frame_equal

from boundaries import storage, through
from measure import report, settled
from samples import frame
from volery import task

REPETITIONS = 3


@task
def passed(o0: pd.DataFrame) -> pd.DataFrame:
    return o0


def boundary(values: pd.DataFrame) -> float:
    with storage():
        seconds, result = settled(lambda: through(passed, values))
        assert_frame_equal(result, values)
    return seconds


def main(rows: int) -> None:
    values = frame(rows)
    boundary(values)  # libraries are loaded, and memory is at hand
    report({"boundary": [boundary(values) for _ in range(REPETITIONS)]})


if __name__ == "__main__":
    main(int(sys.argv[1]))
