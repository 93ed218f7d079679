"""What ours/files.py is compared with: a file is digested and copied, once each. Seconds."""

import shutil
import sys
import tempfile
from pathlib import Path

from measure import report, settled
from volery.data.hashing import digest_of_file


def main(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:

        def digested_and_copied() -> None:
            digest_of_file(path)
            shutil.copyfile(path, Path(folder) / "copy")

        seconds, _ = settled(digested_and_copied)
    report({"boundary": [seconds]})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
