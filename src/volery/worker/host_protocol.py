"""What an executor and a host say to each other, and the host and its processes: in frames.

    executor -> host        Open, then any of Run, Stop, Answer, Beat
    host -> executor        Ready, then any of Loaded, Said, Asked, Done, Died, Beat
    host -> its process     Run, then any of Answer
    its process -> host     Born, then any of Loaded, Element, Asked, Done

What is not here is in `worker.protocol`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from volery._version import __version__
from volery.wire.logs import LogRecord
from volery.worker.protocol import Answer, Asked, Done, Element, Loaded, Ready, Run

PROTOCOL: Final = 1
"""Version of what they say; of `Open` all that is there stays."""


class Open(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """The first message to a host.

    Attributes:
        import_roots: they go to the front of ``sys.path``, in this order.
        package: digest of the code package, which goes before them; empty: there is none.
        storage: URL of the storage that the package and large values come from.
        storage_options: of the storage; None: those of the settings.
        beat: seconds after which either side says something, and be it `Beat`.
        silence: seconds without a word after which either side takes the other one to be gone.
        protocol: that the executor keeps to.
        version: of its Volery.
    """

    import_roots: tuple[str, ...]
    package: str
    storage: str
    storage_options: dict[str, str] | None
    beat: float
    silence: float
    protocol: int = PROTOCOL
    version: str = __version__


class Stop(msgspec.Struct, frozen=True, array_like=True, tag=7):
    """End these works; those that are unknown or over are passed over."""

    ids: tuple[int, ...]


class Beat(msgspec.Struct, frozen=True, array_like=True, tag=8):
    """Whoever says so is there."""


class Born(msgspec.Struct, frozen=True, array_like=True, tag=9):
    """The process for a work is there, which leads a session of its own.

    Attributes:
        pid: its process id.
    """

    pid: int


class Said(msgspec.Struct, frozen=True, array_like=True, tag=10):
    """Lines that a work has printed or logged, without its secrets."""

    work: int
    records: tuple[LogRecord, ...]


class Died(msgspec.Struct, frozen=True, array_like=True, tag=11):
    """The process for a work has ended without a result, or was ended.

    Attributes:
        status: its exit status, or minus the number of the signal that it died of.
        tail: the end of what it has written to stderr.
        late: it was ended because the time of its user code was up.
        out_of_memory: it was killed because the container has used up its memory.
    """

    work: int
    status: int
    tail: str
    late: bool
    out_of_memory: bool


ToHost = Open | Run | Stop | Answer | Beat
FromHost = Ready | Loaded | Said | Asked | Done | Died | Beat
FromChild = Born | Loaded | Element | Asked | Done

decode_to_host: Callable[[bytes], ToHost] = msgspec.msgpack.Decoder(ToHost).decode
decode_from_host: Callable[[bytes], FromHost] = msgspec.msgpack.Decoder(FromHost).decode
decode_from_child: Callable[[bytes], FromChild] = msgspec.msgpack.Decoder(FromChild).decode
