"""Content of others, by its URI: looked at, read, written and copied.

Nothing here is verified unless somebody says what it should be. URIs are those of `data.places`;
object stores are used with the options of the settings. Everything raises ConfigError for a URI
that cannot be used, and StorageError and its children.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

from volery.data.ahead import ahead
from volery.data.faults import missing, told
from volery.data.names import check_name, folder_inside
from volery.data.place import Place
from volery.data.places import path_of, place_of
from volery.data.spool import spooled, temporary
from volery.data.tree import Found, walk
from volery.errors import StorageError

BATCH: Final = 16
"""Files that travel at a time, unless said otherwise."""


def exists(uri: str) -> bool:
    """Whether something is there, an object or a folder."""
    return place_of(uri).size() is not None or is_folder(uri)


def size_of(uri: str) -> int:
    """How many bytes an object has."""
    return _size(place_of(uri))


def is_folder(uri: str) -> bool:
    """Whether objects are there below this name; a web address is never a folder."""
    path = path_of(uri)
    if path is not None:
        with told("look at", uri):
            return path.is_dir()
    place = place_of(uri)
    return not place.is_web and next(place.beneath(), None) is not None


def listing(uri: str) -> Iterator[tuple[str, int]]:
    """What is in a folder, at any depth: name from there and size in bytes, as they are found."""
    return place_of(uri).beneath()


def open_uri(uri: str, digest: str = "") -> BinaryIO:
    """An object as a file for reading, with ``seek``; read piece by piece as it is asked for.

    With a digest, AlteredContent is raised when it is read to its end and has another one.
    """
    place = place_of(uri)
    size = _size(place)
    return place.open(size, digest) if _takes_ranges(place, size) else _copied(place, size)


@contextmanager
def open_writer(uri: str) -> Generator[BinaryIO]:
    """A file for writing; the object appears when the block ends without an error."""
    place = place_of(uri)
    with spooled(temporary) as spool:
        yield cast("BinaryIO", spool)
        held = spool.held()
        if held is not None:
            place.write(held)
        elif spool.path is not None:
            spool.finish()
            place.upload_file(spool.path, spool.size)


def download(uri: str, target: Path) -> None:
    """Copy an object to a file, which appears complete or not at all."""
    place = place_of(uri)
    place.download(target, _size(place))


def upload(path: Path, uri: str) -> None:
    """Copy a file to an object, which appears complete or not at all."""
    with told("read", str(path)):
        size = path.stat().st_size
    place_of(uri).upload_file(path, size)


def download_folder(uri: str, target: Path, batch: int | None = None) -> None:
    """Copy all objects of a folder below a local one, which is made.

    Args:
        uri: the folder.
        target: the local one. Nothing is written outside of it, whatever the objects are called.
        batch: how many objects travel at a time.
    """
    if not is_folder(uri):
        raise missing(uri)
    place = place_of(uri)
    with told("make", str(target)):
        target.mkdir(parents=True, exist_ok=True)

    def copy(found: tuple[str, int]) -> None:
        name, size = found
        check_name(name)
        folder, _, last = name.rpartition("/")
        (place / name).download(folder_inside(target, folder) / last, size)

    for _ in ahead(copy, place.beneath(), batch or BATCH):
        pass


def upload_folder(folder: Path, uri: str, batch: int | None = None) -> None:
    """Copy the files of a local folder below another place. Folders without files are left out.

    A link to something inside counts as what it leads to; one that leads outside is refused.
    """
    place = place_of(uri)

    def copy(found: Found) -> None:
        (place / found.name).upload_file(found.path, found.path.stat().st_size)

    files = (found for found in walk(folder) if not found.is_folder)
    for _ in ahead(copy, files, batch or BATCH):
        pass


def _takes_ranges(place: Place, size: int) -> bool:
    if not place.is_web:
        return True
    try:
        place.read(0, min(1, size))
    except StorageError:
        return False
    return True


def _copied(place: Place, size: int) -> BinaryIO:
    """A copy of an object, as a file that is gone when it is closed."""
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        for piece in place.pieces(0, size):
            with told("write", tempfile.gettempdir()):
                file.write(piece)
        file.seek(0)
        stack.pop_all()
        return cast("BinaryIO", file)


def _size(place: Place) -> int:
    size = place.size()
    if size is None:
        raise missing(place.uri)
    return size
