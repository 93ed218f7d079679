"""A gate before a server: connections pass, stand still, or find nobody there."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread


class Gate:
    """Passes on what comes to a port of its own.

    Args:
        port: of the server behind it, on loopback.

    Attributes:
        port: where it is asked.
    """

    def __init__(self, port: int) -> None:
        self._behind = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open = Event()
        self._open.set()
        self._refusing = False
        self._sockets: set[socket.socket] = set()
        self._threads: list[Thread] = []
        self._start(self._accept)

    def hold(self) -> None:
        """Have everything stand still, as with a server that hangs."""
        self._open.clear()

    def shut(self) -> None:
        """Cut all connections, and refuse new ones."""
        self._refusing = True
        self._cut()

    def open(self) -> None:
        """Let pass again."""
        self._refusing = False
        self._open.set()

    def close(self) -> None:
        """End, with all connections."""
        self.shut()
        self._open.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                came, _ = self._listener.accept()
                if self._refusing:
                    came.close()
                    continue
                there = socket.create_connection(("127.0.0.1", self._behind))
                self._sockets |= {came, there}
                self._start(self._pass_on, came, there)
                self._start(self._pass_on, there, came)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._open.wait()
                target.sendall(data)
        for each in (source, target):
            _end(each)

    def _cut(self) -> None:
        for each in list(self._sockets):
            _end(each)
        self._sockets.clear()

    def _start(self, work: object, *args: object) -> None:
        thread = Thread(target=work, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()


def _end(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()


@contextmanager
def gate(port: int) -> Iterator[Gate]:
    """A gate before a port."""
    made = Gate(port)
    try:
        yield made
    finally:
        made.close()
