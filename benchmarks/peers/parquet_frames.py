"""What ours/frames.py is compared with: pandas writes and reads the frame as Parquet. Seconds.

By default, and the same Parquet that ours is.
"""

import sys
import tempfile
from pathlib import Path

import pandas as pd
from pandas.testing import assert_frame_equal

from measure import report, settled
from samples import frame

REPETITIONS = 3


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
    values = frame(rows)
    ways: dict[str, dict[str, object]] = {"default": {}, "same": {"use_dictionary": ["text"]}}
    for options in ways.values():
        boundary(values, **options)  # libraries are loaded, and memory is at hand
    report(
        {
            way: [boundary(values, **options) for _ in range(REPETITIONS)]
            for way, options in ways.items()
        }
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
