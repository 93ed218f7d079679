"""Files and directories of the user's, on this machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from volery.data import manifest, remote
from volery.data.faults import told
from volery.data.hashing import digest_of_file
from volery.data.tree import walk
from volery.data.whole import whole
from volery.errors import TypeMismatch
from volery.ir.content import Content
from volery.types.file_format import HEAD, check_format, preview_of
from volery.types.mismatch import preview
from volery.types.names import is_name
from volery.types.sources.listing import manifest_content, nothing
from volery.types.sources.source import DirectorySource, FileSource

if TYPE_CHECKING:
    from volery.data.storage import Storage


class LocalFile:
    """A file of the user's."""

    content: Content | None = None
    uri: str | None = None

    def __init__(self, path: Path) -> None:
        self.path: Final = path

    @property
    def name(self) -> str:
        return _name_of(self.path)

    def size(self) -> int:
        return self.path.stat().st_size

    def digest(self) -> str | None:
        return digest_of_file(self.path)

    def local(self) -> Path:
        return self.path

    def copy(self, target: Path) -> None:
        import shutil

        with told("copy", f"{self.path} to {target}"), whole(target) as part:
            shutil.copyfile(self.path, part)

    def reader(self) -> BinaryIO:
        return self.path.open("rb")

    def writer(self) -> BinaryIO:
        return self.path.open("wb")

    def stored(self, storage: Storage, format: str) -> Content:
        name, head = self._checked(format)
        found = storage.put_file(self.path)
        shown = preview_of(head, whole=found.size <= len(head))
        return Content(found.digest, found.size, name=name, format=format, preview=shown)

    def _checked(self, format: str) -> tuple[str, bytes]:
        """Name and beginning of the file, once it is known to be one, and of the right format."""
        with told("read", str(self.path)):
            mode = self._mode()
            if not stat.S_ISREG(mode):
                raise self._refusal(mode)
            with self.reader() as file:
                head = file.read(HEAD)
        check_format(format, head, self.name)
        return self.name, head

    def _mode(self) -> int:
        """The type of file; 0 for none."""
        try:
            return self.path.stat().st_mode
        except PermissionError:
            raise
        except (OSError, ValueError):  # or what is no path: too long, a link to itself, with NUL
            return 0

    def _refusal(self, mode: int) -> TypeMismatch:
        what, hint = "it is no regular file", "copy its content to a file"
        if not mode:
            what, hint = "it does not exist", f"write it first, or give its path from {Path.cwd()}"
        elif stat.S_ISDIR(mode):
            what, hint = "it is a directory", "declare Directory"
        return TypeMismatch(f"expected a file, got {preview(str(self.path))}: {what}", hint=hint)


class ReferencedFile(LocalFile):
    """A file of the user's that stays where it is: others are told the place."""

    def stored(self, storage: Storage, format: str) -> Content:  # noqa: ARG002 - it is not stored
        name, _ = self._checked(format)
        return Content(uri=self.path.absolute().as_uri(), name=name, format=format)


class UploadedFile(LocalFile):
    """A file of the user's that goes to a place of the user's choice."""

    def __init__(self, path: Path, target: str) -> None:
        super().__init__(path)
        self._target = target

    def stored(self, storage: Storage, format: str) -> Content:  # noqa: ARG002 - it goes elsewhere
        name, head = self._checked(format)
        remote.upload(self.path, self._target)
        size = self.size()
        return Content(
            digest_of_file(self.path),
            size,
            uri=self._target,
            name=name,
            format=format,
            preview=preview_of(head, whole=size <= len(head)),
        )


class LocalDirectory:
    """A directory of the user's."""

    digest: str | None = None
    uri: str | None = None

    def __init__(self, path: Path) -> None:
        self.path: Final = path

    @property
    def name(self) -> str:
        return _name_of(self.path)

    def listing(self) -> Iterator[tuple[str, int]]:
        for found in walk(self.path):
            if found.is_folder:
                yield f"{found.name}/", 0
            else:
                yield found.name, found.path.stat().st_size

    def find(self, name: str) -> int | None:
        path = self.path / name
        if path.is_dir():
            return None
        if path.is_file():
            return path.stat().st_size
        raise nothing(name, str(self.path), (each for each, _ in self.listing()))

    def local(self, batch: int | None) -> Path:  # noqa: ARG002 - it is here
        return self.path

    def copy(self, target: Path, batch: int | None) -> None:  # noqa: ARG002 - it is here
        import shutil

        shutil.copytree(self.path, target, dirs_exist_ok=True)

    def file(self, name: str, size: int) -> FileSource:  # noqa: ARG002 - it may change
        return LocalFile(self.path / name)

    def directory(self, name: str) -> DirectorySource:
        return LocalDirectory(self.path / name)

    def new_file(self, name: str) -> FileSource:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return LocalFile(path)

    def new_directory(self, name: str) -> DirectorySource:
        path = self.path / name
        path.mkdir(parents=True, exist_ok=True)
        return LocalDirectory(path)

    def stored(self, storage: Storage, format: str, batch: int | None) -> Content:
        self._check()
        digest = manifest.store_folder(storage, self.path, batch).digest
        return manifest_content(digest, manifest.read_manifest(storage, digest), self.name, format)

    def _check(self) -> None:
        if self.path.is_dir():
            return
        what, hint = "it does not exist", f"make it first; paths are relative to {Path.cwd()}"
        if self.path.exists():
            what, hint = "it is a file", "declare File"
        raise TypeMismatch(
            f"expected a directory, got {preview(str(self.path))}: {what}", hint=hint
        )


class ReferencedDirectory(LocalDirectory):
    """A directory of the user's that stays where it is: others are told the place."""

    def stored(self, storage: Storage, format: str, batch: int | None) -> Content:  # noqa: ARG002
        self._check()
        return Content(uri=self.path.absolute().as_uri(), name=self.name, format=format)


class UploadedDirectory(LocalDirectory):
    """A directory of the user's that goes to a place of the user's choice."""

    def __init__(self, path: Path, target: str) -> None:
        super().__init__(path)
        self._target = target

    def stored(self, storage: Storage, format: str, batch: int | None) -> Content:  # noqa: ARG002
        self._check()
        remote.upload_folder(self.path, self._target, batch)
        return Content(uri=self._target, name=self.name, format=format)


def _name_of(path: Path) -> str:
    """The name of a file or directory, as others can take it; empty where they cannot."""
    name = path.name if path.name not in {"", ".."} else path.resolve().name
    text = os.fsencode(name).decode(errors="replace").replace("\\", "_")
    return text if is_name(text) else ""
