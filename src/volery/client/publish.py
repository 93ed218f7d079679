"""Publishing: entities and their code, from this process to a backend."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from msgspec.structs import replace

from volery.ir.codec import canonical
from volery.ir.values import EMPTY
from volery.wire.entities import Registered, Registration

if TYPE_CHECKING:
    from volery.data.storage import Storage
    from volery.sdk.collect import Collected
    from volery.wire.backend import Backend

Sending = Callable[[int, int], None]
"""Is told how many bytes of a package were sent, and of how many."""

_IN_MEMORY = 1 << 23


def publish(
    backend: Backend,
    collected: Collected,
    storage: Storage,
    *,
    project: str,
    domain: str,
    version: str = "",
    activate: tuple[str, ...] | None = None,
    sending: Sending | None = None,
) -> Registered:
    """Make entities known, with their code. What is there already is not sent again.

    Args:
        backend: is told.
        collected: the entities, and where their code is.
        storage: of the backend, for defaults that are large.
        project: where they belong.
        domain: where in the project.
        version: of all of them; empty: it is derived from the content.
        activate: see `Registration`.
        sending: follows what is sent.

    Raises:
        RegistrationError, StorageError: code or entities cannot be registered.
    """
    from volery.services.carry import carry

    bundle = collected.program.bundle
    carry(bundle, EMPTY, storage)
    if collected.root is not None:
        bundle = replace(bundle, package=_put(collected.root, backend, sending))
    return backend.register(Registration(canonical(bundle), project, domain, version, activate))


def _put(root: Path, backend: Backend, sending: Sending | None) -> str:
    """Have the package of a project on the other side; its digest."""
    from volery.data.package import pack

    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spooled:
        archive = cast("BinaryIO", spooled)
        digest = pack(root, archive).digest
        if not backend.has_package(digest):
            size = archive.tell()
            archive.seek(0)
            followed = _Followed(archive, size, sending) if sending else archive
            backend.put_package(digest, cast("BinaryIO", followed))
    return digest


class _Followed:
    """A file that tells how much of it was read."""

    def __init__(self, file: BinaryIO, size: int, sending: Sending) -> None:
        self._file = file
        self._size = size
        self._sending = sending
        self.seek = file.seek
        self.tell = file.tell

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._sending(self._file.tell(), self._size)
        return data
