"""The same as ours/frames.py, for flytekit."""

import sys
import tempfile
from pathlib import Path

import pandas as pd
from flytekit import task
from pandas.testing import assert_frame_equal

from flytekit_boundaries import through_file
from measure import report, settled
from samples import frame

REPETITIONS = 3


@task
def passed(o0: pd.DataFrame) -> pd.DataFrame:
    return o0


def boundary(values: pd.DataFrame) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "outputs.pb"
        seconds, result = settled(lambda: through_file(passed, values, path))
        assert_frame_equal(result, values)
    return seconds


def main(rows: int) -> None:
    values = frame(rows)
    boundary(values)  # libraries are loaded, and memory is at hand
    report({"boundary": [boundary(values) for _ in range(REPETITIONS)]})


if __name__ == "__main__":
    main(int(sys.argv[1]))
