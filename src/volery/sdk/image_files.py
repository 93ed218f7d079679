"""The files that go into an image: where each comes from, and what it is called on its way."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple

from volery.errors import DefinitionError

if TYPE_CHECKING:
    from volery.sdk.image import ImageSpec

COPY: Final = "copy"
SOURCE: Final = "source"
REQUIREMENTS: Final = "requirements"
WHEELS: Final = "wheels"
"""Folders of the files that a builder is given."""

LOCKS: Final = ("uv.lock", "poetry.lock")
"""Files that mean something only with the ``pyproject.toml`` beside them."""

_REFERS: Final = re.compile(r"\s*(?:-r|--requirement|-c|--constraint)[\s=]+([^\s#]+)")


class Part(NamedTuple):
    """A file that goes in.

    Attributes:
        name: below the folder that a builder is given.
        path: where it is.
    """

    name: str
    path: Path

    @property
    def digest(self) -> str:
        """Of its content."""
        from volery.data.hashing import digest_of_file

        return digest_of_file(self.path)

    @property
    def executable(self) -> bool:
        """Whether its owner may execute it."""
        return bool(self.path.stat().st_mode & stat.S_IXUSR)


def parts_of(spec: ImageSpec, *, lenient: bool = False) -> tuple[Part, ...]:
    """The files that go into an image, sorted by name.

    Args:
        spec: the image.
        lenient: what is not there is left out: inside an image it need not be.

    Raises:
        DefinitionError: a file is not there, or lies where it cannot be copied from.
    """
    return tuple(sorted(_Files(spec, lenient=lenient).found()))


def is_wheel(package: str) -> bool:
    """Whether a package is named by the path of its file."""
    return package.endswith(".whl")


class _Files:
    def __init__(self, spec: ImageSpec, *, lenient: bool) -> None:
        self._spec = spec
        self._lenient = lenient
        self._folder = Path(spec.folder or "")

    def found(self) -> Iterator[Part]:
        spec = self._spec
        for each in spec.packages:
            if is_wheel(each) and (path := self._there(each, "packages")) is not None:
                yield Part(f"{WHEELS}/{path.name}", path)
        if spec.requirements is not None:
            yield from self._requirements(str(spec.requirements))
        for each in spec.copy:
            yield from self._copied(str(each))
        if spec.source_root is not None:
            root = self._there(str(spec.source_root), "source_root")
            if root is not None:
                yield from _below(root, SOURCE)

    def _requirements(self, given: str) -> Iterator[Part]:
        path = self._there(given, "requirements")
        if path is None:
            return
        yield Part(f"{REQUIREMENTS}/{path.name}", path)
        if path.name in LOCKS:
            beside = self._there(str(path.with_name("pyproject.toml")), "requirements")
            if beside is not None:
                yield Part(f"{REQUIREMENTS}/{beside.name}", beside)
        elif path.suffix == ".txt":
            yield from self._referred(path, path.parent, {path})

    def _referred(self, file: Path, top: Path, seen: set[Path]) -> Iterator[Part]:
        """What a file of requirements refers to with ``-r`` and ``-c``."""
        for line in file.read_text("utf-8", errors="replace").splitlines():
            match = _REFERS.match(line)
            if match is None or "://" in match[1]:
                continue
            path = self._there(os.path.normpath(file.parent / match[1]), "requirements")
            if path is None or path in seen:
                continue
            if not path.is_relative_to(top):
                raise self._refused("requirements", f"{file} refers to {path}, outside of {top}")
            seen.add(path)
            yield Part(f"{REQUIREMENTS}/{path.relative_to(top).as_posix()}", path)
            yield from self._referred(path, top, seen)

    def _copied(self, given: str) -> Iterator[Part]:
        inside = PurePosixPath(os.path.normpath(given))
        if inside.is_absolute() or ".." in inside.parts:
            raise self._refused(
                "copy", f"{given!r} is not below {self._folder}", "folder= moves where paths start"
            )
        path = self._there(given, "copy")
        if path is None:
            return
        name = COPY if inside == PurePosixPath() else f"{COPY}/{inside}"
        if path.is_dir():
            yield from _below(path, name)
        else:
            yield Part(name, path)

    def _there(self, given: str, field: str) -> Path | None:
        path = self._folder / given
        if path.exists():
            return path
        if self._lenient:
            return None
        elsewhere = Path.cwd() / given
        hint = "paths start at the folder of the file that they are written in"
        if elsewhere.exists():
            hint += f"; to {elsewhere} it is {os.path.relpath(elsewhere, self._folder)}"
        raise self._refused(field, f"there is no {path}", hint)

    def _refused(self, field: str, trouble: str, hint: str | None = None) -> DefinitionError:
        return DefinitionError(f"ImageSpec {self._spec.name!r}: {field}=: {trouble}", hint=hint)


def _below(folder: Path, name: str) -> Iterator[Part]:
    """The files of a folder, but for what its ignore files leave out."""
    from volery.data.ignore import Project

    for each in Project(folder).files():
        yield Part(f"{name}/{each.name}", each.path)
