"""Documents: small objects that are read and written by their URI, at one go.

Besides the places of `data.places` these may be web addresses that are signed (`data.signed`).
"""

# ruff: noqa: PTH103, PTH108, PTH110, PTH120, PTH123
# An attempt in a container may do without pathlib, which takes milliseconds to import.

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from volery.data.faults import told

if TYPE_CHECKING:
    from volery.data.place import Place

_WEB: Final = ("https://", "http://")
_PLAIN: Final = "file://"


def read(uri: str) -> bytes:
    """The bytes of a document.

    Raises:
        StorageError: they cannot be had; MissingContent: there is none.
        ConfigError: the URI cannot be used.
    """
    if uri.startswith(_WEB):
        from volery.data import signed

        return signed.get(uri)
    path = _path(uri)
    if path is not None:
        with told("read", uri):
            return _bytes(path)
    import obstore

    place = _place(uri)
    with told("read", uri):
        return bytes(obstore.get(place.store, place.key).bytes())


def exists(uri: str) -> bool:
    """Whether a document is there; of a web address nobody can say. Raises as `read` does."""
    if uri.startswith(_WEB):
        return False  # it is signed for one thing, and not for this
    path = _path(uri)
    if path is None:
        return _place(uri).size() is not None
    with told("look at", uri):
        return os.path.exists(path)


def write_once(uri: str, data: bytes) -> bool:
    """Make a document, unless there is one; it appears complete or not at all.

    Returns:
        False: there is one already, which stays.

    Raises:
        StorageError: it cannot be written.
        ConfigError: the URI cannot be used.
    """
    if uri.startswith(_WEB):
        from volery.data import signed

        return signed.put(uri, data, once=True)
    path = _path(uri)
    if path is not None:
        return _appear(path, data)
    import obstore
    from obstore.exceptions import AlreadyExistsError

    place = _place(uri)
    with told("write", uri):
        try:
            obstore.put(place.store, place.key, data, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return False
    return True


def write(uri: str, data: bytes) -> None:
    """Make a document, in place of any that there is. Raises as `write_once` does."""
    if uri.startswith(_WEB):
        from volery.data import signed

        signed.put(uri, data)
        return
    path = _path(uri)
    if path is None:
        _place(uri).write(data)
        return
    from pathlib import Path

    from volery.data.whole import whole

    with told("write", uri), whole(Path(path)) as part:
        part.write_bytes(data)


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _appear(path: str, data: bytes) -> bool:
    """A file under its name, complete, unless there is one: a link does that at one go."""
    folder = os.path.dirname(path)
    part = f"{folder}/.volery-{os.urandom(8).hex()}.part"
    with told("write", path):
        os.makedirs(folder, exist_ok=True)
        try:
            with open(part, "wb") as file:
                file.write(data)
            os.link(part, path)
        except FileExistsError:
            return False
        finally:
            with suppress(FileNotFoundError):
                os.unlink(part)
    return True


def _path(uri: str) -> str | None:
    """The path that a file URI names; None: it is of another scheme."""
    if uri.startswith(f"{_PLAIN}/") and "%" not in uri:  # as most: what reads others takes longer
        return uri.removeprefix(_PLAIN)
    from volery.data.places import path_of

    path = path_of(uri)
    return None if path is None else str(path)


def _place(uri: str) -> Place:
    from volery.data.places import place_of

    return place_of(uri)
