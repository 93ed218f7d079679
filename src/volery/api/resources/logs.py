"""What attempts have printed and logged."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import Annotated, BinaryIO, cast

import msgspec
from anyio import sleep, to_thread
from litestar import Response
from litestar.response import Stream

from volery.api.desk import Desk, header
from volery.api.problems import Refused
from volery.api.resources.executions import Seq
from volery.api.routes import Visit, get, visit
from volery.wire.backend import Backend
from volery.wire.logs import Log, LogFilter, LogLines, LogMatches, LogRecord
from volery.wire.page import Limit

TEXT = "text/plain"
PERIOD = 0.25
"""Seconds between looks at a log that is followed."""
IN_MEMORY = 1024**2
PART = 256 * 1024

Number = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]

_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


@get("/executions/{id}/log")
def log(backend: Backend, id: str, path: str, attempt: Number = 1, start: Seq = 0) -> Log:
    """Read a part of the log of an attempt, from a byte of the stored log on."""
    return backend.log(id, path, attempt, start)


class LinesPage(LogFilter, frozen=True, forbid_unknown_fields=True):
    """Which lines of the log of an attempt, and which part of them.

    Attributes:
        first: position of the first one; of a negative number counted from the end.
        count: most lines that are given; fewer if they are long.
    """

    first: Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)] = 0
    count: Limit = 500


class LinesSearch(LogFilter, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which lines of the log of an attempt have a text, in upper or lower case.

    Attributes:
        text: what is looked for.
    """

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


@get("/executions/{id}/log/lines")
def lines(backend: Backend, id: str, query: LinesPage) -> LogLines:
    """Read some lines of the log of an attempt, by position among those that count."""
    return backend.log_lines(id, query, query.first, query.count)


@get("/executions/{id}/log/matches")
def matches(backend: Backend, id: str, query: LinesSearch) -> LogMatches:
    """Search the log of an attempt: which of its lines, among those that are asked for, match."""
    return backend.log_matches(id, query, query.text)


@visit("GET", "/executions/{id}/log/text", gives=TEXT)
async def text(
    visit: Visit,
    id: str,
    path: str,
    attempt: Number = 1,
    follow: bool = False,  # noqa: FBT001, FBT002 - it is a parameter of the query
) -> Response[bytes] | Stream:
    """Read the log of an attempt as plain text; a range of its bytes, or all of it as it grows."""
    backend = visit.backend
    first = await to_thread.run_sync(backend.log, id, path, attempt, 0)
    if follow:
        return Stream(_followed(visit, (id, path, attempt), first), media_type=TEXT)
    file = await to_thread.run_sync(_whole, backend, (id, path, attempt), first)
    size = file.tell()
    try:
        found = _asked(header(visit.request.scope, b"range"), size)
    except Refused:
        file.close()
        raise
    headers = {"accept-ranges": "bytes", "content-length": str(len(found or range(size)))}
    if found is not None:
        headers["content-range"] = f"bytes {found.start}-{found.stop - 1}/{size}"
    return Stream(
        _parts(file, found or range(size)),
        media_type=TEXT,
        headers=headers,
        status_code=HTTPStatus.OK if found is None else HTTPStatus.PARTIAL_CONTENT,
    )


def line(record: LogRecord) -> str:
    """A record as a line of text."""
    text = record.text if record.text.endswith("\n") else record.text + "\n"
    return f"{record.level} {record.logger}: {text}" if record.level else text


def _text_of(part: Log) -> bytes:
    return "".join(map(line, part.records)).encode(errors="replace")


def _whole(backend: Backend, attempt: tuple[str, str, int], part: Log) -> BinaryIO:
    """All that there is now, as a file that stands at its end."""
    file = cast("BinaryIO", SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - `_parts` closes it
    for each in _read_on(backend, attempt, part):
        file.write(_text_of(each))
    return file


def _read_on(backend: Backend, attempt: tuple[str, str, int], part: Log) -> Iterator[Log]:
    yield part
    while part.records and not part.complete:
        part = backend.log(*attempt, part.next)
        yield part


async def _followed(visit: Visit, attempt: tuple[str, str, int], part: Log) -> AsyncIterator[bytes]:
    """All that comes. Each look is for whoever asks as they are then: a token may be revoked."""
    desk: Desk = visit.request.app.state.desk

    def read_on(start: int) -> Log:
        return desk.backend(visit.request.scope).log(*attempt, start)

    while True:
        if part.records:
            yield _text_of(part)
        elif not part.complete:
            await sleep(PERIOD)
        if part.complete:
            return
        part = await to_thread.run_sync(read_on, part.next)


def _asked(text: str | None, size: int) -> range | None:
    """The bytes that a header asks for (RFC 9110, section 14); None: all, for it asks for none.

    Raises:
        Refused: there are none of these.
    """
    found = _RANGE.fullmatch(text or "")
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        asked = range(max(0, size - int(suffix)), size)
    else:
        asked = range(int(first), min(size, int(last) + 1 if last else size))
    if not asked:
        raise Refused(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, f"the log has {size} bytes until now"
        )
    return asked


async def _parts(file: BinaryIO, asked: range) -> AsyncIterator[bytes]:
    with file:
        file.seek(asked.start)
        left = len(asked)
        while left and (part := await to_thread.run_sync(file.read, min(left, PART))):
            left -= len(part)
            yield part


ROUTES = [log, lines, matches, text]
