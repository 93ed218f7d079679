"""What is kept by its digest: packages, bundles, files and large values."""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import BinaryIO, cast

from anyio import to_thread
from litestar import Response
from litestar.response import Stream

from volery.api.operation import JSON
from volery.api.problems import BadRequest, Refused
from volery.api.routes import Visit, visit
from volery.data.faults import told
from volery.errors import CallError, Forbidden, NotFound

BYTES = "application/octet-stream"
LARGEST_PACKAGE = 512 * 1024**2
LARGEST_CONTENT = 4 * 1024**3
"""Bytes that are taken; larger content goes to the storage directly."""

IN_MEMORY = 1024**2
PART = 256 * 1024

_DIGEST = re.compile(r"[0-9a-f]{64}")
_LEAVE_OUT = "leave files out of it with .voleryignore"
_STORE_IT = "put it into the storage with a tool of its own, and refer to it by its URI"


@visit("HEAD", "/packages/{digest}", gives="")
async def has_package(visit: Visit, digest: str) -> Response[bytes]:
    """Say whether a code package is here."""
    return _found(await to_thread.run_sync(visit.backend.has_package, digest), digest)


@visit("PUT", "/packages/{digest}", status=204, takes=BYTES)
async def put_package(visit: Visit, digest: str) -> Response[bytes]:
    """Keep a code package; nothing happens when it is here."""
    with await _received(visit, LARGEST_PACKAGE, _LEAVE_OUT) as file:
        await to_thread.run_sync(visit.backend.put_package, digest, file)
    return Response(b"", status_code=204)


@visit("HEAD", "/content/{digest}", gives="")
async def has_content(visit: Visit, digest: str) -> Response[bytes]:
    """Say whether the bytes of a file or a large value are here."""
    _check(digest)
    return _found(await to_thread.run_sync(visit.backend.has_content, digest), digest)


@visit("PUT", "/content/{digest}", status=204, takes=BYTES)
async def put_content(visit: Visit, digest: str) -> Response[bytes]:
    """Keep bytes that inputs refer to; nothing happens when they are here."""
    _check(digest)
    with await _received(visit, LARGEST_CONTENT, _STORE_IT) as file:
        await to_thread.run_sync(visit.backend.put_content, digest, file)
    return Response(b"", status_code=204)


@visit("GET", "/content/{digest}", gives=BYTES)
async def content(visit: Visit, digest: str) -> Stream:
    """Get the bytes of a file or a large value."""
    _check(digest)
    file = await to_thread.run_sync(visit.backend.open_content, digest)
    return Stream(_parts(file), media_type=BYTES)


@visit("GET", "/bundles/{digest}", gives=JSON)
async def bundle(visit: Visit, digest: str) -> Response[bytes]:
    """Get a bundle in canonical form."""
    return Response(await to_thread.run_sync(visit.backend.bundle, digest), media_type=JSON)


def _check(digest: str) -> None:
    """Nothing else names content. Raises BadRequest."""
    if not _DIGEST.fullmatch(digest):
        raise BadRequest(
            CallError(f"{digest!r} is no digest", hint="a digest has 64 hexadecimal digits")
        )


def _found(found: bool, digest: str) -> Response[bytes]:  # noqa: FBT001 - it is what is said
    if not found:
        raise NotFound(f"there is nothing with the digest {digest}")
    return Response(b"")


async def _received(visit: Visit, most: int, hint: str) -> BinaryIO:
    """The body, on disk when it is large.

    Args:
        visit: has it.
        most: bytes that are taken.
        hint: for whoever sends more.

    Raises:
        Forbidden: whoever sends it may change nothing; it is not read.
        Refused: it is too large; if it says so itself, it is not read.
        StorageError: there is no room for it.
    """
    if visit.backend.identity().role == "viewer":
        raise Forbidden("a viewer puts nothing here", hint="ask an admin for another token")
    _check_size(visit.request.content_length or 0, most, hint)
    file = cast("BinaryIO", tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - the caller closes it
    try:
        size = 0
        async for part in visit.request.stream():
            size += len(part)
            _check_size(size, most, hint)
            await to_thread.run_sync(_write, file, part)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _write(file: BinaryIO, part: bytes) -> None:
    with told("write", tempfile.gettempdir()):
        file.write(part)


def _check_size(size: int, most: int, hint: str) -> None:
    if size > most:
        raise Refused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the body is larger than the {most:,} bytes that are taken here",
            hint=hint,
        )


async def _parts(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while part := await to_thread.run_sync(file.read, PART):
            yield part


ROUTES = [has_package, put_package, has_content, put_content, content, bundle]
