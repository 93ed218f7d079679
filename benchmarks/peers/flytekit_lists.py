"""The same as ours/lists.py, for flytekit. Once, for it takes long."""

import sys
import tempfile
from pathlib import Path

from flytekit import task

from flytekit_boundaries import through_file
from measure import report, timed
from samples import floats


@task
def passed(o0: list[float]) -> list[float]:
    return o0


def main(n: int) -> None:
    values = floats(n)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "outputs.pb"
        through_file(passed, values[:1_000], path)  # libraries are loaded
        report({"boundary": [timed(lambda: through_file(passed, values, path), values)]})


if __name__ == "__main__":
    main(int(sys.argv[1]))
