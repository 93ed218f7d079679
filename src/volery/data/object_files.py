"""Objects as files of the library fsspec, which is imported here: see `data.filesystem`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from obstore.fsspec import BufferedFile

from volery.data.stores import configured, store_of

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_WITHOUT_BUCKET = ("file", "memory")

_library: Any = import_module("obstore")  # it types its lists by a library that may be missing
_base: Any = import_module("fsspec").AbstractFileSystem  # it has no types


class ObjectFiles(_base):
    """Objects as files. Paths are without the scheme: ``bucket/folder/name``."""

    protocol: ClassVar[str]
    cachable = False

    def info(self, path: str, **_options: Any) -> dict[str, Any]:
        name = self._strip_protocol(path)
        store, key = self._at(name)
        try:
            found = _library.head(store, key) if key else None
        except FileNotFoundError:
            found = None
        if found is not None:
            return {"name": name, "type": "file", **found}
        self.ls(path)
        return {"name": name, "type": "directory", "size": 0}

    def ls(self, path: str, detail: bool = True, **_options: Any) -> list[Any]:  # noqa: FBT001, FBT002 - fsspec's
        name = self._strip_protocol(path)
        store, key = self._at(name)
        found = _library.list_with_delimiter(store, key or None)
        above = name.removesuffix(key)
        entries = [
            {"name": above + each["path"], "type": "file", **each} for each in found["objects"]
        ] + [
            {"name": above + each, "type": "directory", "size": 0}
            for each in found["common_prefixes"]
        ]
        if not entries:
            raise FileNotFoundError(path)
        return entries if detail else sorted(entry["name"] for entry in entries)

    def rm_file(self, path: str) -> None:
        if self.isfile(path):  # a folder is gone with what is in it
            _library.delete(*self._at(self._strip_protocol(path)))

    def cp_file(self, path1: str, path2: str, **_options: Any) -> None:
        with self.open(path1) as source, self.open(path2, "wb") as target:
            while data := source.read(target.blocksize):
                target.write(data)

    def _open(self, path: str, mode: str = "rb", **_options: Any) -> Any:
        return BufferedFile(self, path, mode)  # pyright: ignore[reportArgumentType, reportCallIssue]

    def _split_path(self, path: str) -> tuple[str, str]:
        if self.protocol in _WITHOUT_BUCKET:
            return "", path.strip("/")
        bucket, _, key = path.partition("/")
        return bucket, key

    def _construct_store(self, bucket: str) -> ObjectStore:
        return store_of(self.protocol, bucket, configured(self.protocol, bucket))

    def _at(self, name: str) -> tuple[ObjectStore, str]:
        bucket, key = self._split_path(name)
        return self._construct_store(bucket), key
