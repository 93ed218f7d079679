"""What ours/bucket.py is compared with: the same bytes moved by obstore alone. Seconds.

Of its ways to move a file, and of its settings, these were the fastest.
"""

import json
import sys
import tempfile
from pathlib import Path

import obstore
from obstore.store import S3Store

from measure import refuse, report, settled

PIECE = 8 * 1024 * 1024
WIDTH = 8


def up(store: S3Store, path: Path) -> None:
    obstore.put(store, path.name, path, chunk_size=PIECE, max_concurrency=WIDTH)


def down(store: S3Store, key: str, target: Path) -> None:
    with target.open("wb") as file:
        for piece in obstore.get(store, key).stream(min_chunk_size=PIECE):
            file.write(piece)


def main(path: Path, url: str, options: dict[str, str]) -> None:
    store = S3Store.from_url(
        url,
        config=options,
        virtual_hosted_style_request=False,
        client_options={"allow_http": True},
    )
    with tempfile.TemporaryDirectory() as folder:
        small, target = Path(__file__), Path(folder) / "copy"
        up(store, small)  # the server knows us
        down(store, small.name, Path(folder) / "small")
        sending, _ = settled(lambda: up(store, path))
        fetching, _ = settled(lambda: down(store, path.name, target))
        refuse(target.read_bytes() != path.read_bytes(), "the file was altered")
    report({"up": [sending], "down": [fetching]})


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]))
