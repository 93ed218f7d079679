"""What ours/frames.py is compared with: pandas writes and reads the frame as Parquet. Seconds."""

import sys
import tempfile
from pathlib import Path

import pandas as pd
from pandas.testing import assert_frame_equal

from measure import report, settled
from samples import frame


def boundary(values: pd.DataFrame, **options: object) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.parquet"

        def written_and_read() -> pd.DataFrame:
            values.to_parquet(path, **options)
            return pd.read_parquet(path)

        seconds, result = settled(written_and_read)
        assert_frame_equal(result, values)
    return seconds


def main(rows: int) -> None:
    boundary(frame(1_000))  # libraries are loaded
    values = frame(rows)
    report(
        {
            "default": [boundary(values)],
            "same": [boundary(values, use_dictionary=["text"])],  # as ours is written
        }
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
