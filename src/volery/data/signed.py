"""Signed web addresses: whoever has one may do what it was signed for, until it expires.

No message shows more of it than its host and path.
"""

from __future__ import annotations

import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from volery.data.faults import denied, missing
from volery.errors import ConfigError, StorageError

TRIES: Final = 4
"""How often a server is asked that does not answer, or has trouble of its own."""
PAUSE: Final = 0.25
"""Seconds before it is asked again; twice as many each time."""
TIMEOUT: Final = 30.0
"""Seconds that it may be silent."""

_EXISTS: Final = (409, 412)
_DENIED: Final = (401, 403)
_BUSY: Final = (408, 429)


class _Answer(NamedTuple):
    status: int
    body: bytes


def get(url: str) -> bytes:
    """What is there. Raises StorageError and its children, ConfigError."""
    answer = _asked("GET", url)
    if answer.status in (200, 203):
        return answer.body
    raise _refused("read", url, answer)


def put(url: str, data: bytes, *, once: bool = False) -> bool:
    """Put something there; `once`: False if something is there already, which stays.

    Raises StorageError, ConfigError.
    """
    answer = _asked("PUT", url, data, {"If-None-Match": "*"} if once else {})
    if once and answer.status in _EXISTS:
        return False
    if answer.status in (200, 201, 204):
        return True
    raise _refused("write", url, answer)


def _asked(
    method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> _Answer:
    parts = urlsplit(url)
    if not parts.hostname:
        raise ConfigError(f"{_shown(url)}: the name of the host is missing")
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    reason = ""
    for number in range(TRIES):
        if number:
            time.sleep(PAUSE * 2 ** (number - 1))
        connection = kind(parts.hostname, parts.port, timeout=TIMEOUT)
        try:
            connection.request(method, target, body, headers or {})
            response = connection.getresponse()
            answer = _Answer(response.status, response.read())
        except (OSError, HTTPException) as error:
            reason = str(error) or type(error).__name__
            continue
        finally:
            connection.close()
        if answer.status < 500 and answer.status not in _BUSY:
            return answer
        reason = f"it answers {answer.status}"
    doing = "read" if method == "GET" else "write"
    raise StorageError(
        f"cannot {doing} {_shown(url)}: {reason}", hint="check the address and the network"
    )


def _refused(doing: str, url: str, answer: _Answer) -> StorageError:
    if answer.status in _DENIED:
        return denied(doing, _shown(url), f"it answers {answer.status}: the signature is refused")
    if answer.status == 404:
        return missing(_shown(url))
    return StorageError(f"cannot {doing} {_shown(url)}: it answers {answer.status}")


def _shown(url: str) -> str:
    """An address without what it is signed with."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
