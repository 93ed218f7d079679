"""What goes wrong with bytes, said in one way whatever they are kept in."""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from volery.errors import AlteredContent, MissingContent, StorageError

_HINTS: Final = {
    errno.ENOSPC: "the disk is full: make room, or set `storage` to another place",
    errno.EDQUOT: "your quota is used up: make room, or set `storage` to another place",
    errno.EROFS: "the file system is read-only: set `storage` to another place",
}

_CREATES: Final = ("write", "make")

DENIED: Final = "StorageDenied"
"""The code of errors about permissions and credentials."""


@contextmanager
def told(doing: str, where: str) -> Generator[None]:
    """Have what the system or the object store raises end as a StorageError.

    Args:
        doing: what is tried, after "cannot": ``read``, ``write``, ...
        where: the path or the URI.
    """
    try:
        yield
    except StorageError:
        raise
    except FileNotFoundError as error:
        reason = error.strerror or str(error).split("\n", 1)[0]
        if doing in _CREATES and "NoSuchBucket" not in str(error):
            raise StorageError(f"cannot {doing} {where}: {reason}") from None
        raise missing(where, str(error)) from None
    except PermissionError as error:
        raise denied(doing, where, error.strerror or str(error)) from None
    except OSError as error:
        reason = error.strerror or str(error)
        hint = _HINTS.get(error.errno or 0)
        raise StorageError(f"cannot {doing} {where}: {reason}", hint=hint) from None
    except Exception as error:
        if not type(error).__module__.startswith("obstore") and "parse path" not in str(error):
            raise
        raise _of_library(doing, where, error) from None


def denied(doing: str, where: str, reason: str) -> StorageError:
    """The error for what we are not allowed to do."""
    return StorageError(
        f"cannot {doing} {where}: {reason}",
        hint="check who owns it, or the credentials and what they allow",
        code=DENIED,
    )


def altered(where: str, what: str) -> AlteredContent:
    """The error for bytes that are not those that were stored."""
    return AlteredContent(
        f"{where} {what}", hint="remove it and run what made it again: it is stored anew"
    )


def missing(where: str, reason: str = "") -> StorageError:
    """The error for what is not there, or has no bucket to be in."""
    if "NoSuchBucket" in reason:
        return StorageError(
            f"cannot reach {where}: there is no such bucket",
            hint="create it; Volery creates no buckets",
        )
    return MissingContent(
        f"nothing is at {where}",
        hint="it was removed, or never stored here: check `storage` and the URI",
    )


def _of_library(doing: str, where: str, error: Exception) -> StorageError:
    reason = str(error).split("\n", 1)[0][:300]
    denials = ("PermissionDeniedError", "UnauthenticatedError")
    if type(error).__name__ in denials or "credential" in reason.lower():
        return denied(doing, where, reason)
    return StorageError(
        f"cannot {doing} {where}: {reason}",
        hint="check the address, the network and the options of the storage",
    )
