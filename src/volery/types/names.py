"""Names of files and directories inside of others, none of which is trusted."""

from __future__ import annotations

import os
from pathlib import Path

from volery.data.names import check_name, unsafe
from volery.errors import StorageError


def is_name(name: str) -> bool:
    """Whether a text can be the name of a file, without folders."""
    try:
        plain_name(name)
    except StorageError:
        return False
    return True


def plain_name(name: str) -> str:
    """The name itself. Raises StorageError when it cannot be one of a file, without folders."""
    check_name(name)
    if "/" in name:
        raise unsafe(name, "it has folders")
    return name


def inside(folder: Path, name: str | os.PathLike[str]) -> Path:
    """The path that a relative name means in a folder.

    Raises:
        StorageError: it leads out of the folder, by its text or by a link.
    """
    text = os.fspath(name)
    check_name(text)
    path = folder / text
    if not path.resolve().is_relative_to(folder.resolve()):
        raise unsafe(text, "a link leads it out of its folder")
    return path
