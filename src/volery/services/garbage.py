"""Garbage: what is stored and nothing refers to, found by marking all that something refers to.

What is left alone although nothing refers to it: what was stored, or asked for, less than a day
ago, or since the oldest attempt that is still under way has begun. So an attempt, a client or a
registration that has stored something, and says so later, finds it in its place.

A value that is passed on meanwhile, from record to record, is marked: its records are read in one
view of the database, from before anything is removed.

What is damaged stops nothing: it is told, it stays, and what it referred to counts as far as it can
still be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

import msgspec

from volery.data import arrays
from volery.data.names import UNSAFE
from volery.data.references import Reference, digests, files, inside, references
from volery.data.storage import Kept, Storage
from volery.errors import AlteredContent, MissingContent, StorageError
from volery.ir.content import Content, Offloaded
from volery.services import sharing
from volery.services.carry import values_of
from volery.store.retention import Families

GRACE: Final = 24 * 3600.0
"""Seconds for which everything is left alone."""
LOGS: Final = "logs"
"""The folder of logs, beside those of executions."""
_CHECKPOINT: Final = "/checkpoint"
"""What the names of objects end with that hold the digest of a checkpoint's manifest."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_OF_EXECUTION: Final = re.compile(r"/attempts/([^/]+)/")
_NOT_OF_EXECUTIONS: Final = frozenset((LOGS, sharing.FOLDER))
_OBJECT: Final = re.compile(r"/blobs/[0-9a-f]{2}/([0-9a-f]{64})")


class Swept(msgspec.Struct, frozen=True):
    """What was removed, or would be.

    Attributes:
        objects: of content, values, packages and checkpoints that are kept by digest.
        folders: of logs and files of executions that are not recorded any more.
        bytes: of all of them together.
        damaged: digests of what something refers to and cannot be read, and why.
    """

    objects: int = 0
    folders: int = 0
    bytes: int = 0
    damaged: dict[str, str] = {}


class Marks:
    """What something refers to, at any depth.

    Args:
        storage: has what is referred to.

    Attributes:
        executions: whose files are referred to by their URIs.
        damaged: digests of what cannot be read, and why.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._digests: set[bytes] = set()
        self._opened: set[tuple[str, str]] = set()
        self.executions: set[str] = set()
        self.damaged: dict[str, str] = {}

    def __contains__(self, digest: str) -> bool:
        return bytes.fromhex(digest) in self._digests

    def add(self, digest: str) -> None:
        """Mark an object. What is no digest names none."""
        if _DIGEST.fullmatch(digest):
            self._digests.add(bytes.fromhex(digest))

    def value(self, value: bytes) -> None:
        """Mark what a packed value needs.

        Raises:
            StorageError: something cannot be read now, so nobody knows what it refers to.
        """
        for reference in references(value):
            for digest in digests(reference):
                self.add(digest)
            if isinstance(reference, Content):
                self._uri(reference.uri)
                self._open(reference, "manifest" if reference.is_manifest else "")
            else:
                self._open(reference, reference.index or "value")

    def _open(self, reference: Reference, how: str) -> None:
        """Mark what is inside of an object, if it is one that has something inside."""
        if not how or (reference.digest, how) in self._opened:
            return
        self._opened.add((reference.digest, how))
        try:
            self._look_inside(reference)
        except MissingContent:
            return  # it is lost, or in another storage
        except AlteredContent as error:
            self.damaged[reference.digest] = error.message
            if isinstance(reference, Offloaded) and reference.index:
                self._look_at_parts(reference)
        except (msgspec.MsgspecError, ValueError) as error:
            self.damaged[reference.digest] = f"it is no value: {error}"
        except StorageError as error:
            if error.code != UNSAFE:
                raise
            self.damaged[reference.digest] = error.message

    def _look_inside(self, reference: Reference) -> None:
        for digest in files(reference, self._storage):
            self.add(digest)
        for inner in inside(reference, self._storage):
            self.value(inner)

    def _look_at_parts(self, array: Offloaded) -> None:
        """Mark what the parts of a damaged list refer to that are as they were."""
        with suppress(AlteredContent, MissingContent):  # its index
            for part in arrays.blocks(self._storage, array):
                with suppress(AlteredContent):
                    for _, elements, _ in arrays.read(self._storage, part):
                        self.value(elements)

    def _uri(self, uri: str) -> None:
        """Mark what a URI names, if that is in a storage."""
        self.executions.update(_OF_EXECUTION.findall(uri))
        for digest in _OBJECT.findall(uri):
            self.add(digest)

    def checkpoint(self, name: str) -> None:
        """Mark what a checkpoint has, by the name of the object that tells of it."""
        digest = (self._storage.get_named(name) or b"").decode(errors="replace")
        if _DIGEST.fullmatch(digest):
            self.add(digest)
            self._open(Content(digest, is_manifest=True), "manifest")


def marked(families: Families, storage: Storage, before: float) -> Marks:
    """All that the database refers to, and what checkpoints of its executions do.

    Packages that nobody has registered count if they were put since `before`.
    """
    marks = Marks(storage)
    for value in families.values():
        try:
            marks.value(value)
        except (msgspec.MsgspecError, ValueError) as error:
            raise StorageError(
                f"a record cannot be read, so nobody knows what it refers to: {error}",
                hint="nothing was removed; restore the database from a backup",
            ) from None
    for bundle in families.bundles():
        marks.add(bundle.package)
        for value in values_of(bundle):
            marks.value(value)
    for digest in families.packages(before):
        marks.add(digest)
    for folder in storage.folders():
        if families.exists(folder):
            for each in storage.named(folder):
                if each.name.endswith(_CHECKPOINT):
                    marks.checkpoint(each.name)
    return marks


def sweep(
    families: Families, storage: Storage, before: float, removing: Callable[[], None] | None
) -> Swept:
    """Remove what nothing refers to and was stored before a time.

    Args:
        families: the database.
        storage: where it has its values.
        before: what was stored later stays.
        removing: is told before each removal; None: nothing is removed.

    Raises:
        StorageError, StoreError: something cannot be read or removed. What was found to be garbage
            until then is gone, and nothing else.
    """
    marks = marked(families, storage, before)
    objects: list[int] = []
    folders: list[int] = []
    for each in storage.kept():
        if _is_garbage(each, before, marks):
            if removing is not None:
                removing()
                if not storage.discard(each.name, before):
                    continue
            objects.append(each.size)
    for folder in _unrecorded(families, storage, marks):
        if _are_old(found := list(storage.named(folder)), before):
            if removing is not None:
                removing()
                storage.discard_named(folder)
            folders.append(sum(each.size for each in found))
    return Swept(len(objects), len(folders), sum(objects) + sum(folders), marks.damaged)


def _is_garbage(each: Kept, before: float, marks: Marks) -> bool:
    return (
        each.since < before and _DIGEST.fullmatch(each.name) is not None and each.name not in marks
    )


def _are_old(found: list[Kept], before: float) -> bool:
    """Whether there is something, and nothing young: some stores go on naming what is empty."""
    return bool(found) and all(each.since < before for each in found)


def _unrecorded(families: Families, storage: Storage, marks: Marks) -> Iterator[str]:
    """Folders of executions that are not recorded, and of which no record names a file."""
    for folder in storage.folders():
        kept = folder in _NOT_OF_EXECUTIONS or folder in marks.executions
        if not kept and not families.exists(folder):
            yield folder
    if families.exists(LOGS):  # an execution of this name has its files among the logs
        return
    for execution in storage.names(LOGS):
        if not families.exists(execution):
            yield f"{LOGS}/{execution}"
