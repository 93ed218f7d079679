"""Files that appear complete or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(target: Path) -> Generator[Path]:
    """A path to write a file at; it becomes the target when the block ends without an error.

    It stands beside the target under a name of its own, and is gone after an error. The target's
    folder is made; a file that was there is replaced. The file is not made here: to empty one that
    exists costs, for some file systems then write it to the disk when it is closed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.parent / f".volery-{secrets.token_hex(8)}.part"
    try:
        yield part
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
