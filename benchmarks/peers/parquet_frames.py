"""What ours/frames.py is compared with: pandas writes and reads the frame as Parquet. Seconds."""

import sys
import tempfile
from pathlib import Path

import pandas as pd
from pandas.testing import assert_frame_equal

from measure import report, settled
from samples import frame


def written_and_read(values: pd.DataFrame, path: Path) -> pd.DataFrame:
    values.to_parquet(path)
    return pd.read_parquet(path)


def boundary(values: pd.DataFrame) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.parquet"
        seconds, result = settled(lambda: written_and_read(values, path))
        assert_frame_equal(result, values)
    return seconds


def main(rows: int) -> None:
    boundary(frame(1_000))  # libraries are loaded
    report({"boundary": [boundary(frame(rows))]})


if __name__ == "__main__":
    main(int(sys.argv[1]))
