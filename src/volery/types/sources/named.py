"""Where a file or directory is that was named by a path or a URI."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from volery.data.places import parts_of
from volery.data.workplace import Workplace
from volery.errors import StorageError
from volery.ir.content import Content
from volery.types.names import is_name
from volery.types.sources.foreign import ForeignDirectory, ForeignFile
from volery.types.sources.local import (
    LocalDirectory,
    LocalFile,
    ReferencedDirectory,
    ReferencedFile,
    UploadedDirectory,
    UploadedFile,
)
from volery.types.sources.source import DirectorySource, FileSource


def file_source(
    place: str | os.PathLike[str], remote: str | Literal[False] | None, workplace: Workplace
) -> FileSource:
    """Where a file is that was named by a path or a URI.

    Args:
        place: the path or URI.
        remote: a URI to upload a local file to; False: it stays where it is.
        workplace: where it is brought if it is elsewhere.
    """
    text = os.fspath(place)
    if _is_uri(text):
        _refuse_upload(text, remote)
        return ForeignFile(Content(uri=text, name=_name_of(text)), workplace)
    match remote:
        case None:
            return LocalFile(Path(text))
        case False:
            return ReferencedFile(Path(text))
        case str():
            return UploadedFile(Path(text), remote)


def directory_source(
    place: str | os.PathLike[str], remote: str | Literal[False] | None, workplace: Workplace
) -> DirectorySource:
    """Where a directory is that was named by a path or a URI; see `file_source`."""
    text = os.fspath(place)
    if _is_uri(text):
        _refuse_upload(text, remote)
        return ForeignDirectory(Content(uri=text, name=_name_of(text)), workplace)
    match remote:
        case None:
            return LocalDirectory(Path(text))
        case False:
            return ReferencedDirectory(Path(text))
        case str():
            return UploadedDirectory(Path(text), remote)


def _refuse_upload(uri: str, remote: str | Literal[False] | None) -> None:
    """Refuse to upload what is elsewhere already."""
    if isinstance(remote, str):
        raise StorageError(
            f"{uri} is not on this machine: it is passed on by reference, not to {remote}",
            hint="download it first, and pass the local path",
        )


def _is_uri(text: str) -> bool:
    """Whether a text is meant as a URI."""
    return "://" in text


def _name_of(uri: str) -> str:
    """The name that a URI ends with; empty where that can be no name of a file."""
    name = parts_of(uri).key.rpartition("/")[2]
    return name if is_name(name) else ""
