"""Digests: BLAKE3, 64 hexadecimal digits."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeAlias

from blake3 import blake3

Data: TypeAlias = bytes | bytearray | memoryview

PARALLEL: Final = 1024 * 1024
"""Bytes from which on several threads are worth it."""

_READ: Final = 2 * 1024 * 1024


def digest_of(data: Data) -> str:
    """The digest of bytes."""
    threads = blake3.AUTO if memoryview(data).nbytes >= PARALLEL else 1
    return blake3(data, max_threads=threads).hexdigest()


def digest_of_file(path: Path) -> str:
    """The digest of a file.

    It is read, not mapped into memory: a file that somebody cuts off meanwhile would end a process
    that has it mapped.
    """
    digest = blake3(max_threads=blake3.AUTO)
    buffer = bytearray(_READ)
    view = memoryview(buffer)
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digest.update(view[:count])
    return digest.hexdigest()


def hasher() -> blake3:
    """A digest in the making: ``update(bytes)``, then ``hexdigest()``."""
    return blake3(max_threads=1)
