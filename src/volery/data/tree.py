"""What is in a local directory, at any depth."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

from volery.data.faults import told
from volery.data.names import check_name, unsafe
from volery.errors import StorageError


class Found(NamedTuple):
    """A file, or a folder with nothing in it.

    Attributes:
        name: from the directory, with ``/`` between its parts.
        path: where it is; never a link.
        is_folder: whether it is a folder.
        executable: whether its owner may execute it.
    """

    name: str
    path: Path
    is_folder: bool
    executable: bool


def walk(directory: Path) -> Generator[Found]:
    """The files and the empty folders of a directory, as they are found.

    A link to something inside counts as what it leads to.

    Raises:
        StorageError: it cannot be read, something in it is neither file nor folder; or (code
            ``UnsafeName``) a link leads outside or in a circle, or a name is refused.
    """
    root = Path(os.path.realpath(directory))
    pending = [("", root, frozenset({root}))]
    while pending:
        prefix, folder, above = pending.pop()
        with told("read", str(folder)):
            names = sorted(path.name for path in folder.iterdir())
        if not names and prefix:
            yield Found(prefix[:-1], folder, is_folder=True, executable=False)
        for name in names:
            check_name(prefix + name)
            path = _inside(folder / name, root)
            with told("read", str(path)):
                mode = path.stat().st_mode
            if stat.S_ISREG(mode):
                executable = bool(mode & stat.S_IXUSR)
                yield Found(prefix + name, path, is_folder=False, executable=executable)
            elif not stat.S_ISDIR(mode):
                raise StorageError(f"{path} is neither a file nor a folder", hint="remove it")
            elif path in above:
                raise unsafe(prefix + name, f"it is a link to {path}, which it is in")
            else:
                pending.append((f"{prefix}{name}/", path, above | {path}))


def _inside(path: Path, root: Path) -> Path:
    """Where a path leads. Refuses what leads outside of the root."""
    if not path.is_symlink():
        return path
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(root):
        raise unsafe(str(path.relative_to(root)), f"it is a link to {real}, outside of {root}")
    return real
