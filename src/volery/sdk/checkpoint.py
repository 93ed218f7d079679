"""Checkpoints: what an attempt keeps, so that the next one need not begin at the beginning."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from volery.data import manifest
from volery.data.manifest import Entry
from volery.data.workplace import new_folder, workplace
from volery.errors import CheckpointError

if TYPE_CHECKING:
    from typing import BinaryIO

    from volery.data.storage import Storage, Writer

_NAME: Final = "checkpoint"
"""Of the object that says what an attempt has saved, and of a file that has no name."""
_DIGEST: Final = 64
"""How long a digest is; what is shorter was cut off when a machine went down."""


class Checkpoint:
    """What the attempts of a node execution hand on to the next ones.

    It is a file, or the files of a folder. What is saved replaces what was saved before. Reading
    gives what this attempt has saved last, or else what the newest of those before it has left.

    Args:
        storage: where checkpoints are kept.
        node: what the node execution is called there.
        attempt: number of the attempt; later ones are of no interest to it.
        recovered: the node execution that this one recovers, likewise; empty: none.
    """

    def __init__(self, storage: Storage, node: str, attempt: int, recovered: str = "") -> None:
        self._storage = storage
        self._node = node
        self._attempt = attempt
        self._recovered = recovered
        self._saved: str | None = None
        self._looked = False
        self._before: str | None = None

    def write(self, data: bytes) -> None:
        """Save bytes.

        Raises:
            CheckpointError: `data` is something else.
            StorageError: they cannot be stored.
        """
        if not isinstance(data, bytes):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _cannot_save(data, "bytes")
        self._keep([Entry(_NAME, self._storage.put(data), len(data))])

    def read(self) -> bytes | None:
        """The bytes that were saved, or those of the one file; None: there is no checkpoint.

        Raises:
            CheckpointError: there are several files.
            StorageError: they cannot be fetched.
        """
        digest = self._newest()
        if digest is None:
            return None
        files = [each for each in manifest.read_manifest(self._storage, digest) if each.digest]
        if len(files) != 1:
            raise CheckpointError(
                f"the checkpoint has {len(files)} files, and only one can be read as bytes",
                hint="write restore(folder) to get them all",
            )
        return self._storage.get(files[0].digest, files[0].size)

    def save(self, source: Path | str | BinaryIO) -> None:
        """Save a file or a folder, or what is left to read of an open file.

        Raises:
            CheckpointError: `source` is none of these.
            StorageError: it cannot be read or stored.
        """
        if isinstance(source, (str, Path)):
            self._save_path(Path(source))
        elif hasattr(source, "read"):
            with self._storage.writer() as writer:
                self._copy(source, writer)
            self._keep([Entry(_NAME, writer.digest, writer.size)])
        else:
            raise _cannot_save(source, "a path or a file that is open for reading bytes")

    def restore(self, target: Path | str | None = None) -> Path | None:
        """Bring what was saved into a folder, which is made.

        Args:
            target: the folder; None: one in the attempt's working directory.

        Returns:
            The folder; None: there is no checkpoint.

        Raises:
            CheckpointError: `target` is no folder.
            StorageError: the files cannot be fetched or written.
        """
        folder = None if target is None else Path(target)
        if folder is not None and folder.exists() and not folder.is_dir():
            raise CheckpointError(
                f"a checkpoint is restored to a folder, and {folder} is none",
                hint="leave it out to get a new one",
            )
        digest = self._newest()
        if digest is None:
            return None
        folder = folder or new_folder(workplace(), "checkpoint-")
        entries = manifest.read_manifest(self._storage, digest)
        manifest.restore(self._storage, entries, folder)
        return folder

    def prev_exists(self) -> bool:
        """Whether an attempt before this one has left a checkpoint."""
        return self._previous() is not None

    def _save_path(self, path: Path) -> None:
        if path.is_dir():
            self._commit(manifest.store_folder(self._storage, path).digest)
        elif path.exists():
            self._keep([Entry(path.name, *self._storage.put_file(path))])
        else:
            raise CheckpointError(f"nothing is at {path}, so it cannot be saved")

    def _copy(self, source: BinaryIO, writer: Writer) -> None:
        try:
            shutil.copyfileobj(source, writer)
        except TypeError:
            raise _cannot_save(source, "a file that is open for reading bytes") from None

    def _keep(self, entries: list[Entry]) -> None:
        self._commit(manifest.store_manifest(self._storage, entries))

    def _commit(self, digest: str) -> None:
        self._previous()  # what stands under our own number is not ours before we have saved
        self._storage.put_named(f"{self._node}/{self._attempt}/{_NAME}", digest.encode())
        self._saved = digest

    def _newest(self) -> str | None:
        return self._saved or self._previous()

    def _previous(self) -> str | None:
        """The manifest of what was there before this attempt.

        An element of a map may have been tried in a range of elements before, under our number.
        """
        if not self._looked:
            self._before = self._left_in(self._node, self._attempt) or (
                self._left_in(self._recovered) if self._recovered else None
            )
            self._looked = True
        return self._before

    def _left_in(self, node: str, last: int | None = None) -> str | None:
        """What the newest attempt of a node execution has left, up to one."""
        numbers = [int(each) for each in self._storage.names(node) if each.isdecimal()]
        for number in sorted(numbers, reverse=True):
            if last is None or number <= last:
                found = self._storage.get_named(f"{node}/{number}/{_NAME}")
                if found is not None and len(found) == _DIGEST:
                    return found.decode()
        return None


def _cannot_save(value: object, wanted: str) -> CheckpointError:
    return CheckpointError(
        f"expected {wanted}, got {type(value).__name__}",
        hint="save(...) takes paths and files, write(...) takes bytes",
    )
