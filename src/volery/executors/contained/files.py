"""Files that an attempt has left for its outputs: brought here, and nothing else with them."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from volery.data import remote
from volery.data.names import check_name, path_inside
from volery.data.places import path_of

_SLASH: Final = "/"


def lend(folder: str, stack: ExitStack, uri: str) -> Path | None:
    """The file or folder of this machine for an output that names it by its URI.

    Args:
        folder: URI of the folder that the attempt was given for its outputs.
        stack: copies that are made are removed when it ends.
        uri: what the output says.

    Returns:
        None: it is not in that folder.

    Raises:
        StorageError: it cannot be fetched, or leads out of that folder.
    """
    name = uri.removeprefix(folder.rstrip(_SLASH) + _SLASH)
    if name == uri:
        return None
    name = name.rstrip(_SLASH)
    check_name(name)
    root = path_of(folder)
    if root is not None:
        return path_inside(root, name)
    copies = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="volery-")))
    target = copies / name.rpartition(_SLASH)[2]
    if remote.is_folder(uri):
        remote.download_folder(uri, target)
    else:
        remote.download(uri, target)
    return target
