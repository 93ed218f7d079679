"""An answer that goes on and is made of documents, one in each line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from volery.executors.docker.api import Stream


class Documents:
    """Reads documents as they come. It never waits.

    Args:
        stream: that they come on.

    Attributes:
        stream: see there.
        ended: nothing comes any more.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.ended = False
        self._rest = b""

    def read(self) -> list[dict[str, Any]]:
        """Those that are there at the moment."""
        data = self.stream.read()
        if data is None:
            return []
        self.ended = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        if self.ended and self._rest:
            lines.append(self._rest)
        try:
            return [msgspec.json.decode(line) for line in lines if line.strip()]
        except msgspec.DecodeError:  # somebody who is no engine
            self.ended = True
            return []

    def close(self) -> None:
        """Hang up."""
        self.stream.close()
