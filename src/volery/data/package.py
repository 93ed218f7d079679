"""Code packages: the files of a project as one archive, known by its digest.

The archive is a tar of regular files, sorted by name, with times and owners left out and of the
modes only whether a file can be executed. Its digest (BLAKE3) is that of these bytes before they
are compressed: what a compressor makes of them depends on its version, the tar does not. It travels
compressed, and is stored as it is, so that it stands in a storage under its own digest.
"""

from __future__ import annotations

import gzip
import shutil
import tarfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple, cast

from volery.data.faults import told
from volery.data.ignore import Found, Project
from volery.data.names import check_names, folder_inside
from volery.errors import RegistrationError, StorageError

if TYPE_CHECKING:
    from volery.data.hashing import Data
    from volery.data.spool import Spool

MOST_BYTES: Final = 100_000_000
"""Bytes of a package before it is compressed, unless one is allowed more."""

MOST_FILES: Final = 20_000

_BLOCK: Final = 1024 * 1024
_RECORD: Final = 10_240
"""A tar is filled up to a multiple of this."""
_HEADERS: Final = 4 * 512
"""Bytes that a file takes at most besides its content, but for its name."""
_SHOWN: Final = 5


class Packed(NamedTuple):
    """A package that was made: its digest, its bytes before compression, how many files."""

    digest: str
    size: int
    files: int


def pack(folder: Path, target: BinaryIO, most: int = MOST_BYTES) -> Packed:
    """Write the package of a project, compressed.

    Args:
        folder: the import root.
        target: takes the archive.
        most: bytes that it may have before compression.

    Raises:
        RegistrationError: it is empty or too large, links lead outside, a file changes meanwhile.
        StorageError: a file cannot be read, or has a name that cannot be used.
    """
    files = _chosen(Project(folder), most)
    with gzip.GzipFile("", "wb", 6, target, mtime=0) as compressed:
        digesting = _Digesting(compressed)
        with tarfile.open(
            fileobj=cast("BinaryIO", digesting), mode="w|", format=tarfile.PAX_FORMAT
        ) as archive:
            for each in files:
                _add(archive, each)
    return Packed(digesting.digest(), digesting.size, len(files))


def names(folder: Path, most: int = MOST_BYTES) -> list[str]:
    """The names of the files that `pack` takes. Raises as it does."""
    return [each.name for each in _chosen(Project(folder), most)]


def expand(archive: BinaryIO, target: Spool, most: int = MOST_BYTES) -> None:
    """Write what an archive is before it is compressed, in bounded memory.

    Raises:
        RegistrationError: it is no archive, or it has more bytes than it may.
    """
    most = _with_headers(most)
    try:
        with gzip.GzipFile(fileobj=archive, mode="rb") as expanding:
            while block := expanding.read(_BLOCK):
                target.write(block)
                if target.size > most:
                    raise _too_large(target.size, most)
    except (OSError, EOFError, zlib.error) as error:
        raise RegistrationError(f"this package cannot be read: {error}") from None


def check(archive: BinaryIO) -> None:
    """Make sure that an archive can be unpacked.

    Raises:
        RegistrationError: it cannot be, or something in it leads out of its folder or is no file.
    """
    with _refused():
        names = [member.name for member in _members(archive)]
        check_names(names)


def unpack(archive: BinaryIO, folder: Path) -> None:
    """Unpack an archive, which is not compressed, into a folder that is empty.

    Raises:
        RegistrationError: see `check`.
        StorageError: the folder cannot be written to.
    """
    seen: set[str] = set()
    with _refused():
        for member in _members(archive):
            check_names([member.name])
            if member.name in seen:
                raise RegistrationError(f"this package has {member.name!r} twice")
            seen.add(member.name)
            _write(member, folder)


class _Member(NamedTuple):
    name: str
    executable: bool
    content: BinaryIO


def _members(archive: BinaryIO) -> Iterator[_Member]:
    """The files of an archive, one after another."""
    with tarfile.open(fileobj=archive, mode="r|") as reading:
        for count, info in enumerate(reading, start=1):
            if count > MOST_FILES:
                raise RegistrationError(f"this package has more than {MOST_FILES} files")
            content = reading.extractfile(info) if info.type == tarfile.REGTYPE else None
            if content is None:
                raise RegistrationError(
                    f"this package has {info.name[:200]!r}, which is no file",
                    hint="links, folders and devices have no place in it",
                )
            yield _Member(info.name, bool(info.mode & 0o100), cast("BinaryIO", content))


def _write(member: _Member, folder: Path) -> None:
    parent, _, name = member.name.rpartition("/")
    path = (folder_inside(folder, parent) if parent else folder) / name
    with told("write", str(path)), path.open("xb") as file:
        shutil.copyfileobj(member.content, file, _BLOCK)
    path.chmod(0o555 if member.executable else 0o444)


@contextmanager
def _refused() -> Generator[None]:
    """Have what is wrong with an archive end as a RegistrationError."""
    try:
        yield
    except tarfile.TarError as error:
        raise RegistrationError(f"this package cannot be read: {error}") from None
    except StorageError as error:
        if error.code != "UnsafeName":
            raise
        raise RegistrationError(f"this package is refused: {error.message}") from None


# -- packing ----------------------------------------------------------------------------------


def _chosen(project: Project, most: int) -> list[Found]:
    """The files to be packed, by name."""
    files: list[Found] = []
    for each in project.files():
        files.append(each)
        if len(files) > MOST_FILES:
            raise RegistrationError(
                f"{project.folder} has more than {MOST_FILES} files",
                hint="name what is no code in .voleryignore",
            )
    if not files:
        raise RegistrationError(
            f"{project.folder} has no files to be packed",
            hint="see what .gitignore and .voleryignore leave out",
        )
    total = sum(each.size for each in files)
    if total > most:
        raise _too_large(total, most, files)
    return sorted(files)


def _add(archive: tarfile.TarFile, found: Found) -> None:
    info = tarfile.TarInfo(found.name)
    info.size = found.size
    info.mode = 0o755 if found.executable else 0o644
    with told("read", str(found.path)), found.path.open("rb") as file:
        try:
            archive.addfile(info, file)
        except OSError as error:
            if "unexpected end of data" not in str(error):
                raise
            raise RegistrationError(f"{found.path} changed while it was packed") from None


def _too_large(size: int, most: int, files: Iterable[Found] = ()) -> RegistrationError:
    largest = sorted(files, key=lambda each: -each.size)[:_SHOWN]
    listed = "".join(f"\n  {_megabytes(each.size):>10}  {each.name}" for each in largest)
    return RegistrationError(
        f"the package has {_megabytes(size)}, and {_megabytes(most)} are allowed"
        + (f"; its largest files are{listed}" if listed else ""),
        hint="name what is no code in .voleryignore; data belongs into the storage",
    )


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"


def _with_headers(most: int) -> int:
    return most + MOST_FILES * _HEADERS + _RECORD


class _Digesting:
    """Takes bytes, digests them and hands them on."""

    def __init__(self, target: gzip.GzipFile) -> None:
        from volery.data.hashing import hasher

        self.size = 0
        self._hasher = hasher()
        self._target = target

    def write(self, data: Data, /) -> int:
        self._hasher.update(data)
        self.size += len(data)
        return self._target.write(data)

    def digest(self) -> str:
        return self._hasher.hexdigest()
