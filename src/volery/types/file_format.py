"""What files look like from the inside: their format by its mark, and what people are shown.

The marks are those that the formats' own specifications give. A format without one is not checked.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from volery.errors import TypeMismatch
from volery.ir.content import Json

HEAD: Final = 2048
"""Bytes at the beginning of a file that are looked at; enough of a text to tell what it is."""


class _Mark(NamedTuple):
    """How the files of a format begin: `mark`, `offset` bytes from the beginning.

    No offset: other things may stand before it, so it is looked for in the whole head.
    """

    format: str
    mark: bytes
    media: str
    offset: int | None = 0


_MARKS: Final = (
    _Mark("png", b"\x89PNG\r\n\x1a\n", "image/png"),
    _Mark("jpeg", b"\xff\xd8\xff", "image/jpeg"),
    _Mark("gif", b"GIF8", "image/gif"),
    _Mark("tiff", b"II*\0", "image/tiff"),
    _Mark("tiff", b"MM\0*", "image/tiff"),
    _Mark("tiff", b"II+\0", "image/tiff"),
    _Mark("tiff", b"MM\0+", "image/tiff"),
    _Mark("webp", b"WEBP", "image/webp", 8),
    _Mark("gz", b"\x1f\x8b", "application/gzip"),
    _Mark("bz2", b"BZh", "application/x-bzip2"),
    _Mark("xz", b"\xfd7zXZ\0", "application/x-xz"),
    _Mark("zst", b"\x28\xb5\x2f\xfd", "application/zstd"),
    _Mark("7z", b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    _Mark("parquet", b"PAR1", "application/vnd.apache.parquet"),
    _Mark("avro", b"Obj\x01", "application/avro"),
    _Mark("orc", b"ORC", "application/vnd.apache.orc"),
    _Mark("npy", b"\x93NUMPY", "application/x-npy"),
    _Mark("sqlite", b"SQLite format 3\0", "application/vnd.sqlite3"),
    _Mark("wav", b"WAVE", "audio/wav", 8),
    _Mark("flac", b"fLaC", "audio/flac"),
    _Mark("ogg", b"OggS", "audio/ogg"),
    _Mark("hdf5", b"\x89HDF\r\n\x1a\n", "application/x-hdf5", None),
    _Mark("pdf", b"%PDF-", "application/pdf", None),
    _Mark("zip", b"PK\x03\x04", "application/zip", None),
    _Mark("zip", b"PK\x05\x06", "application/zip", None),  # an empty one
)

_ALIASES: Final = {
    "jpg": "jpeg", "tif": "tiff", "gzip": "gz", "tgz": "gz", "h5": "hdf5", "zstd": "zst",
    "npz": "zip", "xlsx": "zip", "docx": "zip", "whl": "zip", "jar": "zip",
}  # fmt: skip
_MARKED: Final = frozenset(each.format for each in _MARKS)


def check_format(declared: str, head: bytes, name: str) -> None:
    """Check that a file is of the declared format, as far as its beginning tells.

    Args:
        declared: such as ``png`` or ``tar.gz``; empty: any will do.
        head: the first `HEAD` bytes of the file, or all.
        name: of the file, for the error.

    Raises:
        TypeMismatch: it is of another format.
    """
    short = declared.casefold().rpartition(".")[2]
    expected = _ALIASES.get(short, short)
    if expected not in _MARKED or any(_bears(head, each) for each in _marks_of(expected)):
        return
    raise TypeMismatch(
        f"expected a {declared} file, got {_told(head)}: {name}",
        hint="declare the format that it has, or write it in the declared one",
    )


def preview_of(head: bytes, *, whole: bool) -> Json:
    """What people are shown of a file: the beginning of a text, of others their media type.

    Args:
        head: the first `HEAD` bytes of the file, or all.
        whole: whether that is all.
    """
    found = _recognised(head)
    if found is not None:
        return {"media": found.media}
    text = _text(head, whole=whole)
    if text is None:
        return {"media": "application/octet-stream"}
    return {"media": "text/plain", "text": text, "whole": whole}


def _marks_of(format: str) -> list[_Mark]:
    return [each for each in _MARKS if each.format == format]


def _bears(head: bytes, mark: _Mark) -> bool:
    if mark.offset is None:
        return mark.mark in head
    return head.startswith(mark.mark, mark.offset)


def _recognised(head: bytes) -> _Mark | None:
    return next((each for each in _MARKS if _bears(head, each)), None)


def _told(head: bytes) -> str:
    found = _recognised(head)
    if found is not None:
        return f"a {found.format}"
    if not head:
        return "an empty file"
    return "another format" if _text(head, whole=False) is None else "text"


def _text(head: bytes, *, whole: bool) -> str | None:
    """The text that a file begins with, safe to print; None when it is no text."""
    import codecs

    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        return None
    if any(char < " " and char not in "\t\n\r\f" for char in text):
        return None
    return "".join(char if char.isprintable() or char.isspace() else "\ufffd" for char in text)
