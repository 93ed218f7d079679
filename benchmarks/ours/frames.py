"""A pandas frame through a task boundary. Seconds."""

import sys

import pandas as pd
from pandas.testing import assert_frame_equal

from boundaries import storage, through
from measure import report, settled
from samples import frame
from volery import task


@task
def passed(o0: pd.DataFrame) -> pd.DataFrame:
    return o0


def boundary(values: pd.DataFrame) -> float:
    with storage():
        seconds, result = settled(lambda: through(passed, values))
        assert_frame_equal(result, values)
    return seconds


def main(rows: int) -> None:
    boundary(frame(1_000))  # libraries are loaded
    report({"boundary": [boundary(frame(rows))]})


if __name__ == "__main__":
    main(int(sys.argv[1]))
