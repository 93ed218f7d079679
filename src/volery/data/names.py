"""Names that come from data and become paths: checked, and kept inside of one folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final

from volery.data.faults import told
from volery.errors import StorageError

NAMED: Final = "attempts"
"""The folder of the named objects of a storage: attempts are what keeps some."""

UNSAFE: Final = "UnsafeName"
"""The code of errors about such names."""

MAX_PART: Final = 255
MAX_NAME: Final = 4_000
"""Bytes, as Linux and macOS take them."""


def unsafe(name: str, why: str) -> StorageError:
    """The error for a name that is refused."""
    return StorageError(
        f"the name {name[:200]!r} is refused: {why}",
        hint="a name is relative, stays inside of its folder and is one that every system takes",
        code=UNSAFE,
    )


def check_name(name: str) -> None:
    """Raise StorageError unless a name is a relative path that leads nowhere else."""
    parts = name.split("/")
    if "\0" in name or "\\" in name:
        raise unsafe(name, "it has a character that separates names elsewhere, or none at all")
    if name.startswith("/"):
        raise unsafe(name, "it is absolute")
    if not {"", ".", ".."}.isdisjoint(parts):
        raise unsafe(name, "one of its parts is empty, '.' or '..'")
    try:
        longest = max(len(part.encode()) for part in parts)
        length = len(name.encode())
    except UnicodeEncodeError:
        raise unsafe(name, "it is not UTF-8") from None
    if longest > MAX_PART or length > MAX_NAME:
        raise unsafe(name, f"it is longer than {MAX_PART} bytes a part, {MAX_NAME} in all")


def check_names(files: Iterable[str], folders: Iterable[str] = ()) -> None:
    """Raise StorageError unless all the names are safe and can stand beside one another."""
    seen: set[str] = set()
    above = set(folders)
    for name in above:
        check_name(name)
    for name in files:
        check_name(name)
        if name in seen:
            raise unsafe(name, "it is there twice")
        seen.add(name)
    for name in seen | above:
        above.update(str(parent) for parent in PurePosixPath(name).parents)
    for name in seen & above:
        raise unsafe(name, "it is a file and a folder")


def folder_inside(target: Path, name: str) -> Path:
    """A folder below a folder; it is made. Raises StorageError where a link would lead outside.

    The name has been checked.
    """
    folder = target
    for part in PurePosixPath(name).parts:
        folder /= part
        with told("make", str(folder)):
            folder.mkdir(exist_ok=True)
            if stat.S_ISLNK(os.lstat(folder).st_mode):
                raise unsafe(name, f"{folder} is a link, which may lead anywhere")
    return folder


def path_inside(folder: Path, name: str) -> Path:
    """A path below a folder that somebody else has written to.

    The name has been checked. Raises StorageError where a link would lead elsewhere.
    """
    path = folder
    for part in PurePosixPath(name).parts:
        path /= part
        if path.is_symlink():
            raise unsafe(name, f"{path} is a link, which may lead anywhere")
    return path
